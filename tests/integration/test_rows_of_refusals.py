"""Requests that we refuse: each that has a key leaves a row, and strangers can't fill the ledger with theirs."""

from collections.abc import Iterator

import pytest
from tests.support.answer_checks import error_of, wire_size
from tests.support.clocks import DatedClock
from tests.support.raw_client import RawClient, ask, chat, chat_body, request
from tests.support.running_gateway import RunningGateway

from routeproof.clock import NS_PER_S, parse_instant
from routeproof.gateway.rejection import UNAUTHENTICATED_ROWS_PER_S

NOW = "2026-11-18T05:00:00Z"
CHAT = "/v1/chat/completions"
DIRECT = "deepseek/deepseek-flash"


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """A gateway whose clock stands still."""
    with RunningGateway(clock=DatedClock(NOW)) as running:
        yield running


@pytest.mark.parametrize(
    ("body", "fields", "status", "code", "model"),
    [
        (chat_body(model="nobody"), "", 404, "model_not_found", "nobody"),
        (chat_body(model="nobody", stream=True), "", 404, "model_not_found", "nobody"),
        (chat_body(model=DIRECT, enable_thinking=True), "", 400, "unsupported_control", DIRECT),
        (b'{"model":"assistant"}', "", 400, "invalid_body", None),
        (b"{", "", 400, "invalid_body", None),
        (chat_body(), "Content-Type: text/plain\r\n", 415, "unsupported_encoding", None),
    ],
)
def test_a_refusal_has_a_row(
    gateway: RunningGateway, body: bytes, fields: str, status: int, code: str, model: str | None
) -> None:
    """Who asked for what, why it was refused, and that it cost nothing: no attempt was made."""
    answer = ask(gateway.port, request("POST", CHAT, key=gateway.key, fields=fields, body=body))
    entry = gateway.ledger.entry(answer.fields["x-request-id"])
    row = entry.exchange

    assert (answer.status, error_of(answer)["code"]) == (status, code)
    assert (row.status, row.outcome, row.error_code) == (status, "client_error", code)
    assert (row.key_id, row.key_owner, row.account) == (gateway.key_record.key_id, "owner-1", "account-1")
    assert (row.attempts, entry.attempts, row.cost_nanousd, row.first_byte_us) == (0, [], 0, None)
    assert (row.started_ns, row.request_bytes, row.response_bytes) == (parse_instant(NOW), len(body), wire_size(answer))
    assert row.model_asked == model
    assert row.stream == int(b'"stream": true' in body)


@pytest.mark.parametrize("target", [CHAT, CHAT + "?x=1"])
def test_a_strangers_request_has_a_row_without_a_name(gateway: RunningGateway, target: str) -> None:
    """A key that is missing, unknown or revoked names nobody."""
    for key, code in ((None, "invalid_api_key"), ("sk-x", "invalid_api_key"), (gateway.revoked_key, "api_key_revoked")):
        answer = ask(gateway.port, request("POST", target, key=key, body=chat_body()))
        row = gateway.ledger.entry(answer.fields["x-request-id"]).exchange
        assert (row.status, row.outcome, row.error_code) == (401, "client_error", code)
        assert (row.key_id, row.key_owner, row.account, row.model_asked) == (None, None, None, None)


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413, "request_too_large"),
        (f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", 401, "invalid_api_key"),
        (f"POST {CHAT}?a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 401, "invalid_api_key"),
    ],
)
def test_a_body_that_was_not_read_has_a_row(gateway: RunningGateway, raw: str, status: int, code: str) -> None:
    """Refused by its head alone, and the connection closed: nobody's bytes are waited for."""
    with RawClient(gateway.port) as client:
        answer = client.ask(raw.encode())
        assert client.rest() == b""
    row = gateway.ledger.entry(answer.fields["x-request-id"]).exchange

    assert (answer.status, error_of(answer)["code"], answer.fields["connection"]) == (status, code, "close")
    assert (row.status, row.error_code, row.key_id) == (status, code, None)


TOO_LARGE = "Content-Length: 99999999999\r\n\r\n"
NO_CHUNK = "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"


@pytest.mark.parametrize("later", [False, True], ids=["first request", "later request"])
@pytest.mark.parametrize(("rest", "status"), [(TOO_LARGE, 413), (NO_CHUNK, 400)])
def test_a_body_that_is_refused_has_its_clients_row(
    gateway: RunningGateway, rest: str, status: int, later: bool
) -> None:
    """Whose key it was sent with is known from the head, whether or not the connection has been used before."""
    head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.key}\r\n"
    with RawClient(gateway.port) as client:
        if later:
            assert client.ask(chat(gateway.key, model="qwen")).status == 200
        answer = client.ask((head + rest).encode())
    row = gateway.ledger.entry(answer.fields["x-request-id"]).exchange

    assert (answer.status, row.status, row.outcome) == (status, status, "client_error")
    assert (row.key_id, row.key_owner, row.account) == (gateway.key_record.key_id, "owner-1", "account-1")


def test_a_connection_lends_its_key_to_no_other(gateway: RunningGateway) -> None:
    """A refused body that came with another credential, or with none, is a stranger's."""
    for field in ("", f"Authorization: Bearer {gateway.revoked_key}\r\n", "Authorization: Bearer sk-x\r\n"):
        with RawClient(gateway.port) as client:
            client.ask(chat(gateway.key, model="qwen"))
            answer = client.ask(f"POST {CHAT} HTTP/1.1\r\nHost: x\r\n{field}{TOO_LARGE}".encode())
        row = gateway.ledger.entry(answer.fields["x-request-id"]).exchange

        assert (answer.status, row.key_id) == (413, None)


def test_other_addresses_leave_no_rows(gateway: RunningGateway) -> None:
    """Lists, health, what does not exist and what is no request: nothing was asked of any model."""
    for raw in (
        request("GET", "/v1/models", key=gateway.key),
        request("GET", "/v1/models", key="sk-x"),
        request("GET", CHAT, key=gateway.key),
        request("GET", "/nowhere"),
        request("GET", "/healthz"),
        b"POST " + CHAT.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ):
        ask(gateway.port, raw)

    assert gateway.ledger.entries == []


def test_strangers_get_a_bounded_number_of_rows_a_second(gateway: RunningGateway) -> None:
    """The rest is only counted, and answered all the same; whoever has a key always leaves a row."""
    bound = UNAUTHENTICATED_ROWS_PER_S
    with RawClient(gateway.port) as client:
        statuses = {client.ask(chat("sk-guess")).status for _ in range(bound + 25)}
        assert client.ask(chat(gateway.key, model="nobody")).status == 404
        assert client.ask(chat(gateway.key, model="qwen")).status == 200
        entries = gateway.ledger.wait(bound + 2)
        counters = gateway.plane.counters()

    assert statuses == {401}
    assert [entry.exchange.error_code for entry in entries].count("invalid_api_key") == bound
    assert [entry.exchange.key_id is None for entry in entries[-2:]] == [False, False]
    assert len(entries) == bound + 2
    assert (counters["unauthenticated_rows_shed"], counters["client_error"]) == (25, bound + 26)


def test_the_next_second_has_room_again() -> None:
    """The bound is per second of the clock."""
    clock = DatedClock(NOW)
    with RunningGateway(clock=clock) as gateway, RawClient(gateway.port) as client:
        for second in range(2):
            clock.set(parse_instant(NOW) + second * NS_PER_S)
            for _ in range(UNAUTHENTICATED_ROWS_PER_S + 5):
                client.ask(chat(None))
        assert len(gateway.ledger.wait(2 * UNAUTHENTICATED_ROWS_PER_S)) == 2 * UNAUTHENTICATED_ROWS_PER_S
        assert gateway.plane.counters()["unauthenticated_rows_shed"] == 10


@pytest.mark.parametrize("trouble", ["unhealthy", "behind", "stopping"])
def test_what_we_can_not_serve_has_a_row(gateway: RunningGateway, trouble: str) -> None:
    """Our own fault, said as such, with a time to come back after; nothing is sent."""
    code = {"unhealthy": "ledger_unavailable", "behind": "overloaded", "stopping": "shutting_down"}[trouble]
    if trouble == "unhealthy":
        gateway.ledger.healthy = False
    elif trouble == "behind":
        gateway.ledger.backlog = 10**6
    else:
        gateway.plane.gateway.stopping = True
    answer = ask(gateway.port, chat(gateway.key))
    entry = gateway.ledger.entry(answer.fields["x-request-id"])

    assert (answer.status, error_of(answer)["code"]) == (503, code)
    assert (answer.fields["retry-after"], answer.fields["x-routeproof-fault"]) == ("1", "gateway")
    assert (entry.exchange.outcome, entry.exchange.error_code, entry.attempts) == ("gateway_error", code, [])
    assert entry.exchange.key_id == gateway.key_record.key_id
    assert not gateway.simulator.server("deepseek").seen
