"""Which tool wrote an export, told from the names of its columns, and the names that only this tool uses for a role."""

from collections.abc import Mapping, Sequence

from feedback_nlp.ingest.dates.columns import is_date_text
from feedback_nlp.ingest.roles.looks import folded

# tool -> lists of folded names; a file that has all of one list is the tool's
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "Qualtrics": (
        "response id, recorded date, finished, status",
        "response id, end date, finished, distribution channel",
    ),
    "Typeform": ("submit date utc, network id", "submit date utc, start date utc"),
    "SurveyMonkey": ("respondent id, collector id", "respondent id, date created, date modified"),
    "SurveyGizmo": ("time started, date submitted, status", "response id, time started, date submitted"),
    "Delighted": (
        "score, comment, permalink",
        "score, comment, person properties",
        "score, comment, survey type, created at",
        "score, comment, survey type, person id",
    ),
    "AskNicely": (
        "answer, comment, responded, sent",
        "answer, comment, delivery method",
        "answer, comment, deliverymethod",
    ),
    "Zendesk": (
        "ticket id, score, comment, assignee id",
        "ticket id, score, comment, assignee",
        "score, comment, requester id, assignee id",
        "ticket id, satisfaction score",
        "ticket id, satisfaction rating",
        "ticket id, satisfaction comment",
    ),
}
_STAMPS = (  # what Google Forms calls its first column
    "timestamp",
    "zeitstempel",
    "horodateur",
    "marca temporal",
    "tijdstempel",
    "carimbo de data hora",
    "informazioni cronologiche",
)

# a tool's own names for a role, tried before those of `role_names`
ROLE_NAMES: Mapping[str, Mapping[str, str]] = {
    "Qualtrics": {"id": "response id"},
    "Typeform": {"id": "#", "date": "submit date utc"},
    "SurveyMonkey": {"id": "respondent id", "date": "end date|date modified"},
    "SurveyGizmo": {"id": "response id", "date": "date submitted"},
    "Delighted": {"respondent": "person( id)?", "date": "(response )?(created|responded) at"},
    "AskNicely": {"respondent": "person id", "score": "answer", "date": "responded( at)?"},
    "Zendesk": {
        "respondent": "requester id",
        "comment": "comment|satisfaction comment",
        "score": "score|satisfaction score|satisfaction rating",
    },
    "Google Forms": {"date": "|".join(_STAMPS)},
}


def recognise_tool(names: Sequence[str], data: Sequence[Sequence[str]]) -> str:
    """Returns "Typeform header" or the like if the names are those that a tool's documentation lists, else "".

    Google Forms is told by a first column of dates called "Timestamp" beside questions, SurveyGizmo also by names
    "option:question" that share their question.

    >>> recognise_tool(["#", "How likely?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"], [])
    'Typeform header'
    >>> recognise_tool(["id", "score", "comment"], [])
    ''
    """
    known = {folded(name) for name in names}
    for tool, lists in _SIGNS.items():
        if any(known.issuperset(signs.split(", ")) for signs in lists):
            return f"{tool} header"
    if _is_google_form(names, data):
        return "Google Forms header"
    return "SurveyGizmo header" if _has_split_questions(names) else ""


def tool_names(layouts: Sequence[str], role: str) -> tuple[str, ...]:
    """Returns the patterns of the names that the tools of these layouts use for a role.

    >>> tool_names(["AskNicely header"], "score"), tool_names([""], "score")
    (('answer',), ())
    """
    tools = dict.fromkeys(tool for layout in layouts for tool in ROLE_NAMES if f"{tool} header" in layout)
    return tuple(ROLE_NAMES[tool][role] for tool in tools if role in ROLE_NAMES[tool])


def _is_google_form(names: Sequence[str], data: Sequence[Sequence[str]]) -> bool:
    stamps = [row[0] for row in data if row and row[0].strip()]
    is_stamped = folded(names[0]) in _STAMPS and all(is_date_text(stamp) for stamp in stamps) if names else False
    return is_stamped and len(names) > 1 and any(" " in name.strip() for name in names[1:])


def _has_split_questions(names: Sequence[str]) -> bool:
    """Returns whether at least two names are "option:question" with the same question of several words."""
    split = [name.partition(":") for name in names]
    asked = [text.strip() for option, _, text in split if option.strip() and text[:1].strip() and " " in text.strip()]
    return len(set(asked)) < len(asked)
