"""Verifies a file of evidence: signature, digests, plan, every verdict again; without a network or a database."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import msgspec

from routeproof.evidence.reasons import ReasonCode, ReasonKind
from routeproof.evidence.results import Judge
from routeproof.evidence.statement import Statement
from routeproof.evidence.verification import Verification, verify
from routeproof.operations.evidence.kept import EvidencePlace
from routeproof.operations.evidence.route_digests import RouteDigests
from routeproof.operations.evidence.signers import trusted_signers
from routeproof.prover.checks.registry import all_checks
from routeproof.prover.engine.check_hashes import check_hash
from routeproof.prover.engine.judging import judges_of
from routeproof.store.evidence_store import read_bundle_file, sealed_in

_BY_KIND: Final = {
    ReasonKind.FORGED: "Do not rely on it: ask whoever gave it to you for the file as it was exported.",
    ReasonKind.UNSOUND: "Do not rely on it: prove the route again with `routeproof prove`.",
    ReasonKind.NOT_IN_FORCE: "Prove the route again with `routeproof prove`.",
    ReasonKind.UNSHOWN: "Verify it with the version that made it, or prove the route again.",
}
_BY_CODE: Final = {
    ReasonCode.UNKNOWN_KEY: "If you know whose key it is, trust it with `routeproof evidence trust KEY_ID`.",
    ReasonCode.NOT_YET: "Check this machine's clock, or the instant that --at names.",
    ReasonCode.BODIES_DROPPED: "Set evidence.keep_bodies = true, then prove the route again.",
}


class ReasonShown(msgspec.Struct, frozen=True):
    """One reason against it, and what to do."""

    code: str
    kind: str
    detail: str
    remedy: str


class VerifiedEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file."""

    file: str
    readable: bool
    holds: bool
    """Nothing speaks against it."""
    route: str | None
    digest: str | None
    verdicts: dict[str, str]
    """By facet, as signed; empty where nothing that a trusted key signed could be read."""
    expires: str | None
    applies: str
    """Whether it is about the route as configured now: `yes`, `no`, or `not-asked` where none of its name is known."""
    checks: int
    """That were planned."""
    rescored: int
    """Of these, reached again from the observations."""
    other_rules: tuple[str, ...]
    """Checks that this version judges by other rules than those of the plan."""
    reasons: list[ReasonShown]


def current_judges() -> Mapping[str, Judge]:
    """Every check's judge, by its id."""
    return judges_of(all_checks())


def verify_file(
    path: Path,
    place: EvidencePlace,
    at_ns: int,
    digests: RouteDigests,
    *,
    trust: Collection[str] = (),
) -> VerifiedEvidence:
    """Verify a file. `trust` are key ids besides those that are trusted here. Raises StoreError: it can't be read."""
    data = read_bundle_file(path)
    stored = sealed_in(data, path)
    route = stored.statement.predicate.plan.route
    trusted = {one.key_id for one in trusted_signers(place.data_dir, place.rules)} | set(trust)
    result = verify(data, trusted_keys=trusted, at_ns=at_ns, route_digest=digests.of(route), judges=current_judges())
    return _shown(path, stored.digest, result, digests)


def _shown(path: Path, digest: str, result: Verification, digests: RouteDigests) -> VerifiedEvidence:
    statement = result.statement
    predicate = None if statement is None else statement.predicate
    return VerifiedEvidence(
        file=str(path),
        readable=all(reason.code is not ReasonCode.UNREADABLE for reason in result.reasons),
        holds=result.holds,
        route=None if predicate is None else predicate.plan.route.name,
        digest=digest,
        verdicts={} if predicate is None else {one.facet.value: one.verdict.value for one in predicate.run.facets},
        expires=None if predicate is None else predicate.expires,
        applies=_applies(statement, digests),
        checks=0 if predicate is None else len(predicate.plan.checks),
        rescored=len(result.rescored),
        other_rules=() if statement is None else _judged_otherwise(statement),
        reasons=[
            ReasonShown(one.code, one.code.kind, one.detail, _BY_CODE.get(one.code, _BY_KIND[one.code.kind]))
            for one in result.reasons
        ],
    )


def _applies(statement: Statement | None, digests: RouteDigests) -> str:
    if statement is None:
        return "not-asked"
    route = statement.predicate.plan.route
    now = digests.of(route)
    if now is None:
        return "not-asked"
    return "yes" if now == route.digest else "no"


def _judged_otherwise(statement: Statement) -> tuple[str, ...]:
    hashes = {check.id: check_hash(check) for check in all_checks()}
    planned = statement.predicate.plan.checks
    return tuple(check.id for check in planned if hashes.get(check.id, check.sha256) != check.sha256)
