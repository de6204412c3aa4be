"""All kinds of facts, and all facts of a catalog by kind."""

from collections.abc import Iterator

import msgspec

from routeproof.catalog.fact_base import Confidence, Fact, Subject
from routeproof.catalog.price_kinds import (
    CacheRuleFact,
    CalendarFact,
    ExchangeRateFact,
    FeeFact,
    Hours,
    PeakWindowsFact,
    PriceFact,
    PriceTier,
)
from routeproof.catalog.service_kinds import (
    AliasFact,
    AliasState,
    Answers,
    ConcurrencyFact,
    ControlFact,
    ControlSupport,
    EndpointFact,
    KeyScope,
    LimitFact,
    Measure,
    RegionFact,
)

__all__ = [
    "AliasFact",
    "AliasState",
    "Answers",
    "AnyFact",
    "CacheRuleFact",
    "CalendarFact",
    "ConcurrencyFact",
    "Confidence",
    "ControlFact",
    "ControlSupport",
    "EndpointFact",
    "ExchangeRateFact",
    "Fact",
    "Facts",
    "FeeFact",
    "Hours",
    "KeyScope",
    "LimitFact",
    "Measure",
    "PeakWindowsFact",
    "PriceFact",
    "PriceTier",
    "RegionFact",
    "Subject",
    "SubjectFact",
    "gather",
    "kind_of",
]

SubjectFact = (
    PriceFact
    | AliasFact
    | CacheRuleFact
    | PeakWindowsFact
    | LimitFact
    | ConcurrencyFact
    | ControlFact
    | EndpointFact
    | RegionFact
    | FeeFact
)
AnyFact = SubjectFact | CalendarFact | ExchangeRateFact


class Facts(msgspec.Struct, frozen=True):
    """All facts of one or more files, by kind, in the order they were read."""

    prices: tuple[PriceFact, ...] = ()
    aliases: tuple[AliasFact, ...] = ()
    cache_rules: tuple[CacheRuleFact, ...] = ()
    peak_windows: tuple[PeakWindowsFact, ...] = ()
    calendars: tuple[CalendarFact, ...] = ()
    limits: tuple[LimitFact, ...] = ()
    concurrency: tuple[ConcurrencyFact, ...] = ()
    controls: tuple[ControlFact, ...] = ()
    endpoints: tuple[EndpointFact, ...] = ()
    regions: tuple[RegionFact, ...] = ()
    fees: tuple[FeeFact, ...] = ()
    exchange_rates: tuple[ExchangeRateFact, ...] = ()
    rivals: tuple[AnyFact, ...] = ()
    """Claims of every kind that contradict facts above: kept to be shown, and in none of the others."""

    def __iter__(self) -> Iterator[AnyFact]:
        for field in self.__struct_fields__:
            yield from getattr(self, field)


def gather(facts: list[AnyFact]) -> Facts:
    """Facts sorted into their kinds, those that contradict others apart."""
    used = [fact for fact in facts if not fact.contradicts]
    return Facts(
        prices=tuple(fact for fact in used if isinstance(fact, PriceFact)),
        aliases=tuple(fact for fact in used if isinstance(fact, AliasFact)),
        cache_rules=tuple(fact for fact in used if isinstance(fact, CacheRuleFact)),
        peak_windows=tuple(fact for fact in used if isinstance(fact, PeakWindowsFact)),
        calendars=tuple(fact for fact in used if isinstance(fact, CalendarFact)),
        limits=tuple(fact for fact in used if isinstance(fact, LimitFact)),
        concurrency=tuple(fact for fact in used if isinstance(fact, ConcurrencyFact)),
        controls=tuple(fact for fact in used if isinstance(fact, ControlFact)),
        endpoints=tuple(fact for fact in used if isinstance(fact, EndpointFact)),
        regions=tuple(fact for fact in used if isinstance(fact, RegionFact)),
        fees=tuple(fact for fact in used if isinstance(fact, FeeFact)),
        exchange_rates=tuple(fact for fact in used if isinstance(fact, ExchangeRateFact)),
        rivals=tuple(fact for fact in facts if fact.contradicts),
    )


def kind_of(fact: AnyFact) -> str:
    """The word that names its kind in a facts file."""
    return str(fact.__struct_config__.tag)
