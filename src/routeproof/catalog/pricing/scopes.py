"""Which price to take where a region has several deployment scopes and nobody says which one is used."""

from collections.abc import Sequence

from routeproof.catalog.kinds import PriceFact, PriceTier


def dearest(prices: Sequence[PriceFact]) -> tuple[PriceFact | None, bool]:
    """The price, and whether it is assumed: of several deployment scopes the one that is dearest throughout.

    Where neither is, nothing can be assumed and the price is None.
    """
    if len(prices) == 1:
        return prices[0], False
    for price in prices:
        if all(_covers(price, other) for other in prices):
            return price, not all(_covers(other, price) for other in prices)
    return None, False


def _covers(price: PriceFact, other: PriceFact) -> bool:
    """Whether no usage costs less at the first price than at the other."""
    bounds = [tier.input_tokens_max for tier in price.tiers]
    if bounds != [tier.input_tokens_max for tier in other.tiers]:
        return False
    return all(map(_tier_covers, price.tiers, other.tiers))


def _tier_covers(tier: PriceTier, other: PriceTier) -> bool:
    pairs = (
        (tier.input_nano, other.input_nano),
        (tier.output_nano, other.output_nano),
        (_thinking(tier), _thinking(other)),
        (tier.cache_hit_nano, other.cache_hit_nano),
        (tier.cache_hit_explicit_nano, other.cache_hit_explicit_nano),
        (tier.cache_write_nano, other.cache_write_nano),
    )
    return all(ours == theirs or (ours is not None and theirs is not None and ours > theirs) for ours, theirs in pairs)


def _thinking(tier: PriceTier) -> int:
    return tier.output_nano if tier.output_thinking_nano is None else tier.output_thinking_nano
