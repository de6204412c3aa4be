"""Verdicts and the rule that joins them: per facet the worst of its blockers, never one number."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from routeproof.evidence.canonical import Record


class Verdict(StrEnum):
    """What one check concluded, or what follows from several."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    """Too few samples to say either."""
    ERROR = "ERROR"
    """The check could not run. Not a pass."""
    SKIP = "SKIP"
    """The route declares that it has no such thing."""


class Severity(StrEnum):
    """What a check that does not pass holds up."""

    B = "B"
    """Blocks every stage past `qualified`."""
    M = "M"
    """Blocks `canary` and beyond."""
    W = "W"
    """Holds for a person to decide."""
    D = "D"
    """Is shown, and never gates."""

    @property
    def plain(self) -> str:
        """For people."""
        return _PLAIN_SEVERITIES[self]


class Method(StrEnum):
    """How a check comes to its verdict."""

    DET = "det"
    """Deterministic: every repeat must pass."""
    STAT = "stat"
    """A rate with an exact bound."""
    TAP = "tap"
    """Bytes upstream against bytes downstream of one generation."""
    LED = "led"
    """From the ledger's rows."""
    SIM = "sim"
    """Shown on the simulator only."""


class Facet(StrEnum):
    """One capability of a route; `ROUTE` is none, but what all of them rest on."""

    ROUTE = "route"
    """Identity, usage, price, errors, limits, latency, tenancy: what counts for every facet."""
    CHAT = "chat"
    STREAM = "stream"
    TOOLS = "tools"
    JSON = "json"
    REASONING = "reasoning"
    LONG_CONTEXT = "long-context"


class Judged(NamedTuple):
    """As much of a planned check and its result as the rule below needs."""

    check: str
    severity: Severity
    facet: Facet
    verdict: Verdict


class FacetVerdict(Record, frozen=True, kw_only=True):
    """What was concluded about one facet. A facet that no blocker looked at has none: it is not proven."""

    facet: Facet
    verdict: Verdict
    """The worst of all blockers, B and M: what `canary` and beyond need."""
    to_shadow: Verdict
    """The worst of the blockers of severity B: what every stage past `qualified` needs."""
    decided_by: tuple[str, ...]
    """The checks that have that `verdict`, where it is not PASS."""


BLOCKERS: Final = frozenset((Severity.B, Severity.M))
_PLAIN_SEVERITIES: Final = {
    Severity.B: "blocks every stage",
    Severity.M: "blocks canary and beyond",
    Severity.W: "needs a person's decision",
    Severity.D: "for information",
}
_FACETS: Final = {
    "P": Facet.CHAT,
    "S": Facet.STREAM,
    "T": Facet.TOOLS,
    "J": Facet.JSON,
    "K": Facet.REASONING,
    "L": Facet.LONG_CONTEXT,
}
_NOT_WITH_THEIR_FAMILY: Final = {"L03": Facet.CHAT}  # the output's length, not the context's
# From the best to the worst. SKIP says nothing, so anything outweighs it.
_ORDER: Final = (Verdict.SKIP, Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.FAIL)
_EXIT_CODES: Final = {Verdict.PASS: 0, Verdict.FAIL: 1}


def facet_of(check: str) -> Facet:
    """The facet that a check of the catalogue speaks about, by its id: `S03` about streams, `U01` about the route."""
    return _NOT_WITH_THEIR_FAMILY.get(check) or _FACETS.get(check[:1], Facet.ROUTE)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst: FAIL, then ERROR, INCONCLUSIVE, PASS; SKIP only where nothing else is. None at all is an ERROR."""
    return max(verdicts, key=_ORDER.index, default=Verdict.ERROR)


def facet_verdicts(judged: Iterable[Judged]) -> tuple[FacetVerdict, ...]:
    """The verdict of each facet that a blocker looked at, in the order of `Facet`.

    What `ROUTE` came to caps every other facet, because a capability of a route that is not what it says, or cannot
    be billed, is not proven. A facet that the route declares absent stays SKIP.
    """
    blockers = [one for one in judged if one.severity in BLOCKERS]
    base = [one for one in blockers if one.facet is Facet.ROUTE]
    found: list[FacetVerdict] = []
    for facet in Facet:
        own = [one for one in blockers if one.facet is facet]
        if own:
            absent = worst(one.verdict for one in own) is Verdict.SKIP
            found.append(_joined(facet, own if absent or facet is Facet.ROUTE else own + base))
    return tuple(found)


def overall(judged: Iterable[Judged]) -> Verdict:
    """The worst of all blockers: for an exit code, never for a decision about a stage."""
    return worst(one.verdict for one in judged if one.severity in BLOCKERS)


def exit_code(verdict: Verdict) -> int:
    """0 for PASS, 1 for FAIL, 2 for all that is neither."""
    return _EXIT_CODES.get(verdict, 2)


def _joined(facet: Facet, blockers: list[Judged]) -> FacetVerdict:
    verdict = worst(one.verdict for one in blockers)
    strict = [one.verdict for one in blockers if one.severity is Severity.B]
    return FacetVerdict(
        facet=facet,
        verdict=verdict,
        # Where no check of severity B looked, those of severity M are all there is to go by.
        to_shadow=worst(strict) if strict else verdict,
        decided_by=tuple(one.check for one in blockers if one.verdict is verdict is not Verdict.PASS),
    )
