"""The facets of a comparison, named as a migration checklist names them, and what each can come to."""

from enum import StrEnum

from routeproof.evidence.canonical import Record


class ComparedFacet(StrEnum):
    """One thing that clients rely on. Names never change their meaning."""

    PLAIN = "plain answers"
    STREAMING = "streaming chunks"
    TOOLS = "tool-call shape"
    JSON = "JSON output"
    REASONING = "reasoning"
    USAGE = "usage fields"
    LIMITS = "limits"
    CONTEXT = "context errors"
    ERRORS = "errors"
    RATE_LIMITS = "429s"
    TIMEOUTS = "timeouts"
    MODELS = "model list"
    HEADERS = "headers"
    REQUEST = "request body"
    LATENCY = "latency"
    COST = "cost"


class Outcome(StrEnum):
    """What a facet came to."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_COMPARABLE = "not comparable"


class Difference(Record, frozen=True, kw_only=True):
    """One thing that differs: where, how, and how often, beside how often direct differs from direct."""

    case: str
    path: str
    """The JSON path, with `[]` for any index; or `status`, `ending`, `header NAME`, `stream WHAT`, `finding CODE`."""
    direct: str | None
    """What the direct way had; None: nothing."""
    gateway: str | None
    times: int
    pairs: int
    noise: int
    """In how many of the same pairs the second direct answer differed from the first there."""
    observation: str
    """The first answer through the gateway that shows it."""

    @property
    def words(self) -> str:
        """In one phrase."""
        if self.gateway is None:
            how = f"{self.path} is lost (direct: {self.direct})"
        elif self.direct is None:
            how = f"{self.path} is added ({self.gateway})"
        else:
            how = f"{self.path}: {self.direct} becomes {self.gateway}"
        noise = f", direct against direct {self.noise}" if self.noise else ""
        return f"{how} [{self.case.removeprefix('compare-')}, {self.times} of {self.pairs}{noise}]"


class FacetComparison(Record, frozen=True, kw_only=True):
    """One row of the report."""

    facet: ComparedFacet
    outcome: Outcome
    pairs: int
    """What was compared: one trial's answers by both ways."""
    differences: tuple[Difference, ...] = ()
    words: str = ""
    """For what is not comparable why, and for latency the figures."""


def not_comparable(facet: ComparedFacet, why: str, pairs: int = 0) -> FacetComparison:
    """The row of a facet that nothing could be said about."""
    return FacetComparison(facet=facet, outcome=Outcome.NOT_COMPARABLE, pairs=pairs, words=why)
