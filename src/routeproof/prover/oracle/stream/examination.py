"""What the stream oracle hands back: findings, the answer put together, and every event with its place."""

from enum import StrEnum

import msgspec

from routeproof.prover.oracle.findings import Finding
from routeproof.prover.oracle.messages import AnsweredMessage


class EventKind(StrEnum):
    """What an event brought."""

    DELTA = "delta"
    """Text, reasoning or a piece of a call: what a user waits for."""
    USAGE = "usage"
    OTHER = "other"
    """A role, a finish reason, nothing."""
    FOREIGN = "foreign"
    """No chunk that could be read."""
    DONE = "done"
    ERROR = "error"


class StreamEvent(msgspec.Struct, frozen=True, gc=False):
    """One event. Whoever read the body knows when its byte `end` came, and so when the event did."""

    offset: int
    """Where its data begins."""
    end: int
    """Behind its last byte."""
    kind: EventKind


class StreamExamination(msgspec.Struct, frozen=True):
    """The result of examining one streamed answer."""

    findings: tuple[Finding, ...]
    """In the order of the bytes; notes among them."""
    messages: tuple[AnsweredMessage, ...]
    """One a choice, by index."""
    usage: dict[str, object] | None
    """The last usage, as JSON was read."""
    model: str | None
    id: str | None
    created: int | None
    error: object
    """The error object that the stream broke off with."""
    events: tuple[StreamEvent, ...]
    comments: int
    """Comment lines: keep-alives."""
    done: bool
    """[DONE] came."""

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The findings that are more than notes."""
        return tuple(finding for finding in self.findings if not finding.note)

    def of_check(self, check: str) -> tuple[Finding, ...]:
        """The faults that count against one check."""
        return tuple(finding for finding in self.faults if finding.check == check)
