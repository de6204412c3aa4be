"""`[limits]`: reads the bounds of the data plane; a provider's own timeouts go by the same rules."""

from collections.abc import Mapping
from typing import Final

import msgspec

from routeproof.config.problems import shown_value
from routeproof.config.table import Table
from routeproof.limits import MAY_BE_ZERO, Limits

SECONDS_MAX: Final = 7 * 86_400
BYTES_MAX: Final = 1 << 40
COUNT_MAX: Final = 10_000_000

# Where both of a pair are written down the first may not exceed the second: one would have no effect.
_ORDERED: Final = (
    ("header_line_bytes_max", "header_bytes_max"),
    ("body_bytes_max_unauthenticated", "body_bytes_max"),
    ("breaker_eject_s", "breaker_eject_max_s"),
    ("connect_timeout_s", "total_timeout_s"),
    ("first_byte_timeout_s", "total_timeout_s"),
    ("idle_event_timeout_s", "total_timeout_s"),
    ("upstream_idle_connections_max", "upstream_connections_max"),
)


def read_limits(table: Table) -> Limits:
    """The bounds of `[limits]`, each with its default."""
    kinds = {field.name: field.type is int for field in msgspec.structs.fields(Limits)}
    given = read_bounds(table, kinds)
    table.close()
    return msgspec.convert(given, Limits)


def read_bounds(table: Table, kinds: Mapping[str, bool]) -> dict[str, int | float]:
    """Those of the named bounds that are written down and allowed; `kinds` says which are whole numbers."""
    read = {name: read_bound(table, name, whole=whole) for name, whole in kinds.items()}
    given = {name: value for name, value in read.items() if value is not None}
    for lesser, greater in _ORDERED:
        if lesser in given and greater in given and given[lesser] > given[greater]:
            table.problem(lesser, f"{given[lesser]} is more than `{greater}` ({given[greater]}); lower it")
    return given


def read_bound(table: Table, name: str, *, whole: bool) -> int | float | None:
    """One bound, positive and finite; its unit is the end of its name. None where it is absent or refused."""
    value = table.number(name, whole=whole)
    if value is None:
        return None
    greatest, unit = _ceiling(name)
    large_enough = value >= 0 if name in MAY_BE_ZERO else value > 0
    if not (large_enough and value <= greatest):  # also false for nan and inf
        least = "from 0" if name in MAY_BE_ZERO else "more than 0"
        table.problem(name, f"{shown_value(value)} is out of range; use {least}, up to {greatest}{unit}")
        return None
    return value if whole else float(value)


def _ceiling(name: str) -> tuple[int, str]:
    if name.endswith("_percent"):
        return 100, " percent"
    if "bytes" in name:
        return BYTES_MAX, " bytes"
    if name.endswith("_s"):
        return SECONDS_MAX, " seconds"
    return COUNT_MAX, ""
