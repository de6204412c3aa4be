"""Log lines on stderr: text on a terminal, one JSON object a line elsewhere; a record is one line."""

import logging
import sys
from typing import Final, Literal, TextIO

import msgspec

from routeproof.clock import format_instant
from routeproof.secret import mask_credentials

LogStyle = Literal["auto", "json", "text"]

_STANDARD_FIELDS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# C0, DEL, C1 (terminals obey both), and Unicode's own line and paragraph separators.
_CONTROLS: Final = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_ESCAPES: Final = {code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in _CONTROLS} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}
_JSON_ESCAPES: Final = {code: f"\\u{code:04x}" for code in _CONTROLS}


def configure_logging(level: str, style: LogStyle = "auto", stream: TextIO | None = None) -> None:
    """Send all that this process logs to stderr (or `stream`), masked. Replaces an earlier set-up."""
    target = sys.stderr if stream is None else stream
    as_text = target.isatty() if style == "auto" else style == "text"
    handler = logging.StreamHandler(target)
    handler.setFormatter(TextFormatter() if as_text else JsonFormatter())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())


class JsonFormatter(logging.Formatter):
    """One JSON object: `time`, `level`, `logger`, `message`, what came in `extra`, and `exception` if any."""

    def format(self, record: logging.LogRecord) -> str:
        """The record on one line, with whatever looks like a credential masked."""
        line: dict[str, object] = {
            "time": _instant(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _clean(record.getMessage()),
        }
        for name, value in _extra(record).items():
            line.setdefault(name, value)
        if record.exc_info:
            line["exception"] = _clean(self.formatException(record.exc_info))
        # The encoder escapes only what JSON asks for; terminals and other readers obey more than that.
        return msgspec.json.encode(line).decode().translate(_JSON_ESCAPES)


class TextFormatter(logging.Formatter):
    """`time LEVEL logger: message key=value ...` for people; control characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """The record on one line, with whatever looks like a credential masked."""
        extra = "".join(f" {name}={value}" for name, value in _extra(record).items())
        text = f"{_instant(record)} {record.levelname:<7} {record.name}: {record.getMessage()}{extra}"
        if record.exc_info:
            text = f"{text} | {self.formatException(record.exc_info)}"
        return escape_control_characters(_clean(text))


def escape_control_characters(text: str) -> str:
    """The text on one line: line breaks, terminal escapes and the like become visible escapes."""
    return text.translate(_ESCAPES)


def _extra(record: logging.LogRecord) -> dict[str, object]:
    """What the caller passed as `extra`; anything but a plain number or flag as masked text."""
    return {
        name: value if isinstance(value, int | float | bool) or value is None else _clean(str(value))
        for name, value in vars(record).items()
        if name not in _STANDARD_FIELDS
    }


def _clean(text: str) -> str:
    """Masked, and writable whatever it holds: half a surrogate pair becomes an escape."""
    return mask_credentials(text).encode("utf-8", "backslashreplace").decode()


def _instant(record: logging.LogRecord) -> str:
    return format_instant(int(record.created * 1_000) * 1_000_000)
