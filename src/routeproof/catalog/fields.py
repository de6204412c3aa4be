"""One table of a facts file while it is read: typed look-ups that note what is wrong and go on."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from routeproof.clock import NS_PER_S, parse_instant
from routeproof.money import NANO_PER_UNIT, parse_price

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}")
_DECIMAL_MAX: Final = 1_000_000
_DECIMAL_CHARS_MAX: Final = 20
_SHOWN_CHARS_MAX: Final = 60


class FactTable:
    """Each look-up gives a value of its type, or a stand-in after noting the problem.

    `close` reports the keys that nobody asked for. `place` names the file, the line and the fact.
    """

    def __init__(self, values: Mapping[str, object], place: str, problems: list[str], path: str = "") -> None:
        self.problems = problems
        self._values = values
        self._place = place
        self._path = path
        self._asked: set[str] = set()

    def problem(self, key: str, text: str) -> None:
        """Note what is wrong with one key."""
        self.problems.append(f"{self._place}: {self._path}{key}: {text}")

    def close(self) -> None:
        """Report every key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.problem(key, f"there is no such key here; use one of {', '.join(sorted(self._asked))}")

    def raw(self, key: str) -> object:
        """The value as TOML gave it, or None."""
        self._asked.add(key)
        return self._values.get(key)

    def required(self, key: str, remedy: str) -> object:
        """The value, noting its absence."""
        value = self.raw(key)
        if value is None:
            self.problem(key, f"is missing; write {remedy}")
        return value

    def name(self, key: str, remedy: str) -> str:
        """A required identifier: letters, digits and `._:/-`."""
        return self._as_name(key, self.required(key, remedy), remedy) or ""

    def optional_name(self, key: str, remedy: str) -> str | None:
        """An identifier, or None."""
        return self._as_name(key, self.raw(key), remedy)

    def names(self, key: str, remedy: str) -> tuple[str, ...]:
        """A list of identifiers; empty where there is none."""
        found: list[str] = []
        for item in self._list(key, self.raw(key), remedy):
            name = self._as_name(key, item, remedy)
            if name is not None:
                found.append(name)
        return tuple(found)

    def line(self, key: str) -> str:
        """Optional free text on one line."""
        value = self.raw(key)
        if value is None:
            return ""
        if isinstance(value, str) and value.isprintable():
            return value
        self.problem(key, f"{shown(value)} is not a text on one line; write it in quotes")
        return ""

    def address(self, key: str) -> str:
        """A required web address."""
        remedy = "the address where the fact can be read, such as 'https://example.com/pricing'"
        value = self.required(key, remedy)
        if isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            return value
        if value is not None:
            self.problem(key, f"{shown(value)} is no address; write {remedy}")
        return ""

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of a few words; required where there is no default."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in allowed:
            return value
        found = "is missing" if value is None else f"{shown(value)} is not known"
        words = ", ".join(f"'{word}'" for word in allowed)
        self.problem(key, f"{found}; use one of {words}")
        return allowed[0]

    def flag(self, key: str) -> bool | None:
        """True, false or None."""
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return value
        self.problem(key, f"{shown(value)} is neither true nor false; write one of them without quotes")
        return None

    def instant(self, key: str) -> int:
        """A required instant with an offset, as nanoseconds since the epoch."""
        found = self.optional_instant(key)
        if found is None and self.raw(key) is None:
            self.problem(key, "is missing; write an instant such as '2026-09-10T04:00:00Z'")
        return found or 0

    def optional_instant(self, key: str) -> int | None:
        """An instant with an offset, or None."""
        value = self.raw(key)
        if value is None:
            return None
        text = value.isoformat() if isinstance(value, datetime) else value
        try:
            if isinstance(text, str):
                return parse_instant(text)
        except (ValueError, OverflowError):
            pass
        self.problem(key, f"{shown(value)} is no instant with an offset; write it as '2026-09-10T04:00:00Z'")
        return None

    def day(self, key: str) -> int:
        """A required date, as the nanoseconds since the epoch at which it begins in UTC."""
        value = self.required(key, "a date such as '2026-11-24'")
        found = as_date(value)
        if found is None:
            if value is not None:
                self.problem(key, f"{shown(value)} is no date; write it as '2026-11-24'")
            return 0
        return (found - date(1970, 1, 1)).days * 86_400 * NS_PER_S

    def decimal(self, key: str) -> int:
        """A required decimal, in nano-units."""
        found = self.optional_decimal(key)
        if found is None and self.raw(key) is None:
            self.problem(key, "is missing; write a decimal in quotes such as '0.15'")
        return found or 0

    def optional_decimal(self, key: str) -> int | None:
        """A plain decimal in quotes, at most a million, in nano-units; or None."""
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, str) and len(value) <= _DECIMAL_CHARS_MAX:
            try:
                nano = parse_price(value)
            except ValueError:
                nano = -1
            if 0 <= nano <= _DECIMAL_MAX * NANO_PER_UNIT:
                return nano
        self.problem(
            key,
            f"{shown(value)} is no plain decimal from 0 to {_DECIMAL_MAX}; "
            "write it in quotes, at most nine decimal places, no sign or exponent, such as '0.15'",
        )
        return None

    def optional_count(self, key: str) -> int | None:
        """A whole number of at least 1, or None."""
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        self.problem(key, f"{shown(value)} is no whole number of at least 1; write it without quotes")
        return None

    def table(self, key: str, remedy: str) -> "FactTable":
        """A required table inside this one."""
        value = self.required(key, remedy)
        if isinstance(value, dict):
            return self._inner(value, f"{key}.")
        if value is not None:
            self.problem(key, f"{shown(value)} is no table; write {remedy}")
        # What is inside was not looked at, so what is missing there would be noise.
        return FactTable({}, self._place, [], f"{self._path}{key}.")

    def tables(self, key: str, remedy: str) -> "list[FactTable]":
        """A required, non-empty list of tables."""
        inner: list[FactTable] = []
        items = self._list(key, self.required(key, remedy), remedy)
        for index, item in enumerate(items):
            if isinstance(item, dict):
                inner.append(self._inner(item, f"{key}[{index}]."))
            else:
                self.problem(f"{key}[{index}]", f"{shown(item)} is no table; write {remedy}")
        if self.raw(key) == []:
            self.problem(key, f"is empty; write {remedy}")
        return inner

    def items(self, key: str, remedy: str) -> list[object]:
        """A required, non-empty list of anything."""
        items = self._list(key, self.required(key, remedy), remedy)
        if self.raw(key) == []:
            self.problem(key, f"is empty; write {remedy}")
        return items

    def pairs(self, key: str, remedy: str) -> list[tuple[str, str]]:
        """A required list of pairs of texts."""
        found: list[tuple[str, str]] = []
        for item in self.items(key, remedy):
            if isinstance(item, list) and len(item) == 2:
                first, last = (part.isoformat() if isinstance(part, date) else part for part in item)
                if isinstance(first, str) and isinstance(last, str):
                    found.append((first, last))
                    continue
            self.problem(key, f"{shown(item)} is no pair of texts; write {remedy}")
        return found

    def _inner(self, values: Mapping[str, object], path: str) -> "FactTable":
        return FactTable(values, self._place, self.problems, self._path + path)

    def _as_name(self, key: str, value: object, remedy: str) -> str | None:
        if value is None:
            return None
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        self.problem(key, f"{shown(value)} is no name of letters, digits and ._:/-; write {remedy}")
        return None

    def _list(self, key: str, value: object, remedy: str) -> list[object]:
        if isinstance(value, list):
            return value
        if value is not None:
            self.problem(key, f"{shown(value)} is no list; write {remedy}")
        return []


def as_date(value: object) -> date | None:
    """A date from TOML's own or from its text; None where it is none."""
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def shown(value: object) -> str:
    """A value as an error shows it: on one line, cut to a readable length."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN_CHARS_MAX else text[: _SHOWN_CHARS_MAX - 3] + "..."
