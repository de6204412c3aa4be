"""Observations with what our gateway's tap recorded of them: one generation, seen from both sides of the gateway."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Arm, Body, Ending, Observation, Transcript
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Figure
from routeproof.prover.judges.rulings import Gathered, Trouble, conclude, gather
from routeproof.prover.judges.trials import Obstacle, Trial

_NO_TAP: Final = "the gateway recorded nothing of this exchange"
_USE_A_TAP: Final = "Make a key with `routeproof keys create --tap` and prove through the gateway with it."
_TOO_LARGE: Final = "the exchange was larger than the tap may keep"
_RAISE: Final = "Raise `tap_bytes_max` and `tap_total_bytes_max`, or lower --concurrency."
GATEWAYS: Final = "Report it with the evidence: the gateway does not do what it declares."

Look = Callable[[Observation, Transcript], Iterable[Trouble]]
"""What is wrong with an exchange: as the client had it, and the attempt that it was answered from."""


def on_gateway(cases: Iterable[Case]) -> tuple[Case, ...]:
    """The cases for the arm that has a tap, and for no other."""
    return tuple(msgspec.structs.replace(one, arms=(Arm.GATEWAY,)) for one in cases)


def gather_tapped(plan: Plan, observations: Sequence[Observation], *, answers_expected: bool = True) -> Gathered:
    """The trials through the gateway; one whose answer came from upstream and has no record can't be judged."""
    through = [one for one in observations if one.arm is Arm.GATEWAY]
    seen = gather(plan, through, answers_expected=answers_expected)
    judged: list[Trial] = []
    for trial in seen.trials:
        met = [one for step in trial.steps if (one := _obstacle(step)) is not None]
        seen.obstacles.extend(met)
        if not met:
            judged.append(trial)
    return seen._replace(trials=tuple(judged))


def rule_tapped(
    plan: Plan,
    check: PlannedCheck,
    observations: Sequence[Observation],
    look: Look,
    *,
    held: str,
    figures: Callable[[Gathered], Sequence[Figure]] = lambda _: (),
) -> CheckResult:
    """The result of a check that looks at each step's exchange from both sides."""
    seen = gather_tapped(plan, observations)
    for trial in seen.trials:
        for step in trial.steps:
            seen.troubles.extend(look(step, step.tap[-1]))
    return conclude(check, observations, seen, held=held, figures=figures(seen))


def as_upstream(observation: Observation, upstream: Transcript) -> Observation:
    """The same exchange with the provider's own answer, for oracles that read observations."""
    transcript = msgspec.structs.replace(
        observation.transcript,
        body=upstream.body,
        headers=upstream.headers,
        status=upstream.status,
        ending=upstream.ending,
    )
    return msgspec.structs.replace(observation, transcript=transcript)


def gateways_fault(
    observation: Observation, words: str, *, body: Body | None = None, offset: int = 0, excerpt: str | None = None
) -> Trouble:
    """A trouble that the gateway is the cause of."""
    if excerpt is None and body is not None:
        excerpt = body.data[offset : offset + 240].decode("utf-8", "backslashreplace")
    return Trouble(
        observation=observation,
        words=words,
        cause=Cause.GATEWAY,
        next_step=GATEWAYS,
        offset=offset,
        excerpt=excerpt,
    )


def _obstacle(step: Observation) -> Obstacle | None:
    if step.transcript.status != 200:
        return None
    if not step.tap:
        return Obstacle(step, Cause.GATEWAY, _NO_TAP, _USE_A_TAP, about_the_route=False)
    if any(one.ending is Ending.TOO_LARGE or not one.body.kept for one in step.tap):
        return Obstacle(step, Cause.GATEWAY, _TOO_LARGE, _RAISE, about_the_route=False)
    return None
