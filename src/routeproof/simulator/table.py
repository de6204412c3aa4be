"""Reads a table of a simulator script field by field, collecting every mistake instead of the first only."""

from collections.abc import Mapping


class Table:
    """One table of a TOML document. What can't be read gives the default and a problem."""

    def __init__(self, fields: Mapping[str, object], place: str, problems: list[str]) -> None:
        self._fields = fields
        self._place = place
        self._problems = problems
        self._known: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether the field was written."""
        return name in self._fields

    def problem(self, name: str, remedy: str) -> None:
        """Note what is wrong with a field, and what to write."""
        found = f"found {self._fields[name]!r}" if name in self._fields else "it is missing"
        where = f"{self._place}.{name}" if self._place else name
        self._problems.append(f"{where}: {found}; {remedy}")

    def text(self, name: str, default: str) -> str:
        """A text."""
        value = self._take(name, default)
        if isinstance(value, str):
            return value
        self.problem(name, f"write a text such as {default!r}")
        return default

    def texts(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of texts, which may be empty only where the default is."""
        value = self._take(name, list(default))
        if isinstance(value, list) and (value or not default) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.problem(name, f"write a list of texts such as {list(default) or ['a', 'b']!r}")
        return default

    def whole(self, name: str, default: int | None, least: int = 0, most: int = 10**12) -> int | None:
        """A whole number within bounds."""
        value = self._take(name, default)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most):
            return value
        self.problem(name, f"write a whole number from {least} to {most}")
        return default

    def number(self, name: str, default: float | None, most: float = 3_600_000.0) -> float | None:
        """A number from 0."""
        value = self._take(name, default)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most):
            return value
        self.problem(name, f"write a number from 0 to {most:g}")
        return default

    def flag(self, name: str) -> bool | None:
        """True, false or nothing."""
        value = self._take(name, None)
        if value is None or isinstance(value, bool):
            return value
        self.problem(name, "write true or false")
        return None

    def table(self, name: str) -> "Table":
        """A table within; empty where it is missing."""
        value = self._take(name, {})
        inner = f"{self._place}.{name}" if self._place else name
        if isinstance(value, dict):
            return Table(value, inner, self._problems)
        self.problem(name, "write a table")
        return Table({}, inner, self._problems)

    def tables(self, name: str) -> list["Table"]:
        """A list of tables."""
        value = self._take(name, [])
        inner = f"{self._place}.{name}" if self._place else name
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [Table(item, f"{inner}[{index}]", self._problems) for index, item in enumerate(value)]
        self.problem(name, "write a list of tables")
        return []

    def named_tables(self) -> dict[str, "Table"]:
        """Every field as a table within."""
        return {name: self.table(name) for name in self._fields}

    def finish(self) -> None:
        """Note every field that nobody asked for."""
        for name in self._fields:
            if name not in self._known:
                self.problem(name, f"no such field; there are {', '.join(sorted(self._known))}")

    def _take(self, name: str, default: object) -> object:
        self._known.add(name)
        return self._fields.get(name, default)
