"""One TOML table while it is read: typed look-ups that note what is wrong and go on."""

from collections.abc import Iterator, Mapping, Sequence

from routeproof.config.problems import Problems, did_you_mean, dotted, shown_value


class Table:
    """Each look-up gives a value of the type asked for, or the default where there is none or it is wrong.

    `close` reports what nobody asked for. Wrong values are noted in `problems`, never raised.
    """

    def __init__(self, values: Mapping[str, object], key: str, problems: Problems) -> None:
        self.key = key
        self.problems = problems
        self._values = values
        self._asked: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def problem(self, name: str, problem: str) -> None:
        """Note a mistake at one of this table's keys."""
        self.problems.add(dotted(self.key, name), problem)

    def item_problem(self, name: str, index: int, problem: str) -> None:
        """Note a mistake at one item of a list."""
        self.problems.add(f"{dotted(self.key, name)}[{index}]", problem)

    def raw(self, name: str) -> object:
        """The value as TOML gave it, or None."""
        self._asked.add(name)
        return self._values.get(name)

    def text(self, name: str) -> str | None:
        """A string on one line, without control characters."""
        value = self.raw(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self._wrong_type(name, value, "a string in quotes")
        elif not value.strip() or not value.isprintable():
            self.problem(name, f"{shown_value(value)} is empty or holds control characters; write plain text")
        else:
            return value
        return None

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """One of a few words."""
        value = self.raw(name)
        if value is None:
            return default
        if isinstance(value, str) and value in allowed:
            return value
        self.problem(name, f"{shown_value(value)} is not allowed; use one of {', '.join(allowed)}")
        return default

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self.raw(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        self._wrong_type(name, value, "true or false, without quotes")
        return default

    def number(self, name: str, *, whole: bool) -> int | float | None:
        """A number; whole numbers are taken where a fraction would be allowed."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and not whole:
            return value
        self._wrong_type(name, value, "a whole number" if whole else "a number")
        return None

    def items(self, name: str) -> list[object]:
        """A list of anything; empty where there is none."""
        value = self.raw(name)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        self._wrong_type(name, value, "a list in square brackets")
        return []

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        texts: list[str] = []
        for index, item in enumerate(self.items(name)):
            if isinstance(item, str) and item and item.isprintable():
                texts.append(item)
            else:
                self.item_problem(name, index, f"{shown_value(item)} is not a string of plain text")
        return texts

    def table(self, name: str) -> "Table":
        """A table inside this one; an empty one where there is none."""
        value = self.raw(name)
        if isinstance(value, dict):
            return Table(value, dotted(self.key, name), self.problems)
        if value is not None:
            self._wrong_type(name, value, f"a table: start it with [{dotted(self.key, name)}]")
        return Table({}, dotted(self.key, name), self.problems)

    def tables(self) -> Iterator[tuple[str, "Table"]]:
        """Every entry of this table, each of which must be a table, by name."""
        for name in self._values:
            yield name, self.table(name)

    def close(self) -> None:
        """Report every key that nobody asked for."""
        for name in self._values:
            if name not in self._asked:
                self.problem(name, f"there is no such setting; {did_you_mean(name, self._asked)}")

    def _wrong_type(self, name: str, value: object, expected: str) -> None:
        self.problem(name, f"{shown_value(value)} has the wrong type; write {expected}")
