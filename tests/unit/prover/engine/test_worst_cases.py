"""The most that a request can use is known before it is sent."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Case, Step
from routeproof.prover.engine.pricing import UNPRICED
from routeproof.prover.engine.worst_cases import (
    INPUT_OVERHEAD_TOKENS,
    NOTHING,
    OUTPUT_TOKENS_UNBOUNDED,
    THINKING_TOKENS,
    WorstCases,
)


class Cent:
    """A token costs a hundred million nanodollars."""

    unknown = None

    def bound_nanousd(self, input_tokens: int, output_tokens: int) -> int:
        """In whole cents."""
        return (input_tokens + output_tokens) * 10_000_000

    def cost_nanousd(self, *_: object, **__: object) -> int:
        """Not asked for here."""
        raise AssertionError


def case(*bodies: bytes, repeats: int = 1, arms: tuple[Arm, ...] = (Arm.DIRECT,)) -> Case:
    """A case of these requests."""
    return Case(id="one", checks=("P01",), steps=tuple(Step(body=body) for body in bodies), repeats=repeats, arms=arms)


def body(**controls: object) -> bytes:
    """A chat request."""
    return msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": "hello"}], **controls})


def output_of(dialect: str = "openai", declared: dict[str, int] | None = None, **controls: object) -> int:
    """The bound of what one request may write."""
    return WorstCases(dialect, "m", declared or {}, UNPRICED).of(case(body(**controls)), 1).output_tokens


@pytest.mark.parametrize(
    ("controls", "tokens"),
    [
        ({"max_tokens": 64}, 64),
        ({"max_completion_tokens": 70}, 70),
        ({"max_tokens": 64, "max_completion_tokens": 70}, 70),
        ({"max_tokens": 64, "n": 3}, 192),
        ({}, OUTPUT_TOKENS_UNBOUNDED),
        ({"max_tokens": None}, OUTPUT_TOKENS_UNBOUNDED),
        ({"max_tokens": "many"}, OUTPUT_TOKENS_UNBOUNDED),
        ({"max_tokens": -1}, OUTPUT_TOKENS_UNBOUNDED),
        ({"max_tokens": 64, "n": "three"}, 64),
        ({"max_tokens": 2**40}, OUTPUT_TOKENS_UNBOUNDED),
    ],
)
def test_the_output_is_bound_by_what_the_request_allows(controls: dict[str, object], tokens: int) -> None:
    """A limit that can't be read is none."""
    assert output_of(**controls) == tokens


@pytest.mark.parametrize("nothing", [b"{", b"[]", b'{"messages":7}', b'{"messages":[],"max_tokens":9}', b"[" * 5000])
def test_a_body_that_asks_nothing_writes_nothing(nothing: bytes) -> None:
    """It is there to be refused; a provider that answers it all the same is counted once it has."""
    assert WorstCases("openai", "m", {}, UNPRICED).of(case(nothing), 1).output_tokens == 0


def test_a_declared_limit_bounds_what_names_none() -> None:
    """And what names more."""
    assert output_of(declared={"output-tokens": 1000}) == 1000
    assert output_of(declared={"output-tokens": 1000}, max_tokens=5000) == 1000


def test_thinking_that_the_limit_does_not_cover_comes_on_top() -> None:
    """With Qwen, unless it is off or has a budget of its own."""
    assert output_of("qwen", max_tokens=10, enable_thinking=True) == 10 + THINKING_TOKENS
    assert output_of("qwen", max_tokens=10, enable_thinking=True, thinking_budget=50) == 60
    assert output_of("qwen", max_tokens=10, enable_thinking=False) == 10
    assert output_of("deepseek", max_tokens=10) == 10


@given(text=st.text(max_size=200))
def test_no_text_has_more_tokens_than_bytes(text: str) -> None:
    """A token stands for at least one byte, and the body has them all."""
    asked = msgspec.json.encode({"messages": [{"role": "user", "content": text}], "max_tokens": 1})
    bound = WorstCases("openai", "m", {}, UNPRICED).of(case(asked), 1)

    assert bound.input_tokens == len(asked) + INPUT_OVERHEAD_TOKENS > len(text.encode())


def test_an_earlier_answer_that_is_sent_again_counts_as_what_it_may_be() -> None:
    """Its tokens are not in the template yet."""
    again = b'{"messages":[@@message:1@@],"max_tokens":5}'
    bound = WorstCases("openai", "m", {}, UNPRICED).of(case(body(max_tokens=300), again), 2)

    assert bound.input_tokens == len(again) + INPUT_OVERHEAD_TOKENS + 300
    assert bound.output_tokens == 5


def test_a_request_without_a_body_costs_nothing() -> None:
    """Such as GET /models."""
    assert WorstCases("openai", "m", {}, Cent()).of(case(b""), 1) == NOTHING


def test_the_ceilings_are_the_sum_of_all_with_a_few_spare_requests() -> None:
    """Every repeat on every arm; the spare ones are as large as the others are on average."""
    worst = WorstCases("openai", "m", {}, Cent())
    asked = case(body(max_tokens=10), body(max_tokens=20), repeats=5, arms=(Arm.DIRECT, Arm.GATEWAY))
    first, second = worst.of(asked, 1), worst.of(asked, 2)
    found = worst.ceilings([asked])

    assert found.requests == 20 + 8
    assert found.output_tokens == 300 + 120
    assert found.input_tokens == 14 * (first.input_tokens + second.input_tokens)
    assert found.money_nanousd == 10_000_000 * (found.input_tokens + found.output_tokens)


@pytest.mark.parametrize(("planned", "most"), [(0, 0), (1, 2), (3, 6), (40, 48), (600, 660)])
def test_a_tenth_is_spare_and_in_small_plans_more(planned: int, most: int) -> None:
    """What was lost must be askable again, also in a plan of one request."""
    cases = [case(b"", repeats=planned)] if planned else []

    assert WorstCases("openai", "m", {}, Cent()).ceilings(cases).requests == most


def test_somebody_may_allow_less_money_than_the_worst_case() -> None:
    """Never more."""
    worst = WorstCases("openai", "m", {}, Cent())
    most = worst.ceilings([case(body(max_tokens=10))]).money_nanousd
    assert most is not None

    assert worst.ceilings([case(body(max_tokens=10))], money_max_nanousd=7).money_nanousd == 7
    assert worst.ceilings([case(body(max_tokens=10))], money_max_nanousd=2 * most).money_nanousd == most


def test_money_that_is_not_known_has_a_reason() -> None:
    """It is None, never zero."""
    found = WorstCases("openai", "m", {}, UNPRICED).ceilings([case(body(max_tokens=10))])

    assert (found.money_nanousd, found.money_unknown) == (None, "no fact states what this route costs")
