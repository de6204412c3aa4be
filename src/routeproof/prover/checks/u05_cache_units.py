"""U05: cached input can be read from the usage, and is cheaper.

A long prompt that begins with a word of its own trial is sent three times with three endings, then once with another
beginning. The first has nothing to hit, the last has nothing any more; of the two between, one at least must hit,
because caches are built a moment after a request and promise nothing for the very next one. What is hit must cost
less by the planned prices; a route whose prices nobody states comes to no verdict about that.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Figure
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.long_prefix import CHANGED, COLD, WARM, long_prefix_case
from routeproof.prover.check import Check
from routeproof.prover.judges.bill import bill_nanousd
from routeproof.prover.judges.rulings import Trouble, rule_det, undecided
from routeproof.prover.judges.trials import Trial
from routeproof.prover.judges.usage_counts import counts_of, reported_usage
from routeproof.prover.packs import LATER
from routeproof.prover.prices import PriceInForce, price_at_start
from routeproof.prover.setup import Setup
from routeproof.usage import Usage

_NEXT: Final = "Declare facet.cache = false if the route has no cache; else ask the provider how it counts hits."
_PRICE_NEXT: Final = "State the price of cache hits in a facts file under server.facts, then run again."


def cases(setup: Setup) -> Sequence[Case]:
    """The long prompt."""
    return (long_prefix_case(setup, "U05"),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """No hits at first, some after, none on a changed prefix; and hits cost less."""
    price = price_at_start(plan)
    hits: list[int] = []

    def look(trial: Trial) -> Iterator[Trouble]:
        counted = [counts_of(reported_usage(plan, step)) for step in trial.steps]
        if None in counted:
            unread = trial.steps[counted.index(None)]
            yield _trouble(unread, "the answer has no usage that adds up, so hits can't be read")
            return
        usages = [usage for usage in counted if usage is not None]
        hits.append(max(usages[step - 1].cache_hit_tokens for step in WARM))
        yield from _wrong_hits(trial, usages)
        yield from _not_cheaper(trial, usages, price)

    result = rule_det(plan, check, observations, look, held="Hits are counted where there are some, and cost less.")
    if result.verdict is Verdict.PASS and price is None:
        why = "Cache hits are counted; whether they are cheaper can't be said, because the plan has no price."
        return undecided(check, observations, why, _PRICE_NEXT, cause=Cause.PRICE)
    if result.verdict is not Verdict.PASS:
        return result
    figure = Figure(name="hits", value=min(hits), unit="tokens", samples=len(hits))
    return msgspec.structs.replace(result, figures=(figure,))


def _wrong_hits(trial: Trial, usages: Sequence[Usage]) -> Iterator[Trouble]:
    cold, changed = usages[COLD - 1].cache_hit_tokens, usages[CHANGED - 1].cache_hit_tokens
    if cold:
        yield _trouble(trial.steps[COLD - 1], f"{cold} cached tokens in a prompt that nobody has sent before")
    if not any(usages[step - 1].cache_hit_tokens for step in WARM):
        words = "no cached tokens, though the same long prefix was sent before"
        yield _trouble(trial.steps[WARM[-1] - 1], words)
    if changed:
        words = f"{changed} cached tokens, though the prompt begins with another word"
        yield _trouble(trial.steps[CHANGED - 1], words)


def _not_cheaper(trial: Trial, usages: Sequence[Usage], price: PriceInForce | None) -> Iterator[Trouble]:
    if price is None:
        return
    for step in WARM:
        usage, observation = usages[step - 1], trial.steps[step - 1]
        if not usage.cache_hit_tokens:
            continue
        cost = bill_nanousd(price.facts, usage, thinking=False)
        without = bill_nanousd(price.facts, Usage(usage.input_tokens, usage.output_tokens), thinking=False)
        if cost is None:
            yield _trouble(observation, "cached tokens are billed, and no fact states their price", _PRICE_NEXT)
        elif without is not None and cost >= without:
            yield _trouble(observation, f"hits make it no cheaper: {cost} and {without} nanodollars", _PRICE_NEXT)


def _trouble(observation: Observation, words: str, next_step: str = _NEXT) -> Trouble:
    cause = Cause.PRICE if next_step is _PRICE_NEXT else Cause.PROVIDER
    return Trouble(observation=observation, words=words, cause=cause, next_step=next_step)


CHECK = Check(
    id="U05",
    title="cache-units",
    proves="cache pricing is readable",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs=("facet.cache",),
)
