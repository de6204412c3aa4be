"""U06: around every edge between two price tiers each request is priced at its own tier.

For each edge of N input tokens three prompts are aimed at N-1, N and N+1 tokens. Aiming needs to know what the chat
template adds: `prompt-overhead-tokens`, declared, else OVERHEAD. What counts is what the provider reports, so a
prompt that misses its aim is priced all the same; but without one prompt on each side of the edge, no further away
than `distance`, nothing was shown, and the result says what to declare. Edges beyond the declared context are left
out. Costs are worked out anew from the planned facts (bill.py), not by the tariff that priced the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from routeproof.errors import PinnedFactsError
from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Declared, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import Cause, CheckResult, Figure, Part, refers_to
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.reference_text import LEAD, words
from routeproof.prover.check import Check
from routeproof.prover.declared import declared_count, declared_names
from routeproof.prover.judges.row_costs import row_faults, row_usage
from routeproof.prover.judges.rows import attempt_rows, shown_rows
from routeproof.prover.judges.rulings import Trouble, rule_det, skipped, undecided
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.prices import TIER_EDGES, PriceList
from routeproof.prover.setup import Setup

OVERHEAD: Final = 6
"""The lead and the shortest template."""
AIMS: Final = (-1, 0, 1)
_NEXT: Final = "Compare the tiers in the facts that the gateway loads with those of the plan and the price list."


def cases(setup: Setup) -> Sequence[Case]:
    """Three for each edge; one repeat, because a long prompt costs money and its price is no matter of chance."""
    overhead = _overhead(setup.declared)
    limit = declared_count(setup.declared, "context-tokens")
    return tuple(
        _aimed(setup, edge, aim, overhead)
        for edge in map(int, declared_names(setup.declared, TIER_EDGES))
        if limit is None or edge + 1 < limit
        for aim in AIMS
    )


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Every row priced right, and both sides of every edge seen."""
    if not plan.cases_of(check.id):
        return skipped(check, "The route's price has no tiers that a prompt can reach.")
    own = [one for one in observations if one.arm is Arm.GATEWAY]
    try:
        prices = PriceList(plan.prices)
    except PinnedFactsError as error:
        return undecided(check, observations, f"The planned prices can't be relied on: {error}", _NEXT)

    def look(trial: Trial) -> Iterator[Trouble]:
        for fault in row_faults(plan, prices, trial.last):
            yield Trouble(
                observation=trial.last,
                words=fault,
                cause=Cause.PRICE,
                next_step=_NEXT,
                part=Part.LEDGER,
                excerpt=shown_rows(trial.last),
            )

    held = "Below, at and above every edge the whole request is priced at its tier."
    result = refers_to(rule_det(plan, check, own, look, held=held, figures=_figures(own)), observations)
    missed = _missed(plan, check, own) if result.verdict is Verdict.PASS else None
    return result if missed is None else undecided(check, observations, *missed)


def _overhead(declared: Mapping[str, Declared]) -> int:
    found = declared_count(declared, "prompt-overhead-tokens")
    return OVERHEAD if found is None else found


def _aimed(setup: Setup, edge: int, aim: int, overhead: int) -> Case:
    text = LEAD + words(max(edge + aim - overhead, 1))
    return case(setup, f"edge-{edge}-{aim + 1}", "U06", chat(setup, [user(text)], max_tokens=1), repeats=1)


def _missed(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> tuple[str, str] | None:
    """Why an edge was not shown, and what to do about it; None where all were."""
    for edge in sorted({_edge(one) for one in observations}):
        distances = sorted(_reached(one) - edge for one in observations if _edge(one) == edge)
        near = [distance for distance in distances if abs(distance) <= check.threshold("distance")]
        if not any(distance <= 0 for distance in near) or not any(distance > 0 for distance in near):
            off = distances[1] if len(distances) == len(AIMS) else distances[0]
            why = f"The prompts for the edge at {edge} tokens came {off:+} tokens off it, so one side was not seen."
            return why, f"Declare prompt-overhead-tokens = {_overhead(plan.declared) + off}, then run again."
    return None


def _figures(observations: Sequence[Observation]) -> tuple[Figure, ...]:
    return tuple(Figure(name=one.case, value=_reached(one), unit="tokens", samples=1) for one in observations)


def _edge(observation: Observation) -> int:
    return int(observation.case.split("-")[1])


def _reached(observation: Observation) -> int:
    usages = [row_usage(row) for row in attempt_rows(observation)]
    return next((usage.input_tokens for usage in reversed(usages) if usage is not None), 0)


CHECK = Check(
    id="U06",
    title="tier-edges",
    proves="the tier function",
    severity=Severity.B,
    method=Method.LED,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="distance", value=64, unit="tokens"),),
    needs_rows=True,
)
