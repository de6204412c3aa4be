"""What counts allow to be said: bounds of rates, paired comparisons, quantiles, a line through points.

Rates are parts per million (ppm) and bounds are found by exact integer arithmetic, then rounded outwards, so that
everybody gets the same bound from the same counts. The paired interval alone needs square roots. Sources:

    Clopper and Pearson (1934), Biometrika 26, 404-413: exact bounds of a rate.
    Robbins (1970), Ann. Math. Statist. 41, 1397-1409: bounds that hold at every look, from a mixture martingale.
    McNemar (1947), Psychometrika 12, 153-157: only discordant pairs speak; exact as a binomial test.
    Tango (1998), Statistics in Medicine 17, 891-908: score interval for a difference of paired rates.
    Lu and Bean (1995), Statistics in Medicine 14, 1831-1839: how many pairs show that one is not worse.
    David and Nagaraja (2003), Order Statistics, 3rd edition, section 7.1: intervals of quantiles.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate
from math import ceil, comb, floor, sqrt
from statistics import NormalDist
from typing import Final, NamedTuple

from routeproof.evidence.results import Rate
from routeproof.evidence.verdicts import Verdict

PPM: Final = 1_000_000
CONFIDENCE_PPM: Final = 950_000
TRIALS_MAX: Final = 20_000
"""More than any pack plans; exact sums over more would keep people waiting."""


class Interval(NamedTuple):
    """Both ends."""

    lower_ppm: int
    upper_ppm: int


class Pairs(NamedTuple):
    """The same question asked both ways: how often which of the answers passed."""

    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def total(self) -> int:
        """All pairs."""
        return sum(self)


class Quantile(NamedTuple):
    """An order statistic and its interval; None where the samples do not reach that far."""

    value: int | None
    lower: int | None
    upper: int | None


class Line(NamedTuple):
    """The line of least squares, exactly."""

    slope: Fraction
    intercept: Fraction
    residual_max: Fraction
    """The greatest distance of a point from it, along y."""


def lower_bound_ppm(passed: int, trials: int, confidence_ppm: int = CONFIDENCE_PPM) -> int:
    """The one-sided Clopper-Pearson lower bound of a rate, rounded down."""
    _check_counts(passed, trials, confidence_ppm)
    return _lower(passed, trials, Fraction(PPM - confidence_ppm, PPM))


def upper_bound_ppm(passed: int, trials: int, confidence_ppm: int = CONFIDENCE_PPM) -> int:
    """The one-sided Clopper-Pearson upper bound of a rate, rounded up."""
    return PPM - lower_bound_ppm(trials - passed, trials, confidence_ppm)


def interval_ppm(passed: int, trials: int, confidence_ppm: int = CONFIDENCE_PPM) -> Interval:
    """The two-sided Clopper-Pearson interval of a rate: half of the error on each side, rounded outwards."""
    _check_counts(passed, trials, confidence_ppm)
    half = Fraction(PPM - confidence_ppm, 2 * PPM)
    return Interval(_lower(passed, trials, half), PPM - _lower(trials - passed, trials, half))


def measure_rate(
    name: str,
    *,
    passed: int,
    failed: int,
    planned: int,
    threshold_ppm: int | None = None,
    confidence_ppm: int = CONFIDENCE_PPM,
) -> Rate:
    """A rate with its bounds over all planned trials.

    Trials that did not run count against either conclusion: as failed for the lower bound, as passed for the upper.
    """
    missing = planned - passed - failed
    if missing < 0:
        raise ValueError(f"{passed} passed and {failed} failed of {planned} planned trials")
    return Rate(
        name=name,
        planned=planned,
        passed=passed,
        failed=failed,
        lower_ppm=lower_bound_ppm(passed, planned, confidence_ppm),
        upper_ppm=upper_bound_ppm(passed + missing, planned, confidence_ppm),
        confidence_ppm=confidence_ppm,
        threshold_ppm=threshold_ppm,
    )


def decide_rate(rate: Rate) -> Verdict:
    """PASS where even the lower bound reaches the threshold, FAIL where not even the upper does, else INCONCLUSIVE.

    Raises ValueError where the rate has no threshold.
    """
    if rate.threshold_ppm is None:
        raise ValueError(f"rate {rate.name!r} has no threshold to be held against")
    if rate.lower_ppm >= rate.threshold_ppm:
        return Verdict.PASS
    return Verdict.FAIL if rate.upper_ppm < rate.threshold_ppm else Verdict.INCONCLUSIVE


def trials_needed(threshold_ppm: int, failures: int = 0, confidence_ppm: int = CONFIDENCE_PPM) -> int:
    """The fewest trials whose lower bound reaches the threshold although this many of them fail."""
    alpha = Fraction(PPM - confidence_ppm, PPM)
    return _first(failures + 1, lambda trials: _unlikely(trials - failures, trials, threshold_ppm, alpha))


def anytime_interval_ppm(passed: int, trials: int, confidence_ppm: int = CONFIDENCE_PPM) -> Interval:
    """Bounds that hold at every look at once, however often one looks, rounded outwards.

    With a uniform mixture the martingale of a rate p is 1 / ((n + 1) C(n, k) p^k (1 - p)^(n - k)); by Ville's
    inequality it reaches 1/alpha with probability alpha at most, so every p for which it has is ruled out.
    """
    _check_counts(passed, trials, confidence_ppm)
    alpha = Fraction(PPM - confidence_ppm, PPM)
    return Interval(_anytime_lower(passed, trials, alpha), PPM - _anytime_lower(trials - passed, trials, alpha))


def anytime_trials_needed(threshold_ppm: int, confidence_ppm: int = CONFIDENCE_PPM) -> int:
    """The fewest trials, all passed, whose anytime-valid lower bound reaches the threshold."""
    alpha = Fraction(PPM - confidence_ppm, PPM)
    return _first(1, lambda trials: _ruled_out(trials, trials, threshold_ppm, alpha))


def mcnemar_p_value(pairs: Pairs) -> Fraction:
    """The exact two-sided p-value of 'neither way passes more often': a fair coin over the discordant pairs."""
    discordant = pairs.only_first + pairs.only_second
    fewer = min(pairs.only_first, pairs.only_second)
    tail = sum(comb(discordant, count) for count in range(fewer + 1))
    return min(Fraction(1), Fraction(2 * tail, 2**discordant))


def difference_interval_ppm(pairs: Pairs, confidence_ppm: int = CONFIDENCE_PPM) -> Interval:
    """Tango's score bounds of the second way's rate minus the first's, one-sided each, rounded outwards."""
    if pairs.total == 0:
        return Interval(-PPM, PPM)
    z = NormalDist().inv_cdf(confidence_ppm / PPM)
    mirrored = pairs._replace(only_first=pairs.only_second, only_second=pairs.only_first)
    lower, upper = _difference_lower(pairs, z), -_difference_lower(mirrored, z)
    return Interval(max(-PPM, floor(lower * PPM)), min(PPM, ceil(upper * PPM)))


def decide_not_worse(
    pairs: Pairs, planned: int, margin_ppm: int, confidence_ppm: int = CONFIDENCE_PPM
) -> tuple[Verdict, Interval]:
    """Whether the second way is worse than the first by less than the margin; with the bounds that decide it.

    Planned pairs that did not run count against either conclusion, as in `measure_rate`.
    """
    missing = planned - pairs.total
    if missing < 0:
        raise ValueError(f"{pairs.total} pairs of {planned} planned")
    against = pairs._replace(only_first=pairs.only_first + missing)
    in_favour = pairs._replace(only_second=pairs.only_second + missing)
    lower_ppm, _ = difference_interval_ppm(against, confidence_ppm)
    _, upper_ppm = difference_interval_ppm(in_favour, confidence_ppm)
    verdict = Verdict.FAIL if upper_ppm < -margin_ppm else Verdict.INCONCLUSIVE
    return Verdict.PASS if lower_ppm > -margin_ppm else verdict, Interval(lower_ppm, upper_ppm)


def pairs_needed(
    discordance_ppm: int, margin_ppm: int, power_ppm: int = 900_000, confidence_ppm: int = CONFIDENCE_PPM
) -> int:
    """How many pairs show, with this power, that a way that is equally good is not worse by the margin.

    The difference of two equal rates has the variance discordance / n, and must lie z(confidence) + z(power)
    standard errors above the margin.
    """
    normal = NormalDist()
    z = normal.inv_cdf(confidence_ppm / PPM) + normal.inv_cdf(power_ppm / PPM)
    return ceil(z * z * (discordance_ppm / PPM) / (margin_ppm / PPM) ** 2)


def quantile(
    samples: Sequence[int], quantile_ppm: int, missing: int = 0, confidence_ppm: int = CONFIDENCE_PPM
) -> Quantile:
    """The quantile as one of the samples, with a two-sided interval from order statistics, for any distribution.

    `missing` planned samples that never came (timed out, broke off) count as greater than all others.
    """
    trials = len(samples) + missing
    _check_counts(len(samples), trials, confidence_ppm)
    half = Fraction(PPM - confidence_ppm, 2 * PPM)
    below, scale = _cumulative(trials, quantile_ppm), PPM**trials
    # The quantile lies below the r-th smallest with the probability that at most r - 1 samples lie below it.
    lower_rank = sum(1 for chance in below if chance <= floor(half * scale))
    upper_rank = 1 + next(count for count, chance in enumerate(below) if chance >= ceil((1 - half) * scale))
    ordered = sorted(samples)
    ranks = (ceil(Fraction(trials * quantile_ppm, PPM)), lower_rank, upper_rank)
    return Quantile(*(ordered[rank - 1] if 1 <= rank <= len(ordered) else None for rank in ranks))


def least_squares(points: Sequence[tuple[int, int]]) -> Line:
    """The line of least squares through points (x, y). Raises ValueError where they have fewer than two x."""
    count = len(points)
    sum_x, sum_y = sum(x for x, _ in points), sum(y for _, y in points)
    spread = count * sum(x * x for x, _ in points) - sum_x * sum_x
    if spread == 0:
        raise ValueError("a line needs points at two places at least")
    slope = Fraction(count * sum(x * y for x, y in points) - sum_x * sum_y, spread)
    intercept = (sum_y - slope * sum_x) / count
    return Line(slope, intercept, max(abs(y - slope * x - intercept) for x, y in points))


def _check_counts(passed: int, trials: int, confidence_ppm: int) -> None:
    if not 0 <= passed <= trials <= TRIALS_MAX:
        raise ValueError(f"{passed} of {trials} is no count of 0 to {TRIALS_MAX} trials")
    if not PPM // 2 <= confidence_ppm < PPM:
        raise ValueError(f"a confidence of {confidence_ppm} ppm is outside {PPM // 2} to {PPM - 1}")


def _lower(passed: int, trials: int, alpha: Fraction) -> int:
    """The greatest rate at which so many passes, or more, are no likelier than alpha."""
    return _last(PPM, lambda rate_ppm: _unlikely(passed, trials, rate_ppm, alpha)) if passed else 0


def _unlikely(passed: int, trials: int, rate_ppm: int, alpha: Fraction) -> bool:
    """Whether P(X >= passed) of a binomial is alpha at most, summed from its shorter end."""
    scale: int = PPM**trials
    rest_ppm = PPM - rate_ppm
    if 2 * passed > trials:
        return _head_sum(trials - passed, trials, rest_ppm, rate_ppm) <= floor(alpha * scale)
    return scale - _head_sum(passed - 1, trials, rate_ppm, rest_ppm) <= floor(alpha * scale)


def _head_sum(last: int, trials: int, rate_ppm: int, rest_ppm: int) -> int:
    """PPM^trials P(X <= last). Horner's scheme leaves the large powers to two multiplications at the end."""
    total, weight = 0, 1
    for count in range(last + 1):
        total = total * rest_ppm + weight
        weight = weight * (trials - count) * rate_ppm // (count + 1)
    return total * rest_ppm ** (trials - last) if last >= 0 else 0


def _cumulative(trials: int, rate_ppm: int) -> list[int]:
    """PPM^trials P(X <= count) for every count from 0 to trials."""
    rest_ppm = PPM - rate_ppm
    terms = (comb(trials, count) * rate_ppm**count * rest_ppm ** (trials - count) for count in range(trials + 1))
    return list(accumulate(terms))


def _ruled_out(passed: int, trials: int, rate_ppm: int, alpha: Fraction) -> bool:
    """Whether the mixture martingale of a rate has reached 1/alpha."""
    inverse: int = (trials + 1) * comb(trials, passed) * rate_ppm**passed * (PPM - rate_ppm) ** (trials - passed)
    scale: int = PPM**trials
    return inverse <= floor(alpha * scale)


def _anytime_lower(passed: int, trials: int, alpha: Fraction) -> int:
    """The greatest rate below what was seen that is ruled out."""
    highest = passed * PPM // trials if passed else 0
    return _last(highest, lambda rate_ppm: _ruled_out(passed, trials, rate_ppm, alpha))


def _last(end: int, holds: Callable[[int], bool]) -> int:
    """The greatest number up to `end` for which it holds; it holds for 0, and from some number on no more."""
    low, high = 0, end + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _first(start: int, holds: Callable[[int], bool]) -> int:
    """The least number from `start` on for which it holds, and then for all greater ones."""
    high = start
    while not holds(high):
        high *= 2
    return start + _last(high - start, lambda step: step == 0 or not holds(start + step - 1))


def _difference_lower(pairs: Pairs, z: float) -> float:
    """The difference at which the score statistic equals z, by halving: it falls as the difference grows."""
    low, high = -1.0, (pairs.only_second - pairs.only_first) / pairs.total
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _score(pairs, middle) >= z else (low, middle)
    return low


def _score(pairs: Pairs, difference: float) -> float:
    """Tango's statistic, with the rate of `only_first` as it is likeliest under this difference."""
    total, gains, losses = pairs.total, pairs.only_second, pairs.only_first
    a = 2 * total
    b = -gains - losses + (2 * total - gains + losses) * difference
    c = -losses * difference * (1 - difference)
    likeliest = (sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
    variance = total * (2 * likeliest + difference * (1 - difference))
    surplus = gains - losses - total * difference
    return surplus / sqrt(variance) if variance > 0 else float("inf") if surplus > 0 else 0.0
