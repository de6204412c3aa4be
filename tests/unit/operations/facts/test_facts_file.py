"""Facts files for review: prices of a gateway as facts that can be read back, and files that are never overwritten."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Confidence
from routeproof.catalog.newapi.price_list import ListedPrice, parse_pricing
from routeproof.clock import parse_instant
from routeproof.errors import OperatorError
from routeproof.operations.facts.file import Draft, Origin, facts_text, write_new_facts
from routeproof.operations.pulling.drafts import price_draft

NOW_NS = parse_instant("2026-11-24T12:00:00.5Z")
ORIGIN = Origin("https://g.example/api/pricing", Confidence.THIRD_PARTY, NOW_NS)


def row(**changes: Any) -> ListedPrice:
    """One row of a list."""
    fields = {"model_name": "m", "quota_type": 0, "model_ratio": 0.5, "model_price": 0, "completion_ratio": 4}
    body = {"data": [{**fields, "enable_groups": ["default"], **changes}]}
    return parse_pricing(json.dumps(body).encode()).rows[0]


def draft(ratio: Fraction | None = Fraction(1), group: str = "default", **changes: Any) -> Draft | str:
    """The row's fact, or why there is none."""
    return price_draft(row(**changes), group, ratio, "newapi", NOW_NS)


def made(ratio: Fraction = Fraction(1), **changes: Any) -> Draft:
    """The row's fact."""
    one = draft(ratio, **changes)
    assert isinstance(one, Draft)
    return one


def test_a_row_is_a_fact_that_can_be_read_back() -> None:
    """From the second it was read, with its source, its day and its confidence."""
    (price,) = parse_facts(facts_text([made(Fraction("1.5"), cache_ratio=0.1)], ORIGIN), "f").prices

    assert (price.subject.family, price.subject.model, price.currency) == ("newapi", "m", "USD")
    (tier,) = price.tiers
    assert (tier.input_nano, tier.output_nano) == (1_500_000_000, 6_000_000_000)
    assert (tier.cache_hit_nano, tier.cache_write_nano) == (150_000_000, None)
    assert price.effective_from_ns == parse_instant("2026-11-24T12:00:00Z")
    assert price.checked_at_ns == parse_instant("2026-11-24T00:00:00Z")
    assert (price.source, price.confidence) == (ORIGIN.source, "third party")
    assert "rounded" not in price.note


def test_a_price_finer_than_a_nanodollar_is_rounded_and_says_so() -> None:
    """Half to even, line by line."""
    one = made(model_ratio=0.33, completion_ratio=3, cache_ratio=0.03333333)

    assert 'cache_hit = "0.021999998"' in one.value
    assert one.note.endswith("rounded to nine decimal places: cache_hit")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"billing_mode": "tiered_expr"}, "unverifiable by ratio"),
        ({"quota_type": 1, "model_price": 0.1}, "by the call"),
        ({"model_ratio": 0}, "free or not set"),
        ({"enable_groups": ["vip"]}, "not sold"),
        ({"ratio": None}, "not sold"),
        ({"model_name": "[free] m"}, "can't stand in a fact"),
        ({"model_ratio": 1e-15}, "too great or too small"),
        ({"model_ratio": 900000}, "too great or too small"),
    ],
)
def test_what_makes_no_fact_says_why(changes: dict[str, Any], why: str) -> None:
    """Nothing is saved that the list does not say."""
    assert why in str(draft(**changes))


def test_a_file_is_written_once(tmp_path: Path) -> None:
    """What is there stays as it is."""
    path = tmp_path / "facts.toml"
    write_new_facts(path, [made()], ORIGIN)
    before = path.read_text()
    with pytest.raises(OperatorError, match="never overwritten"):
        write_new_facts(path, [made(model_ratio=9)], ORIGIN)

    assert path.read_text() == before
    assert len(list(parse_facts(before, str(path)))) == 1


def test_what_would_be_no_facts_file_is_not_written(tmp_path: Path) -> None:
    """Two facts of one id, no fact at all, or no place to write to."""
    path = tmp_path / "facts.toml"
    with pytest.raises(OperatorError, match="no valid facts file"):
        write_new_facts(path, [made(), made()], ORIGIN)
    with pytest.raises(OperatorError, match="nothing"):
        write_new_facts(path, [], ORIGIN)
    with pytest.raises(OperatorError, match="can't be written"):
        write_new_facts(tmp_path / "absent" / "facts.toml", [made()], ORIGIN)

    assert not path.exists()


def test_texts_can_not_break_out_of_their_quotes() -> None:
    """A source with a quote and a backslash is one text all the same."""
    origin = Origin('https://g.example/"\\x', Confidence.THIRD_PARTY, NOW_NS)
    (price,) = parse_facts(facts_text([made()], origin), "f").prices

    assert price.source == origin.source
