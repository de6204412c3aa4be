"""Instants on the command line."""

import pytest
import typer

from routeproof.cli.instants import read_instant
from routeproof.clock import NS_PER_S

NOW_NS = 1_788_825_600 * NS_PER_S


def test_nothing_is_no_instant() -> None:
    """An option that was not given."""
    assert read_instant(None, "--since", NOW_NS) is None


@pytest.mark.parametrize(("text", "ago_s"), [("0s", 0), ("90s", 90), ("15m", 900), ("24h", 86_400), ("7d", 604_800)])
def test_how_long_ago(text: str, ago_s: int) -> None:
    """Seconds, minutes, hours and days."""
    assert read_instant(text, "--since", NOW_NS) == NOW_NS - ago_s * NS_PER_S


@pytest.mark.parametrize("text", ["2026-09-08T00:00:00Z", "2026-09-08T08:00:00+08:00"])
def test_an_instant_with_its_offset(text: str) -> None:
    """RFC 3339, in any zone."""
    assert read_instant(text, "--since", NOW_NS) == NOW_NS


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-09-08T00:00:00", "-1h", "1.5h", "9999999999s", "15 m", "\u0661m"]
)
def test_anything_else_is_a_usage_error(text: str) -> None:
    """With both forms in the message; a local time is no instant."""
    with pytest.raises(typer.BadParameter, match="2026-09-10T04:00:00Z"):
        read_instant(text, "--since", NOW_NS)
