"""U09: the price is somebody's, of a day, for a unit, in a currency; nothing is sent for it.

Judged from the facts in the plan: each has a source, was checked before the plan was made, and no longer ago than
`KIND-hold` days; the text that stands for it has the digest that ledger rows will name; together they give a price at
the plan's instant, per 1,000,000 tokens, in the ledger's currency. A fact past its hold is no ground for a bill. A
route without any price fact is an ERROR, because nothing about its price can be shown.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.catalog.kinds import AnyFact, PriceFact, kind_of
from routeproof.catalog.staleness import DEFAULT_POLICIES, age_ns, is_history
from routeproof.clock import NS_PER_S, format_day, parse_instant
from routeproof.errors import PinnedFactsError
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.check import Check
from routeproof.prover.judges.bill import LEDGER_CURRENCY
from routeproof.prover.packs import EVERYWHERE
from routeproof.prover.prices import PriceList
from routeproof.prover.setup import Setup

_DAY_NS: Final = 86_400 * NS_PER_S
_KINDS: Final = ("price", "alias", "cache_rule", "peak_windows")
"""What a price rests on, of the kinds that can be too old; a calendar is proclaimed for good."""
_NEXT: Final = "Read the source again and state what it says in a facts file under server.facts, then plan again."
_NEXT_UNPRICED: Final = (
    "Name the provider's region, or state the price in a facts file under server.facts; then plan again."
)


def cases(setup: Setup) -> Sequence[Case]:  # noqa: ARG001 - a check's signature
    """None: the plan itself is judged."""
    return ()


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:  # noqa: ARG001
    """Whether the price can be traced and is recent."""
    if not plan.prices:
        why = "It could not run: no fact states what this route costs."
        return _result(check, Verdict.ERROR, why, (), _NEXT_UNPRICED)
    try:
        prices = PriceList(plan.prices)
    except PinnedFactsError as error:
        return _result(check, Verdict.FAIL, f"the planned prices can't be relied on: {error}", (str(error),))
    failures = tuple(_failures(plan, check, prices))
    if failures:
        return _result(check, Verdict.FAIL, failures[0], failures)
    held = f"All {len(prices.facts)} facts behind the price have a source, a date and a unit, and are recent."
    return CheckResult(check=check.id, verdict=Verdict.PASS, summary=held)


def _failures(plan: Plan, check: PlannedCheck, prices: PriceList) -> Iterator[str]:
    at_ns = parse_instant(plan.created)
    for fact in prices.facts:
        yield from _fact_failures(fact, check, at_ns)
        if isinstance(fact, PriceFact) and fact.currency != LEDGER_CURRENCY:
            yield f"fact '{fact.id}' is in {fact.currency}, and the ledger is kept in {LEDGER_CURRENCY}"
    if prices.at(at_ns) is None:
        yield f"the planned facts give no price at {plan.created}"
    if plan.route.price_facts_digest is None:
        yield "the route's digest does not name the price facts, so the evidence would outlive a change of price"


def _fact_failures(fact: AnyFact, check: PlannedCheck, at_ns: int) -> Iterator[str]:
    if not fact.source:
        yield f"fact '{fact.id}' has no source"
    if fact.checked_at_ns > at_ns:
        yield f"fact '{fact.id}' was checked on {format_day(fact.checked_at_ns)}, after the plan was made"
    kind = kind_of(fact)
    if kind in _KINDS and not is_history(fact, at_ns):
        days, most = age_ns(fact, at_ns) // _DAY_NS, check.threshold(f"{kind}-hold")
        if days >= most:
            yield f"fact '{fact.id}' was checked {days} days ago; from {most} days on nothing is billed by it"


def _result(
    check: PlannedCheck, verdict: Verdict, summary: str, failures: tuple[str, ...], next_step: str = _NEXT
) -> CheckResult:
    return CheckResult(
        check=check.id,
        verdict=verdict,
        summary=summary,
        failures=failures,
        cause=Cause.PRICE,
        next_step=next_step,
    )


def _thresholds() -> Iterator[Threshold]:
    for kind in _KINDS:
        days = getattr(DEFAULT_POLICIES, kind).hold_after_days
        yield Threshold(name=f"{kind}-hold", value=days, unit="days")


CHECK = Check(
    id="U09",
    title="price-provenance",
    proves="the price is current",
    severity=Severity.B,
    method=Method.DET,
    packs=EVERYWHERE,
    cases=cases,
    judge=judge,
    thresholds=tuple(_thresholds()),
)
