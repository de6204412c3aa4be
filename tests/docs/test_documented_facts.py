"""`docs/facts-and-prices.md` says what facts check finds, and when."""

from tests.support.documents import bare, document, rows_of

from routeproof.catalog.pricing.notes import HELD_PRICE, STALE_PRICE
from routeproof.catalog.staleness import Freshness
from routeproof.errors import FactsHeld
from routeproof.operations.facts.checking import CALENDAR_AHEAD_DAYS, ENDS_SOON_DAYS, Trouble

TEXT = document("docs/facts-and-prices.md")
TROUBLES = {bare(row["trouble"]): row["meaning"] for row in rows_of(TEXT, "trouble")}


def test_every_trouble_is_listed_the_worst_first() -> None:
    """As the command has them."""
    assert list(TROUBLES) == [trouble.value for trouble in Trouble]


def test_how_far_ahead_the_command_looks_is_told() -> None:
    """With the figures of the code."""
    assert f"within {ENDS_SOON_DAYS} days" in TROUBLES[Trouble.ENDS_SOON]
    assert f"from {CALENDAR_AHEAD_DAYS} days before" in TROUBLES[Trouble.CALENDAR_MISSING]


def test_what_follows_from_each_age_is_told() -> None:
    """By the words that rows and errors have."""
    consequences = rows_of(TEXT, "")

    assert list(consequences[0])[1:] == [freshness.value for freshness in Freshness]
    by_name = {row[""]: row for row in consequences}
    assert [by_name["rows priced with it say"][age] for age in ("stale", "held")] == [
        f"`{STALE_PRICE}`",
        f"`{HELD_PRICE}`",
    ]
    assert by_name["a quote, such as `routeproof prices`"]["held"] == f"refused: `{FactsHeld.code}`"
