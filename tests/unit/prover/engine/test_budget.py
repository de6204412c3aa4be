"""A budget can't be exceeded: what is set aside and what was used stay under the ceilings."""

from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from routeproof.evidence.plan import Ceilings
from routeproof.prover.engine.budget import UNKNOWN_USE, Budget, Used
from routeproof.prover.engine.worst_cases import Worst

CEILINGS = Ceilings(requests=10, input_tokens=1000, output_tokens=500, money_nanousd=10_000)
SMALL = Worst(input_tokens=100, output_tokens=50, money_nanousd=1000)
amounts = st.integers(0, 400)


@st.composite
def worst_cases(draw: st.DrawFn) -> Worst:
    """Any that a request could have; money may be unknown."""
    return Worst(
        input_tokens=draw(amounts), output_tokens=draw(amounts), money_nanousd=draw(st.none() | st.integers(0, 4000))
    )


def part_of(worst: Worst, thousandths: int) -> Used:
    """A use within a worst case."""
    return Used(
        input_tokens=worst.input_tokens * thousandths // 1000,
        output_tokens=worst.output_tokens * thousandths // 1000,
        money_nanousd=(worst.money_nanousd or 0) * thousandths // 1000,
    )


def within(budget: Budget, ceilings: Ceilings) -> bool:
    """Nothing is over its ceiling."""
    held, spent = budget.committed, budget.spent
    return (
        spent.requests <= ceilings.requests
        and held.input_tokens <= ceilings.input_tokens
        and held.output_tokens <= ceilings.output_tokens
        and (ceilings.money_nanousd is None or (held.money_nanousd or 0) <= ceilings.money_nanousd)
    )


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["reserve", "settle", "lose"]), worst_cases(), st.integers(0, 1000)), max_size=60
    ),
    money=st.none() | st.integers(0, 20_000),
)
def test_whatever_is_asked_nothing_goes_over_a_ceiling(
    steps: list[tuple[Literal["reserve", "settle", "lose"], Worst, int]], money: int | None
) -> None:
    """In any order of reserving and settling, with usage known or not, as long as none is above its worst case."""
    ceilings = Ceilings(requests=20, input_tokens=2000, output_tokens=1500, money_nanousd=money)
    budget = Budget(ceilings)
    open_ones: list[Worst] = []
    for what, worst, share in steps:
        if what == "reserve":
            before = (budget.committed, budget.spent, budget.in_flight)
            if budget.reserve(worst) is None:
                open_ones.append(worst)
            else:
                assert (budget.committed, budget.spent, budget.in_flight) == before
        elif open_ones:
            settled = open_ones.pop()
            budget.settle(settled, UNKNOWN_USE if what == "lose" else part_of(settled, share))
        assert within(budget, ceilings)
        assert budget.in_flight == len(open_ones)


def test_each_ceiling_refuses_by_itself() -> None:
    """And says which one it is."""
    for over, name in (
        (Worst(input_tokens=1001, output_tokens=0, money_nanousd=0), "tokens of input"),
        (Worst(input_tokens=0, output_tokens=501, money_nanousd=0), "tokens of output"),
        (Worst(input_tokens=0, output_tokens=0, money_nanousd=10_001), "money"),
    ):
        refused = Budget(CEILINGS).reserve(over)
        assert refused is not None
        assert name in refused
    budget = Budget(CEILINGS)
    for _ in range(10):
        assert budget.reserve(Worst(input_tokens=0, output_tokens=0, money_nanousd=0)) is None
    assert budget.reserve(Worst(input_tokens=0, output_tokens=0, money_nanousd=0)) == "10 requests"


def test_what_was_not_used_is_there_for_the_next() -> None:
    """A settled request holds what it used and no more."""
    budget = Budget(CEILINGS)
    whole = Worst(input_tokens=1000, output_tokens=500, money_nanousd=10_000)
    assert budget.reserve(whole) is None
    assert budget.reserve(SMALL) is not None
    budget.settle(whole, Used(input_tokens=900, output_tokens=10, money_nanousd=5))

    assert budget.reserve(SMALL) is None
    assert budget.spent.money_nanousd == 5


def test_a_request_that_used_more_than_it_could_leaves_less_for_the_rest() -> None:
    """What was sent can't be undone: it is counted as it is."""
    budget = Budget(CEILINGS)
    assert budget.reserve(SMALL) is None
    budget.settle(SMALL, Used(input_tokens=5000, output_tokens=50, money_nanousd=1000))

    assert budget.reserve(SMALL) is not None
    assert budget.spent.input_tokens == 5000


def test_a_use_that_nobody_knows_makes_the_sum_unknown_and_keeps_the_worst_case() -> None:
    """Unknown is never zero."""
    budget = Budget(CEILINGS)
    for _ in range(2):
        assert budget.reserve(SMALL) is None
    budget.settle(SMALL, UNKNOWN_USE)
    budget.settle(SMALL, Used(input_tokens=1, output_tokens=1, money_nanousd=1))

    assert (budget.spent.requests, budget.spent.input_tokens, budget.spent.money_nanousd) == (2, None, None)
    assert budget.committed == Worst(input_tokens=101, output_tokens=51, money_nanousd=1001)


def test_money_without_a_ceiling_is_only_counted() -> None:
    """Where no price is known, tokens and requests are what is held to."""
    budget = Budget(
        Ceilings(requests=1, input_tokens=100, output_tokens=50, money_nanousd=None, money_unknown="no fact")
    )

    unpriced = Worst(input_tokens=100, output_tokens=50, money_nanousd=None)
    assert budget.reserve(unpriced) is None
    budget.settle(unpriced, Used(input_tokens=1, output_tokens=1, money_nanousd=None))
    assert budget.spent.money_nanousd is None
