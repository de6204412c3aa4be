"""What an exchange leaves behind: a row for itself and one for each attempt, with what happened and nothing made up."""

import json
from collections.abc import Iterator

import pytest
from tests.support.answer_checks import wire_size
from tests.support.clocks import DatedClock
from tests.support.raw_client import Answer, RawClient, ask, chat, chat_body
from tests.support.running_gateway import RunningGateway

from routeproof.clock import parse_instant
from routeproof.ids import ExchangeId, format_exchange_id
from routeproof.ledger.entries import Entry

NOW = "2026-11-18T05:00:00Z"
DEEPSEEK, QWEN = "deepseek/deepseek-flash", "qwen/qwen-plus"
PACED = "Go on. [[sim:event_interval_ms=2]]"


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """A gateway on a Wednesday at 13:00 in Beijing, off-peak."""
    with RunningGateway(clock=DatedClock(NOW)) as running:
        yield running


def exchange(gateway: RunningGateway, raw: bytes) -> tuple[Answer, Entry]:
    """The answer to a request, and what it left."""
    answer = ask(gateway.port, raw)
    return answer, gateway.ledger.entry(answer.fields["x-request-id"])


def events(client: RawClient, count: int) -> list[bytes]:
    """The chunks that so many events came in; two may share one."""
    chunks: list[bytes] = []
    while b"".join(chunks).count(b"\n\n") < count:
        chunks.append(client.event())
    return chunks


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("asked", "route"), [("assistant", DEEPSEEK), ("qwen", QWEN), (QWEN, QWEN)])
def test_who_asked_what_and_who_answered(gateway: RunningGateway, asked: str, route: str, stream: bool) -> None:
    """Ids, owner, account, both models, the rollback, the sizes on the wire, and the route that the client is told."""
    answer, entry = exchange(gateway, chat(gateway.key, model=asked, stream=stream))
    row, (attempt,) = entry.exchange, entry.attempts

    assert format_exchange_id(ExchangeId(row.id)) == answer.fields["x-request-id"]
    assert row.started_ns == parse_instant(NOW)
    assert row.key_id == gateway.key_record.key_id
    assert (row.key_owner, row.account) == ("owner-1", "account-1")
    assert row.model_asked == asked
    assert row.rollback_model == ("deepseek/deepseek-v4-pro" if asked == "assistant" else None)
    assert (row.stream, row.status, row.outcome, row.error_code) == (int(stream), 200, "ok", None)
    assert (row.request_bytes, row.response_bytes) == (len(chat_body(model=asked, stream=stream)), wire_size(answer))
    assert (attempt.exchange_id, attempt.ordinal, row.attempts) == (row.id, 1, 1)
    assert attempt.route == route == answer.fields["x-routeproof-route"]
    assert attempt.model_answered == route.partition("/")[2]
    assert attempt.upstream_request_id == answer.fields["x-upstream-request-id"]
    assert (attempt.status, attempt.outcome, attempt.finish_reason) == (200, "ok", "stop")
    assert attempt.cost_nanousd == row.cost_nanousd != 0
    assert (row.cost_bound_nanousd, attempt.cost_note) == (None, None)


@pytest.mark.parametrize("stream", [False, True])
def test_the_instants_are_in_order(gateway: RunningGateway, stream: bool) -> None:
    """Start, the provider's first byte, our first byte, the end; a stream's first byte comes before its end."""
    _, entry = exchange(gateway, chat(gateway.key, PACED, model=DEEPSEEK, stream=stream))
    row, (attempt,) = entry.exchange, entry.attempts
    assert row.first_byte_us is not None and attempt.first_byte_us is not None
    assert row.duration_us is not None and attempt.duration_us is not None

    assert 0 <= attempt.started_us < attempt.first_byte_us <= row.first_byte_us <= row.duration_us
    assert attempt.started_us + attempt.duration_us == row.duration_us
    assert row.first_byte_us < row.duration_us or not stream


def test_attempts_are_numbered_and_added_up(gateway: RunningGateway) -> None:
    """A failover leaves both attempts, in order; what the failed one cost is known to be nothing."""
    gateway.simulator.server("deepseek").faults.add("status_503")
    answer, entry = exchange(gateway, chat(gateway.key, model="assistant"))
    first, second = entry.attempts

    assert (entry.exchange.outcome, entry.exchange.attempts, answer.fields["x-routeproof-attempts"]) == ("ok", 2, "2")
    assert [first.ordinal, second.ordinal] == [1, 2]
    assert [first.route, second.route] == [DEEPSEEK, QWEN]
    assert (first.status, first.outcome, first.error_code) == (503, "upstream_error", "upstream_busy")
    assert (first.cost_nanousd, first.cost_note) == (0, "error_not_billed")
    assert first.started_us + (first.duration_us or 0) <= second.started_us
    assert entry.exchange.cost_nanousd == second.cost_nanousd != 0


def test_an_attempt_of_unknown_cost_makes_the_sum_unknown(gateway: RunningGateway) -> None:
    """The first provider took the request and reset: it may have billed it, so there is a bound and no sum."""
    gateway.simulator.server("deepseek").faults.add("reset")
    raw = chat(gateway.key, model="assistant", max_tokens=100)
    _, entry = exchange(gateway, raw)
    first, second = entry.attempts
    worst = 150 * entry.exchange.request_bytes + 600 * 100

    assert (first.status, first.error_code, first.first_byte_us) == (None, "upstream_reset", None)
    assert (first.cost_nanousd, first.cost_note) == (None, "usage_missing")
    assert second.cost_nanousd is not None
    assert entry.exchange.cost_nanousd is None
    assert entry.exchange.cost_bound_nanousd == second.cost_nanousd + worst


def test_no_limit_on_the_output_means_no_bound(gateway: RunningGateway) -> None:
    """Nothing says how much the provider may have written, so nothing is claimed."""
    gateway.simulator.server("deepseek").faults.add("reset")
    _, entry = exchange(gateway, chat(gateway.key, model=DEEPSEEK))

    assert (entry.exchange.cost_nanousd, entry.exchange.cost_bound_nanousd) == (None, None)


def test_nothing_was_sent(gateway: RunningGateway) -> None:
    """A provider that can't be reached costs nothing."""
    gateway.loop.run(gateway.simulator.server("qwen").stop())
    answer, entry = exchange(gateway, chat(gateway.key, model=QWEN))
    (attempt,) = entry.attempts

    assert (answer.status, entry.exchange.outcome) == (502, "upstream_error")
    assert (attempt.error_code, attempt.cost_nanousd, attempt.cost_note) == ("upstream_connect_failed", 0, "not_sent")
    assert entry.exchange.cost_nanousd == 0


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [
        ("status_400", "client_error", "upstream_bad_request"),
        ("content_policy", "client_error", "upstream_content_policy"),
        ("context_length", "client_error", "upstream_context_length"),
        ("status_401", "upstream_error", "upstream_auth_failed"),
        ("billing", "upstream_error", "upstream_billing"),
        ("status_429", "upstream_error", "upstream_rate_limited"),
        ("status_500", "upstream_error", "upstream_server_error"),
    ],
)
@pytest.mark.parametrize("model", [DEEPSEEK, QWEN])
def test_a_refusal_of_the_provider(gateway: RunningGateway, model: str, fault: str, outcome: str, code: str) -> None:
    """Whose fault it was, under a stable code; neither family bills a refusal."""
    gateway.simulator.server(model.partition("/")[0]).faults.add(fault)
    answer, entry = exchange(gateway, chat(gateway.key, model=model))
    row, (attempt,) = entry.exchange, entry.attempts

    assert (row.outcome, row.error_code, row.status) == (outcome, code, answer.status)
    assert (attempt.outcome, attempt.error_code, attempt.status) == (outcome, code, answer.status)
    assert answer.fields["x-routeproof-error"] == code
    assert (row.cost_nanousd, attempt.cost_note, attempt.provenance) == (0, "error_not_billed", "unknown")
    assert row.response_bytes == wire_size(answer)
    assert row.first_byte_us is None


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("cut_mid_event", "upstream_truncated"),
        ("reset_mid_stream", "upstream_truncated"),
        ("malformed_chunk", "upstream_invalid_response"),
    ],
)
def test_a_stream_that_broke(gateway: RunningGateway, fault: str, code: str) -> None:
    """Truncated, with the status that was sent, every byte counted, and the cost unknown but bounded."""
    gateway.simulator.server("qwen").faults.add(fault, after_events=4)
    answer, entry = exchange(gateway, chat(gateway.key, PACED, model=QWEN, stream=True, max_tokens=64))
    row, (attempt,) = entry.exchange, entry.attempts

    assert not answer.complete
    assert answer.error_event is not None
    assert answer.error_event["code"] == row.error_code == attempt.error_code == code
    assert (row.outcome, row.status, attempt.outcome) == ("truncated", 200, "truncated")
    assert row.response_bytes == wire_size(answer)
    assert (row.cost_nanousd, attempt.cost_note) == (None, "usage_missing")
    assert row.cost_bound_nanousd == 500 * row.request_bytes + 4_000 * 64  # its dearest rates: a cache write, thinking


def test_an_error_event_of_the_provider(gateway: RunningGateway) -> None:
    """Passed on as it came, never followed by [DONE], and named in the row."""
    gateway.simulator.server("qwen").faults.add("error_event", after_events=4)
    answer, entry = exchange(gateway, chat(gateway.key, PACED, model=QWEN, stream=True))

    assert not answer.complete
    assert answer.error_event is not None
    assert (entry.exchange.outcome, entry.exchange.error_code) == ("upstream_error", "upstream_stream_error")
    assert entry.exchange.response_bytes == wire_size(answer)


def test_a_client_that_left(gateway: RunningGateway) -> None:
    """Cancelled, with what had been sent by then."""
    server = gateway.simulator.server("qwen")
    server.faults.add("stall_mid_stream", after_events=3)
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, PACED, model=QWEN, stream=True, max_tokens=64))
        head = client.head()
        chunks = events(client, 3)
        client.reset()
    (entry,) = gateway.ledger.wait(1)
    row, (attempt,) = entry.exchange, entry.attempts

    assert (row.outcome, row.status, row.error_code) == ("cancelled", 200, None)
    assert row.response_bytes == wire_size(Answer(head, b"", complete=False, chunks=chunks))
    assert (attempt.outcome, attempt.model_answered) == ("cancelled", "qwen-plus")
    assert (row.cost_nanousd, attempt.cost_note) == (None, "usage_missing")
    assert gateway.loop.run(server.wait_closed(0)).client_gone


def test_a_gateway_that_stops() -> None:
    """An exchange in flight ends visibly, and its row says that we ended it."""
    with RunningGateway() as gateway, RawClient(gateway.port) as client:
        gateway.simulator.server("qwen").faults.add("stall_mid_stream", after_events=3)
        client.send(chat(gateway.key, PACED, model=QWEN, stream=True))
        head = client.head()
        chunks = events(client, 3)
        gateway.loop.run(gateway.plane.close())
        (entry,) = gateway.ledger.wait(1)

        assert (entry.exchange.outcome, entry.exchange.error_code) == ("interrupted", "shutting_down")
        assert (entry.attempts[0].outcome, entry.attempts[0].cost_note) == ("interrupted", "usage_missing")
        assert entry.exchange.response_bytes > wire_size(Answer(head, b"", complete=False, chunks=chunks))


def test_a_request_that_no_connection_was_left_for() -> None:
    """Our own fault, named; nothing was sent, so it cost nothing."""
    limits = "upstream_connections_max = 1\nupstream_queue_max = 1"
    with RunningGateway(limits=limits) as gateway, RawClient(gateway.port) as busy, RawClient(gateway.port) as queued:
        server = gateway.simulator.server("qwen")
        server.faults.add("stall_before_headers")
        busy.send(chat(gateway.key, model=QWEN))
        gateway.loop.run(server.wait_seen(1))
        queued.send(chat(gateway.key, model=QWEN))
        answer, entry = exchange(gateway, chat(gateway.key, model=QWEN))

    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (503, "overloaded")
    assert (entry.exchange.outcome, entry.exchange.cost_nanousd) == ("gateway_error", 0)
    assert entry.exchange.response_bytes == wire_size(answer)
