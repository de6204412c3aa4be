"""Pairs: McNemar's test, Tango's interval and non-inferiority, against published figures and a plain likelihood."""

from fractions import Fraction
from math import log, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.evidence.verdicts import Verdict
from routeproof.prover.statistics import (
    PPM,
    Interval,
    Pairs,
    decide_not_worse,
    difference_interval_ppm,
    mcnemar_p_value,
    pairs_needed,
)

# Airway hyper-responsiveness before and after stem cell transplantation, the example of Fagerland, Lydersen and Laake
# (2014), Statistics in Medicine 33, 2850-2875.
AIRWAYS = Pairs(1, 1, 7, 12)
COUNTS = st.integers(0, 30)


@pytest.mark.parametrize(("margin_ppm", "pairs"), [(50_000, 172), (30_000, 476), (10_000, 4_282)])
def test_so_many_pairs_are_needed(margin_ppm: int, pairs: int) -> None:
    """The catalogue's table: 5 % discordance, power 0.9."""
    assert pairs_needed(50_000, margin_ppm) == pairs


def test_mcnemars_test_is_exact() -> None:
    """Published for the example: P = 0.070."""
    assert mcnemar_p_value(AIRWAYS) == Fraction(9, 128)
    assert mcnemar_p_value(Pairs(40, 0, 6, 4)) == Fraction(1, 32)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_only_discordant_pairs_speak(both: int, first: int, second: int, neither: int) -> None:
    """Either way round."""
    p_value = mcnemar_p_value(Pairs(both, first, second, neither))

    assert p_value == mcnemar_p_value(Pairs(0, second, first, 0))
    assert 0 < p_value <= 1
    assert (p_value == 1) == (abs(first - second) <= 1)


def test_intervals_are_those_that_are_published() -> None:
    """For the example 0.026 to 0.517 (95 %); and from R's PropCIs, scoreci.mp(25, 28, 618), 90 %."""
    airways = difference_interval_ppm(AIRWAYS, 975_000)
    assert (round(airways.lower_ppm / PPM, 3), round(airways.upper_ppm / PPM, 3)) == (0.026, 0.517)

    from_r = difference_interval_ppm(Pairs(460, 25, 28, 105), 950_000)
    assert (round(from_r.lower_ppm / PPM, 4), round(from_r.upper_ppm / PPM, 4)) == (-0.0148, 0.0247)


def plain_score(pairs: Pairs, difference: float) -> float:
    """The score statistic with the likeliest cell found by search, not by formula."""
    total = pairs.total

    def likelihood(losses: float) -> float:
        cells = ((pairs.only_first, losses), (pairs.only_second, losses + difference))
        rest = 1 - 2 * losses - difference
        known = ((*cells[0],), (*cells[1],), (total - pairs.only_first - pairs.only_second, rest))
        return sum(count * log(max(cell, 1e-300)) for count, cell in known if count)

    low, high = max(0.0, -difference), (1 - difference) / 2
    for _ in range(200):
        third = (high - low) / 3
        low, high = (low + third, high) if likelihood(low + third) < likelihood(high - third) else (low, high - third)
    variance = 2 * low + difference - difference**2
    return (pairs.only_second - pairs.only_first - total * difference) / sqrt(total * variance)


@given(COUNTS, st.integers(1, 30), st.integers(1, 30), COUNTS)
def test_bounds_are_where_the_score_says_so(both: int, first: int, second: int, neither: int) -> None:
    """Within a part per million, by a likelihood that is maximised without the formula."""
    pairs = Pairs(both, first, second, neither)
    lower_ppm, upper_ppm = difference_interval_ppm(pairs)
    z = NormalDist().inv_cdf(0.95)

    assert plain_score(pairs, lower_ppm / PPM) >= z - 1e-4 if lower_ppm > -PPM else True
    assert plain_score(pairs, (lower_ppm + 1) / PPM) <= z + 1e-4
    assert plain_score(pairs, (upper_ppm - 1) / PPM) >= -z - 1e-4


def test_pairs_without_disagreement_still_have_an_interval() -> None:
    """Five agreeing pairs are five pairs: z^2 / (n + z^2) on either side."""
    z = NormalDist().inv_cdf(0.95)
    for total in (5, 500):
        lower_ppm, upper_ppm = difference_interval_ppm(Pairs(total, 0, 0, 0))
        assert upper_ppm == -lower_ppm == pytest.approx(PPM * z * z / (total + z * z), abs=1)
    assert difference_interval_ppm(Pairs(0, 0, 0, 0)) == Interval(-PPM, PPM)
    assert difference_interval_ppm(Pairs(0, 9, 0, 0)).lower_ppm == -PPM


@pytest.mark.parametrize(
    ("pairs", "verdict"),
    [
        (Pairs(190, 4, 4, 2), Verdict.PASS),
        (Pairs(9, 0, 0, 0), Verdict.INCONCLUSIVE),
        (Pairs(180, 10, 4, 6), Verdict.INCONCLUSIVE),
        (Pairs(150, 45, 3, 2), Verdict.FAIL),
    ],
)
def test_not_worse_is_decided_by_the_bounds(pairs: Pairs, verdict: Verdict) -> None:
    """PASS and FAIL both need a bound; what lies between is open. The margin is 5 points."""
    decided, interval = decide_not_worse(pairs, pairs.total, 50_000)

    assert decided is verdict
    assert interval == difference_interval_ppm(pairs)


def test_pairs_that_never_ran_count_against_either_conclusion() -> None:
    """As losses for the one bound, as gains for the other."""
    pairs = Pairs(190, 4, 4, 2)
    decided, interval = decide_not_worse(pairs, 230, 50_000)

    assert decided is Verdict.INCONCLUSIVE
    assert interval.lower_ppm == difference_interval_ppm(Pairs(190, 34, 4, 2)).lower_ppm
    assert interval.upper_ppm == difference_interval_ppm(Pairs(190, 4, 34, 2)).upper_ppm
    with pytest.raises(ValueError, match="200 pairs of 199 planned"):
        decide_not_worse(pairs, 199, 50_000)
