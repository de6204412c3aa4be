"""How each kind of fact is read from its table: one function a kind."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final, TypedDict
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routeproof.catalog.fields import FactTable, as_date, shown
from routeproof.catalog.kinds import (
    AliasFact,
    AliasState,
    AnyFact,
    CacheRuleFact,
    CalendarFact,
    Confidence,
    Hours,
    PeakWindowsFact,
    PriceFact,
    PriceTier,
    Subject,
)

UNITS: Final = {
    "price": "per 1M tokens",
    "alias": "model id",
    "cache_rule": "percent of the input price",
    "peak_windows": "UTC time of day",
    "calendar": "local dates",
}
"""The one unit that each kind is stated in."""

_CURRENCIES: Final = ("USD", "CNY")
_FLAGS: Final = ("list_price",)
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_TIMES: Final = "half-open pairs such as [['01:00', '04:00']], each within one UTC day, in order, at most '24:00'"
_DAYS_OFF: Final = "pairs of first and last day such as [['2026-01-01', '2026-01-03']]"


class Common(TypedDict):
    """What every kind of fact carries."""

    id: str
    effective_from_ns: int
    effective_until_ns: int | None
    source: str
    checked_at_ns: int
    confidence: Confidence
    note: str
    origin: str


def read_common(table: FactTable, origin: str) -> Common:
    """The keys that every kind of fact has."""
    from_ns = table.instant("effective_from")
    until_ns = table.optional_instant("effective_until")
    if until_ns is not None and until_ns <= from_ns:
        table.problem("effective_until", "is not after effective_from; correct one of them or leave this out")
    return Common(
        id=table.name("id", "a name that no other fact has"),
        effective_from_ns=from_ns,
        effective_until_ns=until_ns,
        source=table.address("source"),
        checked_at_ns=table.day("checked_at"),
        confidence=Confidence(table.choice("confidence", tuple(Confidence))),
        note=table.line("note"),
        origin=origin,
    )


def _subject(table: FactTable, *, needs_model: bool) -> Subject:
    inner = table.table("subject", "a table such as { family = 'deepseek', model = 'deepseek-flash' }")
    remedy = "the model id as the provider spells it"
    subject = Subject(
        family=inner.name("family", "the provider's dialect"),
        model=inner.name("model", remedy) if needs_model else inner.optional_name("model", remedy),
        regions=inner.names("regions", "a list of region names such as ['singapore']"),
        scope=inner.optional_name("scope", "the deployment scope"),
    )
    inner.close()
    return subject


def _price(table: FactTable, common: Common) -> PriceFact:
    tables = table.tables("value", "a list of tiers such as [{ input = '0.15', output = '0.6' }]")
    tiers = tuple(_tier(tier) for tier in tables)
    _check_bounds(table, tiers)
    return PriceFact(
        **common,
        subject=_subject(table, needs_model=True),
        currency=table.choice("currency", _CURRENCIES),
        hours=Hours(table.choice("hours", tuple(Hours), default=Hours.ANY)),
        flag=None if table.raw("flag") is None else table.choice("flag", _FLAGS),
        tiers=tiers,
    )


def _tier(table: FactTable) -> PriceTier:
    tier = PriceTier(
        input_nano=table.decimal("input"),
        output_nano=table.decimal("output"),
        output_thinking_nano=table.optional_decimal("output_thinking"),
        cache_hit_nano=table.optional_decimal("cache_hit"),
        cache_hit_explicit_nano=table.optional_decimal("cache_hit_explicit"),
        cache_write_nano=table.optional_decimal("cache_write"),
        input_tokens_max=table.optional_count("input_tokens_max"),
    )
    table.close()
    return tier


def _check_bounds(table: FactTable, tiers: tuple[PriceTier, ...]) -> None:
    """Tiers must be in order, and only the last may be without a bound."""
    below = 0
    for index, tier in enumerate(tiers):
        bound = tier.input_tokens_max
        if bound is None and index < len(tiers) - 1:
            table.problem(f"value[{index}].input_tokens_max", "is missing; only the last tier may go without")
        elif bound is not None and bound <= below:
            table.problem(
                f"value[{index}].input_tokens_max",
                f"{bound} is not above the tier before it ({below}); put the tiers in order",
            )
        below = bound or below


def _alias(table: FactTable, common: Common) -> AliasFact:
    value = table.table("value", "a table such as { state = 'alias', target = 'deepseek-flash' }")
    fact = AliasFact(
        **common,
        subject=_subject(table, needs_model=True),
        state=AliasState(value.choice("state", tuple(AliasState))),
        target=value.name("target", "the model that answers, or the successor to name"),
        thinking=value.flag("thinking"),
    )
    value.close()
    if fact.target and fact.target == fact.subject.model:
        value.problem("target", f"{shown(fact.target)} is the alias itself; write the model that answers")
    return fact


def _cache_rule(table: FactTable, common: Common) -> CacheRuleFact:
    value = table.table("value", "a table such as { hit_implicit = '20' }")
    fact = CacheRuleFact(
        **common,
        subject=_subject(table, needs_model=False),
        hit_implicit_nano_percent=value.optional_decimal("hit_implicit"),
        hit_explicit_nano_percent=value.optional_decimal("hit_explicit"),
        write_nano_percent=value.optional_decimal("write"),
    )
    value.close()
    return fact


def _peak_windows(table: FactTable, common: Common) -> PeakWindowsFact:
    value = table.table("value", "a table with zone, weekdays and windows")
    fact = PeakWindowsFact(
        **common,
        subject=_subject(table, needs_model=False),
        zone=_zone(value),
        weekdays=_weekdays(value),
        windows_s=_windows(value),
        holidays=value.optional_name("holidays", "the name of a calendar"),
    )
    value.close()
    return fact


def _zone(value: FactTable) -> str:
    remedy = "an IANA time zone such as 'Asia/Shanghai'"
    zone = value.name("zone", remedy)
    try:
        return ZoneInfo(zone).key if zone else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        value.problem("zone", f"{shown(zone)} is no time zone; write {remedy}")
        return ""


def _weekdays(value: FactTable) -> tuple[int, ...]:
    remedy = "ISO weekdays such as [1, 2, 3, 4, 5], Monday being 1"
    found: list[int] = []
    for day in value.items("weekdays", remedy):
        if type(day) is int and 1 <= day <= 7 and day not in found:
            found.append(day)
        else:
            value.problem("weekdays", f"{shown(day)} is no weekday, or is there twice; write {remedy}")
    return tuple(sorted(found))


def _windows(value: FactTable) -> tuple[tuple[int, int], ...]:
    windows: list[tuple[int, int]] = []
    for opens, closes in value.pairs("windows", _TIMES):
        start, end = _time_s(opens), _time_s(closes)
        if start is None or end is None or start >= end or (windows and start < windows[-1][1]):
            value.problem("windows", f"{shown([opens, closes])} is no window; write {_TIMES}")
        else:
            windows.append((start, end))
    return tuple(windows)


def _time_s(text: str) -> int | None:
    if text == "24:00":
        return 86_400
    match = _TIME.fullmatch(text)
    return int(match[1]) * 3_600 + int(match[2]) * 60 if match else None


def _calendar(table: FactTable, common: Common) -> CalendarFact:
    value = table.table("value", f"a table with days_off: {_DAYS_OFF}")
    subject = table.table("subject", "a table such as { calendar = 'cn-public-holidays' }")
    spans: list[tuple[date, date]] = []
    for first, last in value.pairs("days_off", _DAYS_OFF):
        begins, ends = as_date(first), as_date(last)
        if begins is None or ends is None or begins > ends or (ends - begins).days > 366:
            value.problem("days_off", f"{shown([first, last])} is no span of days; write {_DAYS_OFF}")
        else:
            spans.append((begins, ends))
    fact = CalendarFact(**common, calendar=subject.name("calendar", "the calendar's name"), days_off=tuple(spans))
    subject.close()
    value.close()
    return fact


READERS: Final[dict[str, Callable[[FactTable, Common], AnyFact]]] = {
    "price": _price,
    "alias": _alias,
    "cache_rule": _cache_rule,
    "peak_windows": _peak_windows,
    "calendar": _calendar,
}
"""By the word that a fact's `kind` names it with."""
