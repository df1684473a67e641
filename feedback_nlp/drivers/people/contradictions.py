"""Responses whose words and score disagree: a list to read, and the hint that somebody read the scale upside down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.inputs import Codes, Floats, numbers_of, shown
from feedback_nlp.drivers.ranks import benjamini_hochberg
from feedback_nlp.drivers.sample import read_sample
from feedback_nlp.drivers.scores import wilson
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.schema import CATEGORIES

Bools: TypeAlias = NDArray[np.bool_]

COMPLAINT_HIGH, PRAISE_LOW = "complaint with a high score", "praise with a low score"
SENSES = ("faults", "strengths", "neutral")  # what a question can ask for

_COLUMNS = ("response_id", "score", "category", "kind", "theme_id", "polarity", "mean_polarity")
_LOWEST = 0.2  # of the scale, from its worst end: 0–2 of 0–10, 1 of 1–5
_ON_THE_WHOLE = 0.5  # of `serious`: how far the mean of the statements must lie on the wrong side
_MIN_GROUP = 3  # responses of a group or person below which nothing is said of it
_NAMED = 5  # groups named in the notes


@dataclass(frozen=True)
class Contradictions:
    """What `contradictions` returns.

    `table`: one row per response whose words and score disagree, the strongest first (by mean_polarity): response_id,
    score, category, kind, then theme_id and polarity of the statement that goes furthest against the score (one about a
    topic before a mere "Bad."), mean_polarity of all that count, and the statement's text if the mentions have it; it
    is as somebody wrote it: escape it where it is shown. `n_complaint_high`, `n_praise_low`: rows of each kind.
    `n_high`, `n_lowest`: the promoters and the lowest scores with words to judge by. `notes`: the shares and the hints,
    one sentence each.
    """

    table: pd.DataFrame
    n_complaint_high: int
    n_praise_low: int
    n_high: int
    n_lowest: int
    notes: tuple[str, ...] = ()


def contradictions(
    responses: pd.DataFrame,
    mentions: pd.DataFrame,
    themes: pd.DataFrame,
    settings: DriversConfig | None = None,
    scale: Sequence[float] | None = None,
    asked: Mapping[str, str] | None = None,
) -> Contradictions:
    """Returns the promoters who complain seriously and the lowest scores that come with praise, as a list to read.

    A promoter (9–10 of 0–10) is listed if a statement has a polarity of −`settings.serious` or below and the mean of
    the response's statements is −`settings.serious` / 2 or below; a detractor in the worst fifth of the scale (0–2 of
    0–10, 1 of 1–5) likewise with praise. The mean is there because nearly every long comment of a satisfied customer
    names a fault and every long complaint something good. So a long comment is listed only if most of it goes against
    its score. Polarity measures how strongly something is said, not how grave it is.

    Each row is judged by itself: once `scale` is given, no other response changes whether it is listed. Weights play
    no part.

    The notes give the shares, and name segments (segment_<name> columns), periods and people (with 3 responses or more)
    whose scale may be inverted: groups where the words of most promoters and of most lowest scores are on the whole
    against the score, more often than elsewhere (binomial test against the share of all other responses,
    Benjamini–Hochberg at `settings.false_discovery_rate`). That is a hint to look, no proof. Whether the whole scale
    runs the right way is checked when an export is read.

    Args:
        responses: response_id, category; optional score (without it no praise with a low score is looked for), period,
            respondent_id and segment_<name>.
        mentions: response_id, theme_id, polarity; optional text, question, and segment_id, so that a statement with
            several themes counts once in the mean. Rows without a theme count too, rows without a polarity do not.
        themes: theme_id, kind.
        settings: `serious`, `level` and `false_discovery_rate`; the defaults if not given.
        scale: the worst and the best score, (0, 10), or (5, 1) where one is best; if not given, the scores furthest
            apart that detractors and others gave.
        asked: question -> "faults", "strengths" or "neutral". Under "What could we do better?" promoters complain
            because they were asked to: what promoters answer to a question for faults, and the lowest scores to one
            for strengths, counts nowhere.

    Raises:
        InputError: as `rank_drivers`; a score is no number, `scale` is not two different numbers, or `asked` says
            something else or needs a question that the mentions have not.

    >>> responses = pd.DataFrame(
    ...     {"response_id": list("abc"), "score": [10, 1, 9], "category": ["promoter", "detractor", "promoter"]}
    ... )
    >>> mentions = pd.DataFrame({"response_id": list("abc"), "theme_id": "staff", "polarity": [-0.8, 0.7, 0.6]})
    >>> found = contradictions(responses, mentions, pd.DataFrame({"theme_id": ["staff"], "kind": "topic"}))
    >>> found.table[["response_id", "kind"]].to_numpy().tolist()
    [['a', 'complaint with a high score'], ['b', 'praise with a low score']]
    """
    told = [column for column in ("response_id", "category") if column in responses]
    read_sample(responses[told], mentions, themes)  # for its checks
    return find_contradictions(responses, mentions, themes, settings, scale, asked=asked)


def find_contradictions(
    responses: pd.DataFrame,
    mentions: pd.DataFrame,
    themes: pd.DataFrame,
    settings: DriversConfig | None = None,
    scale: Sequence[float] | None = None,
    *,
    asked: Mapping[str, str] | None = None,
) -> Contradictions:
    """Returns what `contradictions` does, of tables that have been read already: their ids are not checked again."""
    settings = settings or DriversConfig()
    answers, notes = _answers(responses, scale)
    words = _words(mentions, answers, asked)
    means = _means(words, mentions)
    table = _table(words, means, mentions, answers, _generic(themes), settings.serious)
    side = answers.side[means.index]
    counts = table["kind"].value_counts()
    n_each = int(counts.get(COMPLAINT_HIGH, 0)), int(counts.get(PRAISE_LOW, 0))
    n_of = int((side > 0).sum()), int((side < 0).sum())
    leaning = means[means != 0]  # as much praise as complaint says nothing of a scale's direction
    side, against = answers.side[leaning.index], (leaning > 0).to_numpy(dtype=bool)
    notes += _shares(n_each, n_of) + _whole(side, against, settings.level)
    notes += _groups(responses, leaning.index.to_numpy(), side, against, settings)
    return Contradictions(table, *n_each, *n_of, tuple(notes))


@dataclass(frozen=True)
class _Answers:
    """Ids, scores, categories and sides (1 promoter, −1 one of the lowest, 0 neither) in the order of the responses."""

    ids: NDArray[np.object_]
    score: Floats
    category: NDArray[np.object_]
    side: Codes


def _answers(responses: pd.DataFrame, scale: Sequence[float] | None) -> tuple[_Answers, list[str]]:
    """Returns the answers, and a note where praise can't be looked for."""
    category = responses["category"].astype(object).where(responses["category"].notna(), None).to_numpy(dtype=object)
    has_scores = "score" in responses
    score = numbers_of(responses["score"], "responses: score") if has_scores else np.full(len(responses), np.nan)
    ends, notes = _ends(scale, score, category), list[str]()
    side = (category == CATEGORIES[0]).astype(np.int64)
    if ends is None:
        why = "the worst end of the scale can't be told from the scores" if has_scores else "there is no column 'score'"
        notes.append(f"Praise with a low score was not looked for: {why}.")
    else:
        near = np.abs(score - ends[0]) <= _LOWEST * abs(ends[1] - ends[0]) + 1e-9
        side[near & (category == CATEGORIES[2])] = -1
    return _Answers(_texts(responses["response_id"]), score, category, side), notes


def _ends(scale: Sequence[float] | None, score: NDArray[Any], category: NDArray[Any]) -> tuple[float, float] | None:
    """Returns the worst and the best score: as given, or as seen from who is a detractor and who is not."""
    if scale is not None:
        ends = tuple(scale) if isinstance(scale, Sequence) and not isinstance(scale, str) else ()
        if len(ends) != 2 or not all(isinstance(end, Real) and np.isfinite(end) for end in ends) or ends[0] == ends[1]:
            raise InputError(f"scale is {scale!r}: give the worst and the best score, such as (0, 10)")
        return float(ends[0]), float(ends[1])
    known = ~np.isnan(score)
    worse = score[known & (category == CATEGORIES[2])]
    better = score[known & np.isin(category, CATEGORIES[:2])]
    if not len(worse) or not len(better) or worse.mean() == better.mean():
        return None
    if worse.mean() < better.mean():
        return float(worse.min()), float(better.max())
    return float(worse.max()), float(better.min())


def _words(mentions: pd.DataFrame, answers: _Answers, asked: Mapping[str, str] | None) -> pd.DataFrame:
    """Returns what promoters and lowest scores said: row (of the mentions), place (of the response), side, against.

    Sorted by place, what goes furthest against its score first. Texts are left where they are: few will be shown.
    """
    place = pd.Index(answers.ids, dtype=object).get_indexer(pd.Index(_texts(mentions["response_id"]), dtype=object))
    polarity = pd.to_numeric(mentions["polarity"]).to_numpy(dtype=np.float64, na_value=np.nan)
    side = answers.side[place]
    counts = (side != 0) & ~np.isnan(polarity) & ~_asked_for(mentions, side, asked)
    against = -side * polarity
    row = np.flatnonzero(counts)
    row = row[np.lexsort((-against[row], place[row]))]
    return pd.DataFrame({"row": row, "place": place[row], "side": side[row], "against": against[row]})


def _asked_for(mentions: pd.DataFrame, side: Codes, asked: Mapping[str, str] | None) -> Bools:
    """Returns which words answer a question that asks for the opposite of the score."""
    if not asked:
        return np.zeros(len(mentions), dtype=bool)
    if "question" not in mentions:
        raise InputError("mentions: no column 'question', which `asked` needs")
    for question, sense in asked.items():
        if sense not in SENSES:
            hint = did_you_mean(str(sense), SENSES)
            raise InputError(f"asked: {shown(question)}: {shown(sense)} is none of {', '.join(SENSES)}{hint}")
    codes, questions = pd.factorize(mentions["question"].to_numpy(dtype=object))
    senses = np.array([*(asked.get(question, "") for question in questions), ""], dtype=object)[codes]
    return np.asarray(((senses == "faults") & (side > 0)) | ((senses == "strengths") & (side <= 0)), dtype=bool)


def _means(words: pd.DataFrame, mentions: pd.DataFrame) -> "pd.Series[float]":
    """Returns how far a response's statements go against its score on average, by place."""
    once = words
    if "segment_id" in mentions:
        statement = pd.factorize(mentions["segment_id"].take(words["row"].to_numpy()))[0]
        is_twice = words.assign(statement=statement).duplicated(["place", "statement", "against"])
        once = words[~is_twice | (statement < 0)]
    return once["against"].groupby(once["place"], sort=True).mean()


def _generic(themes: pd.DataFrame) -> set[str]:
    return set(_texts(themes["theme_id"][(themes["kind"] == "generic").to_numpy(dtype=bool)]))


def _table(
    words: pd.DataFrame,
    means: "pd.Series[float]",
    mentions: pd.DataFrame,
    answers: _Answers,
    generic: set[str],
    serious: float,
) -> pd.DataFrame:
    on_the_whole = serious * _ON_THE_WHOLE
    furthest = words.groupby("place")["against"].max()
    listed = means.index[((furthest >= serious) & (means >= on_the_whole)).to_numpy(dtype=bool)]
    rows = _in_order(words[words["place"].isin(listed)], mentions, answers)
    about_topic = (rows["against"] >= on_the_whole) & ~rows["by_theme_id"].isin(generic)
    rows = rows.assign(rest=~about_topic).sort_values("rest", kind="stable").drop_duplicates("place")
    rows = rows.assign(strength=means.reindex(rows["place"]).to_numpy())
    rows = rows.sort_values(["strength", "against", "response_id"], ascending=[False, False, True], ignore_index=True)
    side, place = rows["side"].to_numpy(dtype=np.int64), rows["place"].to_numpy(dtype=np.intp)
    rows = rows.assign(
        score=answers.score[place],
        category=answers.category[place],
        kind=np.where(side > 0, COMPLAINT_HIGH, PRAISE_LOW),
        polarity=-side * rows["against"].to_numpy(),
        mean_polarity=-side * rows["strength"].to_numpy(),
    )
    texts = ("response_id", "category", "kind", "theme_id", *(["text"] if "text" in mentions else []))
    numbers = dict.fromkeys(("score", "polarity", "mean_polarity"), "float64")
    return rows[[*_COLUMNS, *texts[4:]]].astype(dict.fromkeys(texts, "str") | numbers)


def _in_order(words: pd.DataFrame, mentions: pd.DataFrame, answers: _Answers) -> pd.DataFrame:
    """Returns words with their texts in one order, whatever that of the mentions; the furthest of a response first."""
    words = words.sort_values("row", ignore_index=True)
    words["response_id"] = answers.ids[words["place"].to_numpy(dtype=np.intp)]
    for column in ("theme_id", "segment_id", "text"):
        if column in mentions:
            words[column] = mentions[column].take(words["row"].to_numpy()).to_numpy(dtype=object)
        words[f"by_{column}"] = words[column].map(str) if column in words else ""
    order = ["response_id", "against", "by_theme_id", "by_segment_id", "by_text"]
    ordered: pd.DataFrame = words.sort_values(order, ascending=[True, False, True, True, True], ignore_index=True)
    return ordered


def _shares(n_each: tuple[int, int], n_of: tuple[int, int]) -> list[str]:
    notes = []
    if n_of[0]:
        notes.append(f"{_part(n_each[0], n_of[0])} promoters with words complain seriously.")
    if n_of[1]:
        hint = "; they may have read the scale upside down, so read them before you count them" if n_each[1] else ""
        notes.append(f"{_part(n_each[1], n_of[1])} responses with the lowest scores and words praise{hint}.")
    return notes


def _whole(side: Codes, against: Bools, level: float) -> list[str]:
    """Returns a note if the words of most promoters and of most lowest scores are against the score."""
    n, k = len(against), int(against.sum())
    if n == 0 or wilson(k / n, n, level).low <= 0.5 or not all(_most(against[side == end]) for end in (1, -1)):
        return []
    found = f"In {_part(k, n)} responses with a high or the lowest score the words say the opposite on the whole"
    return [f"{found}: is the other end of the scale best?"]


def _most(against: Bools) -> bool:
    return len(against) == 0 or bool(against.mean() > 0.5)


def _groups(responses: pd.DataFrame, places: Codes, side: Codes, against: Bools, settings: DriversConfig) -> list[str]:
    """Returns a note for each group or person whose words are against the score unlike those of others."""
    columns = [str(c) for c in responses if str(c).startswith("segment_") or c in ("period", "respondent_id")]
    counts = [_counts(responses[column].take(places), column, side, against) for column in sorted(columns)]
    if not counts:
        return []
    groups = pd.concat(counts, ignore_index=True)
    n, k = (groups[name].to_numpy(dtype=np.float64) for name in ("n", "k"))
    elsewhere = (against.sum() - k + 1) / (len(against) - n + 2)  # never 0 or 1, however few the others are
    groups["p"] = binom.sf(k - 1, n, elsewhere)
    unlike = benjamini_hochberg(groups["p"].to_numpy(), settings.false_discovery_rate)
    groups["elsewhere"] = elsewhere
    found = groups[unlike & groups["is_most"].to_numpy(dtype=bool)]
    found = found.sort_values(["p", "column", "label"], ignore_index=True)
    notes = [_of_group(group) for group in found.head(_NAMED).to_dict("records")]
    left = len(found) - len(notes)
    return notes + ([f"So it is in {left:,} more groups or people."] if left else [])


def _of_group(group: Mapping[Any, Any]) -> str:
    part, elsewhere = _part(group["k"], group["n"]), f"{100 * group['elsewhere']:.0f} %"
    return (
        f"{group['column']} {shown(group['label'])}: in {part} responses with a high or the lowest score the words say "
        f"the opposite on the whole ({elsewhere} elsewhere): was the scale read upside down?"
    )


def _counts(labels: "pd.Series[Any]", column: str, side: Codes, against: Bools) -> pd.DataFrame:
    """Returns per label that has enough responses, but not all: column, label, n, k (against) and is_most (so on each
    side that is there)."""
    if not isinstance(labels.dtype, pd.StringDtype):
        labels = labels.map(str, na_action="ignore")
    codes, names = pd.factorize(labels)
    known, size = codes >= 0, len(names)
    n, k = np.zeros((2, size), dtype=np.int64), np.zeros((2, size), dtype=np.int64)
    for row, end in enumerate((1, -1)):
        own = known & (side == end)
        n[row] = np.bincount(codes[own], minlength=size)
        k[row] = np.bincount(codes[own & against], minlength=size)
    is_most = ((2 * k > n) | (n == 0)).all(axis=0)
    n, k = n.sum(axis=0), k.sum(axis=0)
    told = (n >= _MIN_GROUP) & (n < len(against))
    figures = {
        "column": column,
        "label": np.asarray(names, dtype=object)[told],
        "n": n[told],
        "k": k[told],
        "is_most": is_most[told],
    }
    return pd.DataFrame(figures)


def _part(some: int, of: int) -> str:
    return f"{some:,} of {of:,} ({100 * some / of:.1f} %)"


def _texts(ids: "pd.Series[Any]") -> NDArray[np.object_]:
    if not isinstance(ids.dtype, pd.StringDtype):
        ids = ids.map(str, na_action="ignore")
    return ids.to_numpy(dtype=object)
