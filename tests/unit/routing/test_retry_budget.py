"""The retry budget: a floor, a share, and nothing beyond."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.routing.retry_budget import RetryBudget


@pytest.mark.parametrize(
    ("in_flight", "retries"),
    [(0, 3), (1, 3), (15, 3), (19, 3), (20, 4), (24, 4), (25, 5), (100, 20), (1_000, 200)],
)
def test_retries_in_flight_are_bounded(in_flight: int, retries: int) -> None:
    """By 20 % of the exchanges in flight, but at least three."""
    budget = RetryBudget(percent=20, minimum=3)
    budget.in_flight = in_flight

    assert [budget.take() for _ in range(retries)] == [True] * retries
    assert not budget.take()


def test_what_is_given_back_can_be_taken_again() -> None:
    """An exchange that took two gives back two."""
    budget = RetryBudget(percent=0, minimum=2)
    assert budget.take()
    assert budget.take()
    assert not budget.take()

    budget.release(2)

    assert budget.retrying == 0
    assert budget.take()


def test_a_budget_of_nothing_allows_nothing() -> None:
    """Zero per cent and no floor: never another route."""
    budget = RetryBudget(percent=0, minimum=0)
    budget.in_flight = 1_000
    assert not budget.take()


@given(st.lists(st.integers(-3, 3), max_size=60), st.integers(0, 100), st.integers(0, 5))
def test_amplification_is_bounded_whatever_happens(steps: list[int], percent: int, minimum: int) -> None:
    """A retry is only ever granted under the bound of that moment, and none is lost."""
    budget = RetryBudget(percent, minimum)
    held = 0
    for step in steps:
        budget.in_flight = max(0, budget.in_flight + step)
        if budget.take():
            held += 1
            assert held <= max(minimum, budget.in_flight * percent // 100)
        elif held:
            budget.release(1)
            held -= 1
        assert budget.retrying == held
