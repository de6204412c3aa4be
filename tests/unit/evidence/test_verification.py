"""Tampered and foreign evidence is refused, each with its own reason."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sample_evidence import (
    JUDGES,
    NOW_NS,
    PLAN,
    SIGNER,
    STRANGER,
    bundle_of,
    observations_of,
    statement_of,
)
from tests.unit.evidence.verification_support import (
    HONEST,
    TRUSTED,
    codes,
    replace,
    verified,
)

from routeproof.evidence.bundle import write_bundle
from routeproof.evidence.canonical import encode
from routeproof.evidence.dsse import Envelope
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan, PlannedCheck
from routeproof.evidence.reasons import ReasonCode, ReasonKind
from routeproof.evidence.results import CheckResult
from routeproof.evidence.statement import PAYLOAD_TYPE, seal
from routeproof.evidence.verdicts import Verdict
from routeproof.evidence.verification import verify


def test_honest_evidence_holds_and_every_verdict_is_reached_again() -> None:
    """By whoever trusts the key, from the file alone."""
    verification = verified(HONEST)

    assert verification.reasons == ()
    assert verification.holds
    assert {result.check: result.verdict for result in verification.rescored} == {
        "R04": Verdict.PASS,
        "J01": Verdict.PASS,
    }


@given(at=st.integers(0, len(HONEST) - 1), bits=st.integers(1, 255))
def test_any_byte_changed_anywhere_is_noticed(at: int, bits: int) -> None:
    """Whichever byte, whichever bits: the file is refused as forged."""
    changed = bytearray(HONEST)
    changed[at] ^= bits

    assert verified(bytes(changed)).of_kind(ReasonKind.FORGED)


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 100_000, b"\xff", HONEST[:-1], HONEST + b"\n", HONEST * 2])
def test_what_is_no_bundle_is_unreadable(data: bytes) -> None:
    """Truncated, repeated, with a line end added, or nothing like it."""
    assert codes(data) == {ReasonCode.UNREADABLE}


def test_a_bundle_of_another_format_is_unreadable() -> None:
    """With what this version reads."""
    (reason,) = verified(HONEST.replace(b"routeproof-evidence/1", b"routeproof-evidence/2")).reasons

    assert reason.code is ReasonCode.UNREADABLE
    assert "routeproof-evidence/1" in reason.detail


def test_evidence_signed_by_a_stranger_is_refused() -> None:
    """However sound it is."""
    verification = verified(bundle_of(signer=STRANGER))

    assert [reason.code for reason in verification.reasons] == [ReasonCode.UNKNOWN_KEY]
    assert verification.statement is None


def test_a_trusted_name_on_a_strangers_key_is_refused() -> None:
    """The id is the key's digest: it can't be claimed."""
    envelope = seal(statement_of(), STRANGER)
    (signature,) = envelope.signatures
    claimed = replace(envelope, signatures=(replace(signature, keyid=SIGNER.key_id),))

    assert codes(write_bundle(claimed, [STRANGER.public_key], observations_of(PLAN))) == {ReasonCode.UNKNOWN_KEY}
    assert codes(write_bundle(claimed, [SIGNER.public_key], observations_of(PLAN))) == {ReasonCode.BAD_SIGNATURE}


def test_evidence_without_a_signature_is_refused() -> None:
    """An empty list proves nothing."""
    envelope = replace(seal(statement_of(), SIGNER), signatures=())

    assert ReasonCode.NO_SIGNATURE in codes(write_bundle(envelope, [], observations_of(PLAN)))


def test_a_payload_of_another_type_is_refused() -> None:
    """Even where the same key signed it."""
    envelope = SIGNER.sign("application/json", encode(statement_of()))

    assert codes(bundle_of(envelope=envelope)) == {ReasonCode.WRONG_PAYLOAD_TYPE}


@pytest.mark.parametrize("payload", [b"{}", b"[]", encode(statement_of()) + b" "])
def test_a_signed_payload_that_is_no_statement_is_unreadable(payload: bytes) -> None:
    """Or is one, written otherwise."""
    assert codes(bundle_of(envelope=SIGNER.sign(PAYLOAD_TYPE, payload))) == {ReasonCode.UNREADABLE}


@pytest.mark.parametrize("field", ["statement_type", "predicate_type"])
def test_a_statement_of_another_type_is_refused(field: str) -> None:
    """What it says may mean something else."""
    statement = replace(statement_of(), **{field: "https://example.com/v9"})

    assert codes(bundle_of(statement)) == {ReasonCode.WRONG_STATEMENT_TYPE}


def test_a_removed_observation_is_missed() -> None:
    """By its name."""
    verification = verified(bundle_of(statement_of(), observations_of(PLAN)[:-1]))

    assert {reason.code for reason in verification.reasons} == {
        ReasonCode.OBSERVATION_REMOVED,
        ReasonCode.OBSERVATION_MISSING,
    }
    assert "object/4/1/direct" in verification.reasons[0].detail


def test_an_added_observation_is_noticed() -> None:
    """A new one, or one of them twice."""
    seen = observations_of(PLAN)
    fifth = replace(seen[-1], trial=5)

    assert codes(bundle_of(statement_of(), (*seen, fifth))) == {
        ReasonCode.OBSERVATION_ADDED,
        ReasonCode.OBSERVATION_UNPLANNED,
    }
    assert codes(bundle_of(statement_of(), (*seen, seen[0]))) == {ReasonCode.OBSERVATION_ADDED}


def test_a_changed_observation_is_noticed() -> None:
    """A failure made up into a success keeps its place and not its digest."""
    bad = observations_of(PLAN, b'{"model":"another-model"}')

    assert codes(bundle_of(statement_of(observations=bad), observations_of(PLAN))) == {ReasonCode.OBSERVATION_CHANGED}


def test_judges_see_nothing_that_no_trusted_key_signed() -> None:
    """A stranger's file is not worth the risk of reading it."""

    def never(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
        raise AssertionError(check.id)

    for data in (bundle_of(signer=STRANGER), bundle_of(statement_of(), observations_of(PLAN)[:-1])):
        assert not verify(data, trusted_keys=TRUSTED, at_ns=NOW_NS, judges={"R04": never, "J01": never}).holds


def test_an_envelope_can_be_signed_by_several() -> None:
    """Each of them must be trusted, and have signed."""
    payload = encode(statement_of())
    both = (SIGNER.sign(PAYLOAD_TYPE, payload), STRANGER.sign(PAYLOAD_TYPE, payload))
    signatures = tuple(signature for envelope in both for signature in envelope.signatures)
    envelope = Envelope(payload=payload, payload_type=PAYLOAD_TYPE, signatures=signatures)
    data = write_bundle(envelope, [SIGNER.public_key, STRANGER.public_key], observations_of(PLAN))

    assert codes(data) == {ReasonCode.UNKNOWN_KEY}
    assert verify(data, trusted_keys=[SIGNER.key_id, STRANGER.key_id], at_ns=NOW_NS, judges=JUDGES).holds


def test_a_key_that_signed_nothing_is_refused() -> None:
    """Whatever it is there for."""
    envelope = seal(statement_of(), SIGNER)
    data = write_bundle(envelope, [SIGNER.public_key, STRANGER.public_key], observations_of(PLAN))

    assert codes(data) == {ReasonCode.UNKNOWN_KEY}
