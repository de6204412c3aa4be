"""What requests have to cost: exact fractions over the tariff's itemised rates, not the gateway's own arithmetic."""

from collections.abc import Mapping
from fractions import Fraction

from routeproof.catalog.pricing.price_book import PriceBook, Tariff
from routeproof.catalog.pricing.rates import Rate, TierRates
from routeproof.catalog.pricing.tariff import PAYABLE_CURRENCY
from routeproof.config.settings import ProviderSettings
from routeproof.money import TOKENS_PER_PRICE_UNIT
from routeproof.usage import Usage


class Tariffs:
    """The tariff of each route at any instant, drawn from the price book for every question anew."""

    def __init__(self, prices: PriceBook, providers: Mapping[str, ProviderSettings]) -> None:
        self._prices = prices
        self._providers = providers

    def of(self, route: str, wall_ns: int, *, answered: str | None = None) -> Tariff | None:
        """The tariff of the model that answered, or of the route's own; None where no fact states one."""
        name, _, model = route.partition("/")
        provider = self._providers[name]
        if provider.prices is None:
            return None
        sheet = self._prices.sheet(provider.prices, answered or model, provider.region)
        return None if sheet is None else sheet.at(wall_ns)


def exact_cost(tariff: Tariff, usage: Usage, *, thinking: bool) -> int | None:
    """Nanodollars, rounded half-even once; None where a rate that it needs is not stated in dollars."""
    tier = next((tier for tier in tariff.tiers if _reaches(tier, usage.input_tokens)), None)
    if tier is None or tariff.currency != PAYABLE_CURRENCY:
        return None
    hit = tier.hit_explicit if usage.explicit_cache else tier.hit_implicit
    lines: tuple[tuple[int, Rate | None], ...] = (
        (usage.input_tokens - usage.cache_hit_tokens - usage.cache_write_tokens, tier.input),
        (usage.cache_hit_tokens, hit),
        (usage.cache_write_tokens, tier.write),
        (usage.output_tokens, tier.output_thinking if thinking and tier.output_thinking else tier.output),
    )
    total = Fraction(0)
    for tokens, rate in lines:
        if tokens and rate is None:
            return None
        total += tokens * rate.nano if rate is not None else 0
    return round(total / TOKENS_PER_PRICE_UNIT)


def exact_ceiling(tariff: Tariff, request_bytes: int, max_tokens: int) -> int | None:
    """The most that a request can cost: a token for each byte of it, at the dearest rates of any tier they reach."""
    if tariff.currency != PAYABLE_CURRENCY:
        return None
    worst = Fraction(0)
    for tier in tariff.tiers:
        inputs = (tier.input, tier.hit_implicit, tier.hit_explicit, tier.write)
        dearest_input = max(rate.nano for rate in inputs if rate is not None)
        dearest_output = max(rate.nano for rate in (tier.output, tier.output_thinking) if rate is not None)
        worst = max(worst, request_bytes * dearest_input + max_tokens * dearest_output)
        if _reaches(tier, request_bytes):
            break
    return round(worst / TOKENS_PER_PRICE_UNIT)


def _reaches(tier: TierRates, input_tokens: int) -> bool:
    return tier.input_tokens_max is None or input_tokens <= tier.input_tokens_max
