"""`docs/cli.md` lists every command with every option; the command lines in all documents can be parsed."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.support.documents import Example, all_examples, document, headings, rows_of, section

from routeproof.cli.app import build_app
from routeproof.cli.exits import Exit

TEXT = document("docs/cli.md")
APP: Any = typer.main.get_command(build_app())
PROGRAM = "routeproof"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by the words that call it."""
    inner = getattr(command, "commands", {})
    if not inner or command.params:
        yield path, command
    for name, below in inner.items():
        yield from _commands(below, f"{path} {name}")


COMMANDS = dict(_commands(APP, PROGRAM))


def _command_lines(example: Example) -> Iterator[str]:
    """What the shell would call: whole lines, in the background or not, and what stands in `$(...)`."""
    for line in example.text.replace("\\\n", " ").splitlines():
        found = re.search(rf"(?:^|\$\()({PROGRAM} [^)<&]*)", line)
        if found is not None:
            yield found[1].strip()


LINES = [(str(example), line) for example in all_examples() for line in _command_lines(example)]


def test_every_command_has_its_section() -> None:
    """And no section is about a command that does not exist."""
    listed = [heading.strip("`") for heading in headings(TEXT) if heading.startswith("`")]

    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_is_listed_with_default_and_meaning(path: str) -> None:
    """In the order and the words of the help."""
    listed = [tuple(row.values()) for row in rows_of(section(TEXT, f"`{path}`"), "option")]

    assert listed == [(_names(option), _default(option), option.help) for option in COMMANDS[path].params]


@pytest.mark.parametrize("path", [path for path in COMMANDS if path != PROGRAM])
def test_every_command_has_an_example(path: str) -> None:
    """On its own page."""
    lines = [line for place, line in LINES if place.startswith("docs/cli.md")]

    assert [line for line in lines if line == path or line.startswith(f"{path} ")]


@pytest.mark.parametrize(("place", "line"), LINES, ids=[f"{place} {line}" for place, line in LINES])
def test_command_lines_can_be_parsed(place: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command, options and values are such that the command would begin; files that are named exist."""
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line, comments=True)[1:]
    for word in words:
        if word.endswith(".toml") and "/" not in word:
            (tmp_path / word).touch()
    for option, word in pairwise(words):
        if option == "--replay":
            (tmp_path / word).mkdir()

    _parse(APP, words, None)


def test_exit_codes_are_listed() -> None:
    """All of them."""
    assert [int(row["exit code"]) for row in rows_of(TEXT, "exit code")] == [code.value for code in Exit]


def _parse(command: Any, words: list[str], parent: Any) -> None:
    context = command.make_context(PROGRAM, words, parent=parent)
    inner = getattr(command, "commands", {})
    rest = [*context._protected_args, *context.args]
    if inner and rest:
        _parse(inner[rest[0]], rest[1:], context)


def _names(option: Any) -> str:
    if option.param_type_name == "argument":
        return f"`{option.metavar}`"
    return ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))


def _default(option: Any) -> str:
    if option.required:
        return "required"
    if option.default is False:
        return "off"
    if option.secondary_opts and option.default is None:
        return "either"
    if option.default in (None, ""):
        return "none"
    return str(option.default) if isinstance(option.default, int) else f"`{option.default}`"
