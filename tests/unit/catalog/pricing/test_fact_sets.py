"""Pinned facts: a tariff made of nothing but the text that the ledger keeps."""

import hashlib
from collections.abc import Callable

import msgspec
import pytest

from routeproof.catalog.kinds import AnyFact, Facts
from routeproof.catalog.pricing.fact_sets import PinnedPrices, fact_set_of
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.price_sheet import DIGEST_CHARS
from routeproof.clock import parse_instant
from routeproof.errors import PinnedFactsError
from routeproof.usage import Usage

FactText = Callable[..., str]
BookOf = Callable[..., PriceBook]

AT = parse_instant("2026-08-24T02:00:00Z")
USAGE = Usage(1_000_003, 77, cache_hit_tokens=640, cache_write_tokens=11)


def models(facts: Facts) -> set[tuple[str, str, str | None]]:
    """Every name that has or had a price, in every region."""
    named = {(fact.subject.family, fact.subject.model or "") for fact in (*facts.prices, *facts.aliases)}
    regions = {None, *(region for fact in facts.prices for region in fact.subject.regions)}
    return {(family, model, region) for family, model in named for region in regions}


def test_every_shipped_price_can_be_made_again_from_its_facts_alone(shipped: PriceBook, shipped_facts: Facts) -> None:
    """At every instant where a fact begins: the same digest, span's start, tiers and costs, under the same name."""
    instants = sorted({fact.effective_from_ns for fact in shipped_facts})
    seen = 0
    for family, model, region in sorted(models(shipped_facts), key=str):
        sheet = shipped.sheet(family, model, region)
        for instant_ns in instants:
            tariff = sheet.at(instant_ns) if sheet is not None else None
            if sheet is None or tariff is None:
                continue
            kept = fact_set_of(sheet.facts_behind(tariff), instant_ns)
            pinned = PinnedPrices(kept.digest, kept.facts)
            again = pinned.at(instant_ns)
            assert again is not None
            assert (kept.digest, pinned.name) == (tariff.digest, model)
            assert (again.digest, again.tiers, again.currency) == (tariff.digest, tariff.tiers, tariff.currency)
            assert [again.cost_nanousd(USAGE, thinking) for thinking in (False, True)] == [
                tariff.cost_nanousd(USAGE, thinking) for thinking in (False, True)
            ]
            seen += 1
    assert seen > 50


def pinned(book: PriceBook, model: str = "m", at_ns: int = AT) -> tuple[str, str]:
    """Digest and text of the facts behind a price."""
    sheet = book.sheet("acme", model, None)
    assert sheet is not None
    tariff = sheet.at(at_ns)
    assert tariff is not None
    kept = fact_set_of(sheet.facts_behind(tariff), at_ns)
    return kept.digest, kept.facts


def test_pinned_facts_give_a_price_only_while_they_are_in_force(fact: FactText, book_of: BookOf) -> None:
    """An off-peak price is none in peak hours, nor after its end."""
    off = fact(id='"acme/off"', hours='"off_peak"', effective_until='"2026-09-01T00:00:00Z"')
    peak = fact(id='"acme/peak"', hours='"peak"', value='[{ input = "2", output = "4" }]')
    prices = PinnedPrices(*pinned(book_of(off, peak, fact("peak_windows")), at_ns=AT + 2 * 3_600 * 10**9))

    assert prices.at(parse_instant("2026-08-24T04:00:00Z")) is not None
    assert prices.at(parse_instant("2026-08-24T03:59:59.999999Z")) is None
    assert prices.at(parse_instant("2026-09-01T04:00:00Z")) is None


def test_an_alias_is_followed_from_the_name_that_was_priced(fact: FactText, book_of: BookOf) -> None:
    """Over more than one step; without the alias in force the same price is that of other facts."""
    old = fact("alias", subject='{ family = "acme", model = "old" }', effective_until='"2026-09-01T00:00:00Z"')
    older = fact(
        "alias",
        id='"acme/older"',
        subject='{ family = "acme", model = "older" }',
        value='{ state = "alias", target = "old" }',
    )
    prices = PinnedPrices(*pinned(book_of(fact(), old, older), "older"))

    assert prices.name == "older"
    assert prices.at(AT) is not None
    assert prices.at(parse_instant("2026-09-01T00:00:00Z")) is None


def test_missing_facts_are_an_error_of_their_own() -> None:
    """It names the digest and says what to do."""
    with pytest.raises(PinnedFactsError, match=r"facts 0123456789abcdef are not in .* restore"):
        PinnedPrices("0123456789abcdef", None)


@pytest.mark.parametrize("change", [("1000000000", "1000000001"), ("acme/m", "acme/n"), ("]", " ]"), ("[", "")])
def test_facts_that_were_changed_are_refused(change: tuple[str, str], fact: FactText, book_of: BookOf) -> None:
    """Whatever was changed, white space included."""
    digest, text = pinned(book_of(fact(note='"caf\u00e9"')))
    PinnedPrices(digest, text)

    with pytest.raises(PinnedFactsError, match="were changed"):
        PinnedPrices(digest, text.replace(*change, 1))


def kept_as(facts: object) -> tuple[str, str]:
    """Any JSON under the digest that it has."""
    text = msgspec.json.encode(facts)
    return hashlib.sha256(text).hexdigest()[:DIGEST_CHARS], text.decode()


def test_facts_that_hold_no_price_are_refused(fact: FactText, book_of: BookOf) -> None:
    """Also where their digest is right: a cost needs one price and no other."""
    (price,) = msgspec.json.decode(pinned(book_of(fact()))[1], type=list[AnyFact])
    other = msgspec.structs.replace(price, id="acme/m2")
    with pytest.raises(PinnedFactsError, match="hold 2 prices"):
        PinnedPrices(*kept_as([price, other]))
    with pytest.raises(PinnedFactsError, match="can't be read"):
        PinnedPrices(*kept_as([{"kind": "omen"}]))
