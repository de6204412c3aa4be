"""Why evidence is refused: stable codes, and the sentence that goes with each."""

from enum import StrEnum
from typing import Final, NamedTuple


class ReasonKind(StrEnum):
    """What a reason says about the evidence."""

    FORGED = "forged"
    """It is not what a trusted prover signed."""
    UNSOUND = "unsound"
    """It is what was signed, and does not bear out what it says."""
    NOT_IN_FORCE = "not-in-force"
    """It was true, and is not about here and now."""
    UNSHOWN = "unshown"
    """A verdict could not be reached again from the file; nothing speaks against it."""


class ReasonCode(StrEnum):
    """The name of a reason. Codes never change their meaning."""

    UNREADABLE = "unreadable"
    WRONG_PAYLOAD_TYPE = "wrong-payload-type"
    NO_SIGNATURE = "no-signature"
    UNKNOWN_KEY = "unknown-key"
    BAD_SIGNATURE = "bad-signature"
    WRONG_STATEMENT_TYPE = "wrong-statement-type"
    OBSERVATION_ADDED = "observation-added"
    OBSERVATION_REMOVED = "observation-removed"
    OBSERVATION_CHANGED = "observation-changed"
    ROUTE_MISMATCH = "route-mismatch"
    PLAN_MISMATCH = "plan-mismatch"
    PLANNED_LATE = "planned-late"
    OBSERVATION_UNPLANNED = "observation-unplanned"
    OBSERVATION_MISSING = "observation-missing"
    BODY_MISMATCH = "body-mismatch"
    RESULT_UNPLANNED = "result-unplanned"
    RESULT_MISSING = "result-missing"
    DENOMINATOR_MISMATCH = "denominator-mismatch"
    FACETS_DIFFER = "facets-differ"
    VERDICT_DIFFERS = "verdict-differs"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    ROUTE_CHANGED = "route-changed"
    NO_JUDGE = "no-judge"
    BODIES_DROPPED = "bodies-dropped"

    @property
    def kind(self) -> ReasonKind:
        """What it says about the evidence."""
        return _KINDS.get(self, ReasonKind.UNSOUND)


class Reason(NamedTuple):
    """One reason, and what it is about."""

    code: ReasonCode
    detail: str


_KINDS: Final = {
    ReasonCode.UNREADABLE: ReasonKind.FORGED,
    ReasonCode.WRONG_PAYLOAD_TYPE: ReasonKind.FORGED,
    ReasonCode.NO_SIGNATURE: ReasonKind.FORGED,
    ReasonCode.UNKNOWN_KEY: ReasonKind.FORGED,
    ReasonCode.BAD_SIGNATURE: ReasonKind.FORGED,
    ReasonCode.WRONG_STATEMENT_TYPE: ReasonKind.FORGED,
    ReasonCode.OBSERVATION_ADDED: ReasonKind.FORGED,
    ReasonCode.OBSERVATION_REMOVED: ReasonKind.FORGED,
    ReasonCode.OBSERVATION_CHANGED: ReasonKind.FORGED,
    ReasonCode.NOT_YET: ReasonKind.NOT_IN_FORCE,
    ReasonCode.EXPIRED: ReasonKind.NOT_IN_FORCE,
    ReasonCode.ROUTE_CHANGED: ReasonKind.NOT_IN_FORCE,
    ReasonCode.NO_JUDGE: ReasonKind.UNSHOWN,
    ReasonCode.BODIES_DROPPED: ReasonKind.UNSHOWN,
}
