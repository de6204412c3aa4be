"""Costs to the last digit: against an oracle in fractions, over facts and usages drawn at random."""

from fractions import Fraction

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.price_oracle import PriceOracle, edges_of
from tests.support.random_facts import FAMILY, FactsDraw

from routeproof.catalog.pricing.fact_sets import PinnedPrices, fact_set_of
from routeproof.catalog.pricing.price_book import PriceBook, PriceSheet, Tariff
from routeproof.usage import Usage

EXAMPLES, SETS, USAGES = 20, 100, 10
"""Their product is how many facts and usages are priced: 20,000."""


@given(st.integers(0, 2**32))
@settings(max_examples=EXAMPLES, deadline=None)
def test_costs_equal_the_oracle_s(seed: int) -> None:
    """Tiers, cache hits and writes of both kinds, thinking, peak hours, holidays, aliases: known or unknown alike."""
    known = 0
    for number in range(SETS):
        draw = FactsDraw(seed * SETS + number)
        facts = draw.facts()
        oracle, edges = PriceOracle(facts, FAMILY), edges_of(facts)
        book = PriceBook.compile(facts)
        for _ in range(USAGES):
            name, at_ns, usage = draw.name(), draw.instant(edges), draw.usage(facts)
            sheet = book.sheet(FAMILY, name, None)
            tariff = sheet.at(at_ns) if sheet is not None else None
            for thinking in (False, True):
                cost = None if tariff is None else tariff.cost_nanousd(usage, thinking)
                assert cost == oracle.cost(name, at_ns, usage, thinking), (seed, number, name, at_ns, usage, thinking)
                assert cost is None or (type(cost) is int and cost >= 0)
                known += cost is not None
            if sheet is not None and tariff is not None:
                assert (tariff.currency == "USD") == bool(oracle.prices(name, at_ns))
    assert known > SETS * USAGES // 4, "hardly anything was priced"


def drawn(seed: int) -> tuple[PriceSheet, Tariff, Usage, int] | None:
    """A price with a usage; None where the draw gives none."""
    draw = FactsDraw(seed)
    facts = draw.facts()
    sheet = PriceBook.compile(facts).sheet(FAMILY, "m", None)
    at_ns = draw.instant(edges_of(facts))
    tariff = sheet.at(at_ns) if sheet is not None else None
    return None if sheet is None or tariff is None else (sheet, tariff, draw.usage(facts), at_ns)


GROWS = ("input_tokens", "output_tokens", "cache_hit_tokens", "cache_write_tokens")


@given(st.integers(0, 2**32), st.sampled_from(GROWS), st.integers(1, 100_000), st.booleans())
@settings(max_examples=300, deadline=None)
def test_more_tokens_of_a_kind_never_cost_less_within_a_tier(seed: int, grows: str, more: int, thinking: bool) -> None:
    """Whatever the prices; a part that grows makes its whole grow."""
    found = drawn(seed)
    if found is None:
        return
    _, tariff, usage, _ = found
    changes = {grows: getattr(usage, grows) + more}
    if grows.startswith("cache"):
        changes["input_tokens"] = usage.input_tokens + more
    grown = msgspec.structs.replace(usage, **changes)
    bounds = [tier.input_tokens_max for tier in tariff.tiers]
    if any(bound is not None and usage.input_tokens <= bound < grown.input_tokens for bound in bounds):
        return

    before, after = tariff.cost_nanousd(usage, thinking), tariff.cost_nanousd(grown, thinking)

    assert before is None or after is None or 0 <= before <= after


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=300, deadline=None)
def test_bills_hold_no_float_and_add_up(seed: int, thinking: bool) -> None:
    """Every price and amount is a fraction, exact; the sum is rounded once, and nothing in it is negative."""
    found = drawn(seed)
    if found is None:
        return
    _, tariff, usage, _ = found

    bill = tariff.itemise(usage, thinking)

    for line in bill.lines:
        assert (type(line.tokens), line.tokens >= 0) == (int, True)
        for value in (line.unit_price_nano, line.amount_nano):
            assert value is None or (type(value) is Fraction and value >= 0)
    if bill.cost_nanousd is not None:
        assert type(bill.cost_nanousd) is int
        assert bill.cost_nanousd == round(sum((line.amount_nano or Fraction(0) for line in bill.lines), Fraction(0)))


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=200, deadline=None)
def test_pinned_facts_give_the_same_cost(seed: int, thinking: bool) -> None:
    """What the ledger keeps is enough to work it out again."""
    found = drawn(seed)
    if found is None:
        return
    sheet, tariff, usage, at_ns = found
    kept = fact_set_of(sheet.facts_behind(tariff), at_ns)

    again = PinnedPrices(tariff.digest, kept.facts).at(at_ns)

    assert again is not None
    assert again.cost_nanousd(usage, thinking) == tariff.cost_nanousd(usage, thinking)
