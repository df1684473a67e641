"""What NPS would be with fewer complaints, as far as the account of the drivers can say: a range, never a promise."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np

from feedback_nlp.drivers.result import Drivers
from feedback_nlp.drivers.scores import Floats, quantile
from feedback_nlp.errors import InputError, did_you_mean, one_line
from feedback_nlp.schema import Estimate

_CAVEAT = (
    "This is not a forecast: the drags are associations, so the range holds only if everything else stays as it is and "
    "those who would stop complaining score like comparable others, and it covers sampling error only."
)


@dataclass(frozen=True)
class WhatIf:
    """What `what_if` returns; `str` gives the text.

    `nps` and `nps_new`, from −100 to 100: as it is, and with the complaints cut; `change` is in points. Ends are of the
    delta method around the value. `text`: the range and the caveat, two plain sentences in one line.
    """

    nps: Estimate
    nps_new: Estimate
    change: Estimate
    text: str

    def __str__(self) -> str:
        return self.text


def what_if(drivers: Drivers, cut: Mapping[str, float], level: float | None = None) -> WhatIf:
    """Returns the NPS that the account gives if a share of each theme's complaints were not there, with its range.

    With d_j = p_j b_j the drag of theme j, c_j the share of its complaints that go and C the covariance of all terms,

        change = −Σ c_j d_j,   Var(change) = c'Cc,   NPS' = NPS − Σ c_j d_j,   Var(NPS') = 1'C1 + c'Cc − 2 c'C1:

    p_j becomes (1 − c_j) p_j, and everything else in NPS = b_0 + Σ p b stays as it is, so that nothing is fitted again
    and a run read back from its folder will do. Uncertain are NPS and the drags, not how much could be cut.

    The ranges of `nps` and `nps_new` are value ± z · standard error, cut to [−100, 100], both by the same method, so
    that they can be compared and agree where nothing is cut. The headline `drivers.nps` has the same value but the
    adjusted Wald interval, which is centred nearer to 0; 1'C1 of the HC3 errors is slightly wider (the more, the fewer
    responses). Where some other term has no interval, the largest standard error that can be is taken for NPS':
    that of the headline plus that of the change (Cauchy–Schwarz).

    It says nothing about cause: people choose what to mention, and somebody whose complaint is mended need not score
    like those who had none. A value beyond the ends of the scale, which a sum of drags can reach, is cut to them;
    `change` is not.

    Args:
        drivers: of `rank_drivers`, or those of a run that was loaded.
        cut: theme_id -> the share of its complaints that would go, 0–1: {"billing": 0.5} halves them.
        level: of the ranges; that of the drivers if not given.

    Raises:
        InputError: there are no drivers, the cut is empty, a theme is unknown or has no drag of its own or no
            interval, or a share or the level lies outside 0–1.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"theme_id": ["billing"], "drag": [-6.0]})
    >>> account = pd.DataFrame(
    ...     {"theme_id": ["base", "billing"], "polarity": [None, "negative"], "contribution": [26.0, -6.0]}
    ... )
    >>> drivers = Drivers(table, account, np.diag([4.0, 1.0]), Estimate(20.0, 15.5, 24.4), n=900)
    >>> halved = what_if(drivers, {"billing": 0.5})
    >>> halved.nps_new.value, halved.change.value, round(halved.change.low, 2), round(halved.change.high, 2)
    (23.0, 3.0, 2.02, 3.98)
    >>> str(halved)[:108]
    'With 50 % fewer complaints of “billing”, NPS would be 23.0 in place of 20.0, a change of +3.0 points (95 % i'
    """
    level = drivers.level if level is None else level
    if not (isinstance(level, Real) and 0 < level < 1):
        raise InputError(f"what_if: level is {level!r}; give a number between 0 and 1, such as 0.95")
    shares = _shares(drivers, cut)
    drags = drivers.account["contribution"].to_numpy(dtype=np.float64)
    change, error = -float(shares @ drags), _error(drivers, shares)
    now, after = _errors_of_nps(drivers, shares, error)
    nps = _estimate(drivers.nps.value, now, level, 100.0)
    nps_new = _estimate(drivers.nps.value + change, after, level, 100.0)
    moved = _estimate(change, error, level, np.inf)
    return WhatIf(nps, nps_new, moved, f"{_range_in_words(drivers, cut, (nps, nps_new, moved), level)} {_CAVEAT}")


def _shares(drivers: Drivers, cut: Mapping[str, float]) -> Floats:
    """Returns the share to cut per term of the account, checked."""
    if not len(drivers.account):
        raise InputError("what_if: there are no drags to cut, because no response has a score")
    if not isinstance(cut, Mapping) or not cut:
        raise InputError(
            f"what_if: cut is {cut!r}; name a theme and the share of its complaints, as in {{'price': 0.5}}"
        )
    shares = np.zeros(len(drivers.account))
    for theme_id, share in cut.items():
        place = _place(drivers, theme_id)
        if not (isinstance(share, Real) and 0 <= share <= 1):
            raise InputError(f"what_if: the cut of '{theme_id}' is {share!r}; give the share that goes, from 0 to 1")
        shares[place] = share
    return shares


def _place(drivers: Drivers, theme_id: str) -> int:
    """Returns the place of a theme's complaints in the account; InputError where it has no drag with an interval."""
    account, known = drivers.account, [str(known) for known in drivers.table["theme_id"]]
    if theme_id not in known:
        raise InputError(f"what_if: no theme '{theme_id}'{did_you_mean(str(theme_id), known)}")
    is_own = (account["theme_id"] == theme_id) & (account["polarity"] == "negative")
    places = np.flatnonzero(is_own.fillna(False).to_numpy(dtype=bool))
    if not len(places):
        raise InputError(f"what_if: '{theme_id}' has no drag of its own to cut: {_why_none(drivers, theme_id)}")
    place = int(places[0])
    if np.isnan(float(drivers.covariance[place, place])):
        raise InputError(f"what_if: the drag of '{theme_id}' has no interval: it rests on a single response or person")
    return place


def _why_none(drivers: Drivers, theme_id: str) -> str:
    drag = drivers.table.loc[drivers.table["theme_id"] == theme_id, "drag"]
    if drag.notna().any():
        return "it holds other themes; name those"
    own = [note for note in drivers.notes if f"'{theme_id}'" in note and "complain" in note]
    return own[0] if own else "too few complaints, or no topic"


def _error(drivers: Drivers, coefficients: Floats) -> float:
    """Returns the standard error of the terms times the coefficients; NaN if one in use has none."""
    used = np.flatnonzero(coefficients)
    variance = float(coefficients[used] @ drivers.covariance[np.ix_(used, used)] @ coefficients[used])
    return float(np.sqrt(np.maximum(variance, 0.0)))


def _errors_of_nps(drivers: Drivers, shares: Floats, error: float) -> tuple[float, float]:
    """Returns the standard errors of NPS as it is and with the cut."""
    if not np.isnan(drivers.covariance).any():
        return _error(drivers, np.ones(len(shares))), _error(drivers, 1.0 - shares)
    headline = (drivers.nps.high - drivers.nps.low) / 2 / quantile(drivers.level)
    return headline, headline + error


def _estimate(value: float, error: float, level: float, end: float) -> Estimate:
    half = quantile(level) * error
    return Estimate(*(min(max(figure, -end), end) for figure in (value, value - half, value + half)))


def _range_in_words(
    drivers: Drivers, cut: Mapping[str, float], figures: tuple[Estimate, Estimate, Estimate], level: float
) -> str:
    nps, nps_new, change = figures
    cuts = [
        f"{100 * share:.3g} % fewer complaints of “{one_line(str(drivers.names.get(theme_id, theme_id)))}”"
        for theme_id, share in cut.items()
    ]
    joined = cuts[0] if len(cuts) == 1 else f"{', '.join(cuts[:-1])} and {cuts[-1]}"
    return (
        f"With {joined}, NPS would be {_number(nps_new.value)} in place of {_number(nps.value)}, a change of "
        f"{_number(change.value, '+')} points ({100 * level:g} % interval {_number(change.low, '+')} to "
        f"{_number(change.high, '+')}; NPS between {_number(nps_new.low)} and {_number(nps_new.high)})."
    )


def _number(value: float, sign: str = "") -> str:
    text = f"{abs(value):.1f}"
    return text if text == "0.0" else ("−" if value < 0 else sign) + text
