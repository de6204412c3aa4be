"""Observations as judges look at them: by trial, each with its steps in order, and why one could not be judged."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from routeproof.dialects.registry import dialect_named
from routeproof.errors import UpstreamKind
from routeproof.evidence.observations import Arm, Ending, Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import Cause


class Trial(NamedTuple):
    """One run of one case on one arm."""

    case: str
    number: int
    arm: Arm
    steps: tuple[Observation, ...]

    @property
    def last(self) -> Observation:
        """The step that the case is about."""
        return self.steps[-1]


class Obstacle(NamedTuple):
    """Why a request that should have been answered can't be judged, and what to do about it."""

    observation: Observation
    cause: Cause
    words: str
    next_step: str
    about_the_route: bool
    """The endpoint refused what it should take: that is a finding. False: the request never had its chance."""


_KINDS: Final[dict[UpstreamKind, tuple[Cause, str]]] = {
    UpstreamKind.AUTH: (Cause.KEY, "Check the key, and that it belongs to this base URL's region and workspace."),
    UpstreamKind.PERMISSION: (Cause.KEY, "Ask the provider's console whether this account may use this model."),
    UpstreamKind.BILLING: (Cause.QUOTA, "Top up or unlock the provider account, then run again."),
    UpstreamKind.RATE_LIMITED: (Cause.QUOTA, "Lower --concurrency or raise the account's limits, then run again."),
    UpstreamKind.MODEL_NOT_FOUND: (Cause.MODEL_ID, "Compare the model id with `GET /models` of this account."),
    UpstreamKind.MODEL_RETIRED: (Cause.MODEL_ID, "Use the successor that the error names."),
    UpstreamKind.BUSY: (Cause.PROVIDER, "The provider is overloaded; run again later."),
    UpstreamKind.SERVER_ERROR: (
        Cause.PROVIDER,
        "The provider failed; run again, and report its request id if it stays.",
    ),
    UpstreamKind.TIMEOUT_STATUS: (Cause.PROVIDER, "The provider gave up; run again later."),
}
_REFUSED: Final = (Cause.REQUEST_SHAPE, "Declare the control or facet as unsupported, or use another model.")
_ENDINGS: Final[dict[Ending, str]] = {
    Ending.CONNECT_FAILED: "no connection could be made",
    Ending.TIMED_OUT: "the deadline passed",
    Ending.RESET: "the connection ended before any answer",
    Ending.NOT_SENT: "the request was planned and not sent",
    Ending.INTERRUPTED: "it was broken off",
}


def trials_of(observations: Sequence[Observation]) -> Iterator[Trial]:
    """The trials, in the order of the plan; arms of one trial follow one another."""

    def key(one: Observation) -> tuple[str, int, str]:
        return (one.case, one.trial, one.arm)

    ordered = sorted(observations, key=lambda one: (*key(one), one.step))
    for (case, number, arm), steps in groupby(ordered, key=key):
        yield Trial(case, number, Arm(arm), tuple(steps))


def obstacle_of(plan: Plan, observation: Observation) -> Obstacle | None:
    """What kept a request from the answer (status 200) that it should have had; None where it has one.

    A broken or unreadable answer is none of these: it is the oracle's to judge.
    """
    transcript = observation.transcript
    words = _ENDINGS.get(transcript.ending)
    if words is not None:
        detail = f": {transcript.detail}" if transcript.detail else ""
        step = "Check the address, the network and the deadlines."
        return Obstacle(observation, Cause.NETWORK, f"{words}{detail}", step, about_the_route=False)
    status = transcript.status
    if status is None or status == 200:
        return None
    kind = _kind_of(plan, observation, status)
    cause, step = _KINDS.get(kind, _REFUSED)
    if status in (404, 405) and kind is not UpstreamKind.MODEL_NOT_FOUND:
        cause, step = Cause.ENDPOINT, "Check the base URL: there is no chat endpoint at this address."
    return Obstacle(observation, cause, f"status {status}", step, about_the_route=kind not in _KINDS)


def kind_of_refusal(plan: Plan, observation: Observation) -> UpstreamKind | None:
    """What kind of error was answered, as the dialect tells it; None where there was no answer, or no error."""
    status = observation.transcript.status
    return None if status is None or status < 400 else _kind_of(plan, observation, status)


def _kind_of(plan: Plan, observation: Observation, status: int) -> UpstreamKind:
    content_type = observation.transcript.header("content-type") or ""
    return dialect_named(plan.route.dialect).classify(status, content_type, observation.transcript.body.data)
