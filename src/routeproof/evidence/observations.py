"""What one request to an endpoint left: bytes as they were sent and received, with their times.

A judge reads these and nothing else, so a verdict can be reached again from a file, years later. Offsets are
monotonic nanoseconds from the start of the run; None means that it did not happen.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from routeproof.evidence.canonical import Record, sha256

Header = tuple[str, str]
"""Name and value as received, in the order received; a value that may not be kept is `secret.MASK`."""
Column = str | int | bool | None


class Arm(StrEnum):
    """Which way a request took."""

    DIRECT = "direct"
    DIRECT_AGAIN = "direct-again"
    """The second direct arm of a comparison: what two equal ways differ by."""
    GATEWAY = "gateway"


class Ending(StrEnum):
    """How an exchange of bytes ended."""

    COMPLETE = "complete"
    """The answer's framing says that it is whole."""
    CONNECT_FAILED = "connect-failed"
    """No connection: name, route, port or TLS."""
    TIMED_OUT = "timed-out"
    """One of our deadlines passed; `deadline` says which."""
    RESET = "reset"
    """The connection was reset or closed before any of the answer came."""
    TRUNCATED = "truncated"
    """The answer began, and broke off before its framing's end."""
    MALFORMED = "malformed"
    """The answer is not HTTP that can be read."""
    TOO_LARGE = "too-large"
    """More than we are ready to read."""
    CANCELLED = "cancelled"
    """We left on purpose, as the case says."""
    INTERRUPTED = "interrupted"
    """The run ended while it was under way."""
    NOT_SENT = "not-sent"
    """Planned and never sent: the run ended before, or its budget did."""


class Read(msgspec.Struct, frozen=True, array_like=True):
    """What one read (or write) of the socket carried, without the transfer coding."""

    at_ns: int
    data: bytes


class Body(Record, frozen=True, kw_only=True):
    """A body as it went over the wire, in reads; the digest and the size are always those of what was observed."""

    sha256: str
    size: int
    reads: tuple[Read, ...]
    kept: bool = True
    """False: reads have their times and no bytes."""
    secrets_masked: int = 0
    """How many known secrets were masked in it; above zero means that the endpoint gave one away."""
    shapes_masked: int = 0
    """How many other stretches were masked because they look like a credential."""

    @property
    def data(self) -> bytes:
        """All bytes in one piece, as kept."""
        return b"".join(read.data for read in self.reads)

    @property
    def as_observed(self) -> bool:
        """Whether nothing was masked or dropped, so that the digest must fit the bytes."""
        return self.kept and not self.secrets_masked and not self.shapes_masked


class Request(Record, frozen=True, kw_only=True):
    """What was sent."""

    method: str
    path: str
    """With the query, if any; relative to the origin, so `/v1/chat/completions`."""
    headers: tuple[Header, ...]
    body: Body


class Times(Record, frozen=True, kw_only=True):
    """When it happened. Times of the answer's parts are in its body's reads."""

    begun_ns: int
    """Before the connection was asked for."""
    connected_ns: int | None = None
    sent_ns: int | None = None
    """The last byte of the request was written."""
    first_byte_ns: int | None = None
    """Of the answer's head."""
    ended_ns: int


class Transcript(Record, frozen=True, kw_only=True):
    """One request, and all that came back."""

    request: Request
    times: Times
    status: int | None
    headers: tuple[Header, ...] = ()
    body: Body
    ending: Ending
    deadline: str | None = None
    """The name of the deadline that passed: `connect`, `first-byte`, `idle`, `total`."""
    detail: str | None = None
    """What the operating system or the parser said, in words."""

    def header(self, name: str) -> str | None:
        """The first value of a header field of the answer; names have no case."""
        wanted = name.lower()
        return next((value for known, value in self.headers if known.lower() == wanted), None)


class LedgerRow(Record, frozen=True, kw_only=True):
    """A row that the exchange left in our ledger, with the columns of `docs/ledger.md`."""

    table: str
    """`exchange` or `attempt`."""
    columns: dict[str, Column]


class ObservationKey(NamedTuple):
    """Which planned request this is."""

    case: str
    trial: int
    """From 1."""
    step: int
    """From 1: the requests of one trial, in their order."""
    arm: Arm


class Observation(Record, frozen=True, kw_only=True):
    """One planned request and what came of it. There is one for each, even where nothing could be sent."""

    plan: str
    """The digest of the plan, which was made before."""
    case: str
    trial: int
    step: int
    arm: Arm
    transcript: Transcript
    provider_request_id: str | None = None
    gateway_request_id: str | None = None
    tap: tuple[Transcript, ...] = ()
    """What the gateway sent upstream and got back, one for each attempt; its offsets have a start of their own."""
    ledger: tuple[LedgerRow, ...] = ()

    @property
    def key(self) -> ObservationKey:
        """Which planned request this is."""
        return ObservationKey(self.case, self.trial, self.step, self.arm)

    @property
    def id(self) -> str:
        """The name by which results refer to it."""
        return observation_id(self.key)


def observation_id(key: ObservationKey) -> str:
    """`case/trial/step/arm`."""
    return f"{key.case}/{key.trial}/{key.step}/{key.arm}"


def body_of(reads: Iterable[Read] = ()) -> Body:
    """A body as it was observed."""
    kept = tuple(reads)
    data = b"".join(read.data for read in kept)
    return Body(sha256=sha256(data), size=len(data), reads=kept)


def never_sent(plan_digest: str, key: ObservationKey, method: str, path: str, why: str, at_ns: int = 0) -> Observation:
    """What stands for a planned request that was not sent, so that it still counts in every denominator."""
    transcript = Transcript(
        request=Request(method=method, path=path, headers=(), body=body_of()),
        times=Times(begun_ns=at_ns, ended_ns=at_ns),
        status=None,
        body=body_of(),
        ending=Ending.NOT_SENT,
        detail=why,
    )
    return Observation(plan=plan_digest, transcript=transcript, **key._asdict())


def transcripts_of(observation: Observation) -> tuple[Transcript, ...]:
    """The exchange itself and those at the tap."""
    return (observation.transcript, *observation.tap)


def bodies_of(observation: Observation) -> tuple[Body, ...]:
    """Every body in it, requests and answers."""
    return tuple(body for one in transcripts_of(observation) for body in (one.request.body, one.body))
