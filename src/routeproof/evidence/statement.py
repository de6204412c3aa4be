"""What is signed: an in-toto Statement v1 about one route digest.

Format: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from collections.abc import Iterable

from routeproof.clock import format_instant
from routeproof.evidence.canonical import Record, digest_of, encode, sha256
from routeproof.evidence.dsse import Envelope, Signer
from routeproof.evidence.expiry import Expiry, ExpiryCause
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import RunResult

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://routeproof.dev/evidence/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


class Sha256(Record, frozen=True, kw_only=True):
    """An in-toto digest set with the one algorithm that is used."""

    sha256: str


class RouteSubject(Record, frozen=True, kw_only=True):
    """What the statement is about."""

    name: str
    digest: Sha256


class ObservationDigest(Record, frozen=True, kw_only=True):
    """The digest of an observation as kept."""

    id: str
    sha256: str


class ProverBuild(Record, frozen=True, kw_only=True):
    """Which prover it was, and that it can see the faults it looks for."""

    version: str
    self_test_sha256: str | None
    """The digest of its kill matrix; None where none was run."""


class Predicate(Record, frozen=True, kw_only=True):
    """The evidence. Start and end are in `run`, price facts in `plan`."""

    plan: Plan
    plan_sha256: str
    """As it was before the first request."""
    run: RunResult
    observations: tuple[ObservationDigest, ...]
    prover: ProverBuild
    expires: str
    """RFC 3339."""
    expires_because: ExpiryCause


class Statement(
    Record,
    frozen=True,
    kw_only=True,
    rename={"statement_type": "_type", "predicate_type": "predicateType"},
):
    """An in-toto Statement."""

    statement_type: str
    subject: tuple[RouteSubject, ...]
    predicate_type: str
    predicate: Predicate


def state(
    plan: Plan, run: RunResult, observations: Iterable[Observation], prover: ProverBuild, expiry: Expiry
) -> Statement:
    """The statement about a finished run. Observations are those to be kept, so redacted, in the plan's order."""
    digests = tuple(ObservationDigest(id=one.id, sha256=digest_of(one)) for one in observations)
    predicate = Predicate(
        plan=plan,
        plan_sha256=run.plan,
        run=run,
        observations=digests,
        prover=prover,
        expires=format_instant(expiry.at_ns),
        expires_because=expiry.because,
    )
    subject = RouteSubject(name=plan.route.name, digest=Sha256(sha256=plan.route.digest))
    return Statement(
        statement_type=STATEMENT_TYPE, subject=(subject,), predicate_type=PREDICATE_TYPE, predicate=predicate
    )


def seal(statement: Statement, signer: Signer) -> Envelope:
    """The signed envelope."""
    return signer.sign(PAYLOAD_TYPE, encode(statement))


def evidence_digest(envelope: Envelope) -> str:
    """What sign-offs and stages refer to: SHA-256 of the signed statement, whoever signed it."""
    return sha256(envelope.payload)
