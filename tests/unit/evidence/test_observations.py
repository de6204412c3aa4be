"""Observations: names, bodies, and planned requests that were never sent."""

import hashlib

from tests.support.sample_evidence import PLAN, observations_of

from routeproof.evidence.observations import (
    Arm,
    Ending,
    ObservationKey,
    Read,
    bodies_of,
    body_of,
    never_sent,
)


def test_an_observation_is_named_by_its_place_in_the_plan() -> None:
    """Case, trial, step and arm."""
    observation = observations_of(PLAN)[0]

    assert observation.id == "plain/1/1/direct"
    assert observation.key == ObservationKey("plain", 1, 1, Arm.DIRECT)


def test_a_body_has_the_digest_of_all_its_reads() -> None:
    """However they were cut."""
    whole, cut = body_of([Read(1, b"abc")]), body_of([Read(1, b"a"), Read(2, b""), Read(3, b"bc")])

    assert whole.sha256 == cut.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert (cut.data, cut.size, cut.as_observed) == (b"abc", 3, True)


def test_a_request_that_was_not_sent_has_an_observation_too() -> None:
    """With the reason, and without a status."""
    key = ObservationKey("plain", 2, 1, Arm.GATEWAY)
    observation = never_sent(PLAN.digest, key, "POST", "/v1/chat/completions", "the budget was used up", at_ns=5)

    assert (observation.key, observation.plan) == (key, PLAN.digest)
    assert (observation.transcript.ending, observation.transcript.status) == (Ending.NOT_SENT, None)
    assert observation.transcript.detail == "the budget was used up"
    assert [body.size for body in bodies_of(observation)] == [0, 0]


def test_header_fields_are_found_in_any_case() -> None:
    """The first of that name."""
    transcript = observations_of(PLAN)[0].transcript

    assert transcript.header("content-TYPE") == "application/json"
    assert transcript.header("x-absent") is None
