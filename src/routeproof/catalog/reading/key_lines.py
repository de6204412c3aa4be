"""On which line of a TOML text each of its keys stands, for errors that lead to the place."""

import re
import tomllib
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # up to two quotes may stand before the three that end it
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[A-Za-z0-9_-]+"
    r"|[ \t\r]+"
    r"|.",
    re.DOTALL,
)
_BLANK: Final = frozenset(" \t\r#")
_BRACKETS: Final = {"[": "]", "{": "}"}


class KeyLines:
    """The lines of the keys of a text that `tomllib` has read; any other text gives nonsense.

    A path is written as `fact[0].value[1].input`.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[str, int] = {}
        self._keys: dict[str, list[tuple[str, int]]] = {}
        self._tokens = list(_tokens(text))
        self._at = 0
        self._counts: dict[str, int] = {}
        """How many tables each array of tables has so far."""
        prefix = ""
        while self._at < len(self._tokens):
            if self._next() == "\n":
                self._at += 1
            elif self._next() == "[":
                prefix = self._header()
            else:
                self._pair(prefix)

    def of(self, path: str) -> int | None:
        """The line of a key, or of the nearest table around it that has one."""
        while path and path not in self._lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self._lines.get(path)

    def below(self, path: str) -> tuple[tuple[str, int], ...]:
        """The keys right inside a table and their lines, and the table's own line under the empty key."""
        line = self._lines.get(path)
        return (*(() if line is None else (("", line),)), *self._keys.get(path, ()))

    def _note(self, table: str, key: str, line: int) -> str:
        path = f"{table}.{key}" if table else key
        if path not in self._lines:
            self._lines[path] = line
            self._keys.setdefault(table, []).append((key, line))
        return path

    def _next(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _line(self) -> int:
        return self._tokens[self._at][1]

    def _header(self) -> str:
        """A `[table]` or `[[table]]`, and the path of the keys that follow it."""
        line = self._line()
        self._at += 1
        is_item = self._next() == "["
        self._at += is_item
        path = ""
        parts = self._key()
        for index, part in enumerate(parts):
            path = self._note(path, part, line)
            if is_item and index == len(parts) - 1:
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path = f"{path}[{self._counts[path] - 1}]"
                self._lines.setdefault(path, line)
        self._at += 1 + is_item
        return path

    def _key(self) -> list[str]:
        parts = [self._key_part()]
        while self._next() == ".":
            self._at += 1
            parts.append(self._key_part())
        return parts

    def _key_part(self) -> str:
        token = self._next()
        self._at += 1
        return next(iter(tomllib.loads(f"{token} = 0"))) if token[0] in "\"'" else token

    def _pair(self, prefix: str) -> None:
        line = self._line()
        path = prefix
        for part in self._key():
            path = self._note(path, part, line)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: str) -> None:
        opening = self._next()
        if opening not in _BRACKETS:
            while self._next() not in {"\n", ",", "]", "}", ""}:
                self._at += 1
            return
        self._at += 1
        index = 0
        while self._next() not in {_BRACKETS[opening], ""}:
            if self._next() in {"\n", ","}:
                self._at += 1
            elif opening == "{":
                self._pair(path)
            else:
                self._lines[f"{path}[{index}]"] = self._line()
                self._value(f"{path}[{index}]")
                index += 1
        self._at += 1


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Everything but blanks and comments, with its line."""
    line = 1
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token[0] not in _BLANK:
            yield token, line
        line += token.count("\n")
