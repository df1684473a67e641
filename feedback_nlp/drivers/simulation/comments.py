"""Comments for a simulated world, written from the bank of hand-made statements in `statements.toml`.

They get the dirt of real exports: typos, non-answers, contact data, HTML entities, a would-be formula.
"""

import tomllib
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.drivers.simulation.world import Simulation
from feedback_nlp.errors import ConfigError, did_you_mean
from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE

Texts = np.ndarray[Any, np.dtype[np.object_]]

OFF_TOPIC, NON_ANSWERS = "off-topic", "non-answers"  # the sections of the bank without a theme

_NON_ANSWER = 0.12  # of those who do not comment
_MAX_STATEMENTS = 4  # three themes and an evaluation or an aside
_OFF_TOPIC = 0.06  # of comments that carry an off-topic statement beside the others
_TYPOS = 0.18  # of comments
_CONTACT = 0.015  # of comments that end in an address or a number
_ENTITY = 0.04  # of comments with an "and"
_N_FORMULAS = 2


def statements() -> pd.DataFrame:
    """Returns the bank, one row per statement: theme_id, name, polarity (−1, 1, or 0 for neither) and text.

    Statements that only evaluate have the ids of the generic themes; "off-topic" and "non-answers" are no themes.
    Texts have no final full stop.

    >>> bank = statements().set_index("text")
    >>> bank.loc["I was on hold for 50 minutes", "theme_id"], int(bank.loc["Love it", "polarity"])
    ('response-time', 1)
    """
    return _bank().copy()


@cache
def _bank() -> pd.DataFrame:
    bank = files("feedback_nlp.drivers.simulation").joinpath("statements.toml")
    sections = tomllib.loads(bank.read_text(encoding="utf-8"))
    polarities = {"negative": -1, "positive": 1, "neutral": 0}
    generic = {"negative": (GENERIC_COMPLAINT, "Generic complaint"), "positive": (GENERIC_PRAISE, "Generic praise")}
    rows = [
        (*(generic[kind] if section == "generic" else (section, content["name"])), polarity, text)
        for section, content in sections.items()
        for kind, polarity in polarities.items()
        for text in content.get(kind, [])
    ]
    return pd.DataFrame(rows, columns=["theme_id", "name", "polarity", "text"])


@cache
def _polarities() -> dict[str, int]:
    return dict(zip(_bank()["text"], _bank()["polarity"], strict=True))


def compose_comments(world: Simulation, seed: int = 0) -> pd.DataFrame:
    """Returns a comment for each response of a world whose themes are all in the bank, in the order of its responses.

    Columns: response_id; comment (null where none was written); kind (comment, non-answer or empty); statements, the
    tuple of statements of the bank it was made of; has_typos.

    Raises:
        ConfigError: a theme of the world is not in the bank.
    """
    rng = np.random.default_rng([seed, 100])  # apart from the streams of `simulate`
    response_ids = world.responses["response_id"]
    by_response = _items(world, rng).groupby("response_id")["text"].agg(tuple)
    parts: list[tuple[str, ...]] = [by_response.get(response_id, ()) for response_id in response_ids]
    commented = np.array([len(p) > 0 for p in parts])
    is_nothing = ~commented & (rng.random(len(parts)) < _NON_ANSWER)
    has_typos = commented & (rng.random(len(parts)) < _TYPOS)
    texts = np.full(len(parts), None, dtype=object)
    texts[is_nothing] = _deal(_texts(NON_ANSWERS, 0), int(is_nothing.sum()), rng)
    for i in np.flatnonzero(commented):
        texts[i] = _written(parts[i], bool(has_typos[i]), rng)
    return pd.DataFrame(
        {
            "response_id": response_ids,
            "comment": pd.Series(_with_formulas(texts, parts, rng), dtype=str),
            "kind": np.select([commented, is_nothing], ["comment", "non-answer"], "empty"),
            "statements": parts,
            "has_typos": has_typos,
        }
    )


def _texts(theme_id: str, polarity: int) -> list[str]:
    bank = _bank()
    known = bank.loc[bank["polarity"] == polarity, "theme_id"]
    if theme_id not in set(known):
        raise ConfigError(
            f"statements.toml: nothing to say about theme '{theme_id}'{did_you_mean(theme_id, set(known))}"
        )
    return list(bank.loc[known[known == theme_id].index, "text"])


def _deal(texts: list[str], count: int, rng: np.random.Generator) -> list[str]:
    """Returns `count` texts dealt like cards: none comes twice before all came once."""
    rounds = -(-count // len(texts))
    order = [i for _ in range(rounds) for i in rng.permutation(len(texts))]
    return [texts[i] for i in order[:count]]


def _items(world: Simulation, rng: np.random.Generator) -> pd.DataFrame:
    """Returns response_id and text of every statement, those of one response in the order they are written."""
    told = world.true_mentions
    silent = world.commented & ~world.responses["response_id"].isin(told["response_id"]).to_numpy()
    n_told = world.responses["response_id"].map(told["response_id"].value_counts()).fillna(0).to_numpy()
    aside = silent | (world.commented & (n_told < _MAX_STATEMENTS) & (rng.random(len(silent)) < _OFF_TOPIC))
    off_topic = pd.DataFrame({"response_id": world.responses.loc[aside, "response_id"], "theme_id": OFF_TOPIC})
    items = pd.concat([told, off_topic.assign(polarity=0.0)], ignore_index=True)
    items = items.sort_values(["theme_id", "polarity", "response_id"], ignore_index=True)
    hands = items.groupby(["theme_id", "polarity"])["polarity"].agg(["size", "first"]).reset_index()
    texts: list[str] = []
    for theme_id, size, polarity in zip(hands["theme_id"], hands["size"], hands["first"], strict=True):
        texts += _deal(_texts(theme_id, int(polarity)), int(size), rng)
    items = items.assign(text=texts, place=rng.random(len(items)))
    return items.sort_values(["response_id", "place"], ignore_index=True)


def _written(parts: tuple[str, ...], has_typos: bool, rng: np.random.Generator) -> str:
    text = _joined(parts, rng)
    if rng.random() < _ENTITY:
        text = text.replace(" and ", " &amp; ", 1)
    if has_typos:
        text = _with_typos(text, rng)
    if rng.random() < _CONTACT:
        text += f"{'' if text[-1] in '?!.' else '.'} {_contact(rng)}"
    return text


def _joined(parts: tuple[str, ...], rng: np.random.Generator) -> str:
    """Returns the statements as one comment; " but " only where praise meets complaint."""
    polarity = _polarities()
    text = parts[0]
    for before, after in pairwise(parts):
        is_turn = polarity[before] * polarity[after] < 0
        glue = rng.choice([". ", ", and ", " but " if is_turn else ". ", "\n"], p=[0.35, 0.2, 0.35, 0.1])
        if before[-1] in "?!." and glue != "\n":
            glue = " "
        text += glue + (_mid_sentence(after) if glue in (", and ", " but ") else after)
    end = rng.choice([".", "!", ""], p=[0.7, 0.1, 0.2])
    return text if text[-1] in "?!." else text + end


def _mid_sentence(text: str) -> str:
    """Returns the text without its capital, unless the first word keeps it anywhere ("I", "FAQ").

    >>> _mid_sentence("The bill was wrong"), _mid_sentence("I'm done"), _mid_sentence("A mess")
    ('the bill was wrong', "I'm done", 'a mess')
    """
    first = text.split(" ", 1)[0]
    keeps = first.split("'")[0] == "I" or (len(first) > 1 and first.isupper())
    return text if keeps else text[0].lower() + text[1:]


def _with_typos(text: str, rng: np.random.Generator) -> str:
    """Returns the text with one or two letters swapped or dropped, and maybe in lower case or without a final stop."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    for i in rng.permutation(long)[: rng.integers(1, 3)]:
        words[i] = _mistyped(words[i], int(rng.integers(1, len(words[i]) - 2)), rng.random() < 0.5)
    text = " ".join(words)
    if rng.random() < 0.4 or not long:
        text = text.lower()
    return text.rstrip(".") if rng.random() < 0.4 else text


def _mistyped(word: str, at: int, drop: bool) -> str:
    """Returns the word without letter `at`, or with it and the next one swapped.

    >>> _mistyped("agent", 2, drop=True), _mistyped("agent", 2, drop=False)
    ('agnt', 'agnet')
    """
    return word[:at] + word[at + 1 :] if drop else word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _contact(rng: np.random.Generator) -> str:
    """Returns a wish to be contacted; the address and the numbers are of the ranges reserved for fiction."""
    number = int(rng.integers(0, 100))
    phrases = [
        f"You can write to me at customer{number:02d}@example.com",
        f"My number is 202-555-01{number:02d}",
        f"Call me on 555-01{number:02d}",
        f"Mail me: reader.{number:02d}@example.com",
    ]
    return phrases[rng.integers(len(phrases))]


def _with_formulas(texts: Texts, parts: list[tuple[str, ...]], rng: np.random.Generator) -> Texts:
    """Returns the texts with "=good" in place of a few that only praise: a spreadsheet would take it for a formula."""
    praise = set(_texts(GENERIC_PRAISE, 1))
    rows = np.flatnonzero([len(p) == 1 and p[0] in praise for p in parts])
    changed = texts.copy()
    changed[rng.permutation(rows)[:_N_FORMULAS]] = "=good"
    return changed
