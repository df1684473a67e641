"""How far themes can be trusted: against human labels, against themselves on other samples, and by their names.

Everything here works on tables and vectors, and reads no file: the caller brings runs, labels and an encoder.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.schema import Embed, Vectors

_BINS = 10  # of confidence


@dataclass(frozen=True)
class ThemeScores:
    """Themes against human labels, over the labelled responses; every figure from 0 to 1 unless said.

    All figures of matching grow with the number of themes: quote `n_topics` beside them.
    """

    n_labels: int
    n_topics: int  # themes of kind topic; the generic ones match, but don't count
    n_responses: int
    best_match: float  # mean over labels of the best F1 any theme has with it
    weighted: float  # the same, weighted by the labels' sizes
    one_to_one: float  # mean over labels of F1 where no theme serves two labels
    coverage: float  # share of labelled responses with a theme
    themes_per_response: float  # mean number of themes of those, 1 or more
    largest_theme: float  # share of labelled responses in the largest theme
    pairs: pd.DataFrame  # label, n_labelled, theme_id, f1: each label's best theme, largest label first


def evaluate_themes(labels: pd.DataFrame, mentions: pd.DataFrame, themes: pd.DataFrame) -> ThemeScores:
    """Returns how well themes match what people labelled.

    F1(label, theme) = 2 |both| / (|label| + |theme|) over sets of responses (van Rijsbergen 1979). One to one is the
    assignment of distinct themes to labels with the greatest sum (Kuhn 1955); a label left without a theme has 0.

    Args:
        labels: columns response_id and theme (a human label), several rows per response; only its responses count.
        mentions: columns response_id and theme_id (null where a statement has no theme).
        themes: columns theme_id and kind; themes of kind other are left out, and so are parents of other themes.

    Raises:
        InputError: a column is missing, or nothing is labelled.

    >>> labels = pd.DataFrame({"response_id": ["a", "b", "c"], "theme": ["price", "price", "staff"]})
    >>> mentions = pd.DataFrame({"response_id": ["a", "b", "c"], "theme_id": ["T01", "T02", "T02"]})
    >>> themes = pd.DataFrame({"theme_id": ["T01", "T02"], "kind": "topic"})
    >>> scores = evaluate_themes(labels, mentions, themes)
    >>> round(scores.best_match, 4), round(scores.weighted, 4), scores.coverage
    (0.6667, 0.6667, 1.0)
    """
    _need(labels, ("response_id", "theme"), "labels")
    _need(mentions, ("response_id", "theme_id"), "mentions")
    _need(themes, ("theme_id", "kind"), "themes")
    labels = labels.dropna(subset=["response_id", "theme"])
    if labels.empty:
        raise InputError("labels: no row has both a response_id and a theme")
    used = _leaves(themes[themes["kind"] != "other"])
    rows = sorted(labels["response_id"].unique())
    names, gold = _members(rows, labels["response_id"], labels["theme"])
    known = mentions[mentions["theme_id"].isin(used["theme_id"])]
    ids, found = _members(rows, known["response_id"], known["theme_id"])
    table = f1_table(gold, found)
    best, sizes = table.max(axis=1, initial=0), gold.sum(axis=0)
    has_theme = found.any(axis=1)
    return ThemeScores(
        n_labels=len(names),
        n_topics=int((used["kind"] == "topic").sum()),
        n_responses=len(rows),
        best_match=float(best.mean()),
        weighted=float(best @ sizes / sizes.sum()),
        one_to_one=float(one_to_one(table).mean()),
        coverage=float(has_theme.mean()),
        themes_per_response=float(found.sum(axis=1)[has_theme].mean()) if has_theme.any() else 0.0,
        largest_theme=float(found.mean(axis=0).max(initial=0)),
        pairs=_pairs(names, sizes, ids, table),
    )


def f1_table(gold: NDArray[np.bool_], found: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Returns F1 of every label with every theme, (L, K), from memberships (n, L) and (n, K): 2 |both| / (|l| + |k|).

    >>> f1_table(np.array([[True], [True], [False]]), np.array([[True], [False], [False]])).round(4).tolist()
    [[0.6667]]
    """
    both = gold.T.astype(float) @ found.astype(float)
    return np.asarray(2 * both / np.maximum(gold.sum(axis=0)[:, None] + found.sum(axis=0)[None, :], 1))


def one_to_one(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns each label's value (L,) in the assignment of distinct themes with the greatest sum; 0 without a theme.

    >>> one_to_one(np.array([[0.9, 0.8], [0.8, 0.1]])).tolist()
    [0.8, 0.8]
    """
    from scipy.optimize import linear_sum_assignment

    matched = np.zeros(len(table))
    labels, themes = linear_sum_assignment(-table)
    matched[labels] = table[labels, themes]
    return matched


def best_nodes(
    labels: pd.DataFrame, statements: pd.DataFrame, members: Sequence[tuple[int, ...]]
) -> NDArray[np.float64]:
    """Returns the best F1 (L,) that any node of a tree of clusters has with each label, labels in order of name.

    Args:
        labels: columns response_id and theme.
        statements: columns response_id and cluster (a leaf of the tree, missing where a statement is in none).
        members: the leaves of every node (`Tree.members`).
    """
    rows = sorted(labels["response_id"].unique())
    _, gold = _members(rows, labels["response_id"], labels["theme"])
    clustered = statements.dropna(subset=["cluster"])
    responses = clustered["response_id"].groupby(clustered["cluster"].astype(int)).agg(set).to_dict()
    nodes = [set().union(*(responses.get(leaf, set()) for leaf in node)) for node in members]
    found = np.array([[row in node for node in nodes] for row in rows], bool)
    return np.asarray(f1_table(gold, found).max(axis=1))


def agreement(first: pd.DataFrame, second: pd.DataFrame) -> float:
    """Returns the adjusted Rand index of two assignments over the statements that both hold.

    1 = the same groups, 0 = as alike as by chance, may be below (Hubert & Arabie 1985). A statement without a theme is
    in a class of its own kind. Whatever the themes are called, only who is with whom counts.

    Args:
        first, second: columns segment_id and theme_id; of several themes of a statement the first by id counts.

    >>> one = pd.DataFrame({"segment_id": list("abcd"), "theme_id": ["T1", "T1", "T2", "T2"]})
    >>> agreement(one, one.assign(theme_id=["P", "P", "Q", "Q"]))
    1.0
    """
    from sklearn.metrics import adjusted_rand_score

    one, other = (_one_theme(mentions) for mentions in (first, second))
    both = one.index.intersection(other.index)
    return float(adjusted_rand_score(one[both], other[both])) if len(both) else float("nan")


def stability(
    segments: pd.DataFrame, discover_and_assign: Callable[[pd.DataFrame, int], pd.DataFrame], *,
    seeds: Sequence[int] = (0, 1, 2), share: float = 0.8,
) -> pd.DataFrame:  # fmt: skip
    """Returns how alike themes come out again: one row per seed after the first, with the columns seed, between_seeds
    and subsample.

    between_seeds: `agreement` of the themes found with the first seed and with this one, on all segments. subsample:
    agreement of the themes found on all segments and on a random `share` of the responses, on the statements of these,
    both with the first seed (Ben-Hur, Elisseeff & Guyon 2002). Statements of generic themes are left out of both: they
    are told by rules, and would flatter the figure.

    Args:
        segments: SEGMENTS.
        discover_and_assign: SEGMENTS and a seed -> MENTIONS of newly discovered themes.
        seeds: of clustering and sampling; at least two.
        share: of the responses kept in a subsample.
    """
    topical = segments[segments["generic"].isna()] if "generic" in segments else segments
    wanted = set(topical["segment_id"])
    whole = _only(discover_and_assign(segments, seeds[0]), wanted)
    responses = np.array(sorted(segments["response_id"].unique()), dtype=object)
    rows = []
    for seed in seeds[1:]:
        kept = np.random.default_rng(seed).permutation(len(responses))[: round(share * len(responses))]
        part = segments[segments["response_id"].isin(set(responses[kept]))].reset_index(drop=True)
        again = _only(discover_and_assign(segments, seed), wanted)
        of_part = _only(discover_and_assign(part, seeds[0]), wanted)
        rows.append((seed, agreement(whole, again), agreement(whole, of_part)))
    return pd.DataFrame(rows, columns=["seed", "between_seeds", "subsample"])


def same_share(
    clusters: NDArray[np.intp], given: NDArray[np.intp], weights: NDArray[np.float64] | None = None
) -> float:
    """Returns the share of statements that assignment gives the cluster they were in when the model was fitted.

    Args:
        clusters, given: (n,) cluster of each statement after fitting, and by assignment; -1 = none.
        weights: (n,) how often each statement occurs; all alike if not given.

    >>> same_share(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]))
    0.75
    """
    if not len(clusters):
        return float("nan")
    return float(np.average(np.asarray(clusters == given, float), weights=weights))


def calibration_error(confidence: NDArray[np.float64], is_right: NDArray[np.bool_]) -> float:
    """Returns the expected calibration error, 0 to 1: the mean gap between confidence and share right, over ten equal
    bins of confidence, weighted by their rows (Naeini, Cooper & Hauskrecht 2015).

    0 means that of the statements with confidence .7, seven in ten are right. NaN without rows.

    >>> round(calibration_error(np.array([0.95, 0.95, 0.55, 0.55]), np.array([True, True, True, False])), 4)
    0.05
    """
    if not len(confidence):
        return float("nan")
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    rows = np.bincount(bins, minlength=_BINS)
    gap = np.bincount(bins, confidence, _BINS) - np.bincount(bins, is_right.astype(float), _BINS)
    return float(np.abs(gap).sum() / rows.sum())


def name_proxies(
    names: Sequence[str], centroids: Vectors, embed: Embed, labels: Sequence[str | None] = ()
) -> dict[str, float]:
    """Returns two stand-ins for a reader's judgement of names, by cosine in the encoder's space.

    own_cluster: share of names nearer to their own theme's centroid than to any other's. to_label: mean cosine of a
    name and the human label its theme matches best; NaN without labels. Both praise names that say what is in the
    theme; neither knows whether a reader would understand them.

    Args:
        names: of k themes.
        centroids: (k, d), unit rows.
        embed: turns texts into vectors of the same space.
        labels: the label of each theme, None where it has none.
    """
    if not len(names):
        return {"own_cluster": float("nan"), "to_label": float("nan")}
    vectors = embed([name.lower() for name in names])
    own = np.argmax(vectors @ centroids.T, axis=1) == np.arange(len(names))
    labelled = [place for place, label in enumerate(labels) if label]
    of_labels = embed([str(labels[place]).lower() for place in labelled]) if labelled else np.zeros((0, 1))
    cosines = (vectors[labelled] * of_labels).sum(axis=1) if labelled else np.array([np.nan])
    return {"own_cluster": float(own.mean()), "to_label": float(cosines.mean())}


def _members(rows: list[str], of: pd.Series, groups: pd.Series) -> tuple[list[str], NDArray[np.bool_]]:
    """The groups in order, and which of the rows are in them, (n, groups)."""
    place = {row: at for at, row in enumerate(rows)}
    names = sorted(groups[of.isin(place)].unique())
    column = {name: at for at, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)), bool)
    for row, name in zip(of, groups, strict=True):
        if row in place:
            matrix[place[row], column[name]] = True
    return names, matrix


def _leaves(themes: pd.DataFrame) -> pd.DataFrame:
    """The themes that statements get: a parent holds what its children do."""
    return themes[~themes["theme_id"].isin(themes["parent_id"].dropna())] if "parent_id" in themes else themes


def _pairs(names: list[str], sizes: NDArray[np.intp], ids: list[str], table: NDArray[np.float64]) -> pd.DataFrame:
    best = table.argmax(axis=1) if len(ids) else np.zeros(len(names), int)
    rows = {
        "label": names,
        "n_labelled": sizes,
        "theme_id": [ids[at] for at in best] if ids else [None] * len(names),
        "f1": table.max(axis=1, initial=0),
    }
    return pd.DataFrame(rows).sort_values(["n_labelled", "label"], ascending=[False, True], ignore_index=True)


def _one_theme(mentions: pd.DataFrame) -> pd.Series:
    table = mentions.assign(theme=mentions["theme_id"].astype(object).where(mentions["theme_id"].notna(), ""))
    return table.sort_values(["segment_id", "theme"]).drop_duplicates("segment_id").set_index("segment_id")["theme"]


def _only(mentions: pd.DataFrame, segment_ids: set[str]) -> pd.DataFrame:
    return mentions[mentions["segment_id"].isin(segment_ids)]


def _need(table: pd.DataFrame, columns: tuple[str, ...], what: str) -> None:
    for column in columns:
        if column not in table:
            found = ", ".join(map(str, table))
            raise InputError(f"{what}: no column '{column}'{did_you_mean(column, map(str, table))} (found: {found})")
