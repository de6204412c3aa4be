"""Rates, quantiles and lines: against published figures, and against sums written otherwise."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routeproof.evidence.verdicts import Verdict
from routeproof.prover.statistics import (
    PPM,
    TRIALS_MAX,
    Interval,
    Line,
    Quantile,
    anytime_interval_ppm,
    anytime_trials_needed,
    decide_rate,
    interval_ppm,
    least_squares,
    lower_bound_ppm,
    measure_rate,
    quantile,
    trials_needed,
    upper_bound_ppm,
)

ALPHA = Fraction(1, 20)


def at_least(passed: int, trials: int, rate: Fraction) -> Fraction:
    """P(X >= passed), term by term."""
    return sum(
        (comb(trials, count) * rate**count * (1 - rate) ** (trials - count) for count in range(passed, trials + 1)),
        Fraction(0),
    )


@pytest.mark.parametrize(
    ("trials", "shown"), [(5, "0.55"), (29, "0.90"), (59, "0.95"), (149, "0.98"), (299, "0.99"), (2_995, "0.999")]
)
def test_straight_passes_show_so_much(trials: int, shown: str) -> None:
    """The catalogue's table, to the digits that it gives."""
    assert f"{lower_bound_ppm(trials, trials) / PPM:.{len(shown) - 2}f}" == shown


@pytest.mark.parametrize(
    ("failures", "threshold_ppm", "trials"),
    [
        (0, 900_000, 29),
        (0, 950_000, 59),
        (0, 980_000, 149),
        (0, 990_000, 299),
        (0, 999_000, 2_995),
        (1, 900_000, 46),
        (1, 950_000, 93),
        (1, 980_000, 236),
        (1, 990_000, 473),
    ],
)
def test_so_many_trials_are_needed(failures: int, threshold_ppm: int, trials: int) -> None:
    """The catalogue's tables, with none and with one failure; one trial less is not enough."""
    assert trials_needed(threshold_ppm, failures) == trials
    assert lower_bound_ppm(trials - failures, trials) >= threshold_ppm
    assert lower_bound_ppm(trials - 1 - failures, trials - 1) < threshold_ppm


@pytest.mark.parametrize(
    ("passed", "trials", "lower", "upper"),
    [
        (81, 263, "0.2527", "0.3676"),
        (15, 148, "0.0578", "0.1617"),
        (0, 20, "0.0000", "0.1684"),
        (1, 29, "0.0009", "0.1776"),
    ],
)
def test_intervals_are_those_of_newcombe(passed: int, trials: int, lower: str, upper: str) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 5 (Clopper-Pearson), 95 % two-sided."""
    interval = interval_ppm(passed, trials)

    assert (f"{interval.lower_ppm / PPM:.4f}", f"{interval.upper_ppm / PPM:.4f}") == (lower, upper)


@given(
    trials=st.integers(1, 40), passed=st.integers(0, 40), confidence_ppm=st.sampled_from([800_000, 950_000, 999_000])
)
@settings(deadline=None)
def test_bounds_are_exact_to_the_last_part_per_million(trials: int, passed: int, confidence_ppm: int) -> None:
    """So many passes are too unlikely at the bound, and not one part per million above it."""
    passed = min(passed, trials)
    alpha = 1 - Fraction(confidence_ppm, PPM)
    lower = lower_bound_ppm(passed, trials, confidence_ppm)

    if passed:
        assert (
            at_least(passed, trials, Fraction(lower, PPM)) <= alpha < at_least(passed, trials, Fraction(lower + 1, PPM))
        )
    else:
        assert lower == 0
    assert upper_bound_ppm(trials - passed, trials, confidence_ppm) == PPM - lower


def test_a_rate_is_decided_by_its_bounds() -> None:
    """FAIL only where the bound says so, and five passes are five passes."""
    rates = [
        (measure_rate("r", passed=passed, failed=trials - passed, planned=trials, threshold_ppm=950_000), verdict)
        for passed, trials, verdict in [
            (59, 59, Verdict.PASS),
            (58, 58, Verdict.INCONCLUSIVE),
            (5, 5, Verdict.INCONCLUSIVE),
            (4, 5, Verdict.INCONCLUSIVE),
            (2, 5, Verdict.FAIL),
            (50, 59, Verdict.FAIL),
            (0, 0, Verdict.INCONCLUSIVE),
        ]
    ]

    assert [decide_rate(rate) for rate, _ in rates] == [verdict for _, verdict in rates]


def test_trials_that_never_ran_count_against_either_conclusion() -> None:
    """59 passes of 70 planned show less, and 3 failures of 5 planned may still turn out well."""
    short = measure_rate("r", passed=59, failed=0, planned=70, threshold_ppm=950_000)
    assert (short.lower_ppm, short.upper_ppm) == (lower_bound_ppm(59, 70), PPM)
    assert decide_rate(short) is Verdict.INCONCLUSIVE

    open_end = measure_rate("r", passed=0, failed=3, planned=50, threshold_ppm=950_000)
    assert open_end.upper_ppm == upper_bound_ppm(47, 50)
    assert decide_rate(open_end) is Verdict.INCONCLUSIVE


def test_impossible_counts_are_refused() -> None:
    """With the counts in the message."""
    with pytest.raises(ValueError, match="6 passed and 0 failed of 5 planned"):
        measure_rate("r", passed=6, failed=0, planned=5)
    with pytest.raises(ValueError, match="rate 'r' has no threshold"):
        decide_rate(measure_rate("r", passed=1, failed=0, planned=1))
    with pytest.raises(ValueError, match="3 of 2 is no count"):
        lower_bound_ppm(3, 2)
    with pytest.raises(ValueError, match="is no count"):
        lower_bound_ppm(0, TRIALS_MAX + 1)
    for confidence_ppm in (499_999, PPM):
        with pytest.raises(ValueError, match="a confidence of"):
            lower_bound_ppm(1, 2, confidence_ppm)


@pytest.mark.parametrize(("threshold_ppm", "trials"), [(950_000, 158), (980_000, 451), (990_000, 984)])
def test_watching_all_the_time_needs_more(threshold_ppm: int, trials: int) -> None:
    """The catalogue's table."""
    assert anytime_trials_needed(threshold_ppm) == trials
    assert anytime_interval_ppm(trials, trials).lower_ppm >= threshold_ppm
    assert anytime_interval_ppm(trials - 1, trials - 1).lower_ppm < threshold_ppm


def ever_wrong(rate: Fraction, looks: int, *, anytime: bool) -> float:
    """The exact probability that an interval ever leaves out the true rate, looking after each trial."""
    bounds = anytime_interval_ppm if anytime else interval_ppm
    alive = {0: 1.0}
    for trials in range(1, looks + 1):
        after: dict[int, float] = {}
        for passed, chance in alive.items():
            after[passed + 1] = after.get(passed + 1, 0.0) + chance * float(rate)
            after[passed] = after.get(passed, 0.0) + chance * float(1 - rate)
        alive = {
            passed: chance
            for passed, chance in after.items()
            if bounds(passed, trials).lower_ppm <= rate * PPM <= bounds(passed, trials).upper_ppm
        }
    return 1 - sum(alive.values())


@pytest.mark.parametrize("rate", [Fraction(1, 2), Fraction(9, 10)])
def test_anytime_bounds_hold_at_every_look(rate: Fraction) -> None:
    """Over all of sixty looks they err less often than once in twenty; bounds for one look do not keep that."""
    assert ever_wrong(rate, 60, anytime=True) <= 0.05 < ever_wrong(rate, 60, anytime=False)


def test_anytime_bounds_are_symmetric() -> None:
    """And say nothing before the first trial."""
    few, many = anytime_interval_ppm(3, 40), anytime_interval_ppm(37, 40)

    assert (few.lower_ppm, few.upper_ppm) == (PPM - many.upper_ppm, PPM - many.lower_ppm)
    assert anytime_interval_ppm(0, 0) == Interval(0, PPM)


@pytest.mark.parametrize(("trials", "lower", "upper"), [(6, 1, 6), (10, 2, 9), (20, 6, 15), (30, 10, 21), (50, 18, 33)])
def test_medians_have_the_ranks_of_the_sign_test(trials: int, lower: int, upper: int) -> None:
    """As tables of the two-sided sign test have them for 95 %."""
    assert quantile(range(1, trials + 1), 500_000)[1:] == (lower, upper)


@given(
    trials=st.integers(1, 120),
    quantile_ppm=st.sampled_from([500_000, 900_000, 950_000, 990_000]),
    shift=st.integers(-9, 9),
)
@settings(deadline=None)
def test_intervals_of_quantiles_cover_and_are_no_wider_than_needed(trials: int, quantile_ppm: int, shift: int) -> None:
    """Each end errs with 2.5 % at most, and one rank further in would err more."""
    rate, half = Fraction(quantile_ppm, PPM), ALPHA / 2
    _, lower, upper = quantile([rank + shift for rank in range(1, trials + 1)], quantile_ppm)
    low_rank = 0 if lower is None else lower - shift
    high_rank = trials + 1 if upper is None else upper - shift

    assert 1 - at_least(low_rank, trials, rate) <= half < 1 - at_least(low_rank + 1, trials, rate)
    assert at_least(high_rank, trials, rate) <= half < at_least(high_rank - 1, trials, rate)


def test_a_quantile_is_one_of_the_samples() -> None:
    """In any order; ends that the samples do not reach are not known."""
    assert quantile([30, 10, 20], 500_000) == Quantile(20, None, None)
    assert quantile(range(100, 0, -1), 950_000).value == 95
    assert quantile([], 500_000) == Quantile(None, None, None)


def test_samples_that_never_came_are_the_slowest() -> None:
    """A timeout can't make a percentile better."""
    answered = range(1, 91)

    assert quantile(answered, 500_000, missing=10).value == 50
    assert quantile(answered, 950_000, missing=10) == Quantile(None, 90, None)
    assert quantile(answered, 950_000).value == 86


def test_the_line_is_anscombes() -> None:
    """Anscombe (1973), The American Statistician 27, 17-21, first set: y = 3.0001 + 0.5001 x."""
    x = (10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5)
    y_hundredths = (804, 695, 758, 881, 833, 996, 724, 426, 1084, 482, 568)
    line = least_squares(list(zip(x, y_hundredths, strict=True)))

    assert (f"{float(line.intercept) / 100:.4f}", f"{float(line.slope) / 100:.4f}") == ("3.0001", "0.5001")


@given(st.integers(-50, 50), st.integers(-50, 50), st.lists(st.integers(0, 500), min_size=2, unique=True))
def test_points_on_a_line_give_that_line(slope: int, intercept: int, places: list[int]) -> None:
    """Exactly, and without a residual."""
    line = least_squares([(x, slope * x + intercept) for x in places])

    assert line == Line(Fraction(slope), Fraction(intercept), Fraction(0))


def test_a_line_needs_two_places() -> None:
    """One place may hold any number of points."""
    for points in ([], [(1, 1)], [(2, 1), (2, 5)]):
        with pytest.raises(ValueError, match="two places"):
            least_squares(points)
    assert least_squares([(0, 0), (1, 0), (1, 2)]).residual_max == 1
