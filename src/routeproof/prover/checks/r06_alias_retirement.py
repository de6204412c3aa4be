"""R06: the name will outlive the proof: a retirement before the evidence's end caps that end, a past one fails.

The instant is the plan's `alias_retires`, from the facts about the name that are in force; the run's end of validity
is worked out with it (`evidence/expiry.py`). A live call shows that the name still answers today.
"""

from collections.abc import Sequence
from typing import Final

from routeproof.clock import NS_PER_S, parse_instant
from routeproof.errors import UpstreamKind
from routeproof.evidence.expiry import EVIDENCE_DAYS
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.live import live_call
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, conclude
from routeproof.prover.judges.trials import kind_of_refusal
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

RETIRES: Final = "alias_retires"
_EVIDENCE_NS: Final = EVIDENCE_DAYS * 86_400 * NS_PER_S
_NEXT: Final = "Use the successor: `routeproof aliases` names it."


def cases(setup: Setup) -> Sequence[Case]:
    """A short question."""
    return (plain_case(setup, "R06"),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """No retirement behind us, none that the endpoint speaks of."""
    seen = live_call(plan, observations)
    retired = [one for one in seen.obstacles if kind_of_refusal(plan, one.observation) is UpstreamKind.MODEL_RETIRED]
    seen.troubles.extend(_trouble(one.observation, "the endpoint refuses the name as retired") for one in retired)
    declared = plan.declared.get(RETIRES)
    if isinstance(declared, str) and parse_instant(declared) <= parse_instant(plan.created):
        words = f"the name {plan.route.model} is retired since {declared}"
        seen.troubles.extend(_trouble(one, words) for one in observations)
    return conclude(check, observations, seen, held=_held(plan, declared))


def _held(plan: Plan, declared: object) -> str:
    if not isinstance(declared, str):
        return f"No end of the name {plan.route.model} is known."
    caps = parse_instant(declared) < parse_instant(plan.created) + _EVIDENCE_NS
    effect = "and so does this evidence" if caps else "after this evidence expires"
    return f"The name {plan.route.model} retires at {declared}, {effect}."


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.MODEL_ID, next_step=_NEXT)


CHECK = Check(
    id="R06",
    title="alias-retirement",
    proves="the name will outlive the proof",
    severity=Severity.M,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
