"""What was concluded: a result per check, with the bytes that show it, and the run's results together."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from routeproof.evidence.canonical import Record
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan, PlannedCheck, planned_keys
from routeproof.evidence.verdicts import FacetVerdict, Judged, Verdict, facet_verdicts

EXCERPT_CHARACTERS_MAX = 400


class Cause(StrEnum):
    """What most often is behind a check that does not pass: each has its own remedy."""

    MODEL_ID = "wrong-model-id"
    KEY = "wrong-key"
    REGION_KEY = "wrong-regions-key"
    ENDPOINT = "unsupported-endpoint"
    QUOTA = "quota"
    REQUEST_SHAPE = "request-shape"
    PARSER = "parser"
    PRICE = "price"
    NETWORK = "network"
    PROVIDER = "provider"
    """The provider answers, and answers wrongly."""
    GATEWAY = "gateway"


class Part(StrEnum):
    """Where in an observation the bytes stand."""

    REQUEST = "request"
    RESPONSE_HEAD = "response-head"
    RESPONSE = "response"
    TAP_REQUEST = "tap-request"
    TAP_RESPONSE = "tap-response"
    LEDGER = "ledger"


class Exhibit(Record, frozen=True, kw_only=True):
    """Bytes that show what a result says."""

    observation: str
    """The observation's id."""
    part: Part
    offset: int
    """Of the excerpt in the body, in bytes."""
    excerpt: str
    note: str = ""


class Rate(Record, frozen=True, kw_only=True):
    """How often something held. Bounds are exact, one-sided, and rounded outwards to parts per million."""

    name: str
    planned: int
    """The denominator: what was planned, not what worked."""
    passed: int
    failed: int
    """What ran and did not pass; `planned - passed - failed` did not run."""
    lower_ppm: int
    upper_ppm: int
    confidence_ppm: int
    threshold_ppm: int | None = None


class Figure(Record, frozen=True, kw_only=True):
    """A measured number, with its interval where it has one."""

    name: str
    value: int
    unit: str
    samples: int
    lower: int | None = None
    upper: int | None = None
    confidence_ppm: int | None = None


class CheckResult(Record, frozen=True, kw_only=True):
    """What one check concluded."""

    check: str
    verdict: Verdict
    summary: str
    """One sentence in plain words."""
    failures: tuple[str, ...] = ()
    """What did not hold, one sentence each."""
    cause: Cause | None = None
    next_step: str = ""
    """What to do about it; empty for a pass."""
    exhibits: tuple[Exhibit, ...] = ()
    rates: tuple[Rate, ...] = ()
    figures: tuple[Figure, ...] = ()
    observations: tuple[str, ...] = ()
    """The ids of all observations that the plan has for the check, in the plan's order: see `refers_to`."""


class Spent(Record, frozen=True, kw_only=True):
    """What the run used."""

    requests: int
    input_tokens: int | None
    output_tokens: int | None
    money_nanousd: int | None


class Attempts(Record, frozen=True, kw_only=True):
    """How requests fared that met a rate limit. Only first attempts are judged; second ones are counted here alone.

    First attempts that got through: `sent - rate_limited`. Eventually: that and `got_through_then`.
    """

    planned: int
    sent: int
    """First attempts that were made: fewer than planned where the run ended before."""
    rate_limited: int
    """Of those, how many were answered with status 429."""
    asked_again: int = 0
    """Of those, how many were asked once more after the run, when the wait that the answer named was over."""
    got_through_then: int = 0
    """Of those, how many were not answered with 429 again."""


class RunResult(Record, frozen=True, kw_only=True):
    """The results of one plan's run, one for each planned check."""

    plan: str
    """The plan's digest."""
    results: tuple[CheckResult, ...]
    facets: tuple[FacetVerdict, ...]
    spent: Spent
    attempts: Attempts | None = None
    """None where nobody counted them."""
    started: str
    ended: str
    """RFC 3339."""


class Judge(Protocol):
    """A check's oracle: pure, so that anybody comes to the same result from the same observations."""

    def __call__(self, plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
        """Judge the observations of all cases that serve the check, in the order of the plan."""
        ...


def judged(plan: Plan, results: Iterable[CheckResult]) -> tuple[Judged, ...]:
    """Each result with its planned severity and facet. A planned check without a result is an ERROR."""
    verdicts = {result.check: result.verdict for result in results}
    return tuple(
        Judged(check.id, check.severity, check.facet, verdicts.get(check.id, Verdict.ERROR)) for check in plan.checks
    )


def facets_of(plan: Plan, results: Iterable[CheckResult]) -> tuple[FacetVerdict, ...]:
    """The verdict per facet that follows from these results."""
    return facet_verdicts(judged(plan, results))


def refers_to(result: CheckResult, observations: Iterable[Observation]) -> CheckResult:
    """The result with the ids of all that was judged."""
    return msgspec.structs.replace(result, observations=tuple(one.id for one in observations))


def observations_for(plan: Plan, check: str, observations: Iterable[Observation]) -> list[Observation]:
    """Those that the check is to judge, in the order of the plan."""
    found = {one.key: one for one in observations}
    return [found[key] for key in planned_keys(plan, check) if key in found]


def excerpt_of(data: bytes, offset: int = 0) -> str:
    """The bytes from an offset on as text that can be read and written, cut to `EXCERPT_CHARACTERS_MAX`."""
    piece = data[offset : offset + EXCERPT_CHARACTERS_MAX]
    return piece.decode("utf-8", "backslashreplace")[:EXCERPT_CHARACTERS_MAX]
