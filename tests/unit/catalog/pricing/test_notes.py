"""What a row says about a known cost: every word that applies, in one order, from the right nanosecond on."""

from fractions import Fraction
from itertools import combinations

import pytest

from routeproof.catalog.pricing.notes import NOTE_WORDS, join_words
from routeproof.catalog.pricing.rates import Rate, TierRates
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.catalog.reading.prices import PRICE_FLAGS
from routeproof.clock import NEVER_NS

STALE_NS, HELD_NS, END_NS = 1_000, 2_000, 5_000
RATE = Rate(Fraction(1), ("price",))
TIER = TierRates(RATE, RATE, None, None, None, None, None)


def tariff(*flags: str, stale_from_ns: int = STALE_NS, held_from_ns: int = HELD_NS) -> Tariff:
    """A tariff that ends at END_NS."""
    return Tariff(
        model="m",
        currency="USD",
        tiers=(TIER,),
        valid_from_ns=0,
        valid_until_ns=END_NS,
        digest="0123456789abcdef",
        fact_ids=("price",),
        flags=flags,
        stale_from_ns=stale_from_ns,
        held_from_ns=held_from_ns,
    )


@pytest.mark.parametrize(
    ("started_ns", "ended_ns", "expected"),
    [
        (STALE_NS - 1, STALE_NS - 1, None),
        (STALE_NS - 1, END_NS - 1, None),
        (STALE_NS, STALE_NS, "stale_price"),
        (HELD_NS - 1, HELD_NS, "stale_price"),
        (HELD_NS, HELD_NS, "held_price"),
        (END_NS - 1, END_NS - 1, "held_price"),
        (END_NS - 1, END_NS, "straddles_window,held_price"),
        (STALE_NS, END_NS, "straddles_window,stale_price"),
        (STALE_NS - 1, END_NS, "straddles_window"),
    ],
)
def test_age_counts_at_the_start_and_the_window_at_the_end(started_ns: int, ended_ns: int, expected: str) -> None:
    """Both edges of each are half-open, to the nanosecond."""
    assert tariff().note_of(started_ns, ended_ns) == expected


def test_all_words_can_stand_together() -> None:
    """In their order, whatever the order of the flags."""
    flags = ("holiday_unknown", "scope_unknown", "list_price")

    assert tariff(*flags).note_of(STALE_NS, END_NS) == (
        "straddles_window,stale_price,list_price,scope_unknown,holiday_unknown"
    )


@pytest.mark.parametrize("flags", [(), ("list_price",), ("scope_unknown", "list_price")])
def test_what_ends_before_the_tariff_gets_remarkable_has_its_plain_note(flags: tuple[str, ...]) -> None:
    """One comparison tells: up to that instant the plain note is the whole truth, and from it on it is not."""
    own = tariff(*flags)

    assert own.plain_until_ns == STALE_NS
    assert own.note_of(own.plain_until_ns - 1, own.plain_until_ns - 1) == own.note
    assert own.note_of(own.plain_until_ns, own.plain_until_ns) != own.note


def test_a_tariff_of_facts_that_never_age_is_plain_until_its_end() -> None:
    """Then only the window counts."""
    own = tariff(stale_from_ns=NEVER_NS, held_from_ns=NEVER_NS)

    assert own.plain_until_ns == END_NS
    assert own.note_of(END_NS - 1, END_NS - 1) is None


def test_a_hold_without_a_warning_is_marked_too() -> None:
    """An operator may switch the warning off alone."""
    own = tariff(stale_from_ns=NEVER_NS)

    assert own.plain_until_ns == HELD_NS
    assert [own.note_of(instant, instant) for instant in (HELD_NS - 1, HELD_NS)] == [None, "held_price"]


def test_words_stand_in_their_order_however_they_come() -> None:
    """Every pair, and none."""
    for words in combinations(NOTE_WORDS, 2):
        assert join_words(reversed(words)) == ",".join(words)
    assert join_words(()) is None


def test_every_flag_of_a_price_has_its_place() -> None:
    """A flag that facts files may give and no row could show would stop the pricing."""
    assert set(PRICE_FLAGS) <= set(NOTE_WORDS)
