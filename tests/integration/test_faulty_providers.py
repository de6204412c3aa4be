"""Every fault of a provider, three times, plain and streamed: what the client sees, what the row says, what goes on."""

import json
from collections.abc import Iterator

import pytest
from tests.support.fault_table import CONNECTION_SPENT, COST_NOTES, VISIBLE, Visible
from tests.support.inside import busy_upstream
from tests.support.raw_client import Answer, ask, chat
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

from routeproof.ledger.entries import Entry
from routeproof.simulator.faults import GATEWAY_FAULTS, REFUSALS, Fault
from routeproof.simulator.server import SimServer

TIMES = 3
HASTY = "first_byte_timeout_s = 0.25\nidle_event_timeout_s = 0.25"
STALLS = (Fault.STALL_BEFORE_HEADERS, Fault.STALL_MID_STREAM)
OURS = "upstream_"
"""What each error code of our own begins with."""

every_fault = pytest.mark.parametrize("fault", Fault)
plain_and_streamed = pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway for all faults: it must serve on after each of them."""
    with RunningGateway() as running:
        yield running


@pytest.fixture(scope="module")
def hasty() -> Iterator[RunningGateway]:
    """One with little patience, for those who fall silent."""
    with RunningGateway(limits=HASTY) as running:
        yield running


def provider_of(fault: Fault) -> str:
    """Who can commit it."""
    return "newapi" if fault in GATEWAY_FAULTS else "deepseek"


def struck(gateway: RunningGateway, fault: Fault, *, stream: bool) -> tuple[Answer, Entry]:
    """An answer that the fault strikes, where it is one of a stream after some of its events, and its rows."""
    text = f"[[sim:{fault}]][[sim:events=4]][[sim:event_interval_ms=3]]"
    model = f"{provider_of(fault)}/deepseek-flash"
    answer = ask(gateway.port, chat(gateway.key, text, model=model, stream=stream))
    return answer, gateway.ledger.entry(answer.fields["x-request-id"])


def check_ending(answer: Answer, expected: Visible, *, stream: bool) -> None:
    """The answer ends as the table says; a broken one says so, or at least never comes to its framing's end."""
    assert (answer.status, answer.complete) == (expected.status, expected.complete)
    if expected.status != 200:
        assert answer.fields["x-routeproof-error"] == expected.error_code
        ours = answer.error["code"].startswith(OURS)
        assert not ours or answer.error["code"] == expected.error_code
    elif not stream:
        assert expected.complete == is_json(answer.body)
    elif expected.complete:
        assert b"[DONE]" in answer.events
        assert answer.error_event is None
    else:
        assert answer.error_event is not None
        assert answer.events[-1] != b"[DONE]"


def is_json(body: bytes) -> bool:
    """Whether the body can be taken for an answer."""
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def check_row(entry: Entry, expected: Visible, fault: Fault) -> None:
    """The exchange's row and its one attempt's name the same end; a cost that is not known says why."""
    exchange, (attempt,) = entry.exchange, entry.attempts
    assert (exchange.status, exchange.outcome, exchange.error_code) == (
        expected.status,
        expected.outcome,
        expected.error_code,
    )
    assert (attempt.outcome, attempt.error_code) == (expected.outcome, expected.error_code)
    assert exchange.cost_nanousd == attempt.cost_nanousd
    if exchange.cost_nanousd is None:
        assert attempt.cost_note is not None
    if fault in REFUSALS:
        assert (attempt.cost_nanousd, attempt.cost_note) == (0, "error_not_billed")
    elif fault in GATEWAY_FAULTS or expected.outcome != "ok":
        return
    else:
        assert attempt.cost_note == COST_NOTES.get(fault)
        assert (attempt.cost_nanousd is None) == (fault in COST_NOTES)


def check_it_goes_on(gateway: RunningGateway, server: SimServer, fault: Fault) -> None:
    """The next request is served, on another connection where the fault has spoilt this one."""
    used = server.seen[-1].connection
    after = ask(gateway.port, chat(gateway.key, "hello", model=f"{server.name}/deepseek-flash"))
    assert (after.status, is_json(after.body)) == (200, True)
    assert gateway.ledger.entry(after.fields["x-request-id"]).exchange.outcome == "ok"
    if fault in CONNECTION_SPENT:
        assert server.seen[-1].connection != used


@plain_and_streamed
@every_fault
def test_a_fault(gateway: RunningGateway, hasty: RunningGateway, fault: Fault, stream: bool) -> None:
    """The client sees what the table says, never a clean end of a broken answer; the row names it; service goes on."""
    expected = VISIBLE[fault][stream]
    gateway = hasty if fault in STALLS else gateway
    for _ in range(TIMES):
        answer, entry = struck(gateway, fault, stream=stream)
        check_ending(answer, expected, stream=stream)
        check_row(entry, expected, fault)
        check_it_goes_on(gateway, gateway.simulator.server(provider_of(fault)), fault)


def test_nothing_is_left_of_any_of_them(gateway: RunningGateway, hasty: RunningGateway) -> None:
    """After all that no connection to a provider is in use, and no exchange in flight."""
    for running in (gateway, hasty):
        until(lambda running=running: busy_upstream(running) == 0, "an end of all attempts")
        assert running.plane.hub.exchanges == 0
        assert running.plane.hub.budget.in_flight == 0
        assert running.plane.hub.budget.retrying == 0


def test_every_fault_is_in_the_table() -> None:
    """A fault that the simulator learns needs a row before it can be forgotten here."""
    assert set(VISIBLE) == set(Fault)


@pytest.mark.parametrize("fault", [Fault.SINGLE_BYTES, Fault.FOREIGN_FRAME, Fault.TEN_THOUSAND_COMMENTS])
def test_odd_but_whole_streams_travel_byte_for_byte(gateway: RunningGateway, fault: Fault) -> None:
    """What is only unusual reaches the client as the provider sent it."""
    answer, _ = struck(gateway, fault, stream=True)
    comments = answer.body.count(b": still here\n\n")
    foreign = answer.body.count(b'"x-sim-type":"inference-cost"')

    assert (comments == 10_000) == (fault is Fault.TEN_THOUSAND_COMMENTS)
    assert (foreign == 1) == (fault is Fault.FOREIGN_FRAME)
    assert answer.body.endswith(b"data: [DONE]\n\n")
