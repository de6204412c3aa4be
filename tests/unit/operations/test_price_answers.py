"""What a route costs at an instant, with the facts behind every line."""

from pathlib import Path

import pytest
from tests.unit.operations.price_scene import desk_of, price

from routeproof.clock import parse_instant
from routeproof.errors import FactsHeld
from routeproof.operations.prices.answers import PriceAnswer, PriceTable, prices_of
from routeproof.operations.prices.priced_routes import PriceDesk

NOON = "2026-11-24T12:00:00Z"


@pytest.fixture(scope="module")
def desk() -> PriceDesk:
    """The shipped facts alone."""
    return PriceDesk(None)


def answer(desk: PriceDesk, route: str, at: str = NOON, *, history: bool = False) -> PriceAnswer:
    """The prices of a route."""
    return prices_of(desk, desk.route(route), parse_instant(at), history=history)


def by_part(table: PriceTable) -> dict[tuple[int | None, str], str]:
    """Every price by its tier's bound and its part."""
    return {(line.input_tokens_max, line.part): line.price for line in table.lines}


def test_each_currency_has_a_list_of_its_own(desk: PriceDesk) -> None:
    """The dollars first, and the yuan as they are stated: no conversion."""
    usd, cny = answer(desk, "deepseek@/deepseek-flash").tables

    assert (usd.currency, cny.currency) == ("USD", "CNY")
    assert by_part(usd)[None, "input"] == "0.15"
    assert by_part(cny)[None, "input"] == "1"


@pytest.mark.parametrize(
    ("at", "hours", "change", "then"),
    [
        (NOON, "off_peak", "2026-11-25T01:00:00.000Z", "peak"),
        ("2026-11-24T01:00:00Z", "peak", "2026-11-24T04:00:00.000Z", "off_peak"),
        ("2026-11-27T10:00:00Z", "off_peak", "2026-11-30T01:00:00.000Z", "peak"),
    ],
)
def test_the_hours_and_their_next_change_are_told(desk: PriceDesk, at: str, hours: str, change: str, then: str) -> None:
    """Over a weekend too."""
    usd = answer(desk, "deepseek@/deepseek-flash", at).tables[0]

    assert usd.next_change is not None
    assert (usd.hours, usd.next_change.at, usd.next_change.hours) == (hours, change, then)


def test_every_line_has_its_facts_with_source_and_age(desk: PriceDesk) -> None:
    """A cache price that follows from a rule has both: the price's and the rule's."""
    (usd,) = answer(desk, "qwen@singapore/qwen3-max").tables
    hit = next(line for line in usd.lines if line.part == "cache_hit")
    price_note, rule_note = hit.facts

    assert (price_note.id, price_note.checked_at, price_note.age_days) == (
        "qwen/qwen3-max-2026-01-23/singapore/usd/2026-10",
        "2026-10-01",
        54,
    )
    assert rule_note.id == "qwen/cache"
    assert all(fact.source.startswith("https://") for line in usd.lines for fact in line.facts)


def test_every_tier_is_listed(desk: PriceDesk) -> None:
    """With all of its parts: the hits of both kinds, and what a write costs."""
    (usd,) = answer(desk, "qwen@singapore/qwen3-max").tables
    prices = by_part(usd)

    assert [prices[bound, "input"] for bound in (32_000, 128_000, 256_000)] == ["1.2", "2.4", "3"]
    assert (prices[32_000, "cache_hit"], prices[32_000, "cache_hit_explicit"]) == ("0.24", "0.12")
    assert (prices[32_000, "cache_write"], prices[256_000, "output"]) == ("1.5", "15")


def test_thinking_has_its_own_line_where_it_has_its_own_price(desk: PriceDesk) -> None:
    """As with qwen-plus, and not with deepseek-flash."""
    (plus,) = answer(desk, "qwen@singapore/qwen-plus").tables
    flash = answer(desk, "deepseek@/deepseek-flash").tables[0]

    assert "output_thinking" in {line.part for line in plus.lines}
    assert "output_thinking" not in {line.part for line in flash.lines}


def test_an_alias_is_resolved_and_said(desk: PriceDesk) -> None:
    """With the fact that says so."""
    found = answer(desk, "deepseek@/deepseek-reasoner", "2026-06-24T12:00:00Z")
    (step,) = found.aliases

    assert (found.model, found.answered_by) == ("deepseek-reasoner", "deepseek-v4-flash")
    assert (step.state, step.target, step.fact.id) == (
        "alias",
        "deepseek-v4-flash",
        "deepseek/deepseek-reasoner/alias/2026-04-24",
    )


def test_a_retired_name_has_no_price(desk: PriceDesk) -> None:
    """The successor is named, and the reason is not that nobody knows."""
    found = answer(desk, "deepseek@/deepseek-chat", "2026-07-25T00:00:00Z")

    assert (found.tables, found.answered_by, found.reason) == ([], None, "model_retired")
    assert found.aliases[-1].state == "retired"


def test_a_price_that_is_not_known_has_a_reason(tmp_path: Path) -> None:
    """Whether the provider has no list, or the list not this model."""
    own = desk_of(tmp_path)

    assert answer(own, "other/m").reason == "no_price_facts"
    assert answer(own, "acme/x").reason == "no_price_in_force"
    assert answer(own, "acme/m").reason is None


def test_a_price_that_ends_with_none_after_it_says_so(tmp_path: Path) -> None:
    """Rather than that nothing changes."""
    own = desk_of(tmp_path, price("m", until="2026-12-01T00:00:00Z"))
    (usd,) = answer(own, "acme/m").tables

    assert usd.next_change is not None
    assert (usd.next_change.at, usd.next_change.hours) == ("2026-12-01T00:00:00.000Z", None)


def test_history_has_every_window_of_every_name_on_the_way(desk: PriceDesk) -> None:
    """The oldest first, tiers and aliases in one list."""
    rows = answer(desk, "deepseek@/deepseek-chat", "2026-06-24T12:00:00Z", history=True).history
    starts = [row.effective_from for row in rows]

    assert starts == sorted(starts)
    assert {"deepseek-chat", "deepseek-v4-flash"} <= {row.model for row in rows}
    assert {row.kind for row in rows} == {"price", "alias"}
    july = next(row for row in rows if row.fact.id == "deepseek/deepseek-v4-flash/usd/2026-04-26")
    assert (july.tiers[0]["cache_hit"], july.tiers[0]["input"], july.tiers[0]["output"]) == ("0.0028", "0.14", "0.28")
    assert answer(desk, "deepseek@/deepseek-chat", "2026-06-24T12:00:00Z").history == []


def test_stale_facts_are_marked_and_held_ones_are_not_quoted(desk: PriceDesk) -> None:
    """By the age at the instant that is asked about."""
    assert "qwen/cache" in " ".join(answer(desk, "qwen@singapore/qwen3-max").stale)
    with pytest.raises(FactsHeld, match="held"):
        answer(desk, "qwen@singapore/qwen3-max", "2027-06-01T00:00:00Z")
