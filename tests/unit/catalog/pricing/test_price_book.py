"""The price book: what it refuses, what it finds, and its digest."""

from collections.abc import Callable

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.errors import FactsError

FactText = Callable[..., str]
BookOf = Callable[..., PriceBook]


def refused(*texts: str) -> list[str]:
    """Why a book of these facts is refused."""
    facts = parse_facts("\n".join(texts), "prices.toml")
    with pytest.raises(FactsError) as caught:
        PriceBook.compile(facts)
    return caught.value.problems


def test_equal_facts_make_equal_digests(fact: FactText, book_of: BookOf) -> None:
    """64 hexadecimal digits that change with any fact."""
    assert book_of(fact()).digest == book_of(fact()).digest
    assert book_of(fact()).digest != book_of(fact(note='"read twice"')).digest
    assert len(bytes.fromhex(book_of(fact()).digest)) == 32


def test_aliases_in_a_circle_are_refused(fact: FactText) -> None:
    """Both are named."""
    problems = refused(
        fact("alias", id='"acme/1"', subject='{ family = "acme", model = "a" }', value=alias_to("b")),
        fact("alias", id='"acme/2"', subject='{ family = "acme", model = "b" }', value=alias_to("a")),
    )

    assert [problem.split("'")[1] for problem in problems] == ["acme/1", "acme/2"]


def alias_to(target: str) -> str:
    """The value of an alias fact."""
    return f'{{ state = "alias", target = "{target}" }}'


@pytest.mark.parametrize(
    "windows",
    [
        {"subject": '{ family = "other" }'},
        {"subject": '{ family = "acme", model = "other" }'},
        {"subject": '{ family = "acme", regions = ["eu"] }'},
        {"effective_from": '"2026-01-02T00:00:00Z"'},
    ],
    ids=["another family", "another model", "another region", "too late"],
)
def test_a_peak_price_without_windows_is_refused(windows: dict[str, str], fact: FactText) -> None:
    """Otherwise it would silently never apply."""
    (problem,) = refused(fact(hours='"peak"'), fact("peak_windows", **windows))

    assert problem.startswith("prices.toml:12: fact 'acme/m': hours: 'peak' has no meaning without")


def test_a_peak_price_with_windows_is_taken(fact: FactText, book_of: BookOf) -> None:
    """Windows for every region serve a price of one region."""
    price = fact(hours='"peak"', subject='{ family = "acme", model = "m", regions = ["eu"] }')

    assert book_of(price, fact("peak_windows")).sheet("acme", "m", "eu") is not None


def test_overlapping_facts_are_refused_again(fact: FactText) -> None:
    """Facts may come from elsewhere than a file."""
    first = parse_facts(fact(), "a.toml").prices
    second = parse_facts(fact(id='"acme/m2"'), "b.toml").prices

    with pytest.raises(FactsError, match="acme/m2"):
        PriceBook.compile(Facts(prices=first + second))


@pytest.mark.parametrize(
    ("family", "model", "region"),
    [("acme", "n", "eu"), ("other", "m", "eu"), ("acme", "m", "us"), ("acme", "m", None)],
)
def test_what_no_fact_prices_has_no_sheet(
    family: str, model: str, region: str | None, fact: FactText, book_of: BookOf
) -> None:
    """Neither another model, nor another family, nor another region, nor an unnamed one."""
    book = book_of(fact(subject='{ family = "acme", model = "m", regions = ["eu"] }'))

    assert book.sheet("acme", "m", "eu") is not None
    assert book.sheet(family, model, region) is None


def test_a_price_for_every_region_is_found_in_each(fact: FactText, book_of: BookOf) -> None:
    """And where no region is named."""
    book = book_of(fact())

    assert None not in [book.sheet("acme", "m", region) for region in ("eu", None)]


def test_an_alias_of_an_unpriced_model_has_no_sheet(fact: FactText, book_of: BookOf) -> None:
    """An alias alone says nothing about money."""
    book = book_of(fact("alias", subject='{ family = "acme", model = "old" }'))

    assert book.sheet("acme", "old", None) is None
