"""What one usage object costs, whatever shape it has."""

import json
from pathlib import Path

import pytest
from tests.unit.operations.price_scene import desk_of, price

from routeproof.clock import parse_instant
from routeproof.errors import FactsHeld, OperatorError
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.prices.usage_cost import FILE_BYTES_MAX, UsageCost, cost_of_usage, read_usage_file

NOON = "2026-11-24T12:00:00Z"
DEEPSEEK = {
    "prompt_tokens": 149,
    "completion_tokens": 29,
    "total_tokens": 178,
    "prompt_tokens_details": {"cached_tokens": 128},
    "completion_tokens_details": {"reasoning_tokens": 8},
    "prompt_cache_hit_tokens": 128,
    "prompt_cache_miss_tokens": 21,
}
QWEN = {
    "prompt_tokens": 1827,
    "completion_tokens": 100,
    "total_tokens": 1927,
    "prompt_tokens_details": {
        "cached_tokens": 1486,
        "cache_type": "ephemeral",
        "cache_creation": {"ephemeral_5m_input_tokens": 335},
        "cache_creation_input_tokens": 335,
    },
}
ANTHROPIC = {"input_tokens": 21, "output_tokens": 29, "cache_read_input_tokens": 128, "cache_creation_input_tokens": 0}
NORMALISED = {"input_tokens": 149, "output_tokens": 29, "cache_hit_tokens": 128, "reasoning_tokens": 8}


@pytest.fixture(scope="module")
def desk() -> PriceDesk:
    """The shipped facts alone."""
    return PriceDesk(None)


def cost(
    folder: Path,
    desk: PriceDesk,
    usage: object,
    route: str = "deepseek@/deepseek-flash",
    *,
    at: str = NOON,
    until: str | None = None,
    thinking: bool | None = None,
) -> UsageCost:
    """The cost of a usage in a file."""
    path = folder / "usage.json"
    path.write_text(json.dumps(usage))
    found = desk.route(route)
    return cost_of_usage(
        desk,
        found,
        read_usage_file(path, found.dialect),
        at_ns=parse_instant(at),
        until_ns=None if until is None else parse_instant(until),
        thinking=thinking,
    )


@pytest.mark.parametrize(
    "usage",
    [DEEPSEEK, NORMALISED, ANTHROPIC, {"id": "chatcmpl-1", "usage": DEEPSEEK}],
    ids=["raw", "normalised", "anthropic", "whole answer"],
)
def test_every_shape_of_one_usage_costs_the_same(tmp_path: Path, desk: PriceDesk, usage: object) -> None:
    """Item by item: 21 misses, 128 hits that are not added twice, 29 out."""
    answer = cost(tmp_path, desk, usage)
    assert answer.bill is not None

    assert [(line.part, line.tokens, line.price, line.amount) for line in answer.bill.lines] == [
        ("input", 21, "0.15", "0.00000315"),
        ("cache_hit", 128, "0.003", "0.000000384"),
        ("output", 29, "0.6", "0.0000174"),
    ]
    assert (answer.bill.cost_nanousd, answer.bill.cost_usd, answer.reason) == (20_934, "0.000020934", None)


def test_every_line_names_its_facts(tmp_path: Path, desk: PriceDesk) -> None:
    """And each of them is explained once, with source and date."""
    answer = cost(tmp_path, desk, DEEPSEEK)
    assert answer.bill is not None
    named = {fact for line in answer.bill.lines for fact in line.facts}

    assert named == {"deepseek/deepseek-flash/usd/2026-09-10/off-peak"}
    assert named <= {fact.id for fact in answer.facts}


def test_an_explicit_cache_has_its_own_prices(tmp_path: Path, desk: PriceDesk) -> None:
    """Qwen's 1,827 are 1,486 hits at a tenth, 335 written at five quarters, and 6."""
    answer = cost(tmp_path, desk, QWEN, "qwen@singapore/qwen3-max")
    assert answer.bill is not None

    assert [(line.part, line.tokens, line.price) for line in answer.bill.lines] == [
        ("input", 6, "1.2"),
        ("cache_hit_explicit", 1486, "0.12"),
        ("cache_write", 335, "1.5"),
        ("output", 100, "6"),
    ]
    assert answer.bill.cost_nanousd == 6 * 1_200 + 1_486 * 120 + 335 * 1_500 + 100 * 6_000


@pytest.mark.parametrize(
    ("usage", "asked", "route", "expected"),
    [
        (DEEPSEEK, None, "qwen@singapore/qwen-plus", (True, "usage")),
        (DEEPSEEK, False, "qwen@singapore/qwen-plus", (False, "asked")),
        (QWEN, None, "qwen@singapore/qwen-plus", (False, "model")),
        (QWEN, None, "deepseek@/deepseek-flash", (True, "model")),
    ],
)
def test_thinking_is_as_asked_or_as_counted_or_the_models_default(
    tmp_path: Path, desk: PriceDesk, usage: object, asked: bool | None, route: str, expected: tuple[bool, str]
) -> None:
    """In this order, and the answer says which; it decides the price of the output."""
    answer = cost(tmp_path, desk, usage, route, thinking=asked)
    assert answer.bill is not None

    assert (answer.thinking, answer.thinking_by) == expected
    thought = answer.bill.lines[-1].part == "output_thinking"
    assert thought == (expected[0] and route.startswith("qwen"))


def test_a_request_over_a_boundary_has_both_prices(tmp_path: Path, desk: PriceDesk) -> None:
    """The one at the start counts; it is flagged."""
    answer = cost(tmp_path, desk, DEEPSEEK, at="2026-11-24T09:59:59Z", until="2026-11-24T10:00:00Z")
    assert answer.bill is not None
    assert answer.both is not None

    assert answer.bill.cost_nanousd == answer.both.at_start.cost_nanousd == 41_868
    assert answer.both.at_end.cost_nanousd == 20_934
    assert answer.flags == ["straddles_window"]
    assert {line.facts[0] for line in answer.both.at_end.lines} <= {fact.id for fact in answer.facts}


def test_a_request_within_a_window_has_one_price(tmp_path: Path, desk: PriceDesk) -> None:
    """Ending in its last nanosecond."""
    answer = cost(tmp_path, desk, DEEPSEEK, at="2026-11-24T09:59:59Z", until="2026-11-24T09:59:59.999999Z")

    assert (answer.both, answer.flags) == (None, [])


def test_flags_are_those_of_a_row(tmp_path: Path, desk: PriceDesk) -> None:
    """A scope that nobody named, and facts that are stale."""
    answer = cost(tmp_path, desk, NORMALISED, "qwen@frankfurt/qwen3-max")

    assert answer.flags == ["stale_price", "scope_unknown"]
    assert answer.stale


@pytest.mark.parametrize(
    ("usage", "anomaly"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 8}, "usage_total_mismatch"),
        ({"prompt_tokens": 3}, "usage_missing_count"),
        ({"input_tokens": 3, "output_tokens": 1, "cache_hit_tokens": 4}, "usage_part_exceeds_whole"),
        ({"input_tokens": 3, "output_tokens": 1, "reasoning_tokens": 2}, "usage_part_exceeds_whole"),
        ({"input_tokens": -3, "output_tokens": 1}, "usage_negative"),
    ],
)
def test_a_usage_that_contradicts_itself_has_no_cost(
    tmp_path: Path, desk: PriceDesk, usage: object, anomaly: str
) -> None:
    """The reason is the word that a row would have."""
    answer = cost(tmp_path, desk, usage)

    assert (answer.bill, answer.usage, answer.reason) == (None, None, anomaly)


def test_a_missing_price_leaves_the_cost_unknown(tmp_path: Path) -> None:
    """With the lines that are known beside it, never a zero."""
    own = desk_of(tmp_path, price("m"), price("y", currency="CNY", value='input = "7", output = "14"'))
    missing = cost(tmp_path, own, NORMALISED, "acme/m")
    foreign = cost(tmp_path, own, {"input_tokens": 10, "output_tokens": 1}, "acme/y")
    assert missing.bill is not None
    assert foreign.bill is not None

    assert (missing.bill.cost_usd, missing.reason) == (None, "cache_hit_price_unknown")
    assert [line.amount for line in missing.bill.lines] == ["0.000021", None, "0.000058"]
    assert (foreign.bill.cost_usd, foreign.reason, foreign.bill.currency) == (None, "currency_cny", "CNY")
    assert [line.amount for line in foreign.bill.lines] == ["0.00007", "0.000014"]
    assert cost(tmp_path, own, NORMALISED, "other/m").reason == "no_price_facts"


def test_held_facts_quote_nothing(tmp_path: Path, desk: PriceDesk) -> None:
    """What nobody has checked for so long is no ground for a cost."""
    with pytest.raises(FactsHeld):
        cost(tmp_path, desk, NORMALISED, "qwen@singapore/qwen3-max", at="2027-06-01T00:00:00Z")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "can't be read"),
        (b"[]", "no JSON object"),
        (b"{", "no JSON object"),
        (b'{"usage": 3}', "no JSON object"),
        (b'{"input_tokens": 1.5, "output_tokens": 1}', "whole numbers"),
        (b" " * (FILE_BYTES_MAX + 1), "larger than"),
    ],
)
def test_a_file_without_a_usage_is_refused(tmp_path: Path, content: bytes | None, what: str) -> None:
    """By its name, with what to put there."""
    path = tmp_path / "u.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(OperatorError, match=what) as caught:
        read_usage_file(path, "openai")
    assert str(path) in caught.value.message
