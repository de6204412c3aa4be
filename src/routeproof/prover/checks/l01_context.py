"""L01: nothing is cut from a long prompt: codes at five depths come back, up to the declared limit."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Figure
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.long_prompts import ANSWER_TOKENS, ROOM_TOKENS, THINGS, declared_context, filled_case
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, rule_det
from routeproof.prover.judges.tool_answers import message_in
from routeproof.prover.judges.trials import Trial, obstacle_of
from routeproof.prover.judges.undeclared import undeclared_limit
from routeproof.prover.judges.usage_counts import reported_usage
from routeproof.prover.oracle.usage_arithmetic import count_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_PART, _WHOLE = "context-eighth", "context-whole"
_DEPTHS: Final = ("at the beginning", "after a quarter", "in the middle", "after three quarters", "at the end")
_NEXT: Final = "Look for a layer that shortens prompts; else declare the context that the route really has."


def cases(setup: Setup) -> Sequence[Case]:
    """A prompt of an eighth of the declared limit, and one that all but fills it, which costs too much to repeat."""
    limit = declared_context(setup.declared)
    if limit is None:
        return ()
    whole = max(1, limit - ANSWER_TOKENS - ROOM_TOKENS)
    return [filled_case(setup, _PART, "L01", limit // 8), filled_case(setup, _WHOLE, "L01", whole, repeats=1)]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Every code of every trial stands in the answer."""
    if declared_context(plan.declared) is None:
        return undeclared_limit(check, "context-tokens", "the context")

    def look(trial: Trial) -> Iterator[Trouble]:
        message = message_in(plan, trial.last)
        content = "" if message is None else message.content
        lost = [
            depth
            for thing, depth in zip(THINGS, _DEPTHS, strict=True)
            if nonce_of(plan.seed, trial.case, trial.number, thing) not in content
        ]
        if lost:
            words = f"of a prompt of {_size(plan, trial)} tokens what was told {', '.join(lost)} is not known"
            yield Trouble(observation=trial.last, words=words, cause=Cause.PROVIDER, next_step=_NEXT)

    held = "What stands at five depths of a prompt is known, up to the declared limit."
    return rule_det(plan, check, observations, look, held=held, figures=_figures(plan, observations))


def _size(plan: Plan, trial: Trial) -> str:
    tokens = count_of(reported_usage(plan, trial.last), "prompt_tokens")
    return "an unknown number of" if tokens is None else f"{tokens:,}"


def _figures(plan: Plan, observations: Sequence[Observation]) -> list[Figure]:
    """The longest prompt, as the provider counts it."""
    answered = [one for one in observations if obstacle_of(plan, one) is None]
    counted = [count_of(reported_usage(plan, one), "prompt_tokens") for one in answered]
    known = [count for count in counted if count is not None]
    return [Figure(name="longest prompt", value=max(known), unit="tokens", samples=len(known))] if known else []


CHECK = Check(
    id="L01",
    title="context",
    proves="nothing is cut from long prompts",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
