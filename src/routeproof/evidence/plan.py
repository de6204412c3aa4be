"""What will be asked, how often, and what counts as a pass: fixed and hashed before the first request."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from routeproof.evidence.canonical import Record, digest_of
from routeproof.evidence.observations import Arm, Header, ObservationKey
from routeproof.evidence.route import RouteIdentity
from routeproof.evidence.verdicts import Facet, Method, Severity

Declared = str | int | bool | None


class Credential(StrEnum):
    """With which key a request goes out."""

    ROUTE = "route"
    """The route's own."""
    NONE = "none"
    WRONG = "wrong"
    """Well formed, and nobody's."""
    OTHER = "other"
    """A second key of the same provider, where one is given."""
    REVOKED = "revoked"
    """Valid once, where one is given."""
    OTHER_REGION = "other-region"
    """A key of another region of the same provider, where one is given."""


class Threshold(Record, frozen=True, kw_only=True):
    """A number that decides a verdict."""

    name: str
    value: int
    unit: str
    """`ppm` for rates (950000 is 95 %), else `tokens`, `ms`, `bytes` ..."""


class PlannedCheck(Record, frozen=True, kw_only=True):
    """A check as it stood when the plan was made."""

    id: str
    title: str
    sha256: str
    """Of what decides its verdict: the check's version and its tables."""
    severity: Severity
    method: Method
    facet: Facet
    thresholds: tuple[Threshold, ...] = ()

    def threshold(self, name: str) -> int:
        """The value of a threshold. Raises KeyError where the plan has none of that name."""
        for one in self.thresholds:
            if one.name == name:
                return one.value
        raise KeyError(f"check {self.id} has no threshold {name!r} in this plan")


class Step(Record, frozen=True, kw_only=True):
    """One request of a case."""

    method: str = "POST"
    path: str = "/chat/completions"
    """Below the base URL."""
    headers: tuple[Header, ...] = ()
    """Besides those that every request has."""
    body: bytes = b""
    """A template: the prover fills in what only the trial knows (nonces, earlier answers)."""
    credential: Credential = Credential.ROUTE
    leave_after_events: int | None = None
    """Leave the connection once so many events with data have come; None: read to the end."""


class Case(Record, frozen=True, kw_only=True):
    """Requests that are sent together, `repeats` times, and the checks that read what comes back."""

    id: str
    checks: tuple[str, ...]
    steps: tuple[Step, ...]
    repeats: int
    arms: tuple[Arm, ...] = (Arm.DIRECT,)
    alone: bool = False
    """Nothing else of the run is under way meanwhile: for what is measured on the whole account."""


class Ceilings(Record, frozen=True, kw_only=True):
    """What the run may use at most."""

    requests: int
    input_tokens: int
    output_tokens: int
    money_nanousd: int | None
    money_unknown: str | None = None
    """Why the money is not known, where it is not."""


class FactRef(Record, frozen=True, kw_only=True):
    """A fact that was in force when the plan was made: where it comes from and how long it holds."""

    id: str
    kind: str
    source: str
    checked: str
    """The instant (RFC 3339) at which somebody last looked at the source."""
    effective_until: str | None = None
    currency: str | None = None
    unit: str | None = None


class PlannedPrices(Record, frozen=True, kw_only=True):
    """The facts behind one price that may be in force during the run: a cost can be worked out from them alone."""

    digest: str
    """What a ledger's row names as `facts_digest`: sixteen hexadecimal digits of the SHA-256 of `facts`."""
    facts: str
    """The facts as canonical JSON, as the ledger keeps them."""


class SelfTest(Record, frozen=True, kw_only=True):
    """What the prover's kill matrix showed, for one build: whether every check sees the faults that it must see."""

    digest: str
    """Of the whole matrix."""
    complete: bool
    """Every check has caught each of its defects, and has passed every golden run."""
    check_hashes: dict[str, str]
    """Of each check that was tested its hash, as plans have it."""


class Plan(Record, frozen=True, kw_only=True):
    """Everything that decides the verdicts but the endpoint's answers."""

    format: str = "routeproof-plan/1"
    route: RouteIdentity
    pack: str
    """`smoke`, `qualify`, `sentinel`, or `custom`."""
    via: str
    """`direct`, `gateway` or `both`."""
    checks: tuple[PlannedCheck, ...]
    cases: tuple[Case, ...]
    declared: dict[str, Declared] = msgspec.field(default_factory=dict)
    """What the route says of itself and a judge may rely on: `facet.tools`, `control.thinking`, `context-tokens` ..."""
    facts: tuple[FactRef, ...] = ()
    prices: tuple[PlannedPrices, ...] = ()
    """Every price of the route that may be in force during the run; none where its price is not known."""
    self_test: SelfTest | None = None
    """Of the prover that made the plan; None where none was run."""
    seed: int
    ceilings: Ceilings
    created: str
    """RFC 3339."""

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes: what results and observations refer to."""
        return digest_of(self)

    def check(self, check_id: str) -> PlannedCheck | None:
        """The planned check, or None where the plan has none of that id."""
        return next((check for check in self.checks if check.id == check_id), None)

    def cases_of(self, check_id: str) -> tuple[Case, ...]:
        """The cases that serve this check."""
        return tuple(case for case in self.cases if check_id in case.checks)

    def trials_of(self, check_id: str) -> int:
        """How many trials the check has: the denominator of its rates, whatever became of them (one arm's)."""
        return sum(case.repeats for case in self.cases_of(check_id))


def planned_keys(plan: Plan, check: str | None = None) -> Iterator[ObservationKey]:
    """Every request that the plan asks for, or asks for on behalf of one check, in the plan's order."""
    for case in plan.cases if check is None else plan.cases_of(check):
        for trial in range(1, case.repeats + 1):
            for step in range(1, len(case.steps) + 1):
                for arm in case.arms:
                    yield ObservationKey(case.id, trial, step, arm)
