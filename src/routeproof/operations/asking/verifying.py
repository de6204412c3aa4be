"""Asks configured providers what they can tell of themselves, and compares it with the facts. Changes nothing."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from urllib.parse import urlsplit

import msgspec

from routeproof.catalog.amounts import exact_decimal, units_of
from routeproof.catalog.kinds import Facts, SubjectFact
from routeproof.clock import format_instant
from routeproof.config.problems import did_you_mean
from routeproof.config.settings import ProviderSettings, Settings
from routeproof.errors import OperatorError
from routeproof.operations.asking import disagreements
from routeproof.operations.asking.disagreements import Disagreement, View
from routeproof.operations.asking.questions import Asked, Questioner, Told, ask_everything


class ToldSummary(msgspec.Struct, frozen=True):
    """How much a provider told, and what is left on the account. None: not told."""

    models: int | None
    quotas: int | None
    prices: int | None
    balances: dict[str, str] | None
    """By currency, exactly; a gateway's is in the unit that its site shows."""


class ProviderReport(msgspec.Struct, frozen=True):
    """What came of one provider."""

    provider: str
    dialect: str
    host: str
    at: str
    facts: str | None
    """The family whose facts were compared; None where none apply."""
    asked: tuple[Asked, ...]
    told: ToldSummary
    disagreements: tuple[Disagreement, ...]
    unverifiable_by_ratio: tuple[str, ...]
    """Models of a gateway whose ratios are not their price."""

    @property
    def ok(self) -> bool:
        """Nothing disagrees, and every question that the provider has an endpoint for was answered."""
        return not self.disagreements and not any(asked.failed for asked in self.asked)


def providers_named(settings: Settings, names: Sequence[str]) -> list[ProviderSettings]:
    """The providers of these names, or all. Raises OperatorError for a name that isn't configured."""
    for name in names:
        if name not in settings.providers:
            raise OperatorError(f"there is no provider {name!r}; {did_you_mean(name, settings.providers)}")
    return [settings.providers[name] for name in dict.fromkeys(names or settings.providers)]


async def verify_provider(
    provider: ProviderSettings, facts: Facts, wall_ns: int, *, balance_least_nano: int
) -> ProviderReport:
    """Ask one provider and compare its answers with the facts in force at an instant."""
    questioner = Questioner(provider)
    told = await ask_everything(questioner)
    family = _family(provider, facts)
    found = tuple(_compared(provider, told, facts, family, wall_ns))
    return ProviderReport(
        provider=provider.name,
        dialect=provider.dialect,
        host=urlsplit(provider.base_url).hostname or "",
        at=format_instant(wall_ns),
        facts=family,
        asked=tuple(questioner.asked),
        told=_summary(told),
        disagreements=(*found, *_spendable(told, balance_least_nano)),
        unverifiable_by_ratio=() if told.prices is None else disagreements.unverifiable_rows(told.prices),
    )


def _family(provider: ProviderSettings, facts: Facts) -> str | None:
    """The family whose facts the provider's requests are priced with, else the one that it speaks like."""
    claims: tuple[SubjectFact, ...] = (*facts.prices, *facts.limits, *facts.aliases)
    known = {fact.subject.family for fact in claims}
    family = provider.prices or provider.dialect
    return family if family in known else None


def _compared(
    provider: ProviderSettings, told: Told, facts: Facts, family: str | None, wall_ns: int
) -> Iterator[Disagreement]:
    if family is None:
        return
    view = View(facts, family, provider.region, wall_ns)
    # What somebody else's list leaves out says nothing about the provider whose facts these are.
    if told.models is not None and family == provider.dialect:
        yield from disagreements.model_disagreements(view, told.models)
    if told.models is not None:
        yield from disagreements.limit_disagreements(view, told.models)
    if told.quotas is not None:
        yield from disagreements.quota_disagreements(view, told.quotas)
    if told.prices is not None:
        yield from disagreements.price_disagreements(view, told.prices)


def _spendable(told: Told, least_nano: int) -> Iterator[Disagreement]:
    if told.balance is not None:
        yield from disagreements.balance_disagreements(told.balance, least_nano)
    if told.credit is not None:
        yield from disagreements.credit_disagreements(told.credit, least_nano)


def _summary(told: Told) -> ToldSummary:
    balances: dict[str, str] | None = None
    if told.balance is not None:
        balances = {each.currency: exact_decimal(units_of(Fraction(each.total_nano))) for each in told.balance.balances}
    elif told.credit is not None:
        left = told.credit.left
        balances = {"key": "unlimited" if left is None else exact_decimal(left)}
    return ToldSummary(
        models=None if told.models is None else len(told.models),
        quotas=None if told.quotas is None else len(told.quotas),
        prices=None if told.prices is None else len(told.prices.rows),
        balances=balances,
    )
