"""Layer 2, server-sent events: what a browser would dispatch (WHATWG HTML, "Server-sent events"), and what it drops.

A block is what stands between two empty lines; a block with data is an event. Written from the standard and on its
own: `routeproof.wire` reads streams for the gateway, which is what is to be judged.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from routeproof.prover.oracle.findings import Findings
from routeproof.prover.oracle.stream.framing_bytes import BOM

DONE: Final = b"[DONE]"
_BLOCK_END: Final = re.compile(rb"(?>\r\n|\r|\n)(?>\r\n|\r|\n)")
_LINE: Final = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|\Z)")
_UNNEEDED: Final = (b"id", b"retry")


class SseEvent(NamedTuple):
    """One dispatched event."""

    offset: int
    """Where the data begins."""
    end: int
    """Behind the empty line that ends it: with this byte a client has the event."""
    data: bytes


class SseReader:
    """Cuts a body into events and finds what is wrong with its framing."""

    def __init__(self, body: bytes, findings: Findings) -> None:
        self._body = body
        self._findings = findings
        self.comments = 0
        """Comment lines, which keep a connection alive."""

    def events(self) -> Iterator[SseEvent]:
        """Every event with data, [DONE] included, in order."""
        start = len(BOM) if self._body.startswith(BOM) else 0
        line_end = _only_line_end(self._body)
        blocks = self._blocks(start) if line_end is None else self._blocks_by(line_end * 2, start)
        for offset, text, end in blocks:
            if line_end is not None and text.startswith(b"data: ") and b"\n" not in text and len(text) > 6:
                yield SseEvent(offset + 6, end, text[6:])
            else:
                event = self._read(offset, text, end)
                if event is not None:
                    yield event

    def _blocks_by(self, separator: bytes, start: int) -> Iterator[tuple[int, bytes, int]]:
        """The blocks of a body with one kind of line end: many times faster than line by line."""
        pieces = self._body[start:].split(separator)
        rest = pieces.pop()
        for piece in pieces:
            end = start + len(piece) + len(separator)
            yield start, piece, end
            start = end
        self._judge_rest(start, rest)

    def _blocks(self, start: int) -> Iterator[tuple[int, bytes, int]]:
        for match in _BLOCK_END.finditer(self._body, start):
            yield start, self._body[start : match.start()], match.end()
            start = match.end()
        self._judge_rest(start, self._body[start:])

    def _judge_rest(self, offset: int, rest: bytes) -> None:
        """What no empty line ends is dropped by clients; only whole comments are no loss."""
        lines = [line for line, _ in _lines(rest) if line]
        comments = sum(line.startswith(b":") for line in lines)
        self.comments += comments
        if comments < len(lines):
            self._findings.add("event_unterminated", offset)

    def _read(self, offset: int, text: bytes, end: int) -> SseEvent | None:
        """A block, line by line."""
        data: list[bytes] = []
        data_at = offset
        for line, at in _lines(text):
            name, colon, value = line.partition(b":")
            if not name:
                self.comments += bool(colon)
            elif name == b"data":
                if not data:
                    data_at = offset + at + len(line) - len(value.removeprefix(b" "))
                data.append(value.removeprefix(b" "))
            else:
                self._judge_field(name, value.removeprefix(b" "), offset + at)
        if not data:
            return None
        joined = b"\n".join(data)
        if len(data) > 1:
            self._findings.add("data_on_several_lines", data_at)
        if not joined.strip():
            self._findings.add("data_empty", offset)
            return None
        return SseEvent(data_at, end, joined)

    def _judge_field(self, name: bytes, value: bytes, offset: int) -> None:
        if name == b"event":
            if value not in (b"", b"message"):
                self._findings.add("event_named", offset, "", value[:40].decode("utf-8", "backslashreplace"))
        elif name in _UNNEEDED:
            self._findings.add("field_unneeded", offset)
        else:
            self._findings.add("line_ignored", offset)


def _only_line_end(body: bytes) -> bytes | None:
    """LF or CRLF where all lines end so, None where they end in several ways or with a lone CR."""
    if b"\r" not in body:
        return b"\n"
    return b"\r\n" if body.count(b"\r\n") == body.count(b"\n") == body.count(b"\r") else None


def _lines(text: bytes) -> Iterator[tuple[bytes, int]]:
    """Each line without its end, and where it begins."""
    for match in _LINE.finditer(text):
        if match.end() > match.start():
            yield match[1], match.start()


class EndMarks:
    """Watches over [DONE]: one, exact, and nothing after it."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.end: int | None = None
        """Behind the first end mark."""

    def take(self, event: SseEvent) -> bool:
        """Whether this event is an end mark; judges it and what comes after one."""
        is_mark = event.data == DONE or event.data.strip().strip(b'"').upper() == DONE
        if is_mark and self.end is not None:
            self._findings.add("done_repeated", event.offset)
        elif is_mark:
            self.end = event.end
            if event.data != DONE:
                self._findings.add("done_inexact", event.offset)
        elif self.end is not None:
            self._findings.add("data_after_done", event.offset)
        return is_mark

    def judge_rest(self, body: bytes) -> None:
        """After [DONE] only empty lines may follow; data there was found already."""
        if self.end is None or self._findings.has("data_after_done") or self._findings.has("done_repeated"):
            return
        rest = body[self.end :]
        if rest.strip(b"\r\n"):
            self._findings.add("bytes_after_done", self.end)


def judge_absence(body: bytes, findings: Findings) -> None:
    """Name what a body without a single event is instead of a stream."""
    text = body.removeprefix(BOM).lstrip()
    if not text:
        findings.add("body_empty", 0)
    elif text.startswith(b"<"):
        findings.add("body_html", 0)
    elif text.startswith((b"{", b"[")):
        findings.add("body_json", 0)
    else:
        findings.add("no_events", 0)
