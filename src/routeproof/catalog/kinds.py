"""The kinds of facts: what is claimed about a provider's prices, who says so, and when it holds."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import msgspec


class Confidence(StrEnum):
    """How a fact is known, best first."""

    PROVIDER_PAGE = "provider page"
    MIRROR = "mirror"
    """Somebody's copy of the provider's page."""
    THIRD_PARTY = "third party"
    INFERRED = "inferred"


class Hours(StrEnum):
    """The part of the day that a price is for."""

    ANY = "any"
    PEAK = "peak"
    OFF_PEAK = "off_peak"


class AliasState(StrEnum):
    """What a model name does while an alias fact is in force."""

    ALIAS = "alias"
    """It answers as the target."""
    RETIRED = "retired"
    """It is refused; the target is the successor to name."""


class Subject(msgspec.Struct, frozen=True):
    """What a fact is about."""

    family: str
    """The provider family; the same word as the dialect."""
    model: str | None = None
    """None: every model of the family that has no fact of its own."""
    regions: tuple[str, ...] = ()
    """Empty: every region."""
    scope: str | None = None
    """The deployment scope, where a provider sells several in one region."""

    def covers(self, region: str | None) -> bool:
        """Whether the fact speaks of this region."""
        return not self.regions or region in self.regions


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every fact carries. Instants are nanoseconds since the epoch; windows are half-open."""

    id: str
    effective_from_ns: int
    effective_until_ns: int | None = None
    """None: no end is known."""
    source: str
    """The address where it was read."""
    checked_at_ns: int
    confidence: Confidence
    note: str = ""
    origin: str = ""
    """The file it came from; no part of the claim, so no part of a digest."""

    def in_force(self, wall_ns: int) -> bool:
        """Whether the fact holds at this instant."""
        return self.effective_from_ns <= wall_ns and (
            self.effective_until_ns is None or wall_ns < self.effective_until_ns
        )


class PriceTier(msgspec.Struct, frozen=True):
    """Prices of one tier, in nano-units of the currency per 1,000,000 tokens; None where none is stated."""

    input_nano: int
    output_nano: int
    output_thinking_nano: int | None = None
    cache_hit_nano: int | None = None
    cache_hit_explicit_nano: int | None = None
    cache_write_nano: int | None = None
    input_tokens_max: int | None = None
    """The greatest input of one request that this tier bills, inclusive; None: no bound."""


class PriceFact(Fact, frozen=True, kw_only=True, tag="price"):
    """What a model costs. The tier follows from the request's whole input and bills the whole request."""

    subject: Subject
    currency: str
    hours: Hours = Hours.ANY
    flag: str | None = None
    """A stable word for what to know about every row priced with it."""
    tiers: tuple[PriceTier, ...]


class AliasFact(Fact, frozen=True, kw_only=True, tag="alias"):
    """A model name that answers as another, or that is refused."""

    subject: Subject
    state: AliasState
    target: str
    thinking: bool | None = None
    """Whether the name implies thinking; None where it does not decide it."""


class CacheRuleFact(Fact, frozen=True, kw_only=True, tag="cache_rule"):
    """Cache prices as parts of the input price, in nano-percent (100 % is 100,000,000,000).

    Used where a tier states no price of its own. None: not known.
    """

    subject: Subject
    hit_implicit_nano_percent: int | None = None
    hit_explicit_nano_percent: int | None = None
    write_nano_percent: int | None = None


class PeakWindowsFact(Fact, frozen=True, kw_only=True, tag="peak_windows"):
    """When a family bills its peak prices."""

    subject: Subject
    zone: str
    """Where the weekday and the holiday are read."""
    weekdays: tuple[int, ...]
    """ISO: Monday is 1."""
    windows_s: tuple[tuple[int, int], ...]
    """Half-open, in seconds of the UTC day."""
    holidays: str | None = None
    """The calendar whose days off are off-peak."""


class CalendarFact(Fact, frozen=True, kw_only=True, tag="calendar"):
    """The days off of one calendar. Days in the fact's window that it doesn't name are working days."""

    calendar: str
    days_off: tuple[tuple[date, date], ...]
    """Local dates, both ends included."""


AnyFact = PriceFact | AliasFact | CacheRuleFact | PeakWindowsFact | CalendarFact
SubjectFact = PriceFact | AliasFact | CacheRuleFact | PeakWindowsFact


class Facts(msgspec.Struct, frozen=True):
    """All facts of one or more files, by kind, in the order they were read."""

    prices: tuple[PriceFact, ...] = ()
    aliases: tuple[AliasFact, ...] = ()
    cache_rules: tuple[CacheRuleFact, ...] = ()
    peak_windows: tuple[PeakWindowsFact, ...] = ()
    calendars: tuple[CalendarFact, ...] = ()

    def __iter__(self) -> Iterator[AnyFact]:
        yield from self.prices
        yield from self.aliases
        yield from self.cache_rules
        yield from self.peak_windows
        yield from self.calendars


def gather(facts: list[AnyFact]) -> Facts:
    """Facts sorted into their kinds."""
    return Facts(
        prices=tuple(fact for fact in facts if isinstance(fact, PriceFact)),
        aliases=tuple(fact for fact in facts if isinstance(fact, AliasFact)),
        cache_rules=tuple(fact for fact in facts if isinstance(fact, CacheRuleFact)),
        peak_windows=tuple(fact for fact in facts if isinstance(fact, PeakWindowsFact)),
        calendars=tuple(fact for fact in facts if isinstance(fact, CalendarFact)),
    )
