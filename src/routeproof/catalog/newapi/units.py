"""The units of the new-api family of gateways: ratios and quota, to and from US dollars, exactly.

A model ratio of 1 is 2 dollars per 1,000,000 input tokens in a group whose ratio is 1; output costs that times the
completion ratio, cached input times the cache ratio, input written to a cache times the create ratio. One dollar is
500,000 quota. QuantumNous/new-api, `service/text_quota.go` at 00899e66, read 2026-11-24: ratios are multiplied as
decimals, and the sum is rounded once, half away from zero.
"""

from fractions import Fraction
from typing import Final

import msgspec

from routeproof.money import NANO_PER_UNIT, TOKENS_PER_PRICE_UNIT
from routeproof.usage import Usage

QUOTA_PER_USD: Final = 500_000
NANOUSD_PER_QUOTA: Final = NANO_PER_UNIT // QUOTA_PER_USD
NANO_PER_RATIO: Final = NANOUSD_PER_QUOTA * TOKENS_PER_PRICE_UNIT
"""What a model ratio of 1 costs: 2 dollars, in nanodollars per 1,000,000 tokens."""
UNVERIFIABLE_BY_RATIO: Final = "unverifiable by ratio"
"""What is said of a row that is billed by an expression (`billing_mode: tiered_expr`): its ratios are no price."""


class Ratios(msgspec.Struct, frozen=True):
    """How a gateway bills a model by tokens. None: it does not say, which is not 0."""

    model: Fraction
    completion: Fraction
    cache: Fraction | None = None
    create_cache: Fraction | None = None


class TokenPrices(msgspec.Struct, frozen=True):
    """Exact prices in nanodollars per 1,000,000 tokens. None: not stated."""

    input_nano: Fraction
    output_nano: Fraction
    cache_hit_nano: Fraction | None = None
    cache_write_nano: Fraction | None = None


def prices_of(ratios: Ratios, group_ratio: Fraction) -> TokenPrices:
    """What tokens cost by these ratios in a group of that ratio."""
    unit = ratios.model * group_ratio * NANO_PER_RATIO
    return TokenPrices(
        input_nano=unit,
        output_nano=unit * ratios.completion,
        cache_hit_nano=None if ratios.cache is None else unit * ratios.cache,
        cache_write_nano=None if ratios.create_cache is None else unit * ratios.create_cache,
    )


def ratios_of(prices: TokenPrices, group_ratio: Fraction) -> Ratios:
    """The ratios that give these prices in a group of that ratio.

    Raises ValueError where none do: everything is a multiple of the input price, so it can't be 0 where another is
    not, and neither can the group ratio.
    """
    if group_ratio <= 0:
        raise ValueError("the group ratio is not above 0; no price can be told from it")
    unit = prices.input_nano
    parts = (prices.output_nano, prices.cache_hit_nano, prices.cache_write_nano)
    if not unit and any(parts):
        raise ValueError("the input price is 0 and another is not; no ratio can say that")
    completion, cache, create = (None if part is None else _times(part, unit) for part in parts)
    assert completion is not None
    return Ratios(unit / (group_ratio * NANO_PER_RATIO), completion, cache, create)


def call_price_nano(model_price: Fraction, group_ratio: Fraction) -> Fraction:
    """Nanodollars for one call of a model that is billed by calls (`quota_type` 1)."""
    return model_price * group_ratio * NANO_PER_UNIT


def model_price_of(call_nano: Fraction, group_ratio: Fraction) -> Fraction:
    """The `model_price` by which one call costs so many nanodollars. Raises ValueError for a group ratio of 0."""
    if group_ratio <= 0:
        raise ValueError("the group ratio is not above 0; no price can be told from it")
    return call_nano / (group_ratio * NANO_PER_UNIT)


def quota_of_usage(usage: Usage, ratios: Ratios, group_ratio: Fraction) -> int | None:
    """The quota that a usage costs: at least 1 where it is not free, 0 for no tokens.

    None where it has tokens of a kind whose ratio is unknown.
    """
    weighted = Fraction(max(0, usage.input_tokens - usage.cache_hit_tokens - usage.cache_write_tokens))
    for tokens, ratio in (
        (usage.cache_hit_tokens, ratios.cache),
        (usage.cache_write_tokens, ratios.create_cache),
        (usage.output_tokens, ratios.completion),
    ):
        if tokens and ratio is None:
            return None
        weighted += tokens * (ratio or 0)
    return _billed(weighted * ratios.model * group_ratio, ratios.model * group_ratio, usage)


def quota_of_call(model_price: Fraction, group_ratio: Fraction) -> int:
    """The quota that one call costs where a model is billed by calls."""
    return _half_up(model_price * group_ratio * QUOTA_PER_USD)


def nanousd_of_quota(quota: int) -> int:
    """Nanodollars of an amount of quota; exact, for one quota is 2,000 of them."""
    return quota * NANOUSD_PER_QUOTA


def quota_of_nanousd(amount_nanousd: int) -> Fraction:
    """Quota of an amount of nanodollars, which may be a part of one."""
    return Fraction(amount_nanousd, NANOUSD_PER_QUOTA)


def _times(part: Fraction, unit: Fraction) -> Fraction:
    return part / unit if unit else Fraction(0)


def _billed(exact: Fraction, ratio: Fraction, usage: Usage) -> int:
    if not ratio or not usage.input_tokens + usage.output_tokens:
        return 0
    return max(1, _half_up(exact))


def _half_up(amount: Fraction) -> int:
    """Half away from zero; amounts are never negative here."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
