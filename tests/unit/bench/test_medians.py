"""Medians over rounds, and comparisons within a round."""

import pytest
from bench.medians import Sample, Spread, by_round, compared, spread
from hypothesis import given
from hypothesis import strategies as st

ROUNDS = st.dictionaries(st.integers(1, 20), st.floats(0.001, 1e6), max_size=10)


def sample(number: int, target: str, **figures: float) -> Sample:
    return Sample(number, "plain-32", target, figures)


def test_by_round_takes_one_figure_of_one_target() -> None:
    """Other targets, other scenarios and rounds without the figure are left out."""
    samples = [
        sample(1, "nginx", rate=10.0),
        sample(1, "routeproof", rate=6.0),
        sample(2, "nginx", other=1.0),
        Sample(3, "tls-1", "nginx", {"rate": 7.0}),
        sample(4, "nginx", rate=12.0),
    ]

    assert by_round(samples, "plain-32", "nginx", "rate") == {1: 10.0, 4: 12.0}


def test_spread_has_median_and_extremes() -> None:
    """An even count gives the mean of the middle two."""
    assert spread({1: 4.0, 2: 1.0, 3: 3.0, 4: 100.0}) == Spread(3.5, 1.0, 100.0, 4)


def test_spread_of_nothing_is_none() -> None:
    """What was not measured has no median."""
    assert spread({}) is None


def test_ratio_is_within_the_round_not_of_the_medians() -> None:
    """A machine that slows down in one round does not move the ratio."""
    ours, base = {1: 5.0, 2: 50.0, 3: 6.0}, {1: 10.0, 2: 100.0, 3: 10.0}

    assert compared(ours, base, "ratio") == {1: 0.5, 2: 0.5, 3: 0.6}


def test_difference_is_signed() -> None:
    """Less than the base is below zero."""
    assert compared({1: 0.25, 2: 1.0}, {1: 0.5, 2: 0.5}, "difference") == {1: -0.25, 2: 0.5}


def test_rounds_without_a_partner_or_with_a_zero_base_are_left_out() -> None:
    """A ratio needs both, and something to divide by."""
    assert compared({1: 5.0, 2: 5.0, 3: 5.0}, {2: 0.0, 3: 10.0, 4: 1.0}, "ratio") == {3: 0.5}


@given(ROUNDS)
def test_a_target_is_once_itself(values: dict[int, float]) -> None:
    """Compared with itself, each round gives a ratio of one and a difference of none."""
    assert set(compared(values, values, "ratio").values()) <= {1.0}
    assert set(compared(values, values, "difference").values()) <= {0.0}


@given(ROUNDS.filter(bool))
def test_the_median_lies_between_the_extremes(values: dict[int, float]) -> None:
    """Whatever the values."""
    found = spread(values)

    assert found is not None
    assert found.least <= found.median <= found.most or found.median == pytest.approx(found.least)
