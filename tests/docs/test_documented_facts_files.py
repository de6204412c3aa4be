"""`docs/facts-files.md` lists kinds, units, keys and limits as they are read, with an example of every kind."""

import re

import pytest
from tests.support.documents import bare, document, examples, rows_of, section, words_in

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Confidence, kind_of
from routeproof.catalog.reading.readers import READERS, UNITS
from routeproof.catalog.reading.services import LIMITS
from routeproof.errors import FactsError

NAME = "docs/facts-files.md"
TEXT = document(NAME)
(EXAMPLE,) = [one for one in examples(NAME) if "facts" in one.marks]
KINDS = rows_of(TEXT, "kind")


def keys_refused(kind: str, *, inside: bool) -> set[str]:
    """What an error lists as the keys that are taken, in a fact of the example or inside its value."""
    blocks = re.split(r"(?=^\[\[fact\]\])", EXAMPLE.text, flags=re.MULTILINE)
    block = next(one for one in blocks if f'kind = "{kind}"' in one)
    bad = re.sub(r"^(value = \[?\s*)\{", r"\1{ unheard_of = 1,", block, flags=re.MULTILINE) if inside else block
    with pytest.raises(FactsError) as caught:
        parse_facts(bad if inside else f"{block}unheard_of = 1\n", "example.toml")
    (problem,) = [one for one in caught.value.problems if "unheard_of: there is no such key" in one]
    return set(problem.partition("use one of ")[2].split(", ")) - {"unheard_of"}


def test_every_kind_is_listed_with_its_units() -> None:
    """Each once."""
    assert {bare(row["kind"]): words_in(row["unit"]) for row in KINDS} == {
        kind: list(units) for kind, units in UNITS.items()
    }


def test_every_kind_is_in_the_example() -> None:
    """So that none has to be guessed."""
    facts = parse_facts(EXAMPLE.text, "example.toml")

    assert {kind_of(fact) for fact in facts} == set(READERS)
    assert facts.rivals


@pytest.mark.parametrize("row", KINDS, ids=lambda row: row["kind"])
def test_every_key_of_a_value_is_named(row: dict[str, str]) -> None:
    """By the errors' own lists."""
    assert keys_refused(bare(row["kind"]), inside=True) <= set(words_in(row["`value`"]))


def test_every_common_key_is_listed() -> None:
    """Those that all kinds take."""
    common = set.intersection(*(keys_refused(kind, inside=False) for kind in READERS))

    assert {bare(row["key"]) for row in rows_of(TEXT, "key")} == common


def test_the_keys_beside_a_price_are_named() -> None:
    """`currency`, `hours` and `flag`."""
    common = {bare(row["key"]) for row in rows_of(TEXT, "key")}
    (price,) = [row for row in KINDS if row["kind"] == "`price`"]

    assert keys_refused("price", inside=False) - common <= set(words_in(price["`value`"]))


def test_every_limit_is_listed_with_its_unit() -> None:
    """In the order of the errors."""
    assert {bare(row["limit"]): bare(row["unit"]) for row in rows_of(TEXT, "limit")} == LIMITS


def test_every_confidence_is_listed() -> None:
    """In the row of the key."""
    (row,) = [row for row in rows_of(TEXT, "key") if row["key"] == "`confidence`"]

    assert words_in(row["meaning"]) == list(Confidence)


def test_the_page_says_where_facts_are_shown() -> None:
    """The shipped ones have a page of their own."""
    assert "facts.md" in TEXT
    assert section(TEXT, "A file with every kind")
