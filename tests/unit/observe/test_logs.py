"""Log lines: one record is one line, and no credential gets through."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.observe.logs import JsonFormatter, TextFormatter, configure_logging, escape_control_characters

KEY = "sk-3f9a77c1d2e84b5690aa"
FORMATTERS = [JsonFormatter(), TextFormatter()]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Always."""
        return True


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[logging.Logger]:
    """The root logger as it was before."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    """A record as a logger makes it, at a fixed time."""
    made = logging.LogRecord("routeproof.test", logging.WARNING, "file.py", 1, message, args, None)
    made.created = 1_788_825_600.25
    vars(made).update(extra)
    return made


def test_json_lines_hold_what_happened() -> None:
    """Time in UTC, level, logger, message, and the extra fields with their types."""
    line = json.loads(JsonFormatter().format(record("reload of %s failed", "x.toml", attempts=3, route="p/a")))

    assert line == {
        "time": "2026-09-08T00:00:00.250Z",
        "level": "warning",
        "logger": "routeproof.test",
        "message": "reload of x.toml failed",
        "attempts": 3,
        "route": "p/a",
    }


def test_text_lines_are_for_people() -> None:
    """The same in one readable line."""
    assert TextFormatter().format(record("reload failed", attempts=3)) == (
        "2026-09-08T00:00:00.250Z WARNING routeproof.test: reload failed attempts=3"
    )


def test_an_extra_field_never_replaces_a_standard_one() -> None:
    """Nobody can pass off a line as another level's."""
    line = json.loads(JsonFormatter().format(record("x", level="info", time="never")))

    assert (line["level"], line["time"]) == ("warning", "2026-09-08T00:00:00.250Z")


@pytest.mark.parametrize("formatter", FORMATTERS, ids=["json", "text"])
def test_credentials_are_masked_wherever_they_are(formatter: logging.Formatter) -> None:
    """In the message, its arguments, the extra fields, and an exception's text."""
    made = record(f"key {KEY} and %s", KEY, upstream=f"Bearer {KEY}", nested={"k": KEY})
    try:
        raise ValueError(KEY)
    except ValueError:
        made.exc_info = sys.exc_info()

    line = formatter.format(made)

    assert KEY not in line
    assert "ValueError: ****" in line


@pytest.mark.parametrize("formatter", FORMATTERS, ids=["json", "text"])
@given(text=st.text())
def test_one_record_is_one_line(formatter: logging.Formatter, text: str) -> None:
    """What a client sent can't begin a line of its own, nor move a terminal's cursor."""
    line = formatter.format(record("%s", text, model=text))

    assert len(line.splitlines()) == 1
    assert not any(character < " " or "\x7f" <= character < "\xa0" for character in line)


def test_json_lines_keep_the_text() -> None:
    """What is escaped reads back as it was; half a surrogate pair is made visible."""
    line = json.loads(JsonFormatter().format(record("%s", "a\n\x7f\u2028\ud800z")))

    assert line["message"] == "a\n\x7f\u2028\\ud800z"


@given(st.text())
def test_escaped_text_has_no_control_characters(text: str) -> None:
    """Neither C0 nor C1 nor Unicode's own line ends."""
    assert len(escape_control_characters(text).splitlines()) <= 1


def test_a_pipe_gets_json_and_a_terminal_text() -> None:
    """`auto` decides by the stream."""
    pipe, terminal = io.StringIO(), Terminal()
    for stream in (pipe, terminal):
        configure_logging("info", "auto", stream)
        logging.getLogger("routeproof.test").info("hello")

    assert json.loads(pipe.getvalue())["message"] == "hello"
    assert terminal.getvalue().endswith(" INFO    routeproof.test: hello\n")


@pytest.mark.parametrize(("style", "first"), [("json", "{"), ("text", "2")])
def test_the_style_can_be_forced(style: str, first: str) -> None:
    """Whatever the stream is."""
    stream = Terminal() if style == "json" else io.StringIO()
    configure_logging("info", "json" if style == "json" else "text", stream)
    logging.getLogger("routeproof.test").info("hello")

    assert stream.getvalue().startswith(first)


def test_levels_below_the_configured_one_are_not_written() -> None:
    """`warning` silences `info`, also for libraries."""
    stream = io.StringIO()
    configure_logging("warning", "json", stream)
    logging.getLogger("some.library").info("quiet")
    logging.getLogger("some.library").warning("loud")

    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["loud"]


def test_configuring_again_replaces_the_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    """No line is written twice, and stderr is the default."""
    configure_logging("info", "text")
    configure_logging("info", "text")
    logging.getLogger("routeproof.test").info("once")

    assert capsys.readouterr().err.count("once") == 1
