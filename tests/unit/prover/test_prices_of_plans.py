"""`prover/prices.py`: the prices that a plan carries, and how judges read them."""

import msgspec
import pytest
from tests.support.hand_made_runs import CREATED, MODEL, plan_of, shipped_prices

from routeproof.catalog.kinds import Facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import NS_PER_S, parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.errors import PinnedFactsError
from routeproof.evidence.plan import PlannedPrices
from routeproof.prover.prices import PriceList, declared_prices, planned_prices, price_at_start

HOUR_NS = 3_600 * NS_PER_S
AT_NS = parse_instant(CREATED)
SHEET = PriceBook.compile(load_facts()).sheet("deepseek", MODEL, None)


def test_every_price_of_the_next_day_is_carried() -> None:
    """DeepSeek's peak and off-peak prices on a working day, and each once."""
    assert [one.digest for one in planned_prices(SHEET, AT_NS)] == ["e2df96ebbf15b186", "dc6b2f4983d1631e"]


def test_the_price_at_an_hour_is_the_ledgers_own() -> None:
    """Whichever of them is in force."""
    assert SHEET is not None
    prices = PriceList(planned_prices(SHEET, AT_NS))

    for hour in range(24):
        now_ns = AT_NS + hour * HOUR_NS
        tariff, price = SHEET.at(now_ns), prices.at(now_ns)
        assert tariff is not None and price is not None
        assert (price.digest, price.facts) == (tariff.digest, tuple(sorted(price.facts, key=lambda fact: fact.id)))


def test_a_price_that_begins_later_is_carried_too() -> None:
    """Hours without a price are gone through one by one."""
    facts = load_facts()
    soon = [
        msgspec.structs.replace(fact, effective_from_ns=AT_NS + 10 * HOUR_NS)
        for fact in facts.prices
        if fact.subject.model == "qwen-flash" and "singapore" in fact.subject.regions
    ]
    sheet = PriceBook.compile(Facts(prices=tuple(soon))).sheet("qwen", "qwen-flash", "singapore")

    assert len(planned_prices(sheet, AT_NS)) == 1
    assert planned_prices(sheet, AT_NS - 20 * HOUR_NS) == ()


def test_the_edges_of_the_tiers_are_declared_for_the_cases() -> None:
    """As names joined by commas; none where the price has one tier."""
    tiered = shipped_prices("qwen", "qwen-plus", "singapore")

    assert declared_prices(tiered, AT_NS) == {"price.tier-edges": "256000"}
    assert declared_prices(shipped_prices(), AT_NS) == {"price.tier-edges": ""}
    assert declared_prices((), AT_NS) == {"price.tier-edges": ""}


@pytest.mark.parametrize(
    "prices",
    [(), (PlannedPrices(digest="0" * 16, facts="[]"),), shipped_prices("qwen", "qwen-turbo", "beijing")],
)
def test_a_plan_without_a_price_in_dollars_has_none_to_compare_by(prices: tuple[PlannedPrices, ...]) -> None:
    """Whether there is none, it was touched, or it is in another currency."""
    assert price_at_start(plan_of("U05", prices=prices)) is None


def test_facts_that_can_not_be_read_are_refused() -> None:
    """Even where their digest is right."""
    with pytest.raises(PinnedFactsError):
        PriceList([PlannedPrices(digest="4f53cda18c2baa0c", facts="{}")])
