"""What tokens cost while a run lasts."""

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.prover.engine.pricing import pricing_of
from routeproof.prover.prices import tariffs_ahead
from routeproof.usage import Usage

DAY_NS = parse_instant("2026-10-20T00:00:00Z")
SHEET = PriceBook.compile(load_facts(())).sheet("deepseek", "deepseek-flash", None)
TARIFFS = tariffs_ahead(SHEET, DAY_NS)


def test_the_bound_is_that_of_the_dearest_hour() -> None:
    """A plan does not know when each request will be sent."""
    bounds = [one.cost_bound_nanousd(1000, 100) for one in TARIFFS]
    assert len(set(bounds)) > 1, "the day must have peak hours for this to show anything"

    assert pricing_of(TARIFFS).bound_nanousd(1000, 100) == max(bound for bound in bounds if bound is not None)


def test_a_cost_is_that_of_its_own_hour() -> None:
    """By the tariff in force then."""
    pricing, usage = pricing_of(TARIFFS), Usage(1000, 100)

    for one in TARIFFS:
        at_ns = max(one.valid_from_ns, DAY_NS)
        assert pricing.cost_nanousd(usage, at_ns, thinking=False) == one.cost_nanousd(usage, False)


def test_outside_all_known_hours_a_cost_is_taken_at_its_bound() -> None:
    """A run that lasts longer than planned is not free."""
    pricing = pricing_of(TARIFFS)

    assert pricing.cost_nanousd(Usage(1000, 100), 0, thinking=False) == pricing.bound_nanousd(1000, 100)


def test_without_a_price_in_dollars_nothing_is_known() -> None:
    """And it says why."""
    foreign = PriceBook.compile(load_facts(())).sheet("deepseek", "deepseek-flash", None, currency="CNY")
    in_yuan = pricing_of(tariffs_ahead(foreign, DAY_NS))

    assert pricing_of(()).unknown == "no fact states what this route costs"
    assert pricing_of(()).bound_nanousd(1, 1) is None
    assert in_yuan.bound_nanousd(1, 1) is None
    assert in_yuan.unknown is not None
