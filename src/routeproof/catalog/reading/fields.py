"""One table of a facts file while it is read: typed look-ups that note what is wrong and go on."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from routeproof.catalog.reading.key_lines import KeyLines
from routeproof.catalog.reading.values import DECIMAL_MAX, as_date, as_decimal, is_negative, shown
from routeproof.clock import NS_PER_S, parse_instant

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}")
_INTEGER_MAX: Final = 10**15


class FactPlace:
    """Where one fact stands: its file, its path in the text, and its id."""

    def __init__(self, origin: str, lines: KeyLines, path: str, fact_id: object) -> None:
        self.origin = origin
        self.key_lines = lines.below(path)
        """The lines of the fact's own keys."""
        self._lines = lines
        self._path = path
        self._fact_id = shown(fact_id)

    def of(self, key: str) -> str:
        """File, line and fact of one of its keys; the line of what is around a key that isn't there."""
        line = self._lines.of(f"{self._path}.{key}")
        return f"{self.origin}{'' if line is None else f':{line}'}: fact {self._fact_id}"


class FactTable:
    """Each look-up gives a value of its type, or a stand-in after noting the problem.

    `close` reports the keys that nobody asked for.
    """

    def __init__(self, values: Mapping[str, object], place: FactPlace, problems: list[str], path: str = "") -> None:
        self.problems = problems
        self._values = values
        self._place = place
        self._path = path
        self._asked: set[str] = set()

    def problem(self, key: str, text: str) -> None:
        """Note what is wrong with one key."""
        self.problems.append(f"{self._place.of(self._path + key)}: {self._path}{key}: {text}")

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

    def optional_choice(self, key: str, allowed: Sequence[str]) -> str | None:
        """One of a few words, or None."""
        return None if self.raw(key) is None else self.choice(key, allowed)

    def text(self, key: str, is_good: Callable[[str], object], remedy: str) -> str:
        """A required text of a form of its own."""
        found = self.optional_text(key, is_good, remedy)
        if found is None and self.raw(key) is None:
            self.problem(key, f"is missing; write {remedy}")
        return found or ""

    def optional_text(self, key: str, is_good: Callable[[str], object], remedy: str) -> str | None:
        """A text of a form of its own, or None."""
        value = self.raw(key)
        if value is None or (isinstance(value, str) and is_good(value)):
            return value
        self.problem(key, f"{shown(value)} has not the right form; write {remedy}")
        return None

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
        nano = as_decimal(value)
        if nano is None:
            self.problem(key, _no_decimal(value))
        return nano

    def optional_count(self, key: str) -> int | None:
        """A whole number of at least 1, or None."""
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _INTEGER_MAX:
            return value
        found = "is negative" if is_negative(value) else "is no whole number of at least 1"
        self.problem(key, f"{shown(value)} {found}; write one from 1 to {_INTEGER_MAX}, without quotes")
        return None

    def count(self, key: str) -> int:
        """A required whole number of at least 1."""
        found = self.optional_count(key)
        if found is None and self.raw(key) is None:
            self.problem(key, "is missing; write a whole number of at least 1, without quotes")
        return found or 0

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


def _no_decimal(value: object) -> str:
    remedy = f"write one from 0 to {DECIMAL_MAX} in quotes, at most nine decimal places, such as '0.15'"
    if is_negative(value):
        return f"{shown(value)} is negative; {remedy}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{shown(value)} is no plain decimal in quotes; {remedy}"
    return f"{shown(value)} is no plain decimal; {remedy}, without sign, exponent or comma"
