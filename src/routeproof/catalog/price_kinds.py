"""The kinds of facts that make a price: amounts, cache rules, peak hours, days off, rates of exchange."""

from datetime import date
from enum import StrEnum

import msgspec

from routeproof.catalog.fact_base import Fact, Subject


class Hours(StrEnum):
    """The part of the day that a price is for."""

    ANY = "any"
    PEAK = "peak"
    OFF_PEAK = "off_peak"


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


class FeeFact(Fact, frozen=True, kw_only=True, tag="fee"):
    """What a provider bills by the call, beside tokens: a search, a fetch."""

    subject: Subject
    currency: str
    item: str
    """What is called."""
    per_1000_nano: int
    """In nano-units of the currency per 1,000 calls."""


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


class ExchangeRateFact(Fact, frozen=True, kw_only=True, tag="exchange_rate"):
    """What one unit of a currency is worth in another. Nothing else converts one price list into another."""

    base: str
    quote: str
    rate_nano: int
    """Nano-units of `quote` for one unit of `base`; never zero."""
