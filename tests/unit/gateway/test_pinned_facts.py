"""The facts behind prices: handed over when a price is first looked up, and found again for recovered rows."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.support.sample_entries import sample_attempt
from tests.unit.gateway.assembly_support import CONFIG, with_snapshot

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import AnyFact
from routeproof.catalog.pricing.fact_sets import FactSet, PinnedPrices, fact_set_of
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import parse_instant
from routeproof.config.loading import parse_settings
from routeproof.gateway.pinned_facts import facts_behind
from routeproof.gateway.snapshot import Snapshot
from routeproof.ledger.entries import AttemptRow

BEFORE, AFTER = parse_instant("2026-05-01T00:00:00Z"), parse_instant("2026-07-01T00:00:00Z")
CHANGE = "2026-06-01T00:00:00Z"


def price(amount: int, *, begins: str, ends: str = "") -> str:
    """One price of the configured model."""
    until = f'effective_until = "{ends}"\n' if ends else ""
    return (
        f'[[fact]]\nid = "acme/{amount}"\nkind = "price"\nsubject = {{ family = "acme", model = "configured" }}\n'
        f'unit = "per 1M tokens"\ncurrency = "USD"\nvalue = [{{ input = "{amount}", output = "2" }}]\n'
        f'effective_from = "{begins}"\n{until}source = "https://example.com/pricing"\n'
        'checked_at = "2026-11-24"\nconfidence = "provider page"\n'
    )


FACTS = price(1, begins="2026-01-01T00:00:00Z", ends=CHANGE) + price(3, begins=CHANGE)


def test_a_price_hands_over_its_facts_before_it_is_used() -> None:
    """Once for each tariff, with the instant that asked; from them alone the same tariff follows."""
    pinned: list[tuple[str, Sequence[AnyFact], int]] = []

    def look(snapshot: Snapshot) -> None:
        (route,) = snapshot.plan_for("assistant").routes
        tariffs = [route.tariff("configured", instant_ns) for instant_ns in (BEFORE, BEFORE + 1, AFTER, AFTER + 1)]
        assert [(digest, first_ns) for digest, _, first_ns in pinned] == [
            (tariff.digest, instant_ns)
            for tariff, instant_ns in ((tariffs[0], BEFORE), (tariffs[2], AFTER))
            if tariff is not None
        ]
        assert route.tariff("nobody", BEFORE) is None
        assert len(pinned) == 2

    with_snapshot(look, FACTS, lambda *told: pinned.append(told))
    for digest, facts, first_ns in pinned:
        kept = fact_set_of(facts, first_ns)
        assert kept.digest == digest
        assert PinnedPrices(digest, kept.facts).at(first_ns) is not None


@pytest.fixture
def behind() -> Callable[[AttemptRow, int], FactSet | None]:
    """What a start has to offer for the rows that it recovers."""
    settings = parse_settings(CONFIG, Path("routeproof.toml"), {})
    return facts_behind(settings, PriceBook.compile(parse_facts(FACTS, "facts.toml")))


def digest_at(instant_ns: int) -> str:
    """The digest that rows of this instant have."""
    sheet = PriceBook.compile(parse_facts(FACTS, "facts.toml")).sheet("acme", "configured", None)
    tariff = sheet.at(instant_ns) if sheet is not None else None
    assert tariff is not None
    return tariff.digest


@pytest.mark.parametrize("answered", ["configured", None])
@pytest.mark.parametrize("instant_ns", [BEFORE, AFTER])
def test_the_facts_of_a_recovered_row_are_found(
    behind: Callable[[AttemptRow, int], FactSet | None], answered: str | None, instant_ns: int
) -> None:
    """By the model that answered, or the one that was asked, at the exchange's start."""
    row = sample_attempt(1, route="acme/configured", model_answered=answered, facts_digest=digest_at(instant_ns))

    found = behind(row, instant_ns)

    assert found is not None
    assert (found.digest, found.first_used_ns) == (row.facts_digest, instant_ns)
    assert PinnedPrices(found.digest, found.facts).at(instant_ns) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"facts_digest": "0123456789abcdef"},
        {"route": "gone/configured"},
        {"model_answered": "another"},
        {"route": "ac"},
    ],
)
def test_other_facts_are_not_taken_for_them(
    behind: Callable[[AttemptRow, int], FactSet | None], changes: dict[str, str]
) -> None:
    """Nothing is better than what the digest does not stand for; a route that was cut short finds no provider."""
    row = sample_attempt(
        1, **{"route": "acme/configured", "model_answered": "configured", "facts_digest": digest_at(BEFORE)} | changes
    )

    assert behind(row, BEFORE) is None
