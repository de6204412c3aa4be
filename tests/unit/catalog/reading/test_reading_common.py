"""The keys that all kinds of facts share, and one error for each way to get them wrong."""

from collections.abc import Callable

import msgspec
import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Confidence
from routeproof.clock import parse_instant

FactText = Callable[..., str]
Refused = Callable[[str, dict[str, str | None]], list[str]]

CASES = {
    "price": [
        ({"id": None}, "id: is missing"),
        ({"id": '"no spaces"'}, "id: 'no spaces' is no name"),
        ({"unit": None}, "unit: is missing; use one of 'per 1M tokens'"),
        ({"source": None}, "source: is missing; write the address"),
        ({"source": '"their page"'}, "source: 'their page' is no address"),
        ({"checked_at": None}, "checked_at: is missing"),
        ({"checked_at": '"yesterday"'}, "checked_at: 'yesterday' is no date"),
        ({"checked_at": '"2026-02-30"'}, "checked_at: '2026-02-30' is no date"),
        ({"checked_at": "2026-11-24T00:00:00Z"}, "checked_at: 2026-11-24 00:00:00+00:00 is no date"),
        ({"confidence": '"sure"'}, "confidence: 'sure' is not known; use one of 'provider page', 'mirror'"),
        ({"effective_from": None}, "effective_from: is missing"),
        ({"effective_from": '"2026-01-01"'}, "effective_from: '2026-01-01' is no instant with an offset"),
        ({"effective_from": "20260101"}, "effective_from: 20260101 is no instant with an offset"),
        ({"effective_until": '"2026-13-01T00:00:00Z"'}, "effective_until: '2026-13-01T00:00:00Z' is no instant"),
        ({"effective_until": '"2026-01-01T00:00:00Z"'}, "effective_until: is not after effective_from"),
        ({"note": "1"}, "note: 1 is not a text on one line"),
        ({"nota": '"x"'}, "nota: there is no such key here; use one of checked_at, confidence"),
        ({"contradicts": '"acme/n"'}, "contradicts: 'acme/n' is no list"),
        ({"contradicts": '["acme/m"]'}, "contradicts: 'acme/m' is this fact itself, or is there twice; leave it out"),
        ({"contradicts": '["acme/n", "acme/n"]'}, "contradicts: 'acme/n' is this fact itself, or is there twice"),
    ],
}
BAD = [(kind, changes, expected) for kind, cases in CASES.items() for changes, expected in cases]


@pytest.mark.parametrize(("kind", "changes", "expected"), BAD, ids=[expected for _, _, expected in BAD])
def test_a_bad_common_key_gives_an_error_of_its_own(
    kind: str, changes: dict[str, str | None], expected: str, refused: Refused
) -> None:
    """Each mistake is named with its key, what was found, and what to write."""
    found = refused(kind, changes)

    assert any(expected in problem for problem in found), found


def test_instants_and_dates_may_be_written_without_quotes(fact: FactText) -> None:
    """TOML's own dates with an offset mean the same as their text."""
    changes = {"effective_from": "2026-01-01T08:00:00+08:00", "checked_at": "2026-11-24"}

    price = parse_facts(fact(**changes), "prices.toml").prices[0]

    assert price.effective_from_ns == parse_instant("2026-01-01T00:00:00Z")
    assert price.checked_at_ns == parse_instant("2026-11-24T00:00:00Z")
    assert price.confidence is Confidence.PROVIDER_PAGE


def test_a_fact_knows_the_lines_of_its_keys(fact: FactText) -> None:
    """So that what is wrong between two facts leads to the place as well; the header's line serves for all others."""
    price = parse_facts("# prices\n" + fact(), "prices.toml").prices[0]

    assert price.place("currency") == "prices.toml:7"
    assert price.place("value.target") == "prices.toml:8"
    assert price.place("note") == "prices.toml:2"


def test_a_fact_that_was_not_read_from_a_file_has_no_lines(fact: FactText) -> None:
    """Its origin is all there is to name."""
    price = msgspec.structs.replace(parse_facts(fact(), "prices.toml").prices[0], key_lines=())

    assert price.place("currency") == "prices.toml"
