"""What the tests of verification share: somebody who trusts the signer, and ways to sign something else."""

import msgspec
from tests.support.sample_evidence import JUDGES, NOW_NS, PLAN, SIGNER, bundle_of

from routeproof.evidence.reasons import ReasonCode
from routeproof.evidence.statement import Statement
from routeproof.evidence.verification import Verification, verify

replace = msgspec.structs.replace
TRUSTED = frozenset((SIGNER.key_id,))
HONEST = bundle_of()
OTHER_ROUTE = replace(PLAN.route, base_url="https://api.other.example/v1")


def verified(data: bytes, at_ns: int = NOW_NS, route_digest: str | None = PLAN.route.digest) -> Verification:
    """As somebody does who trusts the signer and asks about the route as it is."""
    return verify(data, trusted_keys=TRUSTED, at_ns=at_ns, route_digest=route_digest, judges=JUDGES)


def codes(data: bytes) -> set[ReasonCode]:
    """The reasons' codes."""
    return {reason.code for reason in verified(data).reasons}


def with_predicate(statement: Statement, **changes: object) -> Statement:
    """The statement with some of its predicate changed, as whoever holds the key could sign it."""
    return replace(statement, predicate=replace(statement.predicate, **changes))
