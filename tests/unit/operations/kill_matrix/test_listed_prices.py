"""What the simulated gateway asks becomes facts, to the last digit."""

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import parse_instant
from routeproof.operations.kill_matrix.listed_prices import FAMILY, listed_prices
from routeproof.simulator.newapi_prices import QUOTA_PER_DOLLAR, RATIOS, Counts, quota
from routeproof.usage import Usage

AT_NS = parse_instant("2026-11-24T12:00:00Z")


def test_every_model_costs_what_the_gateway_takes() -> None:
    """A million tokens in and out, in its unit of account and by the facts."""
    book = PriceBook.compile(parse_facts(listed_prices(AT_NS), "listed"))
    million = 1_000_000

    for model, ratios in RATIOS.items():
        sheet = book.sheet(FAMILY, model, None)
        assert sheet is not None, model
        tariff = sheet.at(AT_NS)
        assert tariff is not None, model
        taken = quota(Counts(prompt=million, completion=million), ratios)
        assert tariff.cost_nanousd(Usage(million, million), False) == taken * 10**9 // QUOTA_PER_DOLLAR
