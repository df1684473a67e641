"""What wrong labels do to drags, and the drags without it: recall and false positives from an audited sample.

An audit holds the true themes of some responses, read by people. The audited responses must be a random sample of the
responses: those picked because they looked odd have the rates of odd responses, and of those picked because a theme was
found in them no recall can be had at all.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.audit_file import Audited, audited_marks, check_columns
from feedback_nlp.drivers.design import POLARITIES
from feedback_nlp.drivers.ranks import benjamini_hochberg, rank_of
from feedback_nlp.drivers.result import Drivers
from feedback_nlp.drivers.scores import Floats, quantile, wilson

Bools = NDArray[np.bool_]

BANDS = {"promoters": 100.0, "passives": 0.0, "detractors": -100.0}
_KEYS = ["theme_id", "polarity"]
_RATES = (
    "recall", "recall_low", "recall_high", "false_positive", "false_positive_low", "false_positive_high",
    *(f"recall_{band}" for band in BANDS),
)  # fmt: skip
_COUNTS = ("n_audited", "n_true", *(f"n_true_{band}" for band in BANDS))
_CONFUSIONS = ("theme_id", "polarity", "read_theme_id", "read_polarity", "n")


def audit_rates(
    responses: pd.DataFrame,
    mentions: pd.DataFrame,
    audit: pd.DataFrame,
    themes: pd.DataFrame,
    settings: DriversConfig | None = None,
) -> pd.DataFrame:
    """Returns how well each topic's complaints and praise were recognised, from responses that people have read.

    Per theme and polarity, over the audited responses in the design (those with a category, if any has one):

    - recall r = of the responses that truly mention it, the share in which it was found (0–1);
    - false_positive f = of those that do not, the share in which it was found nevertheless;

    both with Wilson's interval (1927), and the recall among promoters, passives and detractors. `unequal`: recall
    differs between these beyond chance, by Freeman & Halton's exact test (1951) and Benjamini & Hochberg over the
    table at `settings.false_discovery_rate`. Unequal recall bends a drag in a way that no factor mends (.90 among
    detractors against .65 among promoters leaves complaints that look worse than they are); `correct_drags` says so.

    The audited responses must be a random sample of the responses. Those of one person count as independent.

    Args:
        responses: as for `rank_drivers`.
        mentions: as for `rank_drivers`: what was found.
        audit: response_id, theme_id, polarity (< 0 complaint, > 0 praise): what is truly there, as `read_audit` returns
            it. A response is audited if it has a row; a row without a theme says "read, none applies".
        themes: as for `rank_drivers`.
        settings: level of the intervals and rate of the test.

    Returns:
        One row per topic and polarity ("negative", "positive"), in the order of the themes: theme_id, polarity,
        n_audited, n_true, recall and false_positive with _low and _high, recall_ and n_true_ of promoters, passives
        and detractors, unequal. Rates of nothing (n_true = 0) are null.

    Raises:
        InputError: as `rank_drivers`; or the audit names a response or theme that is not there, or holds no response of
            the design.

    >>> responses = pd.DataFrame({"response_id": list("abcd"), "category": ["promoter"] * 2 + ["detractor"] * 2})
    >>> found = pd.DataFrame({"response_id": ["b", "c"], "theme_id": "wait", "polarity": -1.0})
    >>> audit = pd.DataFrame({"response_id": list("abcd"), "theme_id": [None, None, "wait", "wait"], "polarity": -1.0})
    >>> rates = audit_rates(responses, found, audit, pd.DataFrame({"theme_id": ["wait"], "kind": "topic"}))
    >>> rates[["n_true", "recall", "false_positive"]].iloc[0].tolist()
    [2.0, 0.5, 0.5]
    """
    settings = settings or DriversConfig()
    audited = audited_marks(responses, mentions, audit, themes)
    rows = [_rates_of(audited, place, settings.level) for place in range(len(audited.columns))]
    table = pd.DataFrame(rows, columns=[*_KEYS, *_COUNTS, *_RATES, "p"])
    table["unequal"] = benjamini_hochberg(table.pop("p").to_numpy(np.float64), settings.false_discovery_rate)
    types = dict.fromkeys(_KEYS, "str") | dict.fromkeys(_COUNTS, "int64") | dict.fromkeys(_RATES, "float64")
    return table.astype(types | {"unequal": "bool"})


def audit_confusions(
    responses: pd.DataFrame, mentions: pd.DataFrame, audit: pd.DataFrame, themes: pd.DataFrame
) -> pd.DataFrame:
    """Returns what missed mentions were taken for: how often a true theme was read as another.

    A response where one theme is missed and another found falsely is a confusion of the two. With several missed, the
    falsely found one is shared equally among those of the same theme (wrong polarity only), without such among those of
    the same polarity, without such among all. A false mention beside nothing missed is no confusion.

    Arguments and errors are those of `audit_rates`.

    Returns:
        theme_id, polarity (what was there), read_theme_id, read_polarity (what was found), n (responses, possibly
        fractions); only pairs that occur, in the order of the themes.

    >>> responses = pd.DataFrame({"response_id": ["a"], "category": ["detractor"]})
    >>> found = pd.DataFrame({"response_id": ["a"], "theme_id": ["price"], "polarity": [-1.0]})
    >>> themes = pd.DataFrame({"theme_id": ["price", "wait"], "kind": "topic"})
    >>> audit_confusions(responses, found, found.assign(theme_id="wait"), themes).values.tolist()
    [['wait', 'negative', 'price', 'negative', 1.0]]
    """
    audited = audited_marks(responses, mentions, audit, themes)
    columns = audited.columns
    counts = np.zeros((len(columns), len(columns)))
    missed, false = audited.true & ~audited.read, audited.read & ~audited.true
    for row in np.flatnonzero(missed.any(axis=1) & false.any(axis=1)):
        for found in np.flatnonzero(false[row]):
            behind = _behind(columns, np.flatnonzero(missed[row]).tolist(), int(found))
            counts[behind, found] += 1 / len(behind)
    rows = [(*columns[true], *columns[read], counts[true, read]) for true, read in np.argwhere(counts)]
    table = pd.DataFrame(rows, columns=list(_CONFUSIONS))
    return table.astype(dict.fromkeys(_CONFUSIONS[:-1], "str") | {"n": "float64"})


def _behind(columns: list[tuple[str, str]], missed: list[int], found: int) -> list[int]:
    for part in (0, 1):  # the theme, then the polarity
        alike = [place for place in missed if columns[place][part] == columns[found][part]]
        if alike:
            return alike
    return missed


def _rates_of(audited: Audited, place: int, level: float) -> dict[str, Any]:
    true, read = audited.true[:, place], audited.read[:, place]
    theme_id, polarity = audited.columns[place]
    row: dict[str, Any] = {"theme_id": theme_id, "polarity": polarity, "n_audited": len(true), "n_true": true.sum()}
    for name, among in (("recall", true), ("false_positive", ~true)):
        if among.any():
            share = wilson(float(read[among].mean()), int(among.sum()), level)
            row |= {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}
    hits, totals = [], []
    for band, points in BANDS.items():
        inside = true & (audited.points == points)
        hits.append(int(read[inside].sum()))
        totals.append(int(inside.sum()))
        row |= {f"n_true_{band}": totals[-1], f"recall_{band}": hits[-1] / totals[-1] if totals[-1] else None}
    return row | {"p": exact_p(hits, totals)}


def exact_p(hits: list[int], totals: list[int]) -> float:
    """Returns the p-value of "three shares are equal", given hits of totals in three groups; NaN if nothing can differ.

    Freeman & Halton (1951): of all tables with these totals and this sum of hits, the probability, by the multivariate
    hypergeometric law, of those that are at most as likely as the one seen. For two groups it is Fisher's exact test.

    >>> round(exact_p([3, 0, 0], [3, 3, 0]), 3)
    0.1
    """
    hit, of = (np.array(values, dtype=np.int64) for values in (hits, totals))
    order = np.argsort(of, kind="stable")  # the two smaller groups span the grid of tables
    hit, of = hit[order], of[order]
    if (of > 0).sum() < 2 or not 0 < hit.sum() < of.sum():
        return float("nan")
    first, second = np.ix_(np.arange(of[0] + 1), np.arange(of[1] + 1))
    third = hit.sum() - first - second
    possible = (third >= 0) & (third <= of[2])
    third = np.where(possible, third, 0)
    logs = _log_choose(of[0], first) + _log_choose(of[1], second) + _log_choose(of[2], third)
    logs = np.where(possible, logs, -np.inf) - _log_choose(of.sum(), hit.sum())
    chances = np.exp(logs)
    return min(float(chances[chances <= chances[hit[0], hit[1]] * (1 + 1e-7)].sum()), 1.0)


def _log_choose(n: Any, k: Any) -> Any:
    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)


def correct_drags(
    drivers: Drivers, rates: pd.DataFrame, confusions: pd.DataFrame | None = None, min_true: int = 5
) -> pd.DataFrame:
    """Returns each theme's drag as it would be if no complaint were missed or found falsely, beside the raw one.

    With r and f from `audit_rates`, q the observed share of a column and p = (q − f) / (r − f) its true one, the
    regression on the observed column sees g times the true drag,

        g = (r − f) (1 − p) / (1 − q) = (r − q) / (1 − q)

    (a misclassified regressor: Aigner 1973). That is all where a complaint is missed or invented at random. Where it is
    taken for one of another theme it takes its low score along: the other theme gets a drag that is not its own, and
    dividing by g makes that larger. With `confusions` the raw drags d are therefore resolved together (the matrix
    method: Barron 1977; Carroll, Ruppert, Stefanski & Crainiceanu 2006):

        d = T d_true,    T = D(q) S⁻¹ M' D(1 − p),    M_ii = r_i − f_i,    M_ij = cases of i read as j / cases of i,

    with S the covariance of the observed columns as if the true ones came independently: S_jj = q_j (1 − q_j),
    S_jk = −Σ_i p_i² M_ij M_ik. Without confusions T is diagonal and holds the g. Give them unless there is a reason.

    Interval: T⁻¹ (C + G) T⁻ᵀ, with C the covariance of the raw drags and G that of T d_true by the delta method: each
    true case is found, read as something else or lost (multinomial; one case and one miss are added to the recall, so
    that 10 of 10 is not certainty), and q has its sampling error, which also enters d. For one theme without confusions
    that is se² / g² + d² var(g) / g⁴ less the covariance of d and q. The audited responses are part of the sample: with
    n_a of n audited, an accident of the labels moves d and r alike, which leaves (1 − 2 n_a / n) of the audit's part.

    The correction is about sizes. Each theme's recall has an error of its own, so where all are recognised about alike
    the order of the raw drags is the better one (simulated, 500 of 10,000 audited: Kendall's tau with the true order
    .87 raw, .79 corrected).

    What it can't mend: recall that differs between happy and unhappy people (`unequal`; the reason then says so),
    complaints in general words taken for a theme, an audit that is no random sample.

    Args:
        drivers: what `rank_drivers` returned for the same responses and mentions.
        rates: what `audit_rates` returned.
        confusions: what `audit_confusions` returned; none = every error is taken as random.
        min_true: a theme with fewer true complaints in the audit gets no corrected drag.

    Returns:
        One row per theme of `drivers.table`: theme_id, drag, drag_low, drag_high (raw), gain (g), drag_corrected with
        _low and _high, rank_corrected (1 = most negative, among the corrected), all null where they can't be, and
        reason: why there is no corrected drag, or what to mind about it; null if there is nothing to say.

    Raises:
        InputError: a column of `rates` or `confusions` is missing.

    >>> from feedback_nlp.drivers.ranking import rank_drivers
    >>> ids = [f"r{i}" for i in range(40)]
    >>> responses = pd.DataFrame({"response_id": ids, "category": ["promoter", "passive", "passive", "detractor"] * 10})
    >>> mentions = pd.DataFrame({"response_id": ids[3::4], "theme_id": "wait", "polarity": -1.0})
    >>> themes = pd.DataFrame({"theme_id": ["wait"], "kind": "topic"})
    >>> audit = pd.DataFrame({"response_id": ids, "theme_id": ["wait" if i % 4 == 3 else None for i in range(40)]})
    >>> rates = audit_rates(responses, mentions, audit.assign(polarity=-1.0), themes)
    >>> table = correct_drags(rank_drivers(responses, mentions, themes), rates)
    >>> table[["gain", "drag_corrected"]].iloc[0].round(6).tolist()
    [1.0, -33.333333]
    """
    return _beside_raw(drivers, rates, confusions, min_true, "drag", "negative")


def correct_lifts(
    drivers: Drivers, rates: pd.DataFrame, confusions: pd.DataFrame | None = None, min_true: int = 5
) -> pd.DataFrame:
    """Returns for praise what `correct_drags` does for complaints: columns lift … lift_corrected_high and reason.

    rank_corrected is 1 for the largest lift.
    """
    return _beside_raw(drivers, rates, confusions, min_true, "lift", "positive")


@dataclass(frozen=True)
class _Columns:
    """The k audited columns of the regression, in the order of the account.

    `drag`: contributions (k,) of either polarity, `covariance` theirs (k, k). `recall` is that of all columns together
    where `enough` is false. `sound`: recall is above the false positives beyond chance, so that the column can be
    resolved. `audited`: the share of the responses that were.
    """

    keys: pd.MultiIndex
    drag: Floats
    covariance: Floats
    share: Floats
    recall: Floats
    false_positive: Floats
    n_true: Floats
    enough: Bools
    sound: Bools
    audited: float
    n: int


def _beside_raw(
    drivers: Drivers, rates: pd.DataFrame, confusions: pd.DataFrame | None, min_true: int, name: str, polarity: str
) -> pd.DataFrame:
    check_columns("rates", rates, (*_KEYS, *_COUNTS[:2], "recall", "false_positive", "unequal"))
    columns = _columns_of(drivers, rates, min_true)
    fixed, error = _resolved(columns, _confusion_counts(columns, confusions))
    half = quantile(drivers.level) * error
    found = pd.DataFrame(
        {"gain": (columns.recall - columns.share) / (1 - columns.share), f"{name}_corrected": fixed,
         f"{name}_corrected_low": fixed - half, f"{name}_corrected_high": fixed + half},
        index=columns.keys,
    )  # fmt: skip
    chosen = columns.enough & (columns.keys.get_level_values("polarity") == polarity)
    found = pd.DataFrame(found[chosen]).droplevel("polarity")
    table = drivers.table[["theme_id", name, f"{name}_low", f"{name}_high"]].reset_index(drop=True)
    table = table.join(found, on="theme_id")
    known = table[f"{name}_corrected"].notna().to_numpy()
    sign = 1.0 if polarity == "negative" else -1.0
    ranks = pd.Series(pd.NA, index=table.index, dtype="Int64")
    ranks[known] = rank_of(sign * table.loc[known, f"{name}_corrected"].to_numpy(dtype=np.float64))
    unequal = rates[rates["polarity"] == polarity].groupby("theme_id")["unequal"].any()
    reasons = [_reason(columns, (theme, polarity), unequal, min_true) for theme in table["theme_id"]]
    return table.assign(rank_corrected=ranks, reason=pd.Series(reasons, dtype="str"))


def _columns_of(drivers: Drivers, rates: pd.DataFrame, min_true: int) -> _Columns:
    figures = drivers.table.set_index("theme_id")[["drag", "lift"]].set_axis(list(POLARITIES), axis=1).stack().dropna()
    account = drivers.account.assign(place=np.arange(len(drivers.account))).drop_duplicates(_KEYS)
    # a theme may be called "other" like the pooled line, which comes last: it counts if it has a drag of its own
    account = account[pd.MultiIndex.from_frame(account[_KEYS]).isin(figures.index)]
    own = account.merge(rates.drop_duplicates(_KEYS), on=_KEYS, how="inner")
    n_true, n_audited = own["n_true"].to_numpy(np.float64), own["n_audited"].to_numpy(np.float64)
    recall = own["recall"].fillna(0.0).to_numpy(np.float64)
    enough = n_true >= max(min_true, 1)
    cases = np.where(enough, n_true, n_true.sum())
    recall = np.where(enough, recall, recall @ n_true / max(n_true.sum(), 1.0))
    false_positive = own["false_positive"].fillna(0.0).to_numpy(np.float64)
    chance = _binomial_variance(recall, cases) + _binomial_variance(false_positive, n_audited - n_true)
    places = own["place"].to_numpy()
    return _Columns(
        keys=pd.MultiIndex.from_frame(own[_KEYS]),
        drag=own["contribution"].to_numpy(np.float64),
        covariance=drivers.covariance[np.ix_(places, places)],
        share=own["share"].to_numpy(np.float64),
        recall=recall,
        false_positive=false_positive,
        n_true=n_true,
        enough=enough,
        sound=recall - false_positive > quantile(drivers.level) * np.sqrt(chance),
        audited=float(n_audited.max(initial=0.0)) / max(drivers.n, 1),
        n=drivers.n,
    )


def _binomial_variance(share: Floats, n: Floats) -> Floats:
    """Returns the variance of a share with one case and one miss added: nothing is certain."""
    smoothed = (share * n + 1) / (n + 2)
    return np.asarray(smoothed * (1 - smoothed) / np.maximum(n, 1.0), dtype=np.float64)


def _confusion_counts(columns: _Columns, confusions: pd.DataFrame | None) -> Floats:
    """Returns how often column i was read as column j, (k, k)."""
    counts = np.zeros((len(columns.keys), len(columns.keys)))
    if confusions is None or not len(confusions):
        return counts
    check_columns("confusions", confusions, _CONFUSIONS)
    true = columns.keys.get_indexer(pd.MultiIndex.from_frame(confusions[_KEYS]))
    read = columns.keys.get_indexer(pd.MultiIndex.from_frame(confusions[["read_theme_id", "read_polarity"]]))
    inside = (true >= 0) & (read >= 0) & (true != read)
    np.add.at(counts, (true[inside], read[inside]), confusions["n"].to_numpy(np.float64)[inside])
    return counts


def _resolved(columns: _Columns, counts: Floats) -> tuple[Floats, Floats]:
    """Returns the corrected contributions (k,) and their standard errors, NaN where they can't be."""
    corrected, error = np.full((2, len(columns.drag)), np.nan)
    use = np.flatnonzero(columns.sound)
    q, r, f, d, n_true = (
        of[use] for of in (columns.share, columns.recall, columns.false_positive, columns.drag, columns.n_true)
    )
    cases = np.maximum(n_true, 1.0)
    p = np.clip((q - f) / (r - f), 0.0, 1.0)
    read_as = counts[np.ix_(use, use)] / cases[:, None]
    matrix = read_as + np.diag(r - f)
    together = -(matrix.T * p**2) @ matrix
    np.fill_diagonal(together, q * (1 - q))
    seen = q[:, None] * np.linalg.inv(together)  # D(q) S⁻¹
    back = np.linalg.inv(seen @ (matrix.T * (1 - p)))
    true = back @ d
    audit = _audit_covariance(read_as * (1 - p)[:, None], read_as, (r * cases + 1) / (cases + 2), true**2 / cases)
    noise = seen @ audit @ seen.T * max(0.0, 1 - 2 * columns.audited)
    by_share = true * (r - 1) / (1 - q) ** 2  # what g times the true drag moves by with q
    noise += np.diag((by_share**2 - 2 * by_share * d / q) * q * (1 - q) / columns.n)
    raw = columns.covariance[np.ix_(use, use)]
    variance = np.diag(back @ (np.nan_to_num(raw) + noise) @ back.T)
    corrected[use] = true
    error[use] = np.where(np.isnan(np.diag(raw)), np.nan, np.sqrt(np.maximum(variance, 0.0)))
    return corrected, error


def _audit_covariance(moved: Floats, read_as: Floats, recall: Floats, scale: Floats) -> Floats:
    """Returns Σ_i scale_i a_i Cov(m_i) a_i, (k, k): m_i is where a true case of i goes, a_i how much that counts."""
    places = moved + np.diag(recall)
    squares = moved * (moved / np.where(read_as > 0, read_as, 1.0)) + np.diag(recall)  # a² m
    return np.diag(scale @ squares) - (places.T * scale) @ places


def _reason(columns: _Columns, key: tuple[str, str], unequal: "pd.Series[bool]", min_true: int) -> str | None:
    place = columns.keys.get_indexer(pd.MultiIndex.from_tuples([key]))[0]
    if key[0] not in unequal.index:
        return "not audited"
    if place < 0:
        return "no effect of its own to correct"
    if not columns.enough[place]:
        return f"too few true cases in the audit: {columns.n_true[place]:.0f}, {min_true} needed"
    if not columns.sound[place]:
        shares = f"{columns.recall[place]:.2f} is not surely above the false-positive rate"
        return f"recall {shares} {columns.false_positive[place]:.2f}"
    if np.isnan(columns.covariance[place, place]):
        return "corrected, but without an interval: the raw drag has none"
    if unequal[key[0]]:
        return "corrected, but recall differs between promoters, passives and detractors, which no factor mends"
    return None
