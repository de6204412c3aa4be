"""What a row says an answer cost: exactly what the facts of the day make of its usage, or why that is not known."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.clocks import DatedClock
from tests.support.raw_client import Answer, ask, chat
from tests.support.running_gateway import RunningGateway

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.staleness import StalenessPolicies
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.ledger.entries import AttemptRow, Entry
from routeproof.simulator.recordings import read_recording
from routeproof.simulator.replay import ReplayProvider

OFF_PEAK, PEAK = "2026-11-18T05:00:00Z", "2026-11-18T06:30:00Z"  # a Wednesday, 13:00 and 14:30 in Beijing
DEEPSEEK, QWEN = "deepseek/deepseek-flash", "qwen/qwen-plus"
LONG = "the same words again and again " * 400
ANOMALIES = [
    ("missing_usage", "usage_missing"),
    ("negative_usage", "usage_negative"),
    ("absurd_usage", "usage_too_large"),
    ("inconsistent_usage", "usage_part_exceeds_whole"),
]


@pytest.fixture
def clock() -> DatedClock:
    """Off-peak, until a test says otherwise."""
    return DatedClock(OFF_PEAK)


@pytest.fixture
def gateway(clock: DatedClock) -> Iterator[RunningGateway]:
    """A gateway that goes by that clock; behind its third provider are DeepSeek's prices."""
    with RunningGateway(clock=clock, provider_lines={"newapi": 'prices = "deepseek"'}) as running:
        yield running


def exchange(gateway: RunningGateway, raw: bytes) -> tuple[Answer, Entry]:
    """The answer to a request, and what it left."""
    answer = ask(gateway.port, raw)
    assert answer.status == 200, answer
    return answer, gateway.ledger.entry(answer.fields["x-request-id"])


def attempt_of(gateway: RunningGateway, raw: bytes) -> AttemptRow:
    """The only attempt's row."""
    _, entry = exchange(gateway, raw)
    (attempt,) = entry.attempts
    assert attempt.cost_nanousd == entry.exchange.cost_nanousd
    return attempt


def at_rates(row: AttemptRow, plain: int, hit: int, output: int, write: int = 0) -> int:
    """The cost at these nanodollars a token."""
    counts = (row.input_tokens, row.cache_hit_tokens, row.cache_write_tokens, row.output_tokens)
    given, hits, writes, written = (count or 0 for count in counts)
    return (given - hits - writes) * plain + hits * hit + writes * write + written * output


@pytest.mark.parametrize("stream", [False, True])
def test_deepseek_by_the_hour(gateway: RunningGateway, clock: DatedClock, stream: bool) -> None:
    """$0.15 in, $0.60 out and $0.003 for a hit off-peak; twice that in peak hours."""
    first = attempt_of(gateway, chat(gateway.key, LONG, model=DEEPSEEK, stream=stream))
    again = attempt_of(gateway, chat(gateway.key, LONG, model=DEEPSEEK, stream=stream))
    clock.set(parse_instant(PEAK))
    peak = attempt_of(gateway, chat(gateway.key, LONG, model=DEEPSEEK, stream=stream))

    assert (first.cache_hit_tokens, again.cache_hit_tokens) == (0, peak.cache_hit_tokens)
    assert (again.cache_hit_tokens or 0) > 1_000
    assert first.cost_nanousd == at_rates(first, 150, 3, 600)
    assert again.cost_nanousd == at_rates(again, 150, 3, 600)
    assert peak.cost_nanousd == at_rates(peak, 300, 6, 1_200)
    assert first.facts_digest == again.facts_digest != peak.facts_digest


@pytest.mark.parametrize(("control", "output"), [({}, 1_200), ({"enable_thinking": True}, 4_000)])
def test_qwen_by_thinking(gateway: RunningGateway, control: dict[str, Any], output: int) -> None:
    """qwen-plus in Singapore: $0.40 in; $1.20 out, or $4 where it thinks."""
    row = attempt_of(gateway, chat(gateway.key, model=QWEN, stream=True, **control))

    assert row.cost_nanousd == at_rates(row, 400, 80, output)
    assert (row.thinking, bool(row.reasoning_tokens)) == (int(bool(control)), bool(control))


def test_qwen_by_tier(gateway: RunningGateway) -> None:
    """Over 256,000 input tokens all of the request is billed at the next tier, output too."""
    row = attempt_of(gateway, chat(gateway.key, "word " * 220_000, model=QWEN))

    assert (row.input_tokens or 0) > 256_000
    assert row.cost_nanousd == at_rates(row, 1_200, 240, 3_600)


def test_qwen_by_cache(gateway: RunningGateway) -> None:
    """An implicit hit is a fifth of the price; an explicit cache is written at 125 % and read at a tenth."""
    implicit = [attempt_of(gateway, chat(gateway.key, LONG, model=QWEN)) for _ in range(2)]
    part = {"type": "text", "text": LONG + "kept", "cache_control": {"type": "ephemeral"}}
    kept: Any = {"messages": [{"role": "user", "content": [part]}]}
    explicit = [attempt_of(gateway, chat(gateway.key, model=QWEN, **kept)) for _ in range(2)]

    assert (implicit[1].cache_hit_tokens or 0) > 0 and not implicit[1].explicit_cache
    assert [row.cost_nanousd for row in implicit] == [at_rates(row, 400, 80, 1_200) for row in implicit]
    assert (explicit[0].cache_write_tokens or 0) > 1_024
    assert (explicit[1].cache_hit_tokens, explicit[1].explicit_cache) == (explicit[0].cache_write_tokens, 1)
    assert [row.cost_nanousd for row in explicit] == [at_rates(row, 400, 40, 1_200, 500) for row in explicit]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("fault", "note"), ANOMALIES)
@pytest.mark.parametrize(("model", "given", "written"), [(DEEPSEEK, 150, 600), (QWEN, 500, 4_000)])
def test_a_usage_that_can_not_be_trusted(
    gateway: RunningGateway, model: str, given: int, written: int, fault: str, note: str, stream: bool
) -> None:
    """The client gets its answer; the cost is unknown, says why, and is bounded by the request at its worst."""
    gateway.simulator.server(model.partition("/")[0]).faults.add(fault)
    _, entry = exchange(gateway, chat(gateway.key, model=model, stream=stream, max_tokens=500))
    row, (attempt,) = entry.exchange, entry.attempts

    assert (row.outcome, row.cost_nanousd, attempt.cost_nanousd) == ("ok", None, None)
    assert (attempt.cost_note, attempt.provenance, attempt.input_tokens) == (note, "unknown", None)
    assert (attempt.usage_raw is None) is (fault == "missing_usage")
    assert row.cost_bound_nanousd == given * row.request_bytes + written * 500


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", [DEEPSEEK, QWEN])
def test_a_usage_that_comes_twice_counts_once(gateway: RunningGateway, model: str, stream: bool) -> None:
    """The last one is taken, never the sum."""
    gateway.simulator.server(model.partition("/")[0]).faults.add("duplicate_usage")
    twice = attempt_of(gateway, chat(gateway.key, model=model, stream=stream))
    once = attempt_of(gateway, chat(gateway.key, model=model, stream=stream))

    assert (twice.input_tokens, twice.output_tokens) == (once.input_tokens, once.output_tokens)
    assert twice.cost_nanousd == once.cost_nanousd != 0


def replayed(*frames: dict[str, Any]) -> ReplayProvider:
    """A provider that streams exactly these frames."""
    body = "".join(f"data: {json.dumps(frame)}\n\n" for frame in frames) + "data: [DONE]\n\n"
    response = {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": body}
    held = {"provider": "deepseek", "request": {"url": "u", "body": {}}, "response": response}
    return ReplayProvider([read_recording("made-up", json.dumps(held).encode())])


@pytest.mark.parametrize("wants_usage", [False, True])
def test_the_last_usage_that_is_not_null_counts(clock: DatedClock, wants_usage: bool) -> None:
    """Some report what there was so far in every chunk, and nothing in the last: that is neither added nor lost."""
    choice = {"index": 0, "delta": {"content": "x"}}
    frames: list[dict[str, Any]] = [
        {
            "model": "deepseek-flash",
            "choices": [choice],
            "usage": {"prompt_tokens": 9, "completion_tokens": count, "total_tokens": 9 + count},
        }
        for count in (1, 2, 40)
    ]
    frames.append({"model": "deepseek-flash", "choices": [{**choice, "finish_reason": "stop"}], "usage": None})
    with RunningGateway(clock=clock, behaviours={"deepseek": replayed(*frames)}) as gateway:
        options: Any = {"stream_options": {"include_usage": wants_usage}}
        answer, entry = exchange(gateway, chat(gateway.key, model=DEEPSEEK, stream=True, **options))

    assert (entry.attempts[0].input_tokens, entry.attempts[0].output_tokens) == (9, 40)
    assert entry.exchange.cost_nanousd == 9 * 150 + 40 * 600
    assert [json.loads(event) for event in answer.events[:-1]] == frames


@pytest.mark.parametrize("stream", [False, True])
def test_a_foreign_frame_after_the_usage_loses_nothing(gateway: RunningGateway, stream: bool) -> None:
    """A reseller's cost frame is passed on to the client and not taken for the usage."""
    gateway.simulator.server("newapi").faults.add("foreign_frame")
    answer, entry = exchange(gateway, chat(gateway.key, model="newapi/deepseek-flash", stream=stream))
    (attempt,) = entry.attempts

    assert b"inference-cost" in answer.body if stream else b"x-sim-cost" in answer.body
    assert attempt.cost_nanousd == at_rates(attempt, 150, 3, 600) != 0
    assert json.loads(attempt.usage_raw or "")["completion_tokens"] == attempt.output_tokens


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", [DEEPSEEK, QWEN])
def test_a_model_of_unknown_price(gateway: RunningGateway, model: str, stream: bool) -> None:
    """Another model answered, and no fact prices it: counts are known, cost and bound are not."""
    gateway.simulator.server(model.partition("/")[0]).faults.add("wrong_model")
    _, entry = exchange(gateway, chat(gateway.key, model=model, stream=stream, max_tokens=50))
    (attempt,) = entry.attempts

    assert (attempt.model_answered, attempt.provenance) == ("sim-other-model", "reported")
    assert attempt.output_tokens
    assert (attempt.cost_nanousd, attempt.cost_note) == (None, "no_price_in_force")
    assert (entry.exchange.cost_nanousd, entry.exchange.cost_bound_nanousd) == (None, None)


def test_an_alias_is_priced_by_who_answered(gateway: RunningGateway) -> None:
    """deepseek-chat is answered by deepseek-flash, without thinking."""
    row = attempt_of(gateway, chat(gateway.key, model="deepseek/deepseek-chat"))

    assert (row.route, row.model_answered) == ("deepseek/deepseek-chat", "deepseek-flash")
    assert row.cost_nanousd == at_rates(row, 150, 3, 600)


def test_a_substitute_is_priced_by_who_answered(gateway: RunningGateway) -> None:
    """Another gateway that answers an unknown model with a known one: the row names the known one, and its price."""
    gateway.simulator.server("newapi").faults.add("substitute_model")
    row = attempt_of(gateway, chat(gateway.key, model="newapi/deepseek-v4-pro-max"))

    assert (row.route, row.model_answered) == ("newapi/deepseek-v4-pro-max", "deepseek-flash")
    assert row.cost_nanousd == at_rates(row, 150, 3, 600)


def test_a_provider_without_prices() -> None:
    """No list applies unless the operator names one: the usage is kept, the cost unknown."""
    with RunningGateway(clock=DatedClock(OFF_PEAK)) as gateway:
        row = attempt_of(gateway, chat(gateway.key, model="newapi/qwen-plus"))

    assert row.output_tokens
    assert (row.cost_nanousd, row.cost_note, row.facts_digest) == (None, "no_price_facts", None)


def test_an_answer_over_the_edge_of_a_price_window(gateway: RunningGateway, clock: DatedClock) -> None:
    """Begun one nanosecond before peak hours: priced as begun, and marked, for which instant counts is not known."""
    clock.set(parse_instant("2026-11-18T06:00:00Z") - 1)
    row = attempt_of(gateway, chat(gateway.key, "Slowly. [[sim:event_interval_ms=1]]", model=DEEPSEEK, stream=True))

    assert (row.cost_nanousd, row.cost_note) == (at_rates(row, 150, 3, 600), "straddles_window")


@pytest.fixture
def ageing(clock: DatedClock) -> Iterator[RunningGateway]:
    """A gateway whose facts age as they do by default."""
    with RunningGateway(clock=clock, staleness=StalenessPolicies()) as running:
        yield running


def test_a_price_that_nobody_has_checked_for_long_is_marked(ageing: RunningGateway, clock: DatedClock) -> None:
    """From the very nanosecond on, without a reload: stale, then held; the cost is the same."""
    sheet = PriceBook.compile(load_facts()).sheet("deepseek", "deepseek-flash", None)
    tariff = sheet.at(clock.wall_ns()) if sheet is not None else None
    assert tariff is not None
    edges = (tariff.stale_from_ns, tariff.held_from_ns)
    rows = []
    for instant in (edges[0] - 1, edges[0], edges[1] - 1, edges[1]):
        clock.set(instant)
        rows.append(attempt_of(ageing, chat(ageing.key, model=DEEPSEEK)))

    assert [row.cost_note for row in rows] == [None, "stale_price", "stale_price", "held_price"]
    assert [row.cost_nanousd for row in rows] == [at_rates(row, 150, 3, 600) for row in rows]


def test_a_stale_price_that_changes_meanwhile_is_marked_as_both(ageing: RunningGateway, clock: DatedClock) -> None:
    """In the order of the ledger's document."""
    clock.set(parse_instant("2026-12-09T06:00:00Z") - 1)
    row = attempt_of(ageing, chat(ageing.key, "Slowly. [[sim:event_interval_ms=1]]", model=DEEPSEEK, stream=True))

    assert row.cost_note == "straddles_window,stale_price"
