"""What flips the cheapest route: every flip is shown by pricing the workload anew on both sides of it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.tariffs import load, offers, rate, scene_of, tariff, tier, week

from routeproof.catalog.comparing.comparison import Offer, Unknown, cost_of
from routeproof.catalog.comparing.inputs import Input, Scene, moved
from routeproof.catalog.comparing.sensitivity import Flip, Reach, cheapest, nearest, sensitivity
from routeproof.catalog.comparing.workload import HOURS_OF_WEEK, Load
from routeproof.catalog.pricing.rates import TierRates
from routeproof.catalog.pricing.tariff import Tariff

STEP = Fraction(1, 10**15)
"""Less than any distance between two thresholds of the numbers that are drawn."""


def costs(scene: Scene, some: tuple[Offer, ...], of: Input, value: Fraction) -> dict[str, Fraction]:
    """Every known cost with another value of an input."""
    spreads = moved(scene, of, value)
    found = {offer.route: cost_of(offer, spreads) for offer in some}
    return {route: cost for route, cost in found.items() if not isinstance(cost, Unknown)}


def assert_flips(scene: Scene, some: tuple[Offer, ...], best: str, reach: Reach, flip: Flip) -> None:
    """Just before the threshold the best is as cheap as any; just beyond it the other is cheaper, and cheapest."""
    ahead = STEP if flip.rises else -STEP
    beyond = costs(scene, some, reach.input, flip.threshold + ahead)
    if flip.threshold != reach.value:  # else there may be nothing before it: a share of one can't be exceeded
        before = costs(scene, some, reach.input, flip.threshold - ahead)
        assert before[best] == min(before.values())
    assert beyond[flip.route] == min(beyond.values()) < beyond[best]
    at = costs(scene, some, reach.input, flip.threshold)
    assert flip.included == (at[best] != min(at.values()))


def assert_holds(scene: Scene, some: tuple[Offer, ...], best: str, reach: Reach) -> None:
    """Everywhere that was looked at and short of the flips, the best stays as cheap as any."""
    for part in range(1, 24):
        value = reach.low + (reach.high - reach.low) * Fraction(part, 24)
        if value != reach.low and value != reach.high:
            known = costs(scene, some, reach.input, value)
            assert known[best] == min(known.values())


@st.composite
def tier_lists(draw: st.DrawFn) -> tuple[TierRates, ...]:
    """One or two tiers of prices that are near each other, some of them missing."""
    prices = st.integers(1, 40)
    maybe = st.one_of(st.none(), prices.map(rate))
    bounds = [draw(st.sampled_from([500, 1_000, 2_500])), None] if draw(st.booleans()) else [None]
    return tuple(
        TierRates(rate(draw(prices)), rate(draw(prices)), *(draw(maybe) for _ in range(4)), bound) for bound in bounds
    )


@st.composite
def load_lists(draw: st.DrawFn) -> list[Load]:
    """One to three loads of tokens that are near the tiers' bounds."""
    some = []
    for _ in range(draw(st.integers(1, 3))):
        hits = draw(st.sampled_from([0, 0, 100, 400]))
        hours = tuple(draw(st.sampled_from([(1,) * 168, (1,) * 50 + (0,) * 118, (0,) * 50 + (1,) * 118])))
        some.append(
            load(
                draw(st.integers(1, 20)),
                hits + draw(st.sampled_from([100, 500, 1_000, 2_000])),
                draw(st.sampled_from([0, 50, 400])),
                hits_each=hits,
                thinking=draw(st.sampled_from([0, Fraction(1, 2), 1])),
                hours=hours,
            )
        )
    return some


@given(
    load_lists(),
    st.lists(st.lists(tier_lists(), min_size=1, max_size=2), min_size=2, max_size=3),
    st.integers(1, HOURS_OF_WEEK - 1),
)
def test_every_flip_is_one_and_nothing_else_flips(
    some: list[Load], routes: list[list[tuple[TierRates, ...]]], peak_hours: int
) -> None:
    """On random workloads and prices, by pricing the workload again around each threshold and in between."""
    tariffs: list[list[Tariff]] = [
        [tariff(*tiers, digest=f"{route}{part}") for part, tiers in enumerate(parts)]
        for route, parts in enumerate(routes)
    ]
    phases = week(tariffs, peak_hours)
    scene = scene_of(some, phases)
    known = tuple(offer for offer in offers(phases) if not isinstance(cost_of(offer, scene.spreads), Unknown))
    reaches = sensitivity(scene, offers(phases))
    best = cheapest((offer.route, cost_of(offer, scene.spreads)) for offer in known)

    for reach in reaches:
        assert best is not None
        assert reach.low <= reach.value <= reach.high
        assert_holds(scene, known, best, reach)
        for flip in (reach.below, reach.above):
            if flip is not None:
                assert_flips(scene, known, best, reach, flip)


def reach_of(reaches: tuple[Reach, ...], of: Input) -> Reach:
    """The reach of one input."""
    return next(reach for reach in reaches if reach.input is of)


def test_the_cache_share_flips_where_the_lines_cross() -> None:
    """Misses at 10 against 8, hits at 1 against 4: equal where 10 - 9 x = 8 - 4 x, at 40 %."""
    routes = [[tariff(tier(10, 5, hit_implicit=rate(1)))], [tariff(tier(8, 5, hit_implicit=rate(4)), digest="b")]]
    phases = week(routes)
    reach = reach_of(sensitivity(scene_of([load(hits_each=700)], phases), offers(phases)), Input.CACHE_SHARE)

    assert (reach.value, reach.low, reach.high) == (Fraction(7, 10), Fraction(2, 5), 1)
    assert (reach.below, reach.above) == (Flip(Fraction(2, 5), False, False, "b"), None)


def test_the_peak_share_flips_where_the_lines_cross() -> None:
    """10 off-peak and 20 at peak against 13 at any hour: equal where 10 + 10 x = 13, at 30 %."""
    routes = [[tariff(tier(20, 20), digest="p"), tariff(tier(10, 10), digest="o")], [tariff(tier(13, 13), digest="b")]]
    phases = week(routes, peak_hours=35)
    reach = reach_of(sensitivity(scene_of([load()], phases), offers(phases)), Input.PEAK_SHARE)

    assert reach.value == Fraction(35, 168)
    assert reach.above == Flip(Fraction(3, 10), True, False, "b")


def test_more_output_flips_where_the_lines_cross() -> None:
    """1,000 tokens in at 10 against 12, each out at 50 against 40: equal at 200 out."""
    phases = week([[tariff(tier(10, 50))], [tariff(tier(12, 40), digest="b")]])
    reach = reach_of(sensitivity(scene_of([load(10, 1_000, 100)], phases), offers(phases)), Input.OUTPUT_TOKENS)

    assert reach.above == Flip(Fraction(200), True, False, "b")
    assert reach.low == 0


def test_a_tier_flips_in_one_step() -> None:
    """Over the bound itself: at the bound the request is in the lower tier still."""
    tiered = tariff(tier(10, 10, input_tokens_max=2_000), tier(30, 30))
    phases = week([[tiered], [tariff(tier(12, 12), digest="b")]])
    reaches = sensitivity(scene_of([load(10, 1_000)], phases), offers(phases))

    assert reach_of(reaches, Input.INPUT_TOKENS).above == Flip(Fraction(2_000), True, False, "b")


def test_coming_down_to_a_bound_flips_at_the_bound() -> None:
    """It is in the lower, cheaper tier."""
    tiered = tariff(tier(10, 10, input_tokens_max=2_000), tier(30, 30))
    phases = week([[tiered], [tariff(tier(12, 12), digest="b")]])
    reaches = sensitivity(scene_of([load(10, 4_000)], phases), offers(phases))

    assert reach_of(reaches, Input.INPUT_TOKENS).below == Flip(Fraction(2_000), False, True, "a")


def test_what_is_dearer_in_every_way_flips_nothing() -> None:
    """And so nothing decides; every input was looked at to its end."""
    phases = week([[tariff(tier(1, 2))], [tariff(tier(2, 4), digest="b")]])
    reaches = sensitivity(scene_of([load()], phases), offers(phases))

    assert [(reach.below, reach.above) for reach in reaches] == [(None, None)] * 4
    assert reach_of(reaches, Input.CACHE_SHARE).high == 1
    assert reach_of(reaches, Input.OUTPUT_TOKENS).high == 2_000
    assert nearest(reaches) is None


def test_nothing_is_said_beyond_a_last_tier() -> None:
    """Where the cheapest has no price any more, the looking ends."""
    phases = week([[tariff(tier(1, 2, input_tokens_max=3_000))], [tariff(tier(2, 4), digest="b")]])
    reach = reach_of(sensitivity(scene_of([load()], phases), offers(phases)), Input.INPUT_TOKENS)

    assert (reach.high, reach.above) == (3_000, None)


def test_one_route_alone_is_compared_with_nothing() -> None:
    """Nor is one beside a route of unknown cost."""
    phases = week([[tariff()], [tariff(tier(1, 1, input_tokens_max=10), digest="b")]])

    assert sensitivity(scene_of([load()], phases), offers(phases)) == ()


@pytest.mark.parametrize(("thinking", "rises", "route"), [(0, True, "b"), (1, False, "a")])
def test_thinking_decides_where_it_is_priced_apart(thinking: int, rises: bool, route: str) -> None:
    """Plain output at 10 and thinking output at 90 against 30 for both: equal at a quarter, from either side."""
    routes = [[tariff(tier(1, 10, output_thinking=rate(90)))], [tariff(tier(1, 30), digest="b")]]
    phases = week(routes)
    reach = reach_of(sensitivity(scene_of([load(thinking=thinking)], phases), offers(phases)), Input.THINKING_SHARE)

    assert [flip for flip in (reach.below, reach.above) if flip] == [Flip(Fraction(1, 4), rises, False, route)]


def test_the_least_change_decides() -> None:
    """A share by its points, tokens by how many times they are what they were."""
    far = Reach(
        Input.CACHE_SHARE, Fraction(1, 2), Fraction(0), Fraction(1), Flip(Fraction(1, 10), False, False, "b"), None
    )
    near = Reach(
        Input.OUTPUT_TOKENS, Fraction(200), Fraction(0), Fraction(9), None, Flip(Fraction(220), True, False, "c")
    )

    assert nearest([far, near]) == (near, near.above)
