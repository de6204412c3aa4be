"""The facts behind the price of a row that was left in the flight recorder, found again in the facts of this start."""

from collections.abc import Callable

from routeproof.catalog.pricing.fact_sets import FactSet, fact_set_of
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.settings import Settings
from routeproof.ledger.entries import AttemptRow


def facts_behind(settings: Settings, prices: PriceBook) -> Callable[[AttemptRow, int], FactSet | None]:
    """A function from an attempt and its exchange's start to the facts that the attempt's digest stands for.

    None where the facts, or the provider's settings, have changed since: other facts have another digest.
    """

    def behind(row: AttemptRow, started_ns: int) -> FactSet | None:
        provider_name, _, model = row.route.partition("/")  # a very long route may be cut here, even before its slash
        provider = settings.providers.get(provider_name)
        if provider is None or provider.prices is None:
            return None
        sheet = prices.sheet(provider.prices, row.model_answered or model, provider.region)
        tariff = sheet.at(started_ns) if sheet is not None else None
        if sheet is None or tariff is None or tariff.digest != row.facts_digest:
            return None
        return fact_set_of(sheet.facts_behind(tariff), started_ns)

    return behind
