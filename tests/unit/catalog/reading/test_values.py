"""Single values of a facts file."""

from datetime import UTC, date, datetime

import pytest

from routeproof.catalog.reading.values import as_date, as_decimal, is_host, is_interval, is_negative, shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-24", date(2026, 11, 24)),
        (date(2026, 11, 24), date(2026, 11, 24)),
        ("2026-02-30", None),
        (datetime(2026, 11, 24, tzinfo=UTC), None),
        (20261124, None),
    ],
)
def test_a_date_is_a_text_or_toml_s_own(value: object, expected: date | None) -> None:
    """An instant is none."""
    assert as_date(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.000000001", 1),
        ("1000000", 10**15),
        ("1000000.1", None),
        ("-1", None),
        ("1e3", None),
        ("0." + "0" * 30, None),
        (0.5, None),
        (None, None),
    ],
)
def test_a_decimal_is_plain_and_in_quotes(value: object, expected: int | None) -> None:
    """From zero to a million, in nano-units."""
    assert as_decimal(value) == expected


@pytest.mark.parametrize(("value", "expected"), [("-1", True), ("-0.5", True), (-2, True), ("-", False), (3, False)])
def test_a_number_below_zero_is_told_apart(value: object, expected: bool) -> None:
    """In quotes or not."""
    assert is_negative(value) is expected


@pytest.mark.parametrize("text", ["[0, 2)", "(0, 1]", "[-2, 2]", "(-0.5, 0.25)", "[1, 1]"])
def test_intervals(text: str) -> None:
    """Closed, open or half-open."""
    assert is_interval(text)


@pytest.mark.parametrize("text", ["0-2", "[2, 0]", "[0,2]", "[0, two]", "[0, 2", "[1.5, -1.5]"])
def test_what_is_no_interval(text: str) -> None:
    """Among others one whose ends are the wrong way round."""
    assert not is_interval(text)


@pytest.mark.parametrize(
    ("text", "placeholder", "expected"),
    [
        ("api.example.com", None, True),
        ("{workspace}.eu.example.com", "{workspace}", True),
        ("{workspace}.eu.example.com", None, False),
        ("api.example.com", "{workspace}", False),
        ("{workspace}.{workspace}.com", "{workspace}", False),
        ("https://api.example.com", None, False),
        ("api.example.com:443", None, False),
        ("localhost", None, False),
    ],
)
def test_hosts(text: str, placeholder: str | None, expected: bool) -> None:
    """A name alone: no scheme, port or path; the placeholder exactly once."""
    assert is_host(text, placeholder) is expected


def test_a_long_value_is_cut() -> None:
    """So that an error stays on one line."""
    assert shown("x" * 100) == "'" + "x" * 56 + "..."
    assert shown("a\nb") == r"'a\nb'"
