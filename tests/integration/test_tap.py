"""The tap: who may see what went upstream, that it is exactly that, and that nothing of it stays."""

import base64
import json
from collections.abc import Iterator

import pytest
from tests.support.answer_checks import error_of
from tests.support.inside import swept
from tests.support.raw_client import RawClient, ask, chat
from tests.support.running_gateway import SIM_KEYS, RunningGateway
from tests.support.tapping import tap_answer, tapped
from tests.support.waiting import until

from routeproof.evidence.canonical import sha256
from routeproof.evidence.observations import Ending
from routeproof.evidence.route import key_fingerprint
from routeproof.simulator.faults import Fault


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """A gateway of its own for each test: what it holds is looked at."""
    with RunningGateway() as running:
        yield running


@pytest.mark.parametrize("stream", [False, True])
def test_the_record_is_what_the_provider_saw_and_sent(gateway: RunningGateway, stream: bool) -> None:
    """Request and answer byte for byte, with status, header names, ending and times in their order."""
    answer = ask(gateway.port, chat(gateway.tap_key, stream=stream, stream_options={"include_usage": True}))
    (attempt,) = tapped(gateway, answer)
    seen = gateway.simulator.server("deepseek").log.get(0)
    times = attempt.times

    assert attempt.request.body.data == seen.body
    assert attempt.body.data == answer.body
    assert (attempt.status, attempt.ending, attempt.detail) == (200, Ending.COMPLETE, None)
    assert attempt.body.sha256 == sha256(attempt.body.data)
    assert attempt.request.path == seen.path
    assert times.sent_ns is not None and times.first_byte_ns is not None
    assert times.begun_ns <= times.sent_ns <= times.first_byte_ns <= attempt.body.reads[0].at_ns <= times.ended_ns


def test_the_providers_key_is_never_in_a_record(gateway: RunningGateway) -> None:
    """Its fingerprint is, so that whose key was sent can be told; an answer that repeats the key is masked."""
    gateway.simulator.server("deepseek").faults.add(Fault.LEAK_KEY)
    answer = ask(gateway.port, chat(gateway.tap_key))
    found = tap_answer(gateway, answer.fields["x-request-id"], gateway.tap_key)
    headers = dict(json.loads(found.body)["attempts"][0]["request"]["headers"])

    assert SIM_KEYS["deepseek"].encode() in answer.body
    assert SIM_KEYS["deepseek"].encode() not in b"".join(
        base64.b64decode(read[1]) for read in json.loads(found.body)["attempts"][0]["body"]["reads"]
    )
    assert SIM_KEYS["deepseek"].encode() not in found.body
    assert gateway.tap_key.encode() not in found.body
    assert headers["authorization"] == f"**** {key_fingerprint(SIM_KEYS['deepseek'])}"


def test_a_clients_key_cannot_tap(gateway: RunningGateway) -> None:
    """Nothing is recorded of its exchanges, and it can read nobody else's; the answer does not say which it is."""
    own = ask(gateway.port, chat(gateway.key))
    assert gateway.plane.hub.taps.held == 0
    others = ask(gateway.port, chat(gateway.tap_key))
    refusals = [tap_answer(gateway, one.fields["x-request-id"], gateway.key) for one in (own, others)]

    assert [(one.status, error_of(one)["code"]) for one in refusals] == [(404, "not_found")] * 2
    assert refusals[0].body == refusals[1].body
    assert len(tapped(gateway, others)) == 1


def test_a_tap_key_reads_its_own_exchanges_only(gateway: RunningGateway) -> None:
    """Another tap key's exchange is as good as none."""
    answer = ask(gateway.port, chat(gateway.tap_key))

    assert tap_answer(gateway, answer.fields["x-request-id"], gateway.other_tap_key).status == 404
    assert len(tapped(gateway, answer)) == 1


def test_a_record_is_read_once(gateway: RunningGateway) -> None:
    """Nothing is held after it."""
    answer = ask(gateway.port, chat(gateway.tap_key))
    assert gateway.plane.hub.taps.held_bytes > 0
    tapped(gateway, answer)

    assert (gateway.plane.hub.taps.held, gateway.plane.hub.taps.held_bytes) == (0, 0)
    assert tap_answer(gateway, answer.fields["x-request-id"], gateway.tap_key).status == 404


def test_tap_keep_s() -> None:
    """A record that nobody reads is forgotten after it, without anybody asking."""
    with RunningGateway(limits="tap_keep_s = 0.01") as gateway:
        answer = ask(gateway.port, chat(gateway.tap_key))
        until(lambda: gateway.plane.hub.taps.held == 0, "the record is forgotten")

        assert gateway.plane.hub.taps.held_bytes == 0
        assert tap_answer(gateway, answer.fields["x-request-id"], gateway.tap_key).status == 404


def test_tap_exchanges_max() -> None:
    """More than may be held are served all the same, without a record."""
    with RunningGateway(limits="tap_exchanges_max = 2") as gateway:
        answers = [ask(gateway.port, chat(gateway.tap_key)) for _ in range(3)]
        found = [tap_answer(gateway, one.fields["x-request-id"], gateway.tap_key).status for one in answers]

    assert [one.status for one in answers] == [200] * 3
    assert found == [200, 200, 404]


def test_tap_bytes_max() -> None:
    """What is kept of one exchange stays under it, and the record is marked as not whole."""
    over("tap_bytes_max")


def test_tap_total_bytes_max() -> None:
    """What is kept of all exchanges stays under it, and the record that went over is marked as not whole."""
    over("tap_total_bytes_max")


def over(bound: str) -> None:
    """Tap an exchange that is larger than the bound allows."""
    with RunningGateway(limits=f"{bound} = 700") as gateway:
        answer = ask(gateway.port, chat(gateway.tap_key, stream=True, max_tokens=200))
        kept = gateway.plane.hub.taps.held_bytes
        (attempt,) = tapped(gateway, answer)

    assert answer.complete
    assert kept <= 700
    assert attempt.ending is Ending.TOO_LARGE


def test_every_attempt_of_a_failover_is_there(gateway: RunningGateway) -> None:
    """The refused one with the provider's own error, then the one that answered."""
    gateway.simulator.server("deepseek").faults.add(Fault.STATUS_503)
    answer = ask(gateway.port, chat(gateway.tap_key))
    first, second = tapped(gateway, answer)

    assert (first.status, first.detail) == (503, "upstream_busy")
    assert (second.status, second.body.data) == (200, answer.body)


def test_a_request_that_was_refused_here_has_an_empty_record(gateway: RunningGateway) -> None:
    """So that nothing having gone upstream is told apart from nothing having been recorded."""
    answer = ask(gateway.port, chat(gateway.tap_key, model="nobody"))

    assert answer.status == 404
    assert tapped(gateway, answer) == ()


def test_a_client_that_leaves(gateway: RunningGateway) -> None:
    """While the exchange is under way its record can't be read; then it shows when the provider was let go."""
    gateway.simulator.server("deepseek").faults.add(Fault.STALL_MID_STREAM, after_events=2)
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.tap_key, stream=True))
        head = client.head().decode()
        request_id = next(line[14:] for line in head.split("\r\n") if line.startswith("x-request-id: "))
        early = tap_answer(gateway, request_id, gateway.tap_key)
    until(lambda: gateway.ledger.entries, "the row")
    late = tap_answer(gateway, request_id, gateway.tap_key)

    assert (early.status, error_of(early)["code"], early.fields["retry-after"]) == (409, "tap_not_finished", "1")
    assert json.loads(late.body)["attempts"][0]["ending"] == "cancelled"
    assert gateway.ledger.entries[0].exchange.outcome == "cancelled"


def test_nothing_is_looked_at_without_a_tap(gateway: RunningGateway) -> None:
    """A gateway whose keys tap nothing has no sweep for it either."""
    ask(gateway.port, chat(gateway.key))
    until(swept(gateway, 1), "a sweep")

    assert gateway.plane.hub.taps not in gateway.plane.hub.deadlines.watched()
