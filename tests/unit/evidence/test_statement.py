"""What is signed is an in-toto Statement v1."""

import hashlib
import json

from tests.support.sample_evidence import (
    BUILD,
    ENDED_NS,
    PLAN,
    SIGNER,
    STRANGER,
    observations_of,
    run_of,
    statement_of,
)

from routeproof.evidence.canonical import encode
from routeproof.evidence.expiry import expiry_of
from routeproof.evidence.statement import PREDICATE_TYPE, evidence_digest, seal, state


def test_a_statement_has_the_members_of_in_toto() -> None:
    """With the route's digest as its subject's."""
    told = json.loads(encode(statement_of()))

    assert told.keys() == {"_type", "subject", "predicateType", "predicate"}
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == PREDICATE_TYPE
    assert told["subject"] == [{"name": "deepseek/deepseek-chat", "digest": {"sha256": PLAN.route.digest}}]


def test_a_statement_says_what_was_planned_found_and_how_long_it_holds() -> None:
    """All of it under one signature."""
    predicate = statement_of().predicate

    assert (predicate.plan, predicate.plan_sha256) == (PLAN, PLAN.digest)
    assert predicate.run == run_of(PLAN, observations_of(PLAN))
    assert predicate.prover == BUILD
    assert (predicate.expires, predicate.expires_because) == ("2026-12-24T12:01:00.000Z", "age")


def test_each_observation_is_named_with_its_digest() -> None:
    """That of its canonical bytes."""
    seen = observations_of(PLAN)
    statement = state(PLAN, run_of(PLAN, seen), seen, BUILD, expiry_of(ENDED_NS))

    assert [(one.id, one.sha256) for one in statement.predicate.observations] == [
        (one.id, hashlib.sha256(encode(one)).hexdigest()) for one in seen
    ]


def test_the_evidence_digest_does_not_depend_on_the_signer() -> None:
    """It is that of what was said."""
    ours, theirs = (seal(statement_of(), signer) for signer in (SIGNER, STRANGER))

    assert evidence_digest(ours) == evidence_digest(theirs) == hashlib.sha256(ours.payload).hexdigest()
    assert ours.signatures != theirs.signatures
