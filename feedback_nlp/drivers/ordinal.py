"""A second opinion on the drags: an ordinal logit of the three categories, its fitted NPS split by Shapley.

Least squares takes the step from detractor to passive for as large as that to promoter and lets effects add up without
end. The proportional-odds logit assumes neither; where both tell the same story, it does not hang on the model.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.special import expit, log_expit, logit
from threadpoolctl import threadpool_limits

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import Design, build_design, gram, scale_rows
from feedback_nlp.drivers.drag import fit_terms
from feedback_nlp.drivers.ranks import rank_of
from feedback_nlp.drivers.sample import Sample, Sparse, read_sample
from feedback_nlp.drivers.scores import POINTS, Floats, quantile
from feedback_nlp.drivers.shapley import fitted_nps, split_fitted, taken_away, unique_patterns
from feedback_nlp.schema import CATEGORIES

Bools = NDArray[np.bool_]

_DRAGS = ("drag", "drag_given_rest", "drag_linear", "drag_linear_low", "drag_linear_high")
_BESIDE = ("drag", "lift", "rank", "drag_given_rest", *_DRAGS[2:], "lift_linear", "rank_linear")
_RUNAWAY = 15.0  # log-odds no data ask for: the likelihood rises without end in that direction
_MOST_STEPS = 60
_CLOSE = 1e-12  # twice the log-likelihood that is still to be gained; the last step leaves its square


@dataclass(frozen=True)
class Ordinal:
    """What `ordinal_drivers` returns; null where a figure can't be, with the reason in `notes`.

    `thresholds` (2,): log-odds of a detractor, and of a detractor or passive, without any mark; null beside a category
    that nobody is in.
    `effects`: per column theme_id, polarity, log_odds (of a higher category: < 0 hurts), standard_error, low, high.
    `account`: theme_id, polarity, contribution in points: base (the fitted NPS without any mark), each column, and
    unfitted (NPS − mean fitted NPS, what the model misses); they sum to `nps`.
    `table`: one row per theme in the order of the themes: theme_id, drag and lift of the account, rank by that drag,
    drag_given_rest, and by least squares drag_linear with its interval, lift_linear and rank_linear. Own columns only:
    a theme that holds others shows what is said of itself.
    `agreement`: Kendall's tau-b of drag_given_rest and drag_linear, null below two; `is_robust`: sandwich errors.
    """

    thresholds: Floats
    effects: pd.DataFrame
    account: pd.DataFrame
    table: pd.DataFrame
    nps: float
    agreement: float
    is_robust: bool
    n: int
    notes: tuple[str, ...] = ()

    @property
    def comparison(self) -> str:
        """One sentence: which drag_given_rest lie outside the linear interval, and how alike both order the themes."""
        drags = self.table.dropna(subset=["drag_given_rest", "drag_linear"])
        if drags.empty:
            return "There is no drag to compare."
        low, high = drags["drag_linear_low"], drags["drag_linear_high"]
        apart = drags[(drags["drag_given_rest"] < low) | (drags["drag_given_rest"] > high)]
        pairs = zip(apart["theme_id"], apart["drag_given_rest"], apart["drag_linear"], strict=True)
        named = ", ".join(f"'{theme_id}' ({_signed(one)} against {_signed(other)})" for theme_id, one, other in pairs)
        verdict = f"by more than sampling error for {named}" if named else "by no more than sampling error"
        alike = "" if np.isnan(self.agreement) else f"; Kendall's tau of their order is {_signed(self.agreement, 2)}"
        return f"The drags of the ordinal and of the linear model differ {verdict}{alike}."


@dataclass(frozen=True)
class Logit:
    """A fitted proportional-odds logit: P(y <= j) = Λ(cuts_j − x'slopes).

    `cuts` (2,): infinite at the side of a category nobody has, equal where there are no passives. `slopes` (K,), the
    base's 0; `errors` (K,), NaN where there are none. `held`: the columns (of K) that a weak prior keeps finite.
    """

    cuts: Floats
    slopes: Floats
    errors: Floats
    held: tuple[int, ...]
    log_likelihood: float
    is_robust: bool


def ordinal_drivers(
    responses: pd.DataFrame, mentions: pd.DataFrame, themes: pd.DataFrame, settings: DriversConfig | None = None
) -> Ordinal:
    """Returns the drags by a three-level ordinal logit, beside those of least squares, as a second opinion.

    The proportional-odds model of McCullagh (1980) on the columns of `rank_drivers` (base apart):

        P(y_i <= j) = Λ(θ_j − x_i'β),    j = detractor, passive,

    by maximum likelihood (`fit_logit` says which errors). The fitted E[y] = 100 P(promoter) − 100 P(detractor) is
    averaged over the responses and split exactly between the columns (`split_fitted`, Shapley 1953):

        NPS = base + Σ_c contribution_c + unfitted.

    A Shapley drag is a mean over all orders, so it also counts what a complaint costs a person with no other to make,
    which is mostly more than what it adds to others: where many themes come together, Shapley drags are larger than
    linear ones (and the base is higher; both sum to the NPS). What compares with a linear drag is drag_given_rest: the
    mean fitted NPS minus that without these complaints, all other marks left (`taken_away`); it does not add up.
    Neither has an interval; that of least squares tells how far chance reaches. Both are associations and do not say
    what mending the theme would give.

    The tables are those of `rank_drivers`, and of the settings min_mentions, include_generic, level and min_group
    count. With scores of one category the account is the base alone; without scores it is empty.

    Raises:
        InputError: as `rank_drivers`.

    >>> category = ["promoter", "passive", "detractor", "promoter"] * 10
    >>> responses = pd.DataFrame({"response_id": range(40), "category": category})
    >>> mentions = pd.DataFrame({"response_id": [2, 6, 10, 14, 18, 1, 5, 0], "theme_id": "wait", "polarity": -1.0})
    >>> themes = pd.DataFrame({"theme_id": ["wait"], "kind": "topic"})
    >>> ordinal = ordinal_drivers(responses, mentions, themes, DriversConfig(min_mentions=5))
    >>> ordinal.effects["log_odds"].round(2).tolist(), ordinal.account["contribution"].round(1).tolist()
    ([-2.23], [43.9, -18.7, -0.2])
    """
    settings = settings or DriversConfig()
    with threadpool_limits(limits=1):  # more threads sum in another order
        sample = read_sample(responses, mentions, themes)
        design, model = fit_categories(sample, settings)
        nps = float(np.average(sample.points, weights=sample.weights)) if sample.is_scored else float("nan")
        account = _account(design, model, sample, nps)
        table = _beside(sample, design, model, account["contribution"].to_numpy(), settings.level)
        return Ordinal(
            thresholds=np.full(2, np.nan) if model is None else np.where(np.isfinite(model.cuts), model.cuts, np.nan),
            effects=_effects(design, model, settings.level),
            account=account,
            table=table,
            nps=nps,
            agreement=_tau(*table[["drag_given_rest", "drag_linear"]].dropna().to_numpy().T),
            is_robust=bool(model and model.is_robust),
            n=sample.n,
            notes=_doubts(sample, settings) + design.notes + (_unsure(design, model) if model else ()),
        )


def _doubts(sample: Sample, settings: DriversConfig) -> tuple[str, ...]:
    if not sample.is_scored:
        return ("no scores: no drivers",)
    found = [name for name in CATEGORIES if POINTS[name] in sample.points]
    doubts = []
    if sample.n < settings.min_group:
        doubts.append(f"too few scored responses: {sample.n}, {settings.min_group} needed to rely on the figures")
    if len(found) == 1:
        doubts.append(f"everybody is a {found[0]}: scores that do not differ have no drivers")
    elif len(found) == 2:
        doubts.append(f"nobody but {found[0]}s and {found[1]}s: the model is a two-level logit")
    return tuple(doubts)


def _unsure(design: Design, model: Logit) -> tuple[str, ...]:
    names = [f"'{term.theme_id}' {term.polarity}" for term in design.terms]
    return tuple(
        f"{names[at - 1]} separates the categories: a weak prior keeps its log-odds finite, no interval"
        if at in model.held
        else f"no interval for the log-odds of {names[at - 1]}: it rests on a single response or person"
        for at in range(1, len(names) + 1)
        if np.isnan(model.errors[at])
    )


def _effects(design: Design, model: Logit | None, level: float) -> pd.DataFrame:
    slopes, errors = (model.slopes[1:], model.errors[1:]) if model else (np.zeros(0), np.zeros(0))
    half = quantile(level) * errors
    return _named(design, (), ()).assign(log_odds=slopes, standard_error=errors, low=slopes - half, high=slopes + half)


def _account(design: Design, model: Logit | None, sample: Sample, nps: float) -> pd.DataFrame:
    """Returns base, columns and unfitted; the last comes from the fit, so that the sum is a check of the split."""
    account = _named(design, ("base",), ("unfitted",))
    if not sample.is_scored:
        return account.iloc[:0].assign(contribution=np.zeros(0))
    if model is None:
        return account.assign(contribution=[nps, 0.0])
    parts = split_fitted(design.columns[0], sample.weights, model.slopes, model.cuts)
    fitted = fitted_nps(np.asarray(design.columns[0] @ model.slopes), model.cuts)
    return account.assign(contribution=[*parts, nps - float(np.average(fitted, weights=sample.weights))])


def _named(design: Design, before: tuple[str, ...], after: tuple[str, ...]) -> pd.DataFrame:
    names = [(term.theme_id, term.polarity) for term in design.terms]
    pairs = [*((name, None) for name in before), *names, *((name, None) for name in after)]
    return pd.DataFrame(pairs, columns=["theme_id", "polarity"], dtype="str")


def _beside(sample: Sample, design: Design, model: Logit | None, account: Floats, level: float) -> pd.DataFrame:
    table = pd.DataFrame(np.nan, index=range(len(sample.theme_ids)), columns=list(_BESIDE))
    if model is not None:
        rest = taken_away(design.columns[0], sample.weights, model.slopes, model.cuts)
        fit = fit_terms(design.columns[0], sample)
        linear, half = fit.contributions, quantile(level) * np.sqrt(np.diag(fit.covariance))
        themes, at = design.own_places("negative")
        drags = np.column_stack([account[:-1], rest, linear, linear - half, linear + half])
        table.loc[themes, list(_DRAGS)] = drags[at]
        table.loc[themes, ["rank", "rank_linear"]] = np.transpose([rank_of(account[at]), rank_of(linear[at])])
        themes, at = design.own_places("positive")
        table.loc[themes, ["lift", "lift_linear"]] = np.transpose([account[at], linear[at]])
    table.insert(0, "theme_id", pd.Series(sample.theme_ids, dtype="str"))
    return table.astype({"rank": "Int64", "rank_linear": "Int64"})


def _tau(first: Floats, second: Floats) -> float:
    """Returns Kendall's tau-b; NaN with fewer than two values or none that differ."""
    one, other = (np.sign(values[:, None] - values) for values in (first, second))
    pairs = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / pairs if pairs else float("nan")


def _signed(value: float, digits: int = 1) -> str:
    text = f"{abs(value):.{digits}f}"
    return f"−{text}" if value < 0 and float(text) else text


def fit_categories(sample: Sample, settings: DriversConfig) -> tuple[Design, Logit | None]:
    """Returns the design and the logit on it; the base alone and no logit without two categories to tell apart."""
    if not sample.is_scored or np.ptp(sample.points) == 0:
        return Design((), (sparse.csr_array(np.ones((sample.n, 1))),), ()), None
    design = build_design([sample], settings)
    return design, fit_logit(design.columns[0], sample)


def fit_logit(columns: Sparse, sample: Sample) -> Logit:
    """Returns the maximum-likelihood fit of the categories on the columns (n, K), base first, by Newton's method.

    The columns must be linearly independent, and the sample have two categories or three; with two it is the binary
    logit. It runs on the distinct rows and their (weighted) counts. The likelihood is concave (Pratt 1981).

    Where a column separates the categories (all who complain of a theme are detractors), its log-odds would run off to
    infinity. Such columns, and no others, get the log-F(1, 1) prior of Greenland & Mansournia (2015), which adds
    ½ (log Λ(b) + log Λ(−b)): half a response on either side. It keeps their drag finite at about its size; errors they
    have none. Without separation the fit is plain maximum likelihood.

    Errors: the inverse observed information where all weights are equal and nobody answered twice, since the sandwich
    is too short for rare columns. Otherwise the sandwich H⁻¹ (Σ_g s_g s_g') H⁻¹ of the weighted scores summed per
    person (White 1982; Liang & Zeger 1986), without a small-sample factor: the information knows nothing of weights or
    repeats. A column that one person alone marks then has no error.
    """
    marks, place = unique_patterns(columns)
    categories = np.eye(3)[(sample.points / 100 + 1).astype(np.int64)]
    counts = np.column_stack([np.bincount(place, sample.weights * one).astype(np.float64) for one in categories.T])
    data = _data_of(marks[:, 1:], counts)
    held = _separated(data)
    while True:
        parameters, is_done = _maximise(data, held)
        runaway = ~held & (np.abs(parameters[data.n_cuts :]) > _RUNAWAY)
        if not runaway.any() and (is_done or held.all()):
            break
        held = held | runaway if runaway.any() else np.ones_like(held)
    errors, is_robust = _errors(sample, _data_of(columns[:, 1:], categories), data, parameters, held)
    return Logit(
        cuts=_cuts(parameters[: data.n_cuts], counts.sum(axis=0) > 0),
        slopes=np.concatenate([[0.0], parameters[data.n_cuts :]]),
        errors=np.concatenate([[np.nan], np.where(held, np.nan, errors)]),
        held=tuple((np.flatnonzero(held) + 1).tolist()),
        log_likelihood=_likelihood(data, np.zeros_like(held), parameters),
        is_robust=is_robust,
    )


@dataclass(frozen=True)
class _Data:
    """Rows of marks (m, K − 1) and, for each threshold, how many (m, s) are right below it and right above it.

    With two thresholds a passive is above the first and below the second. Then, with z = θ − η,

        log P(passive) = log Λ(z_1) + log Λ(−z_0) + log(1 − e^{−(θ_1 − θ_0)}),

    so the likelihood is that of two binary logits and a term of the thresholds' distance alone.
    """

    marks: Sparse
    below: Floats
    above: Floats

    @property
    def n_cuts(self) -> int:
        """How many thresholds there are, 1 or 2."""
        return int(self.below.shape[1])

    def distances(self, parameters: Floats) -> Floats:
        """Returns z = θ − η, (m, s)."""
        predictors = np.asarray(self.marks @ parameters[self.n_cuts :])
        return np.asarray(parameters[: self.n_cuts] - predictors[:, None], dtype=np.float64)


def _data_of(marks: Sparse, counts: Floats) -> _Data:
    """Returns the data of rows with these counts per category (m, 3); categories nobody has are left out."""
    present = counts[:, counts.sum(axis=0) > 0]
    return _Data(sparse.csr_array(marks), present[:, :-1], present[:, 1:])


def _cuts(thresholds: Floats, present: Bools) -> Floats:
    """Returns both thresholds, of detractors and of promoters, where categories may be missing."""
    return np.array([thresholds[0] if present[0] else -np.inf, thresholds[-1] if present[2] else np.inf])


def _separated(data: _Data) -> Bools:
    """Returns which columns have marks in the lowest category only, or in the highest only."""
    above_lowest, below_highest = data.above.sum(axis=1), data.below.sum(axis=1)
    return np.asarray((data.marks.T @ above_lowest == 0) | (data.marks.T @ below_highest == 0), dtype=bool)


def _maximise(data: _Data, held: Bools) -> tuple[Floats, bool]:
    """Returns the parameters, thresholds first, and whether the top was reached."""
    low, high = np.cumsum(data.below.sum(axis=0)), np.cumsum(data.above.sum(axis=0)[::-1])[::-1]
    at = np.concatenate([logit(low / (low + high)), np.zeros(len(held))])
    value = _likelihood(data, held, at)
    for _ in range(_MOST_STEPS):
        slope, information = _derivatives(data, held, at)
        step = _solved(information, slope)
        if step is None:
            return at, False
        if slope @ step < _CLOSE:
            return at + step, True
        tried = (at + step / 2**halving for halving in range(40))
        reached = next((point for point in tried if _likelihood(data, held, point) >= value), None)
        if reached is None:
            return at, bool(slope @ step < 1e-6)  # rounding hides what is left to gain
        at, value = reached, _likelihood(data, held, reached)
        if np.abs(at[data.n_cuts :][~held]).max(initial=0.0) > _RUNAWAY:
            return at, False
    return at, False


def _likelihood(data: _Data, held: Bools, parameters: Floats) -> float:
    distances = data.distances(parameters)
    value = float((data.below * log_expit(distances) + data.above * log_expit(-distances)).sum())
    slopes = parameters[data.n_cuts :][held]
    value += float((log_expit(slopes) + log_expit(-slopes)).sum()) / 2
    if data.n_cuts == 1:
        return value
    gap = parameters[1] - parameters[0]
    return value + float(data.above[:, 0].sum() * np.log(-np.expm1(-gap))) if gap > 0 else -np.inf


def _pulls(data: _Data, parameters: Floats) -> tuple[Floats, Floats]:
    """Returns the derivatives of each row's likelihood by θ, (m, s), and by −η, (m,)."""
    distances = data.distances(parameters)
    by_cut = data.below * expit(-distances) - data.above * expit(distances)
    by_predictor = by_cut.sum(axis=1)
    if data.n_cuts == 2:
        by_cut = by_cut + data.above[:, :1] * np.array([-1.0, 1.0]) / np.expm1(parameters[1] - parameters[0])
    return by_cut, by_predictor


def _derivatives(data: _Data, held: Bools, parameters: Floats) -> tuple[Floats, Floats]:
    """Returns the gradient of the likelihood and the observed information, minus its second derivatives."""
    s = data.n_cuts
    by_cut, by_predictor = _pulls(data, parameters)
    gradient = np.concatenate([by_cut.sum(axis=0), -np.asarray(data.marks.T @ by_predictor)])
    distances = data.distances(parameters)
    bends = (data.below + data.above) * expit(distances) * expit(-distances)
    information = np.empty((len(gradient), len(gradient)))
    information[:s, :s] = np.diag(bends.sum(axis=0))
    information[s:, :s] = -np.asarray(data.marks.T @ bends)
    information[:s, s:] = information[s:, :s].T
    information[s:, s:] = gram(data.marks, data.marks, bends.sum(axis=1))
    if s == 2:
        bend = data.above[:, 0].sum() / (4 * np.sinh((parameters[1] - parameters[0]) / 2) ** 2)
        information[:2, :2] += bend * np.array([[1.0, -1.0], [-1.0, 1.0]])
    places, prior = s + np.flatnonzero(held), expit(parameters[s:][held])
    gradient[places] += 0.5 - prior
    information[places, places] += prior * (1 - prior)
    return gradient, information


def _solved(information: Floats, right: Floats) -> Floats | None:
    """Returns information⁻¹ right by way of a unit diagonal; None where rounding leaves it singular."""
    scale = np.sqrt(np.diag(information))
    try:
        factor = linalg.cho_factor(information / np.outer(scale, scale))
    except linalg.LinAlgError:
        return None
    return np.asarray((linalg.cho_solve(factor, (right.T / scale).T).T / scale).T, dtype=np.float64)


def _errors(sample: Sample, rows: _Data, data: _Data, parameters: Floats, held: Bools) -> tuple[Floats, bool]:
    """Returns the standard errors of the slopes, and whether they are sandwich ones."""
    inverse = _solved(_derivatives(data, held, parameters)[1], np.eye(len(parameters)))
    if inverse is None:
        return np.full(len(held), np.nan), False
    if sample.clusters is None and np.ptp(sample.weights) == 0:
        return np.sqrt(np.diag(inverse)[data.n_cuts :]), False
    people = np.arange(sample.n) if sample.clusters is None else sample.clusters
    together = sparse.csr_array((np.ones(sample.n), (people, np.arange(sample.n))))
    by_cut, by_predictor = _pulls(rows, parameters)
    of_marks = scale_rows(rows.marks, -sample.weights * by_predictor)
    scores = sparse.hstack([sparse.csr_array(by_cut * sample.weights[:, None]), of_marks], format="csr")
    scores = sparse.csr_array(together @ scores)
    variances = np.diag(inverse @ gram(scores, scores) @ inverse)[data.n_cuts :]
    people_of = np.bincount(sparse.csr_array(together @ rows.marks).indices, minlength=len(held))
    return np.sqrt(np.where((people_of > 1) & (variances > 0), variances, np.nan)), True
