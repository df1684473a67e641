"""A small support survey with planted themes: real sentences, scores that follow them, figures by rank_drivers."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import Config
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.schema import COMMENTS, MENTIONS, RESPONSES, THEMES
from feedback_nlp.track import Run

# name: keyphrases, complaints, praise, how often each is said, what each does to a score
SPOKEN = {
    "Waiting time": (
        ["hold time", "waited", "queue"],
        [
            "I was on hold for 50 minutes and then cut off.",
            "Nobody answers after five.",
            "Waited three days for a reply.",
            "The queue never seemed to move.",
        ],
        ["Answered within a minute.", "No waiting at all this time."],
        0.16,
        0.04,
        -4.5,
        1.0,
    ),
    "Reaching a person": (
        ["real person", "chat bot", "menu"],
        [
            "The bot kept sending me in circles.",
            "I could not get a human on the line.",
            "Seven menu levels before anyone speaks.",
        ],
        ["Got a real person straight away."],
        0.1,
        0.02,
        -3.5,
        0.8,
    ),
    "Billing": (
        ["invoice", "charged twice", "refund"],
        ["I was charged twice and the refund took weeks.", "The invoice makes no sense to me."],
        ["The refund came the next day."],
        0.08,
        0.03,
        -2.5,
        1.0,
    ),
    "Opening hours": (
        ["weekend", "closed"],
        ["Closed on weekends, when I have time.", "You close at four!"],
        ["Open on Sunday, great."],
        0.05,
        0.02,
        -1.2,
        0.4,
    ),
    "Agent attitude": (
        ["friendly", "patient", "rude"],
        ["The agent was rude to my mother.", "He sighed at every question."],
        ["Maria was patient and kind.", "Such friendly people on the phone.", "She took the time to listen."],
        0.03,
        0.2,
        -3.0,
        1.6,
    ),
    "Solving the problem": (
        ["solved", "fixed"],
        ["After four calls it is still broken."],
        ["Fixed it in one call.", "Problem solved, thank you."],
        0.05,
        0.14,
        -3.2,
        1.4,
    ),
    "Website": (
        ["login", "app", "page"],
        ["The login page forgets my password every week.", "Your app crashes when I upload a photo."],
        ["The new site is easy to use."],
        0.06,
        0.04,
        -1.0,
        0.5,
    ),
    "Gift wrapping": (["wrapping"], ["The wrapping paper was torn."], ["Lovely wrapping."], 0.004, 0.004, -1.0, 0.5),
}
GENERIC = {
    "generic-praise": ("Generic praise", "Great service!", 8.0),
    "generic-complaint": ("Generic complaint", "Terrible.", 3.0),
}
PEOPLE = (["phone", "phone", "chat", "e-mail"], ["north", "south", "west"])


def _statements(generator: np.random.Generator) -> tuple[list[tuple[str, str, float]], float]:
    said, effect = [], 0.0
    for number, (_, complaints, praise, often_bad, often_good, bad, good) in enumerate(SPOKEN.values(), start=1):
        drawn = generator.random()
        if drawn < often_bad:
            said.append((f"t{number:02d}", str(generator.choice(complaints)), -0.7))
            effect += bad
        elif drawn < often_bad + often_good:
            said.append((f"t{number:02d}", str(generator.choice(praise)), 0.7))
            effect += good
    return said, effect


def _tables(n: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    generator, people, comments, mentions = np.random.default_rng(seed), [], [], []
    for number in range(n):
        said, effect = _statements(generator)
        score = float(np.clip(np.round(8.3 + effect + generator.normal(0, 1.6)), 0, 10))
        if not said and generator.random() < 0.3:
            theme_id, (_, text, _) = list(GENERIC.items())[score < 7]
            said = [(theme_id, text, 0.9 if score >= 7 else -0.9)]
        elif not said and generator.random() < 0.1:
            said = [("", "I called about my sister's parcel.", 0.0)]
        key, text = f"r{number:04d}", " ".join(words for _, words, _ in said)
        status = "comment" if said else "non-answer" if number % 5 == 0 else "empty"
        people.append((key, score, 1.0 * number, str(generator.choice(PEOPLE[0])), str(generator.choice(PEOPLE[1]))))
        comments.append((key, "why", text or ("n/a" if status == "non-answer" else None), status))
        at = 0
        for place, (theme_id, words, polarity) in enumerate(said):
            sure = 0.5 + 0.4 * generator.random()
            mentions.append((f"{key}-{place}", theme_id or None, key, at, at + len(words), words, polarity, sure))
            at += len(words) + 1
    return _responses(people), _comments(comments), _mentions(mentions)


def _responses(rows: list[tuple[str, float, float, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["response_id", "score", "day", "segment_channel", "segment_region"])
    table["category"] = np.select([table["score"] >= 9, table["score"] >= 7], ["promoter", "passive"], "detractor")
    table["date"] = pd.Timestamp("2024-10-01") + pd.to_timedelta(table.pop("day") % 90, unit="D")
    return RESPONSES.validate(table.assign(respondent_id=None, period="2024 Q4", weight=np.nan))


def _comments(rows: list[tuple[str, str, str | None, str]]) -> pd.DataFrame:
    columns = ["response_id", "question", "comment", "status"]
    return COMMENTS.validate(pd.DataFrame(rows, columns=columns).assign(language="en"))


def _mentions(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    columns = ["segment_id", "theme_id", "response_id", "start", "end", "text", "polarity", "confidence"]
    return MENTIONS.validate(pd.DataFrame(rows, columns=columns).assign(question="why"))


def _themes() -> pd.DataFrame:
    spoken = enumerate(SPOKEN.items(), start=1)
    rows = [(f"t{k:02d}", name, "topic", words, complaints[:1]) for k, (name, (words, complaints, *_)) in spoken]
    rows += [(theme_id, name, "generic", [], []) for theme_id, (name, _, _) in GENERIC.items()]
    table = pd.DataFrame(rows, columns=["theme_id", "name", "kind", "keyphrases", "exemplars"])
    return THEMES.validate(table.assign(parent_id=None))


def build_run(n: int = 300, seed: int = 7) -> Run:
    """Returns a run over `n` made-up responses, with every kind of figure a real one has."""
    responses, comments, mentions = _tables(n, seed)
    themes = _themes()
    settings = Config().with_values({"report": {"title": "Customer support survey"}})
    manifest = {
        "inputs": [{"source": "support_q4.csv", "sha256": "0" * 64, "rows": n + 7}],
        "ledger": {
            "input": {"rows": n + 7, "responses": n, "merged": 4, "rejected": 3},
            "statements": {"all": len(mentions), "without_theme": int(mentions["theme_id"].isna().sum())},
        },
        "config": settings.model_dump(mode="json"),
        "facts": {"scale": "nps", "n_scores_outside": 2},
    }
    rejected = pd.DataFrame({"source": "support_q4.csv", "row": [3, 90, 91], "reason": "no score and no comment"})
    topics = themes.loc[themes["kind"] == "topic", "theme_id"].tolist()
    model = SimpleNamespace(fingerprint="made", themes=themes, topic_ids=topics)
    drivers = rank_drivers(responses, mentions, themes)
    return Run(responses, comments, mentions, drivers, model, manifest, rejected)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def run() -> Run:
    return build_run()


@pytest.fixture(scope="session")
def with_comment(run: Run) -> Callable[[str], Run]:
    """Gives a copy of the run in which every word about waiting reads otherwise, in its comment and its mention."""

    def rewrite(text: str) -> Run:
        waiting = run.mentions["theme_id"] == "t01"
        changed = run.mentions.assign(text=run.mentions["text"].mask(waiting, text))
        changed["start"] = changed["start"].mask(waiting, 0)
        changed["end"] = changed["end"].mask(waiting, len(text))
        spoken = run.comments["response_id"].isin(run.mentions.loc[waiting, "response_id"])
        return replace(
            run, mentions=changed, comments=run.comments.assign(comment=run.comments["comment"].mask(spoken, text))
        )

    return rewrite


@pytest.fixture(scope="session")
def earlier() -> Run:
    return build_run(n=280, seed=11)
