"""Reads refusals: whether one is about the request at all, and whether a client can act on it."""

from collections.abc import Iterator
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import Cause
from routeproof.prover.judges.rulings import Trouble, troubles_of
from routeproof.prover.judges.trials import Obstacle, obstacle_of
from routeproof.prover.oracle.overlays import overlay_named
from routeproof.prover.oracle.response_schema import ErrorExamination, examine_error

SERVER_FAULT: Final = 500
"""From this status on it is the server that says that it has failed."""
_OVERLOADED: Final = (503, 529)
_NO_ENDPOINT: Final = (404, 405)
_NEXT: Final = "Ask the provider to refuse it with status 400 and an error object, or keep such requests away yourself."


def error_of(plan: Plan, observation: Observation) -> ErrorExamination:
    """The error object of an answer, judged by the dialect's overlay."""
    transcript = observation.transcript
    overlay = overlay_named(plan.route.dialect)
    return examine_error(transcript.body.data, overlay, content_type=transcript.header("content-type"))


def in_the_way(plan: Plan, observation: Observation) -> Obstacle | None:
    """Why an answer says nothing about the request: none came, or it was refused for its key, its rate, its address.

    A failure of the server (but for overload) is none of these: what should be refused must not break anything.
    """
    obstacle = obstacle_of(plan, observation)
    status = observation.transcript.status
    if obstacle is None or status is None or status in _NO_ENDPOINT or status in _OVERLOADED:
        return obstacle
    return None if obstacle.about_the_route or status >= SERVER_FAULT else obstacle


def refusal_faults(plan: Plan, observation: Observation, subject: str) -> Iterator[Trouble]:
    """What is wrong with a refusal of `subject`: a failure of the server instead, or no error object."""
    status = observation.transcript.status or 0
    if status >= SERVER_FAULT:
        words = f"{subject} gets status {status}, which says that the server has failed"
        yield Trouble(observation=observation, words=words, cause=Cause.PROVIDER, next_step=_NEXT)
    else:
        yield from troubles_of(observation, error_of(plan, observation).faults, _NEXT)
