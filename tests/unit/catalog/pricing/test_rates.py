"""Rates of a tier: its own prices first, then what the cache rule says, else unknown."""

from collections.abc import Callable
from fractions import Fraction

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.pricing.rates import Rate, TierRates, tier_rates

FactText = Callable[..., str]


def only_tier(text: str) -> TierRates:
    """The rates of a file with one price of one tier."""
    facts = parse_facts(text, "prices.toml")
    (tier,) = tier_rates(facts.prices[0], facts.cache_rules[0] if facts.cache_rules else None)
    return tier


def test_a_cache_rule_fills_what_the_price_leaves_open(fact: FactText) -> None:
    """Parts of the input price, exact beyond nano-units, with both facts named."""
    value = '[{ input = "0.000000007", output = "2" }]'

    tier = only_tier(fact(value=value) + fact("cache_rule"))

    assert tier.hit_implicit == Rate(Fraction(7, 5), ("acme/m", "acme/cache_rule"))
    assert tier.hit_explicit == Rate(Fraction(7, 10), ("acme/m", "acme/cache_rule"))
    assert tier.write == Rate(Fraction(35, 4), ("acme/m", "acme/cache_rule"))


def test_prices_of_its_own_win_over_the_rule(fact: FactText) -> None:
    """One stated hit price is meant for every hit."""
    value = '[{ input = "1", output = "2", cache_hit = "0.5", cache_write = "0" }]'

    tier = only_tier(fact(value=value) + fact("cache_rule"))

    assert tier.hit_implicit == tier.hit_explicit == Rate(Fraction(500_000_000), ("acme/m",))
    assert tier.write == Rate(Fraction(0), ("acme/m",))


def test_an_explicit_hit_may_have_a_price_of_its_own(fact: FactText) -> None:
    """It doesn't change what an implicit hit costs."""
    value = '[{ input = "1", output = "2", cache_hit_explicit = "0.25" }]'

    tier = only_tier(fact(value=value) + fact("cache_rule"))

    assert tier.hit_explicit is not None
    assert tier.hit_implicit is not None
    assert (tier.hit_explicit.nano, tier.hit_implicit.nano) == (250_000_000, 200_000_000)


def test_what_no_fact_states_is_unknown(fact: FactText) -> None:
    """Unknown is None, never zero and never the input price."""
    tier = only_tier(fact())

    assert (tier.hit_implicit, tier.hit_explicit, tier.write, tier.output_thinking) == (None, None, None, None)
    assert tier.stated() == (tier.input, tier.output)


def test_a_rule_may_state_one_part_only(fact: FactText) -> None:
    """The others stay unknown."""
    tier = only_tier(fact() + fact("cache_rule", value='{ write = "100" }'))

    assert tier.write is not None
    assert tier.write.nano == tier.input.nano
    assert tier.hit_implicit is None
