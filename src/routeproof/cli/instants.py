"""Instants as people write them on a command line."""

import re
from typing import Final

import typer

from routeproof.clock import NS_PER_S, parse_instant

_AGO: Final = re.compile(r"([0-9]{1,9})([smhd])")
_UNIT_S: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def read_instant(text: str | None, option: str, now_ns: int) -> int | None:
    """Nanoseconds since the epoch: an RFC 3339 instant, or how long ago it was. Raises BadParameter."""
    if text is None:
        return None
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return now_ns - int(ago[1]) * _UNIT_S[ago[2]] * NS_PER_S
    try:
        return parse_instant(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no instant; write '2026-09-10T04:00:00Z', or how long ago: 90s, 15m, 24h, 7d",
            param_hint=option,
        ) from error
