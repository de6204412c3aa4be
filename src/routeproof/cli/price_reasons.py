"""Why a price or a cost is unknown, in words that say what to do."""

from typing import Final

_REASONS: Final = {
    "no_price_facts": "the provider has no price list; give it one with `prices` in the configuration",
    "model_retired": "the name is retired: requests with it are refused; ask for its successor",
    "no_price_in_force": "no fact states a price for this model, in this region, at this instant; "
    "`routeproof facts list` shows what is known",
    "facts_held": "the facts are too old to quote by",
    "input_over_last_tier": "a request has more input than the last tier bills",
    "cache_hit_price_unknown": "no fact states what a cache hit costs here",
    "cache_write_price_unknown": "no fact states what a cache write costs here",
    "parts_exceed_whole": "hits and writes are more than the input; correct the usage",
}


def reason_text(reason: str) -> str:
    """A sentence for a stable word; the word itself where it says enough."""
    if reason.startswith("currency_"):
        currency = reason.removeprefix("currency_").upper()
        return f"the price is in {currency}, which is not converted; add an exchange_rate fact"
    if reason.startswith("usage_"):
        return f"the usage object can't be trusted ({reason.removeprefix('usage_')}); docs/providers.md lists the words"
    return _REASONS.get(reason, reason)
