"""How many answers it takes: to see a change of NPS between two periods, or for an interval of a given width."""

from math import ceil, isfinite, sqrt
from numbers import Integral, Real

from scipy.special import ndtri

from feedback_nlp.drivers.inputs import check_share
from feedback_nlp.drivers.scores import quantile
from feedback_nlp.errors import ConfigError

_ROUNDING = 1e-9  # a size that rounding leaves this little above a whole number is that number


def sample_size(change: float, promoters: float, detractors: float, level: float = 0.95, power: float = 0.8) -> int:
    """Returns how many answers each of two periods needs to find a change of NPS.

    n = 2 V · 10⁴ (z_{α/2} + z_β)² / δ² with V = P + D − (P − D)², the variance of one answer, taken to be the same in
    both periods (Cohen 1988, chapter 2, with the variance of NPS). Answers are independent and equally weighted: with
    weights or several answers per person it is the effective sample size that has to reach n. The figure says how often
    a true change of that size would be told from none, not how large the change will be.

    Args:
        change: δ in NPS points, up or down.
        promoters: share P (0–1) expected among the answers.
        detractors: share D (0–1).
        level: of the two-sided interval of the change, 1 − α.
        power: how often the interval of a true change of δ shall exclude 0; 0.5 or more.

    Raises:
        ConfigError: a share, level or power is impossible, or NPS has no room for such a change.

    >>> sample_size(5, promoters=0.45, detractors=0.25)
    4145
    """
    variance = _variance(promoters, detractors)
    nps = 100 * (promoters - detractors)
    if not _is_number(change) or change == 0 or not -100 - _ROUNDING <= nps + change <= 100 + _ROUNDING:
        raise ConfigError(
            f"change = {change!r}: from an NPS of {nps:g} give a change other than 0 that ends from -100 to 100"
        )
    return max(ceil(2 * variance * (100 * _reach(level, power) / change) ** 2 - _ROUNDING), 1)


def smallest_change(n: int, promoters: float, detractors: float, level: float = 0.95, power: float = 0.8) -> float:
    """Returns the smallest change of NPS, in points, that n answers per period find with the given power.

    δ = 100 (z_{α/2} + z_β) √(2 V / n): `sample_size` solved for the change. Arguments and limits are the same.

    Raises:
        ConfigError: a value is impossible, or n is so small that no change NPS has room for would be found.

    >>> round(smallest_change(4145, promoters=0.45, detractors=0.25), 2)
    5.0
    """
    variance = _variance(promoters, detractors)
    if not isinstance(n, Integral) or n < 1:
        raise ConfigError(f"n = {n!r}: give a whole number of answers, 1 or more")
    change = 100 * _reach(level, power) * sqrt(2 * variance / n)
    room = 100 + abs(100 * (promoters - detractors))
    if change > room:
        raise ConfigError(
            f"n = {n!r}: so few answers find only changes from {change:.0f} points up, and NPS has room for {room:.0f}"
        )
    return change


def minimum_n(half_width: float, promoters: float, detractors: float, level: float = 0.95) -> int:
    """Returns the fewest answers with which the interval of `nps` reaches at most `half_width` points to each side.

    The smallest n with z · 100 √((p + d − (p − d)²) / (n + 3)) <= half_width, where p and d are the shares after adding
    .75 promoters, 1.5 passives and .75 detractors (adjusted Wald: Rocks 2016). As in `sample_size`, n counts
    independent, equally weighted answers.

    Raises:
        ConfigError: a share or the level is impossible, or the half-width is not above 0.

    >>> minimum_n(5, promoters=0.45, detractors=0.25)
    1011
    """
    _variance(promoters, detractors)
    if not _is_number(half_width) or half_width < 0.001:  # above it n stays below 10^11
        raise ConfigError(f"half_width = {half_width!r}: give a number of NPS points, 0.001 or more")
    z = quantile(level)
    few, enough = 0, 1
    while _half_width(enough, promoters, detractors, z) > half_width:
        few, enough = enough, 2 * enough
    while enough - few > 1:  # the width falls with every answer, so halving the gap finds the first that is enough
        middle = (few + enough) // 2
        if _half_width(middle, promoters, detractors, z) > half_width:
            few = middle
        else:
            enough = middle
    return enough


def _half_width(n: int, promoters: float, detractors: float, z: float) -> float:
    p, d = ((share * n + 0.75) / (n + 3) for share in (promoters, detractors))
    return 100 * z * sqrt((p + d - (p - d) ** 2) / (n + 3))


def _variance(promoters: float, detractors: float) -> float:
    for name, share in (("promoters", promoters), ("detractors", detractors)):
        if not _is_number(share) or not 0 <= share <= 1:
            raise ConfigError(f"{name} = {share!r}: give a share from 0 to 1, such as 0.45 for 45 %")
    if promoters + detractors > 1 + _ROUNDING:
        raise ConfigError(f"promoters + detractors = {promoters + detractors:g}: together they are at most 1")
    variance = promoters + detractors - (promoters - detractors) ** 2
    if variance < _ROUNDING:
        raise ConfigError(f"promoters = {promoters:g}, detractors = {detractors:g}: all answers alike leave no spread")
    return variance


def _reach(level: float, power: float) -> float:
    check_share("power", power, 0.8)
    if power < 0.5:
        raise ConfigError(f"power = {power!r}: give 0.5 or more, such as 0.8")
    return quantile(level) + float(ndtri(power))


def _is_number(value: float) -> bool:
    return isinstance(value, Real) and isfinite(value)
