"""What the help-desk should know of a respondent: the last score, what they talk about, and what is still open."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from feedback_nlp.errors import RunError
from feedback_nlp.track.followup import theme_owners

if TYPE_CHECKING:
    from feedback_nlp.track.runs import Run

_ORDER = ("date", "run", "period", "response_id")  # without dates, the order of the runs


def context(run: "Run", earlier: Sequence["Run"] = ()) -> Iterator[dict[str, Any]]:
    """Yields one record per person who said anything that was read, sorted by contact_id; missing is None.

    contact_id (the respondent's id, or the response's where it has none), n_responses, last (response_id, score,
    category, date as ISO text, period: of the latest response, whether it says anything or not), themes (theme,
    theme_id, says: "complaint", "praise", "both" or "neutral", date, period: of the last response that mentions it;
    latest first) and open_points: what the last response that complains of or praises a theme complains of (theme,
    theme_id, statement, date, period, owner; latest first). A later praise closes a point. All texts are masked.

    Nobody gets another's words: a response's id that comes again in another run is another respondent's response, or
    the same one read again; and where no respondent is named, only the latest run's counts, since numbers of rows and
    tickets begin anew with many exports.

    Args:
        run: the latest run.
        earlier: runs of earlier periods with the same themes, earliest first.

    Raises:
        RunError: an earlier run has other themes.
    """
    check_same_themes(run, earlier)
    responses, said = _told([*earlier, run])
    owners = theme_owners(run, run.report_settings.owners)
    if said.empty:
        return
    last = responses.drop_duplicates("person", keep="last").set_index("person")
    counts = responses["person"].value_counts()
    themes = _by_person(_themes(said))
    open_points = _open_points(said)
    open_points["owner"] = open_points["theme_id"].map(lambda theme_id: owners.get(theme_id))
    points = _by_person(open_points)
    speaking = np.sort(said["person"].unique())
    ids, numbers = last["contact_id"].reindex(speaking).tolist(), counts.reindex(speaking).tolist()
    latest = _records(last.reindex(speaking)[["response_id", "score", "category", "date", "period"]])
    for person, contact_id, number, own in zip(speaking.tolist(), ids, numbers, latest, strict=True):
        yield {"contact_id": contact_id, "n_responses": number, "last": own,
               "themes": themes.get(person, []), "open_points": points.get(person, [])}  # fmt: skip


def check_same_themes(run: "Run", earlier: Sequence["Run"]) -> None:
    """Raises RunError unless the earlier runs have the run's themes."""
    if any(one.model.fingerprint != run.model.fingerprint for one in earlier):
        raise RunError("an earlier run has other themes; make the later one with them: feedback-nlp run --model RUN")


def _told(runs: Sequence["Run"]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the responses of all runs, earliest first, and their statements of topics with who said them when."""
    responses, themes = _responses(runs), runs[-1].model.themes
    topics = themes.loc[themes["kind"] == "topic", ["theme_id", "name"]]
    spoken = ["segment_id", "theme_id", "response_id", "text", "polarity"]
    mentions = pd.concat([run.mentions[spoken].assign(run=place) for place, run in enumerate(runs)], ignore_index=True)
    said = mentions.merge(topics.rename(columns={"name": "theme"}), on="theme_id")
    who = responses[["run", "response_id", "person", "date", "period", "place"]]
    return responses, said.merge(who, on=["run", "response_id"])


def _responses(runs: Sequence["Run"]) -> pd.DataFrame:
    """Returns each response once, earliest first, with the place of its run and who gave it.

    `person` numbers the people in the order of their contact_id, respondents before responses of the same name.
    """
    columns = ["response_id", "respondent_id", "score", "category", "date", "period"]
    responses = pd.concat(
        [run.responses.reindex(columns=columns).assign(run=place) for place, run in enumerate(runs)], ignore_index=True
    )
    named = responses["respondent_id"].notna()
    responses["contact_id"] = responses["respondent_id"].fillna(responses["response_id"])
    responses["person"] = responses.assign(unnamed=~named).groupby(["contact_id", "unnamed"], sort=True).ngroup()
    responses["moment"] = responses["date"].where(named)  # of a respondent, one id on two days is two responses
    responses = responses.drop_duplicates(["person", "response_id", "moment"], keep="last")
    responses = responses.sort_values(list(_ORDER), na_position="first", kind="stable", ignore_index=True)
    return responses.assign(place=np.arange(len(responses)))


def _themes(said: pd.DataFrame) -> pd.DataFrame:
    """Returns the last that each person says of each theme, latest first."""
    flags = said.assign(complains=said["polarity"] < 0, praises=said["polarity"] > 0)
    keys = ["person", "theme_id", "place"]
    found = flags.groupby(keys, as_index=False).agg(
        theme=("theme", "first"), complains=("complains", "any"), praises=("praises", "any"),
        date=("date", "first"), period=("period", "first"),
    )  # fmt: skip
    found["says"] = np.select(
        [found["complains"] & found["praises"], found["complains"], found["praises"]],
        ["both", "complaint", "praise"],
        "neutral",
    )
    last = found.sort_values([*keys[:2], "place"]).drop_duplicates(keys[:2], keep="last")
    ordered = last.sort_values(["person", "place", "theme_id"], ascending=[True, False, True], kind="stable")
    return ordered[["person", "theme", "theme_id", "says", "date", "period"]]


def _open_points(said: pd.DataFrame) -> pd.DataFrame:
    """Returns the strongest complaint of each theme in the last response that complains of it or praises it."""
    sided = said[said["polarity"].fillna(0.0) != 0]
    keys = ["person", "theme_id"]
    newest = sided[sided["place"] == sided.groupby(keys)["place"].transform("max")]
    complaints = newest[newest["polarity"] < 0].sort_values(["polarity", "segment_id"], kind="stable")
    strongest = complaints.drop_duplicates(keys)
    ordered = strongest.sort_values(["person", "place", "theme_id"], ascending=[True, False, True], kind="stable")
    columns = ["person", "theme", "theme_id", "text", "date", "period"]
    return ordered[columns].rename(columns={"text": "statement"})


def _by_person(table: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for person, record in zip(table["person"], _records(table.drop(columns="person")), strict=True):
        found.setdefault(person, []).append(record)
    return found


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Returns rows as plain data: dates as ISO text, missing as None."""
    plain = {
        str(name): (column.dt.strftime("%Y-%m-%d") if pd.api.types.is_datetime64_any_dtype(column) else column)
        for name, column in table.items()
    }
    values = [column.astype(object).where(column.notna(), None).tolist() for column in plain.values()]
    return [dict(zip(plain, row, strict=True)) for row in zip(*values, strict=True)]
