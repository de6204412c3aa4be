"""U08: what the provider takes off the account is what the ledger charges, within the provider's own rounding.

The balance is read, some requests are sent while nothing else of the run is under way, and it is read again. What is
gone must be the requests' cost, worked out as the ledger works it out (bill.py), off by no more than the provider's
smallest unit for each request and reading: `rounding-DIALECT`. Where that unit is a cent (DeepSeek), the check shows
only that nothing large is taken besides; a new-api gateway tells 2,000 nanodollars apart. Others who use the account
meanwhile show as a difference, and a balance that lags behind as one that is too small. It needs the direct arm:
through our own gateway there is no balance to read. A dialect without such an address declares it absent by that.
"""

from collections.abc import Sequence
from typing import Final

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Step, Threshold
from routeproof.evidence.results import Cause, CheckResult, Figure
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import chat, user
from routeproof.prover.check import Check
from routeproof.prover.judges.balances import SOURCES, spent_nanousd
from routeproof.prover.judges.bill import bill_nanousd
from routeproof.prover.judges.rulings import Trouble, conclude, gather, not_run, skipped, undecided
from routeproof.prover.judges.trials import Obstacle, Trial
from routeproof.prover.judges.usage_counts import counts_of, reported_usage
from routeproof.prover.packs import LATER
from routeproof.prover.prices import PriceInForce, price_at_start
from routeproof.prover.setup import Setup

REQUESTS: Final = 3
_NEXT: Final = "Make sure that nobody else uses the account, run again, then compare the provider's bill line by line."
_READ_NEXT: Final = "Ask for the balance by hand with this key; some gateways switch the address off."
_PRICE_NEXT: Final = "State the route's price in a facts file under server.facts, then plan again."


def cases(setup: Setup) -> Sequence[Case]:
    """One trial: balance, requests, balance; none where the dialect tells no balance, or there is no direct arm."""
    source = SOURCES.get(setup.dialect)
    if source is None or Arm.DIRECT not in setup.arms:
        return ()
    asked = [user("Write five short sentences about rivers. Begin with the word @@nonce@@.")]
    reading = Step(method="GET", path=source.path)
    steps = (reading, *(Step(body=chat(setup, asked)) for _ in range(REQUESTS)), reading)
    return (Case(id="balance", checks=("U08",), steps=steps, repeats=1, arms=(Arm.DIRECT,), alone=True),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Taken against charged."""
    dialect = plan.route.dialect
    if dialect not in SOURCES:
        return skipped(check, f"The {dialect} API does not tell what an account has left.")
    if not plan.cases_of(check.id):
        return undecided(check, observations, "The balance can only be read without a gateway.", "Run it direct.")
    price = price_at_start(plan)
    if price is None:
        why = "What was charged can't be said: the plan has no price in dollars."
        return undecided(check, observations, why, _PRICE_NEXT, cause=Cause.PRICE)
    seen = gather(plan, observations)
    figures: list[Figure] = []
    for trial in seen.trials:
        first, last = trial.steps[0], trial.last
        taken = spent_nanousd(dialect, first.transcript.body.data, last.transcript.body.data)
        if taken is None:
            unread = Obstacle(last, Cause.ENDPOINT, "the balance could not be read in dollars", _READ_NEXT, False)
            return not_run(check, observations, [unread])
        charged = _charged(plan, price, trial)
        if charged is None:
            seen.troubles.append(_trouble(trial.steps[1], "a request has no cost to compare with"))
            continue
        figures.append(Figure(name="taken", value=round(taken), unit="nanousd", samples=REQUESTS))
        figures.append(Figure(name="charged", value=charged, unit="nanousd", samples=REQUESTS))
        if abs(taken - charged) > check.threshold(f"rounding-{dialect}") * (REQUESTS + 1):
            words = f"the provider took {round(taken)} nanodollars, the ledger charges {charged}"
            seen.troubles.append(_trouble(last, words))
    held = "The provider takes what the ledger charges, within its rounding."
    return conclude(check, observations, seen, held=held, figures=figures)


def _charged(plan: Plan, price: PriceInForce, trial: Trial) -> int | None:
    """The cost of the requests between the readings; None where one has none."""
    total = 0
    for step in trial.steps[1:-1]:
        usage = counts_of(reported_usage(plan, step))
        cost = None if usage is None else bill_nanousd(price.facts, usage, thinking=usage.reasoning_tokens > 0)
        if cost is None:
            return None
        total += cost
    return total


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.PRICE, next_step=_NEXT)


CHECK = Check(
    id="U08",
    title="balance-delta",
    proves="the provider agrees",
    severity=Severity.M,
    method=Method.LED,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=tuple(
        Threshold(name=f"rounding-{dialect}", value=source.rounding_nanousd, unit="nanousd")
        for dialect, source in SOURCES.items()
    ),
)
