"""Mistakes in a configuration, collected so that all of them are shown at once."""

import difflib
import re
from collections.abc import Iterable
from typing import Final

from routeproof.errors import ConfigError
from routeproof.secret import mask_credentials

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
_SHOWN_CHARS_MAX: Final = 60
_INTEGER_SHOWN_MAX: Final = 10**30


class Problems:
    """One line for each mistake: file, dotted key, the value found, what is wrong with it, the remedy."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._lines: list[str] = []

    def add(self, key: str, problem: str) -> None:
        """Note a mistake. `key` is dotted, or empty where the whole file is at fault."""
        place = f"{self._source}: {key}" if key else self._source
        # A value may hold a credential that was pasted into the wrong place.
        self._lines.append(mask_credentials(f"{place}: {problem}"))

    def raise_if_any(self) -> None:
        """Raise ConfigError with every mistake noted so far."""
        if self._lines:
            raise ConfigError(self._lines)


def dotted(parent: str, name: str) -> str:
    """A key's path as TOML writes it: names that are not bare are quoted."""
    shown = name if _BARE_KEY.fullmatch(name) else shown_value(name)
    return f"{parent}.{shown}" if parent else shown


def shown_value(value: object) -> str:
    """A value as an error shows it: on one line, cut to a readable length, never a whole table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _shown_text(value)
    if isinstance(value, int) and abs(value) > _INTEGER_SHOWN_MAX:
        return "a huge number"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return str(value)


def _shown_text(text: str) -> str:
    # Masked before it is cut: half a credential no longer has the shape of one.
    masked = mask_credentials(text)
    return repr(masked) if len(masked) <= _SHOWN_CHARS_MAX else repr(masked[:_SHOWN_CHARS_MAX] + "...")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A remedy for a name that nobody knows: the closest known one, or all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name[:_SHOWN_CHARS_MAX], names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"use one of {', '.join(names)}" if names else "there are none"
