"""The table of readers: every kind has one, with its units."""

from collections.abc import Callable
from typing import get_args

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import AnyFact, kind_of
from routeproof.catalog.reading.readers import READERS, UNITS

FactText = Callable[..., str]


def test_every_kind_has_a_reader_and_units() -> None:
    """By the word that a file has."""
    kinds = [str(kind.__struct_config__.tag) for kind in get_args(AnyFact)]

    assert sorted(kinds) == sorted(READERS) == sorted(UNITS)
    assert all(UNITS.values())


def test_a_reader_makes_facts_of_its_kind(fact: FactText) -> None:
    """The word in the file is the word of the fact."""
    for kind in READERS:
        subject = {"subject": '{ family = "acme", model = "old" }'} if kind == "alias" else {}
        (read,) = parse_facts(fact(kind, **subject), "prices.toml")
        assert kind_of(read) == kind
