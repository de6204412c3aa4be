"""Routes compared for a workload, as people and machines read it."""

from fractions import Fraction
from pathlib import Path

import pytest
from tests.support.tariffs import load
from tests.unit.operations.price_scene import RATE, desk_of, price

from routeproof.catalog.comparing.workload import RequestType, Workload
from routeproof.clock import parse_instant
from routeproof.operations.prices.candidates import bounds_of, candidate_of
from routeproof.operations.prices.comparing import Comparison, RoutePrice, compare_routes
from routeproof.operations.prices.priced_routes import PriceDesk

AT_NS = parse_instant("2026-11-24T12:00:00Z")
WORKLOAD = Workload(
    (
        load(100, 1_000, 200, hits_each=500, type=RequestType.CACHED),
        load(10, 40_000, 500, type=RequestType.LONG_CONTEXT),
        load(20, 600, 900, thinking=1, type=RequestType.THINKING),
    ),
    "workload.toml",
)
PLAIN = Workload((load(10, 1_000, 100),), "workload.toml")


@pytest.fixture(scope="module")
def desk() -> PriceDesk:
    """The shipped facts alone."""
    return PriceDesk(None)


def compare(desk: PriceDesk, *routes: str, workload: Workload = WORKLOAD, at_ns: int = AT_NS) -> Comparison:
    """Routes by name."""
    return compare_routes(desk, [candidate_of(desk, desk.route(name), at_ns) for name in routes], workload, at_ns)


def named(answer: Comparison, route: str) -> RoutePrice:
    """One route of an answer."""
    return next(one for one in answer.routes if one.route == route)


def test_the_answer_has_the_cost_of_each_type_and_of_all(desk: PriceDesk) -> None:
    """Exact to the nanodollar: the types add up."""
    answer = compare(desk, "deepseek@/deepseek-flash", "qwen@singapore/qwen3-max")
    flash = named(answer, "deepseek@/deepseek-flash")

    assert [one.type for one in flash.types] == ["long_context", "cached", "thinking"]
    assert [one.requests for one in flash.types] == [10, 100, 20]
    assert sum(Fraction(one.cost or "-1") for one in flash.types) == Fraction(flash.cost or "-1")
    for one in flash.types:
        each, whole = Fraction(one.cost_per_request or "-1"), Fraction(one.cost or "-1")
        assert abs(each - whole / one.requests) <= Fraction(1, 10**9)


def test_prices_per_million_are_never_one_alone(desk: PriceDesk) -> None:
    """Misses, hits and output, with hours and tiers in them, beside what all tokens cost."""
    answer = compare(desk, "deepseek@/deepseek-flash", "qwen@singapore/qwen3-max")
    flash, qwen = (named(answer, name) for name in ("deepseek@/deepseek-flash", "qwen@singapore/qwen3-max"))

    assert Fraction(flash.input_miss_per_1m or "0") == Fraction(
        round(Fraction(3, 20) * Fraction(203, 168) * 10**9), 10**9
    )
    assert (flash.peak_percent, qwen.peak_percent) == ("20.83", "0")
    assert [(tier.input_tokens_max, tier.percent) for tier in qwen.tier_mix] == [(32_000, "92.31"), (128_000, "7.69")]
    assert all((qwen.cache_hit_per_1m, qwen.output_per_1m, qwen.all_tokens_per_1m))


def test_the_cheapest_comes_first_and_by_how_much_is_told(desk: PriceDesk) -> None:
    """The next one's margin in percent."""
    answer = compare(desk, "qwen@singapore/qwen3-max", "deepseek@/deepseek-flash")
    first, second = (Fraction(one.cost or "0") for one in answer.routes)

    assert answer.cheapest == answer.routes[0].route == "deepseek@/deepseek-flash"
    assert abs(Fraction(answer.dearer_by_percent or "0") - (second / first - 1) * 100) < Fraction(1, 100)


def test_a_route_of_unknown_price_is_unknown_and_last(tmp_path: Path) -> None:
    """With its reason; the others are compared without it."""
    own = desk_of(tmp_path, price("m"), price("n", value='input = "3", output = "4", cache_hit = "0"'))
    answer = compare(own, "other/m", "acme/m", "acme/n", "acme/x")

    assert [(one.route, one.cost is None) for one in answer.routes] == [
        ("acme/n", False),
        ("acme/m", True),
        ("other/m", True),
        ("acme/x", True),
    ]
    assert [one.reason for one in answer.routes] == [
        None,
        "cache_hit_price_unknown",
        "no_price_facts",
        "no_price_in_force",
    ]
    assert answer.cheapest == "acme/n"
    assert (answer.inputs, answer.decides) == ([], None)


def test_where_no_price_is_known_there_is_no_answer(tmp_path: Path) -> None:
    """And no zero."""
    answer = compare(desk_of(tmp_path), "other/m")

    assert (answer.cheapest, answer.routes[0].cost, answer.dearer_by_percent) == (None, None, None)


def test_a_price_that_ends_within_the_week_is_unknown(tmp_path: Path) -> None:
    """The workload would be without one, and the instant is told."""
    own = desk_of(tmp_path, price("m", until="2026-11-28T00:00:00Z"))
    (one,) = compare(own, "acme/m").routes

    assert (one.cost, one.reason) == (None, "no_price_in_force")
    assert "2026-11-28T00:00:00.000Z" in (one.detail or "")


def test_held_facts_are_not_compared(tmp_path: Path) -> None:
    """Only the route that they price is unknown."""
    own = desk_of(tmp_path, price("m", checked="2026-01-01"), price("n"))
    answer = compare(own, "acme/m", "acme/n", workload=PLAIN)

    assert [(one.route, one.reason) for one in answer.routes] == [("acme/n", None), ("acme/m", "facts_held")]


def test_currencies_are_not_mixed_without_a_rate(tmp_path: Path) -> None:
    """One of yuan beside one of dollars is unknown; with a dated rate it is converted by it, and the fact named."""
    yuan = price("y", currency="CNY", value='input = "4", output = "8"')
    without = compare(desk_of(tmp_path, price("m"), yuan), "acme/m", "acme/y", workload=PLAIN)
    converted = compare(desk_of(tmp_path, price("m"), yuan, RATE), "acme/m", "acme/y", workload=PLAIN)

    assert named(without, "acme/y").reason == "currency_cny"
    assert converted.currency == "USD"
    assert named(converted, "acme/m").cost == "0.012"
    assert named(converted, "acme/y").cost == "0.006"
    assert "usd/cny" in named(converted, "acme/y").facts
    assert converted.cheapest == "acme/y"


def test_routes_of_one_currency_are_compared_in_it(tmp_path: Path) -> None:
    """Without a rate, for nothing is converted."""
    some = [price(name, currency="CNY", value=f'input = "{at}", output = "8"') for at, name in enumerate("yz", 4)]
    answer = compare(desk_of(tmp_path, *some), "acme/y", "acme/z", workload=PLAIN)

    assert (answer.currency, answer.cheapest, answer.routes[0].cost) == ("CNY", "acme/y", "0.048")


def test_what_decides_is_the_nearest_flip(tmp_path: Path) -> None:
    """1,000 in at 1 against 2, 100 out at 14 against 2: n is cheaper while over 83.3 tokens are written."""
    own = desk_of(
        tmp_path,
        price("m", value='input = "1", output = "14", cache_hit = "1"'),
        price("n", value='input = "2", output = "2", cache_hit = "2"'),
    )
    answer = compare(own, "acme/m", "acme/n", workload=PLAIN)
    output = next(one for one in answer.inputs if one.input == "output_tokens")

    assert answer.cheapest == "acme/n"
    assert (output.value, output.unit) == ("100", "tokens per request")
    assert answer.decides is not None
    assert (answer.decides.input, answer.decides.flip) == ("output_tokens", output.flips[0])
    assert (
        output.flips[0].when,
        output.flips[0].threshold,
        output.flips[0].threshold_exact,
        output.flips[0].route,
    ) == (
        "falls_below",
        "83.3",
        "250/3",
        "acme/m",
    )


def test_peak_hours_can_decide(desk: PriceDesk) -> None:
    """At noon in China, off-peak by night: the answer says at which share of peak requests it turns."""
    hours = tuple(int(hour % 24 in {14, 15, 16}) for hour in range(168))
    night = Workload((load(100, 1_000, 0, hours=hours),), "night.toml")
    answer = compare(desk, "deepseek@/deepseek-flash", "qwen@singapore/qwen3.8-flash", workload=night)
    peak = next(one for one in answer.inputs if one.input == "peak_share")

    assert peak.value == "0"
    assert named(answer, "deepseek@/deepseek-flash").peak_percent == "0"
    assert answer.cheapest == "deepseek@/deepseek-flash"
    assert [flip.route for flip in peak.flips] == ["qwen@singapore/qwen3.8-flash"]


def test_bounds_are_those_of_every_tier(desk: PriceDesk) -> None:
    """Of every candidate, in order."""
    some = [candidate_of(desk, desk.route(name), AT_NS) for name in ("qwen@singapore/qwen3-max", "deepseek@/nope")]

    assert bounds_of(some) == (32_000, 128_000, 256_000)


def test_stale_facts_are_told(desk: PriceDesk) -> None:
    """Once each."""
    answer = compare(desk, "qwen@singapore/qwen3-max", "qwen@singapore/qwen-flash")

    assert len(answer.stale) == len(set(answer.stale)) == 3
