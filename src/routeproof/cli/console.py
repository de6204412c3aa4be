"""The only place that writes to the terminal: text, tables, JSON lines and errors. The module is a `Screen`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from routeproof.errors import ConfigError, FactsError, OperatorError
from routeproof.observe.logs import escape_control_characters
from routeproof.operations.screen import Column


def say(text: str = "") -> None:
    """Write text to stdout, as it is."""
    _write(text, stderr=False)


def tell(text: str) -> None:
    """Write text for a person to stderr, so that stdout stays clean for machines."""
    _write(text, stderr=True)


def json_line(value: object) -> None:
    """Write one value as one line of JSON to stdout."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()  # whoever reads a pipe of a command that stays up waits for this line


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under their headings: on a terminal fitted to its width, elsewhere one row a line, uncut."""
    safe = [[escape_control_characters(cell) for cell in row] for row in rows]
    console = _console(stderr=False)
    if console.is_terminal:
        _fitted_table(console, columns, safe)
    else:
        sys.stdout.writelines(f"{line}\n" for line in _plain_lines(columns, safe))
        sys.stdout.flush()


def _fitted_table(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading, justify in columns:
        shown.add_column(heading, justify=justify, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    console.print(shown)


def _plain_lines(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    headings = [heading for heading, _ in columns]
    widths = [max(map(len, cells)) for cells in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = [
            cell.rjust(width) if justify == "right" else cell.ljust(width)
            for cell, width, (_, justify) in zip(row, widths, columns, strict=True)
        ]
        yield "  ".join(cells).rstrip()


@contextmanager
def progress_bar(doing: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr where that is a terminal, else nothing; takes how many are done, and of how many."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=_console(stderr=True),
        transient=True,
    )
    bar.disable = not bar.console.is_terminal
    with bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def live_console() -> Console:
    """What a command draws on that shows how far it is: stderr."""
    return _console(stderr=True)


def show_error(error: OperatorError) -> None:
    """Write what went wrong and what to do next to stderr."""
    if isinstance(error, ConfigError | FactsError):
        count, where = len(error.problems), "configuration" if isinstance(error, ConfigError) else "facts files"
        tell("\n".join(escape_control_characters(problem) for problem in error.problems))
        tell(f"{count} mistake{'s' * (count != 1)} in the {where}; nothing was done.")
    else:
        tell(f"error: {escape_control_characters(error.message)}")


def _write(text: str, *, stderr: bool) -> None:
    _console(stderr=stderr).print(Text(text), soft_wrap=True)


def _console(*, stderr: bool) -> Console:
    """Made for each use, for the streams may be replaced."""
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)
