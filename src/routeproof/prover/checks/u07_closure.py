"""U07: the ledger's total is usage times facts, to the last digit, and every request has its rows.

Judged on requests that went through our gateway: one exchange row each, as many attempt rows as it says, the counts
of the answer that the client got, the facts that the plan has for that instant, and the cost that these facts give by
a second calculation (bill.py). Reasoning is known to the row alone where the gateway can see it, so is compared too.
"""

from collections.abc import Iterator, Sequence

from routeproof.errors import PinnedFactsError
from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Figure, Part, refers_to
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case, stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.row_costs import row_faults
from routeproof.prover.judges.rows import count_in, exchange_rows, shown_rows
from routeproof.prover.judges.rulings import Trouble, rule_det, undecided
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.prices import PriceList
from routeproof.prover.setup import Setup

_NEXT = "Run `routeproof ledger recompute`, and compare the facts that the gateway loads with those of the plan."
_PRICE_NEXT = "State the route's price in a facts file under server.facts, then plan again."


def cases(setup: Setup) -> Sequence[Case]:
    """A plain answer and a streamed one."""
    return (plain_case(setup, "U07"), stream_case(setup, "U07"))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Every row of every exchange that went through the gateway."""
    own = [one for one in observations if one.arm is Arm.GATEWAY]
    try:
        prices = PriceList(plan.prices)
    except PinnedFactsError as error:
        return undecided(check, observations, f"The planned prices can't be relied on: {error}", _PRICE_NEXT)

    def look(trial: Trial) -> Iterator[Trouble]:
        for step in trial.steps:
            for words in row_faults(plan, prices, step):
                yield Trouble(
                    observation=step,
                    words=words,
                    cause=Cause.PRICE,
                    next_step=_NEXT,
                    part=Part.LEDGER,
                    excerpt=shown_rows(step),
                )

    held = "Every request has its rows, and every cost is usage times facts, to the last digit."
    return refers_to(rule_det(plan, check, own, look, held=held, figures=_total(own)), observations)


def _total(observations: Sequence[Observation]) -> Sequence[Figure]:
    costs = [count_in(row, "cost_nanousd") for one in observations for row in exchange_rows(one)]
    known = [cost for cost in costs if cost is not None]
    return (Figure(name="ledger total", value=sum(known), unit="nanousd", samples=len(known)),)


CHECK = Check(
    id="U07",
    title="closure",
    proves="finance can trust it",
    severity=Severity.B,
    method=Method.LED,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs_rows=True,
)
