"""`docs/limits.md` lists every bound as `limits.py` has it."""

import re

import msgspec
import pytest
from tests.support.documents import bare, document, prose, rows_of, words_in

from routeproof.config.bounds import _ORDERED as ORDERED
from routeproof.config.providers import _TIMEOUTS as TIMEOUTS
from routeproof.limits import MAY_BE_ZERO, Limits

TEXT = document("docs/limits.md")
ROWS = rows_of(TEXT, "setting")
FIELDS = msgspec.structs.fields(Limits)


def test_every_bound_is_listed_once_and_in_order() -> None:
    """As the struct has them."""
    assert [bare(row["setting"]) for row in ROWS] == [field.name for field in FIELDS]


@pytest.mark.parametrize(("row", "field"), list(zip(ROWS, FIELDS, strict=False)), ids=[field.name for field in FIELDS])
def test_default_and_unit_are_those_of_the_code(row: dict[str, str], field: msgspec.structs.FieldInfo) -> None:
    """The default as one may write it, the unit as the name's end says."""
    assert float(row["default"]) == field.default
    assert row["unit"] == _unit(field.name)


def test_bounds_that_may_be_zero_are_named() -> None:
    """In the sentence that says so."""
    sentence = next(line for line in TEXT.splitlines() if "which 0 switches off" in line)

    assert set(words_in(sentence)) == MAY_BE_ZERO


def test_pairs_that_are_checked_together_are_listed() -> None:
    """The lesser ones first, the greater last."""
    listed = set()
    for line in re.findall(r"^- (.+)$", prose(TEXT), re.MULTILINE):
        *lesser, greater = words_in(line)
        listed.update((name, greater) for name in lesser)

    assert listed == set(ORDERED)


def test_timeouts_of_a_provider_are_marked() -> None:
    """Those rows of their table that the sentence above it counts off."""
    waiting = TEXT.partition("## Waiting for a provider")[2]
    table = [bare(row["setting"]) for row in rows_of(waiting.partition("\n## ")[0], "setting")]

    assert "The first, second, third and fifth of these" in waiting
    assert [table[place] for place in (0, 1, 2, 4)] == list(TIMEOUTS)


def _unit(name: str) -> str:
    if name.endswith("_bytes_per_s"):
        return "bytes per second"
    if name.endswith("_s"):
        return "seconds"
    if "bytes" in name:
        return "bytes"
    return "percent" if name.endswith("_percent") else "count"
