"""Where facts and what a provider tells about itself disagree, point by point."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from fractions import Fraction

import msgspec

from routeproof.catalog.aliases import follow
from routeproof.catalog.amounts import exact_decimal, units_of
from routeproof.catalog.kinds import AliasFact, AliasState, AnyFact, ConcurrencyFact, Facts, LimitFact, SubjectFact
from routeproof.catalog.newapi.list_prices import list_prices, percent_above, price_pairs
from routeproof.catalog.newapi.price_list import Basis, PriceList
from routeproof.operations.asking.deepseek import BalanceReport
from routeproof.operations.asking.models import ListedModel
from routeproof.operations.asking.newapi import Credit
from routeproof.operations.asking.qwen import ModelQuota
from routeproof.operations.pulling.groups import group_of


class Point(StrEnum):
    """What can disagree. The value is a stable code."""

    NOT_LISTED = "model_not_listed"
    WITHOUT_FACTS = "listed_without_facts"
    LIMIT = "limit_differs"
    PRICE = "price_differs"
    ALIAS = "alias_state_differs"
    BALANCE_LOW = "balance_low"
    UNAVAILABLE = "balance_unavailable"


class Disagreement(msgspec.Struct, frozen=True):
    """One point on which they disagree."""

    code: Point
    subject: str
    """The model, or the currency."""
    facts: str | None
    """What the facts say; None where they say nothing."""
    told: str | None
    """What the provider says; None where it says nothing."""
    fact_ids: tuple[str, ...] = ()


class View(msgspec.Struct, frozen=True):
    """The facts about one family in one region at one instant."""

    facts: Facts
    family: str
    region: str | None
    wall_ns: int

    def about(self, facts: Iterable[SubjectFact]) -> Iterator[SubjectFact]:
        """Those in force for the family and the region."""
        for fact in facts:
            subject = fact.subject
            if subject.family == self.family and subject.covers(self.region) and fact.in_force(self.wall_ns):
                yield fact

    def aliases(self) -> list[AliasFact]:
        """The aliases in force."""
        return [fact for fact in self.about(self.facts.aliases) if isinstance(fact, AliasFact)]

    def known(self) -> frozenset[str]:
        """Every model name that some fact is about."""
        facts = self.facts
        named: tuple[SubjectFact, ...] = (*facts.prices, *facts.aliases, *facts.limits, *facts.concurrency)
        return frozenset(fact.subject.model for fact in self.about(named) if fact.subject.model is not None)


def model_disagreements(view: View, models: tuple[ListedModel, ...]) -> Iterator[Disagreement]:
    """Models and aliases in the facts against those that the provider lists."""
    listed = {model.id for model in models}
    aliases = view.aliases()
    stands_for = {name: follow(aliases, name, view.wall_ns)[0] for name in view.known()}
    for fact in aliases:
        if fact.state is AliasState.RETIRED and fact.subject.model in listed:
            said = f"refused; use {fact.target}"
            yield Disagreement(Point.ALIAS, fact.subject.model, said, "listed", (fact.id,))
    for model, ids in sorted(_priced(view).items()):
        names = {model, *(name for name, answers in stands_for.items() if answers == model)}
        if not names & listed:
            yield Disagreement(Point.NOT_LISTED, model, "priced", None, ids)
    for name in sorted(listed - view.known()):
        yield Disagreement(Point.WITHOUT_FACTS, name, None, "listed")


def limit_disagreements(view: View, models: tuple[ListedModel, ...]) -> Iterator[Disagreement]:
    """Limits that the provider states for a model against limit facts."""
    facts = [fact for fact in view.about(view.facts.limits) if isinstance(fact, LimitFact)]
    for model in models:
        for name, told in model.limits().items():
            fact = nearest(view, [fact for fact in facts if fact.name == name], model.id)
            if isinstance(fact, LimitFact) and fact.amount != told:
                said, heard = f"{name} {fact.amount}", f"{name} {told}"
                yield Disagreement(Point.LIMIT, model.id, said, heard, (fact.id,))


def quota_disagreements(view: View, quotas: tuple[ModelQuota, ...]) -> Iterator[Disagreement]:
    """Rate limits of the account against concurrency facts that state an amount."""
    facts = [fact for fact in view.about(view.facts.concurrency) if isinstance(fact, ConcurrencyFact)]
    for quota in quotas:
        for measure, told in quota.amounts().items():
            stated = [fact for fact in facts if fact.measure is measure and fact.amount_max is not None]
            fact = nearest(view, stated, quota.model)
            if isinstance(fact, ConcurrencyFact) and fact.amount_max != told:
                said, heard = f"{fact.amount_max} {measure}", f"{told} {measure}"
                yield Disagreement(Point.LIMIT, quota.model, said, heard, (fact.id,))


def price_disagreements(view: View, prices: PriceList) -> Iterator[Disagreement]:
    """A gateway's list against the price facts that its requests are priced with, one for each tier and time of day."""
    for row in prices.rows:
        ratio = prices.group_ratio(group_of(prices) or "", row.model)
        ours = None if ratio is None else row.token_prices(ratio)
        if ours is None:
            continue
        for price in list_prices(view.facts, view.family, row.model, view.region, view.wall_ns):
            differ = [
                (pair.line, pair.list_nano, pair.gateway_nano, pair.fact_ids)
                for pair in price_pairs(ours, price)
                if pair.list_nano is not None and pair.gateway_nano is not None and pair.list_nano != pair.gateway_nano
            ]
            if differ:
                tier = "" if price.input_tokens_max is None else f", up to {price.input_tokens_max} input tokens"
                scope = "" if price.scope is None else f", {price.scope}"
                yield Disagreement(
                    Point.PRICE,
                    f"{row.model} ({price.hours} hours{scope}{tier})",
                    _lines([(line, _usd(listed)) for line, listed, _, _ in differ]),
                    _lines([(line, f"{_usd(asked)} {_share(asked, listed)}") for line, listed, asked, _ in differ]),
                    tuple(dict.fromkeys(fact_id for *_, ids in differ for fact_id in ids)),
                )


def unverifiable_rows(prices: PriceList) -> tuple[str, ...]:
    """The models whose price an expression decides, so that nothing can be said about it from ratios."""
    return tuple(row.model for row in prices.rows if row.basis is Basis.EXPRESSION)


def balance_disagreements(balance: BalanceReport, least_nano: int) -> Iterator[Disagreement]:
    """A balance that is used up, or less than what the operator wants to see in any of its currencies."""
    if not balance.is_available:
        yield Disagreement(Point.UNAVAILABLE, "account", None, "the provider serves no paid requests")
    elif balance.balances and all(each.total_nano < least_nano for each in balance.balances):
        for each in balance.balances:
            told = exact_decimal(units_of(Fraction(each.total_nano)))
            least = f"at least {exact_decimal(units_of(Fraction(least_nano)))}"
            yield Disagreement(Point.BALANCE_LOW, each.currency, least, told)


def credit_disagreements(credit: Credit, least_nano: int) -> Iterator[Disagreement]:
    """The same of a gateway's key; the unit is the one that its site shows."""
    left = credit.left
    if left is None:
        return
    if left <= 0:
        yield Disagreement(Point.UNAVAILABLE, "key", None, f"{exact_decimal(left)} left")
    elif left < units_of(Fraction(least_nano)):
        least = f"at least {exact_decimal(units_of(Fraction(least_nano)))}"
        yield Disagreement(Point.BALANCE_LOW, "key", least, exact_decimal(left))


def _priced(view: View) -> dict[str, tuple[str, ...]]:
    """The ids of the price facts in force, by model."""
    found: dict[str, tuple[str, ...]] = {}
    for fact in view.about(view.facts.prices):
        if fact.subject.model is not None:
            found[fact.subject.model] = (*found.get(fact.subject.model, ()), fact.id)
    return found


def nearest(view: View, facts: Iterable[SubjectFact], name: str) -> AnyFact | None:
    """The fact about this name, else about the model that it stands for, else about the whole family."""
    by_model = {fact.subject.model: fact for fact in facts}
    answers, _ = follow(view.aliases(), name, view.wall_ns)
    return by_model.get(name) or by_model.get(answers) or by_model.get(None)


def _lines(parts: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{line} {text}" for line, text in parts)


def _usd(nano: Fraction) -> str:
    return f"${exact_decimal(units_of(nano))}"


def _share(price: Fraction, base: Fraction) -> str:
    percent = percent_above(price, base)
    return "" if percent is None else f"({'+' if percent > 0 else ''}{exact_decimal(percent)} %)"
