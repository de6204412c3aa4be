"""Tariffs, loads and weeks made up of plain numbers, for tests of what is worked out from them."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from routeproof.catalog.comparing.comparison import Offer
from routeproof.catalog.comparing.inputs import Scene
from routeproof.catalog.comparing.week import HOUR_NS, Phase, spread_of
from routeproof.catalog.comparing.workload import HOURS_OF_WEEK, Load, RequestType
from routeproof.catalog.pricing.rates import Rate, TierRates
from routeproof.catalog.pricing.tariff import Tariff


def rate(nano: int | Fraction) -> Rate:
    """A rate that follows from one fact."""
    return Rate(Fraction(nano), ("price",))


def tier(input_nano: int | Fraction = 1_000, output_nano: int | Fraction = 4_000, **more: Any) -> TierRates:
    """A tier with a hit at a fifth of the input, unless told otherwise."""
    values = {
        "input": rate(input_nano),
        "output": rate(output_nano),
        "output_thinking": None,
        "hit_implicit": rate(Fraction(input_nano, 5)),
        "hit_explicit": rate(Fraction(input_nano, 10)),
        "write": rate(Fraction(input_nano) * 5 / 4),
        "input_tokens_max": None,
    }
    return TierRates(**{**values, **more})


def tariff(*tiers: TierRates, digest: str = "0123456789abcdef", currency: str = "USD") -> Tariff:
    """A tariff that always holds."""
    return Tariff(
        model="m",
        currency=currency,
        tiers=tiers or (tier(),),
        valid_from_ns=0,
        valid_until_ns=2**62,
        digest=digest,
        fact_ids=("price",),
        flags=(),
    )


def load(requests: int = 10, input_each: int = 1_000, output_each: int = 200, **more: Any) -> Load:
    """Plain requests that are all alike; `hits_each` and `writes_each` are part of the input."""
    return Load(
        type=more.get("type", RequestType.PLAIN),
        requests=requests,
        input_tokens_each=Fraction(input_each),
        input_tokens=Fraction(requests * input_each),
        output_tokens=Fraction(requests * output_each),
        hit_tokens=Fraction(requests * more.get("hits_each", 0)),
        write_tokens=Fraction(requests * more.get("writes_each", 0)),
        thinking=Fraction(more.get("thinking", 0)),
        explicit_cache=more.get("explicit_cache", False),
        hours=more.get("hours", (1,) * HOURS_OF_WEEK),
    )


def week(routes: Sequence[Sequence[Tariff]], peak_hours: int = 0) -> tuple[Phase, ...]:
    """A week whose first hours are peak: each route has one tariff, or one for the peak and one for the rest."""
    hours = [(hour, HOUR_NS) for hour in range(HOURS_OF_WEEK)]
    parts = [(True, hours[:peak_hours])] if peak_hours else []
    parts.append((False, hours[peak_hours:]))
    return tuple(
        Phase(
            tuple(tariffs[0] if peak else tariffs[-1] for tariffs in routes),
            tuple(peak and len(tariffs) > 1 for tariffs in routes),
            tuple(part),
        )
        for peak, part in parts
    )


def scene_of(loads: Sequence[Load], phases: tuple[Phase, ...]) -> Scene:
    """Loads spread over a week by their own hours."""
    return Scene(tuple(spread_of(one, phases) for one in loads), phases)


def offers(phases: Sequence[Phase]) -> tuple[Offer, ...]:
    """The routes of a week, called a, b, c ..."""
    return tuple(
        Offer(
            chr(ord("a") + at),
            tuple(phase.tariffs[at] for phase in phases),
            tuple(phase.peaks[at] for phase in phases),
        )
        for at in range(len(phases[0].tariffs))
    )
