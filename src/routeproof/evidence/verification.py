"""Verifies evidence from its file alone: no network, no database, no trust but in the ids of keys."""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from routeproof.clock import parse_instant
from routeproof.evidence.bundle import Bundle, read_bundle
from routeproof.evidence.canonical import decode, encode
from routeproof.evidence.dsse import Envelope, is_signed, key_id_of
from routeproof.evidence.observations import bodies_of
from routeproof.evidence.reasons import Reason, ReasonCode, ReasonKind
from routeproof.evidence.results import CheckResult, Judge, observations_for
from routeproof.evidence.soundness import (
    check_bodies,
    check_denominators,
    check_plan,
    check_results,
    check_subject,
    check_time,
    check_transcripts,
)
from routeproof.evidence.statement import PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE, Predicate, Statement


class Verification(NamedTuple):
    """What became of it. Without reasons the evidence holds."""

    reasons: tuple[Reason, ...]
    statement: Statement | None = None
    """None where nothing that a trusted key signed could be read."""
    rescored: tuple[CheckResult, ...] = ()
    """Every result that was reached again, in the order of the plan."""

    def of_kind(self, kind: ReasonKind) -> tuple[Reason, ...]:
        """The reasons of one kind."""
        return tuple(reason for reason in self.reasons if reason.code.kind is kind)

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def verify(
    data: bytes,
    *,
    trusted_keys: Collection[str],
    at_ns: int,
    route_digest: str | None = None,
    judges: Mapping[str, Judge],
) -> Verification:
    """Verify a file that `write_bundle` wrote.

    `trusted_keys` are key ids, `at_ns` is the instant to judge at, `route_digest` that of the route as configured now
    (None: not asked). Every verdict is reached again by the check's judge from the observations in the file. What is
    not signed by a trusted key is not looked into further.
    """
    try:
        bundle = read_bundle(data)
    except ValueError as error:
        return Verification((Reason(ReasonCode.UNREADABLE, f"the file can't be read: {error}"),))
    forged = tuple(_check_signatures(bundle, trusted_keys))
    if forged:
        return Verification(forged)
    try:
        statement = read_statement(bundle.envelope)
    except ValueError as error:
        return Verification((Reason(ReasonCode.UNREADABLE, f"the signed statement can't be read: {error}"),))
    reasons = list(_check_statement(statement, bundle, at_ns, route_digest))
    if any(reason.code.kind in (ReasonKind.FORGED, ReasonKind.UNSOUND) for reason in reasons):
        return Verification(tuple(reasons), statement)
    rescored: list[CheckResult] = []
    reasons += _rescore(statement.predicate, bundle, judges, rescored)
    return Verification(tuple(reasons), statement, tuple(rescored))


def read_statement(envelope: Envelope) -> Statement:
    """The statement in an envelope. Raises ValueError where it is none, or is not written canonically."""
    statement = decode(envelope.payload, Statement)
    if encode(statement) != envelope.payload:
        raise ValueError("it is not written canonically")
    run, plan = statement.predicate.run, statement.predicate.plan
    for instant in (plan.created, run.started, run.ended, statement.predicate.expires):
        parse_instant(instant)
    return statement


def _check_signatures(bundle: Bundle, trusted_keys: Collection[str]) -> Iterator[Reason]:
    envelope = bundle.envelope
    if envelope.payload_type != PAYLOAD_TYPE:
        yield Reason(ReasonCode.WRONG_PAYLOAD_TYPE, f"the payload is {envelope.payload_type!r}, not {PAYLOAD_TYPE!r}")
    keys = {key_id_of(key): key for key in bundle.keys}
    if not envelope.signatures:
        yield Reason(ReasonCode.NO_SIGNATURE, "nobody signed it")
    for name in keys.keys() - {signature.keyid for signature in envelope.signatures}:
        yield Reason(ReasonCode.UNKNOWN_KEY, f"key {name} is in the file and signed nothing")
    for signature in envelope.signatures:
        name = signature.keyid
        if name not in keys or name not in trusted_keys:
            yield Reason(ReasonCode.UNKNOWN_KEY, f"it is signed by key {name}, which is not trusted here")
        elif not is_signed(envelope, signature, keys[name]):
            yield Reason(ReasonCode.BAD_SIGNATURE, f"key {name} did not sign this")


def _check_statement(statement: Statement, bundle: Bundle, at_ns: int, route_digest: str | None) -> Iterator[Reason]:
    if (statement.statement_type, statement.predicate_type) != (STATEMENT_TYPE, PREDICATE_TYPE):
        yield Reason(ReasonCode.WRONG_STATEMENT_TYPE, f"{statement.predicate_type!r} is not {PREDICATE_TYPE!r}")
    predicate, observations = statement.predicate, bundle.observations
    yield from chain(
        check_transcripts(predicate, observations),
        check_subject(statement),
        check_plan(predicate, observations),
        check_denominators(predicate, observations),
        check_bodies(observations),
        check_results(predicate),
        check_time(predicate, at_ns),
    )
    if route_digest not in (None, predicate.plan.route.digest):
        yield Reason(ReasonCode.ROUTE_CHANGED, f"route {predicate.plan.route.name} is configured differently now")


def _rescore(
    predicate: Predicate, bundle: Bundle, judges: Mapping[str, Judge], rescored: list[CheckResult]
) -> Iterator[Reason]:
    """Judge every check again; what came of it goes to `rescored`."""
    signed = {result.check: result.verdict for result in predicate.run.results}
    for check in predicate.plan.checks:
        judge = judges.get(check.id)
        observations = observations_for(predicate.plan, check.id, bundle.observations)
        if judge is None:
            yield Reason(ReasonCode.NO_JUDGE, f"check {check.id} can't be judged from a file by this version")
        elif not all(body.kept for one in observations for body in bodies_of(one)):
            yield Reason(ReasonCode.BODIES_DROPPED, f"check {check.id}: the bodies were not kept")
        else:
            result = judge(predicate.plan, check, observations)
            rescored.append(result)
            if result.verdict is not signed[check.id]:
                yield Reason(
                    ReasonCode.VERDICT_DIFFERS,
                    f"check {check.id} is signed as {signed[check.id]} and judged {result.verdict} from the file",
                )
