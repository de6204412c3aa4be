"""R01: the evidence is about this route: what was asked, and where, has the digest that the plan names.

The digest is worked out again from what the requests show (the host and the path that they went to, the model that
they named) and from the overlay of this build. What no request shows, such as the key's fingerprint, is the plan's.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import msgspec

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Part
from routeproof.evidence.route import RouteIdentity
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.live import live_call
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import sent_body
from routeproof.prover.judges.rulings import Trouble, conclude
from routeproof.prover.judges.trials import Trial
from routeproof.prover.oracle.overlays import overlay_digest
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

_NEXT = "Plan again with this build and the route as it is configured now."
_CHAT = "/chat/completions"


def cases(setup: Setup) -> Sequence[Case]:
    """A short question: a route that answers nothing has shown nothing."""
    return (plain_case(setup, "R01"),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Every direct request has the plan's digest; through a gateway the upstream request at the tap shows the model."""
    seen = live_call(plan, observations)
    for trial in seen.trials:
        seen.troubles.extend(_look(plan, trial))
    held = f"The digest of {plan.route.name}, worked out again from what was asked, is the plan's."
    return conclude(check, observations, seen, held=held)


def _look(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    for step in trial.steps:
        shown = _shown(plan, step)
        if shown.digest == plan.route.digest:
            continue
        differing = ", ".join(_differing(plan.route, shown))
        yield Trouble(
            observation=step,
            words=f"the route that was asked is not the one of the plan: another {differing}",
            cause=Cause.REQUEST_SHAPE,
            next_step=_NEXT,
            part=Part.REQUEST,
        )


def _shown(plan: Plan, step: Observation) -> RouteIdentity:
    route = msgspec.structs.replace(plan.route, overlay_digest=_overlay(plan.route))
    if step.arm is Arm.GATEWAY:
        return route
    body = sent_body(step)
    model = body.get("model") if step.transcript.request.body.as_observed else route.model
    return msgspec.structs.replace(route, base_url=_address(plan.route, step), model=str(model))


def _address(route: RouteIdentity, step: Observation) -> str:
    """The base URL, where host and path show no other one."""
    parts = urlsplit(route.base_url)
    request = step.transcript.request
    host = next((value for name, value in request.headers if name.lower() == "host"), "")
    path = request.path.removesuffix(_CHAT)
    if host == parts.netloc and path == parts.path.rstrip("/"):
        return route.base_url
    return f"{parts.scheme}://{host}{path}"


def _overlay(route: RouteIdentity) -> str:
    try:
        return overlay_digest(route.dialect)
    except ValueError:
        return ""


def _differing(planned: RouteIdentity, shown: RouteIdentity) -> Iterator[str]:
    for name in planned.__struct_fields__:
        if getattr(planned, name) != getattr(shown, name):
            yield name.replace("_", " ").removesuffix(" digest")


CHECK = Check(
    id="R01",
    title="route-digest",
    proves="the evidence is about this route",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
