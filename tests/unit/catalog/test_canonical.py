"""The digest of facts."""

from collections.abc import Callable

import pytest

from routeproof.catalog.canonical import digest_of
from routeproof.catalog.facts import parse_facts

FactText = Callable[..., str]


def digest(text: str, origin: str = "prices.toml") -> str:
    """The digest of a file's facts."""
    return digest_of(parse_facts(text, origin))


def test_equal_claims_have_equal_digests(fact: FactText) -> None:
    """Neither the file, nor the order, nor trailing zeros are part of a claim."""
    other = fact(id='"acme/n"', subject='{ family = "acme", model = "n" }')
    value = '[{ output = "2.000", input = "1.0" }]'

    assert digest(fact() + other) == digest(other + fact(value=value), "elsewhere.toml")


@pytest.mark.parametrize(
    "change",
    [
        {"id": '"acme/other"'},
        {"value": '[{ input = "1", output = "2.000000001" }]'},
        {"effective_until": '"2027-01-01T00:00:00Z"'},
        {"checked_at": '"2026-11-25"'},
        {"source": '"https://example.com/other"'},
        {"currency": '"CNY"'},
        {"flag": '"list_price"'},
    ],
)
def test_every_part_of_a_claim_changes_the_digest(change: dict[str, str], fact: FactText) -> None:
    """What is claimed, when it holds, who says so and when that was checked."""
    assert digest(fact()) != digest(fact(**change))


def test_what_is_said_about_a_claim_is_no_part_of_it(fact: FactText) -> None:
    """Neither its lines in the file, nor the facts that it contradicts."""
    assert digest("# A comment above.\n" + fact()) == digest(fact())
    assert digest(fact(contradicts='["acme/other"]')) == digest(fact())
