"""What commands write: tables, JSON lines and errors, on a terminal and into a pipe."""

import io
import json
import sys

import pytest

from routeproof.cli import console
from routeproof.cli.console import json_line, say, show_error, table, tell
from routeproof.errors import ConfigError, OperatorError
from routeproof.operations.screen import Column, Screen

LONG_ID = "req_" + "0123456789abcdef" * 10
COLUMNS: list[Column] = [("id", "left"), ("cost", "right")]


class Terminal(io.StringIO):
    """A narrow terminal."""

    def isatty(self) -> bool:
        """Always."""
        return True


def test_a_table_in_a_pipe_keeps_a_row_on_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """No colour, no frame, and nothing is wrapped or cut."""
    table(COLUMNS, [[LONG_ID, "0.5"], ["req_1", "12.25"]])

    assert capsys.readouterr().out == (
        f"{'id':<{len(LONG_ID)}}   cost\n{LONG_ID}    0.5\n{'req_1':<{len(LONG_ID)}}  12.25\n"
    )


def test_a_table_on_a_terminal_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is folded, never cut."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    table(COLUMNS, [[LONG_ID, "0.5"]])
    heading, *lines = terminal.getvalue().splitlines()

    assert "\x1b[1m" in heading
    assert "".join(line.split()[0] for line in lines) == LONG_ID
    assert max(map(len, lines)) <= 40


def test_a_table_without_rows_is_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing found is no error."""
    table(COLUMNS, [])

    assert capsys.readouterr().out == "id  cost\n"


def test_the_module_is_a_screen() -> None:
    """Operations write through it; the assignment is what is checked, by mypy."""
    screen: Screen = console

    assert screen.say is say


@pytest.mark.parametrize("text", ["[red]x[/red]", ":smile:", "[link=file:///x]y", "[/]"])
def test_text_is_no_markup(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """What a client sent as a model's name is shown as it is."""
    table([("model", "left")], [[text]])
    say(text)

    assert capsys.readouterr().out.splitlines() == ["model", text, text]


def test_cells_can_not_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters of a client become visible escapes."""
    table([("model", "left")], [["a\x1b[2Jb\nc"]])

    assert capsys.readouterr().out.splitlines()[1].rstrip() == r"a\x1b[2Jb\nc"


def test_json_is_one_line_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """Whole, however long."""
    json_line({"id": LONG_ID, "text": "a\nb" * 100})
    output = capsys.readouterr().out

    assert output.count("\n") == 1
    assert json.loads(output)["id"] == LONG_ID


def test_words_for_people_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """So that stdout stays parseable."""
    tell("note")

    assert capsys.readouterr() == ("", "note\n")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperatorError("the port is taken; use another"), "error: the port is taken; use another\n"),
        (ConfigError(["f: a: x"]), "f: a: x\n1 mistake in the configuration; nothing was done.\n"),
        (
            ConfigError(["f: a: x", "f: b: y"]),
            "f: a: x\nf: b: y\n2 mistakes in the configuration; nothing was done.\n",
        ),
    ],
)
def test_errors_say_what_and_what_next(capsys: pytest.CaptureFixture[str], error: OperatorError, expected: str) -> None:
    """On stderr."""
    show_error(error)

    assert capsys.readouterr() == ("", expected)
