"""Reads the facts shipped with the package, and an operator's own files on top of them."""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from routeproof.catalog.facts import merge_facts, parse_facts
from routeproof.catalog.kinds import Facts
from routeproof.errors import FactsError

FACTS_FILE_BYTES_MAX: Final = 4 * 1024 * 1024


def load_facts(extra: Iterable[Path] = ()) -> Facts:
    """The shipped facts, then those of the extra files in order; a later fact replaces one of the same id.

    Raises FactsError with the problems of every file.
    """
    problems: list[str] = []
    facts = Facts()
    for origin, text in (*_shipped(), *_read(extra, problems)):
        try:
            facts = merge_facts(facts, parse_facts(text, origin))
        except FactsError as error:
            problems += error.problems
    if problems:
        raise FactsError(problems)
    return facts


def _shipped() -> Iterator[tuple[str, str]]:
    folder = files("routeproof.catalog").joinpath("data")
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.name.endswith(".toml"):
            yield item.name, item.read_text(encoding="utf-8")


def _read(paths: Iterable[Path], problems: list[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        try:
            with path.open("rb") as file:
                content = file.read(FACTS_FILE_BYTES_MAX + 1)
            text = content.decode("utf-8")
        except OSError as error:
            problems.append(f"{path}: can't be read ({error.strerror}); correct the path or its permissions")
        except UnicodeDecodeError:
            problems.append(f"{path}: is not UTF-8; save it as UTF-8")
        else:
            if len(content) <= FACTS_FILE_BYTES_MAX:
                yield str(path), text
            else:
                problems.append(f"{path}: is larger than {FACTS_FILE_BYTES_MAX} bytes; split it")
