"""The most that an exchange can have cost, worked out after the fact from what was noted before its dispatch."""

from collections.abc import Callable

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.settings import Settings
from routeproof.ids import split_route
from routeproof.ledger.entries import OpenExchange


def bound_of(settings: Settings, prices: PriceBook) -> Callable[[OpenExchange], int | None]:
    """A function from an open exchange to its upper bound in nanodollars, None where no bound is known.

    Every route that was tried may have billed the whole request: the bounds of all of them are added up. A token is
    at least one byte of the request, so the request's size bounds its input tokens.
    """

    def bound(opened: OpenExchange) -> int | None:
        if opened.max_output_tokens is None:
            return None
        total = 0
        for route in opened.routes:
            provider_name, model = split_route(route)
            provider = settings.providers.get(provider_name)
            if provider is None or provider.prices is None:
                return None
            sheet = prices.sheet(provider.prices, model, provider.region)
            tariff = sheet.at(opened.started_ns) if sheet is not None else None
            cost = tariff.cost_bound_nanousd(opened.request_bytes, opened.max_output_tokens) if tariff else None
            if cost is None:
                return None
            total += cost
        return total

    return bound
