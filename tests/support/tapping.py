"""Reads what a running gateway has tapped, as the prover would."""

from tests.support.raw_client import Answer, ask, request
from tests.support.running_gateway import RunningGateway

from routeproof.evidence.canonical import decode
from routeproof.evidence.observations import Transcript
from routeproof.evidence.tap_record import TapRecord


def tap_answer(gateway: RunningGateway, request_id: str, key: str) -> Answer:
    """What the tap's address says to this key."""
    return ask(gateway.port, request("GET", f"/v1/routeproof/tap/{request_id}", key=key))


def tapped(gateway: RunningGateway, answer: Answer) -> tuple[Transcript, ...]:
    """The attempts behind an answer that the tap key had."""
    found = tap_answer(gateway, answer.fields["x-request-id"], gateway.tap_key)
    assert found.status == 200, found
    record = decode(found.body, TapRecord)
    assert record.request_id == answer.fields["x-request-id"]
    return record.attempts
