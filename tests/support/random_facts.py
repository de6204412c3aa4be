"""Facts and usages drawn at random: every kind that a price can rest on, and the edges where prices go wrong."""

import random
from datetime import date, timedelta
from typing import Any

from routeproof.catalog.kinds import (
    AliasFact,
    AliasState,
    AnyFact,
    CacheRuleFact,
    CalendarFact,
    Confidence,
    Facts,
    Hours,
    PeakWindowsFact,
    PriceFact,
    PriceTier,
    Subject,
    gather,
)
from routeproof.clock import parse_instant
from routeproof.usage import Usage

FAMILY = "acme"
NAMES = ("m", "old", "older")
FROM_NS = parse_instant("2026-03-01T00:00:00Z")
CHANGE_NS = parse_instant("2026-06-10T15:59:00Z")
UNTIL_NS = parse_instant("2026-09-01T00:00:00Z")
COUNT_MAX = 400_000


class FactsDraw:
    """Draws facts, then instants and usages that are worth pricing by them."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)

    def facts(self) -> Facts:
        """One model with two names for it, over two spans of time."""
        draw = self._draw
        hourly = draw.random() < 0.35
        found: list[AnyFact] = []
        for number, (begins, ends) in enumerate(((FROM_NS, CHANGE_NS), (CHANGE_NS, draw.choice((UNTIL_NS, None))))):
            found += self._prices(number, begins, ends, hourly=hourly)
        found += [self._rule(model) for model in (None, "m") if draw.random() < 0.5]
        if hourly or draw.random() < 0.1:
            found.append(self._windows())
        found += self._aliases()
        if draw.random() < 0.8:
            found.append(self._calendar())
        return gather(found)

    def instant(self, edges: list[int]) -> int:
        """Anywhere, at an edge of a fact or of an hour, or a nanosecond before one."""
        draw = self._draw
        anywhere = draw.randrange(FROM_NS - 10**15, UNTIL_NS + 10**15)
        return draw.choice((anywhere, draw.choice(edges), anywhere // (3_600 * 10**9) * 3_600 * 10**9)) - draw.choice(
            (0, 0, 1)
        )

    def usage(self, facts: Facts) -> Usage:
        """Any counts, often at a tier's bound."""
        draw = self._draw
        bounds = [tier.input_tokens_max for price in facts.prices for tier in price.tiers if tier.input_tokens_max]
        given = draw.choice((0, 1, draw.randrange(COUNT_MAX), draw.choice(bounds or [7]) + draw.choice((-1, 0, 1))))
        hits = draw.choice((0, draw.randint(0, given)))
        writes = draw.choice((0, draw.randint(0, given - hits)))
        written = draw.choice((0, draw.randrange(COUNT_MAX)))
        return Usage(given, written, hits, writes, draw.randint(0, written), explicit_cache=draw.random() < 0.5)

    def name(self) -> str:
        """What is asked for."""
        return self._draw.choice(NAMES)

    def _prices(self, number: int, begins: int, ends: int | None, *, hourly: bool) -> list[PriceFact]:
        return [
            PriceFact(
                **self._common(f"acme/{number}/{hours}", begins, ends),
                subject=Subject(FAMILY, "m"),
                currency=self._draw.choices(("USD", "CNY"), (19, 1))[0],
                hours=hours,
                tiers=self._tiers(),
            )
            for hours in ((Hours.PEAK, Hours.OFF_PEAK) if hourly else (Hours.ANY,))
        ]

    def _tiers(self) -> tuple[PriceTier, ...]:
        draw = self._draw
        bounds: list[int | None] = [*sorted(draw.sample(range(1, COUNT_MAX), draw.randint(1, 3)))]
        if draw.random() < 0.7:
            bounds[-1] = None
        return tuple(
            PriceTier(self._nano(), self._nano(), *(self._maybe() for _ in range(4)), bound) for bound in bounds
        )

    def _tier(self, bound: int | None) -> PriceTier:
        return PriceTier(self._nano(), self._nano(), *(self._maybe() for _ in range(4)), bound)

    def _nano(self) -> int:
        """A price of up to nine decimals, round ones among them."""
        draw = self._draw
        return draw.choice((draw.randrange(10**11), draw.randrange(1_000) * 10**7, 0, 1))

    def _maybe(self) -> int | None:
        return self._nano() if self._draw.random() < 0.5 else None

    def _rule(self, model: str | None) -> CacheRuleFact:
        shares = [self._draw.choice((None, 0, 10**10, 2 * 10**10, 10**11, 125 * 10**9, 33_333_333_333)) for _ in "iew"]
        common = self._common(f"acme/rule/{model}", self._draw.choice((FROM_NS, CHANGE_NS)), None)
        return CacheRuleFact(**common, **dict(zip(_SHARES, shares, strict=True)), subject=Subject(FAMILY, model))

    def _windows(self) -> PeakWindowsFact:
        draw = self._draw
        hours = sorted(draw.sample(range(25), 4))
        return PeakWindowsFact(
            **self._common("acme/hours", FROM_NS, None),
            subject=Subject(FAMILY),
            zone=draw.choice(("Asia/Shanghai", "UTC", "Asia/Kolkata")),
            weekdays=tuple(sorted(draw.sample(range(1, 8), draw.randint(1, 7)))),
            windows_s=tuple((opens * 3_600, closes * 3_600) for opens, closes in (hours[:2], hours[2:])),
            holidays=draw.choice((None, "days")),
        )

    def _calendar(self) -> CalendarFact:
        first = date(2026, 3, 1) + timedelta(days=self._draw.randrange(150))
        spans = ((first, first + timedelta(days=self._draw.randrange(10))),)
        return CalendarFact(**self._common("days/2026", FROM_NS, UNTIL_NS), calendar="days", days_off=spans)

    def _aliases(self) -> list[AliasFact]:
        """`older` leads to `old`, which leads to `m` until it is retired, and perhaps again after."""
        draw = self._draw
        retired_ns = draw.randrange(FROM_NS, UNTIL_NS)
        alias, retired = AliasState.ALIAS, AliasState.RETIRED
        spans = [("old", "m", alias, FROM_NS, retired_ns), ("old", "m", retired, retired_ns, UNTIL_NS)]
        if draw.random() < 0.5:
            spans.append(("old", "m", alias, UNTIL_NS, None))
        spans.append(("older", "old", alias, draw.choice((FROM_NS, CHANGE_NS)), None))
        return [
            AliasFact(
                **self._common(f"acme/{name}/{begins}", begins, ends),
                subject=Subject(FAMILY, name),
                state=state,
                target=target,
            )
            for name, target, state, begins, ends in spans
        ]

    @staticmethod
    def _common(fact_id: str, begins: int, ends: int | None) -> dict[str, Any]:
        return {
            "id": fact_id,
            "effective_from_ns": begins,
            "effective_until_ns": ends,
            "source": "https://example.com",
            "checked_at_ns": FROM_NS,
            "confidence": Confidence.INFERRED,
        }


_SHARES = ("hit_implicit_nano_percent", "hit_explicit_nano_percent", "write_nano_percent")
