"""Request heads: one reading or none, however the bytes arrive, and the reading that `httptools` has too."""

import re
from typing import NamedTuple

import httptools
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.wire.head_table import ACCEPTED, POST, REFUSED, START, lines, with_fields, with_start

from routeproof.errors import MalformedRequest, RouteproofError, UnsupportedEncoding, status_of
from routeproof.limits import Limits
from routeproof.wire.head import HeadMemo, RequestHead, head_end, parse_head

LIMITS = Limits()


def reading(raw: bytes, limits: Limits = LIMITS) -> RequestHead | int | None:
    """What a connection makes of these bytes: the head, the status of a refusal, or None for 'not yet'."""
    try:
        end = head_end(raw, limits)
        return None if end < 0 else parse_head(raw[:end], limits)
    except RouteproofError as error:
        return status_of(error)


def byte_by_byte(raw: bytes, limits: Limits = LIMITS) -> RequestHead | int | None:
    """The first verdict of a connection that gets one byte more each time."""
    for size in range(1, len(raw) + 1):
        verdict = reading(raw[:size], limits)
        if verdict is not None:
            return verdict
    return None


def _ids(rows: list[tuple[str, bytes]] | list[tuple[str, bytes, int]]) -> list[str]:
    return [str(row[0]) for row in rows]


@pytest.mark.parametrize(("name", "raw"), ACCEPTED, ids=_ids(ACCEPTED))
def test_what_has_one_reading_is_accepted(name: str, raw: bytes) -> None:
    """Whole and byte by byte; what follows the head is not looked at."""
    for verdict in (reading(raw), reading(raw + b"GET \x00\n"), byte_by_byte(raw)):
        assert isinstance(verdict, RequestHead), verdict
        assert verdict.size == len(raw)


@pytest.mark.parametrize(("name", "raw", "status"), REFUSED, ids=_ids(REFUSED))
def test_what_has_two_readings_or_none_is_refused(name: str, raw: bytes, status: int) -> None:
    """With the same status, whether it comes whole or byte by byte."""
    assert reading(raw) == status
    assert byte_by_byte(raw) == status


@pytest.mark.parametrize(("name", "raw"), ACCEPTED, ids=_ids(ACCEPTED))
def test_an_incomplete_head_is_neither_accepted_nor_refused(name: str, raw: bytes) -> None:
    """Every beginning of an accepted head is waited with."""
    assert [reading(raw[:size]) for size in range(len(raw))] == [None] * len(raw)


@pytest.mark.parametrize("name", ["host", "content-length", "authorization", "content-type"])
def test_a_field_that_decides_is_read_without_its_blanks(name: str) -> None:
    """Blanks around a value are not part of it (RFC 9110, 5.5)."""
    values = {"host": b"h", "content-length": b"3", "authorization": b"Bearer x", "content-type": b"text/x; y = z"}
    rows = [f"{known}: \t {value.decode()} \t" for known, value in values.items()]

    assert parse_head(lines(POST, *rows), LIMITS).fields[name.encode()] == values[name]


@pytest.mark.parametrize(
    ("version", "connection", "stays"),
    [
        ("1.1", None, True),
        ("1.1", "close", False),
        ("1.1", "Close", False),
        ("1.1", "keep-alive", True),
        ("1.1", "keep-alive, close", False),
        ("1.1", "te,\tclose", False),
        ("1.1", "closed", True),
        ("1.1", "not-close", True),
        ("1.1", "", True),
        ("1.1", "Upgrade, HTTP2-Settings", True),
        ("1.1", "upgrade, close", False),
        ("1.0", None, False),
        ("1.0", "keep-alive", True),
        ("1.0", "Keep-Alive, te", True),
        ("1.0", "not-keep-alive", False),
        ("1.0", "Upgrade", False),
        ("1.0", "close, keep-alive", False),
    ],
)
def test_whether_a_connection_stays(version: str, connection: str | None, stays: bool) -> None:
    """By whole options, never by parts of words; `close` wins (RFC 9112, 9.3)."""
    rows = [] if connection is None else [f"Connection: {connection}"]

    assert parse_head(lines(f"GET / HTTP/{version}", "Host: a", *rows), LIMITS).keep_alive is stays


def test_connection_options_of_several_lines_count_together() -> None:
    """Two Connection lines are one list (RFC 9110, 5.3)."""
    assert not parse_head(with_fields("Connection: keep-alive", "Connection: close"), LIMITS).keep_alive


@pytest.mark.parametrize(
    ("version", "expectation", "waits"),
    [
        ("1.1", "100-continue", True),
        ("1.1", "100-Continue", True),
        ("1.1", "200-ok", False),
        ("1.0", "100-continue", False),
    ],
)
def test_who_waits_for_the_interim_answer(version: str, expectation: str, waits: bool) -> None:
    """Only a client of 1.1, and only for this expectation (RFC 9110, 10.1.1)."""
    head = parse_head(lines(f"POST / HTTP/{version}", "Host: a", f"Expect: {expectation}"), LIMITS)

    assert head.expects_continue is waits


class Bound(NamedTuple):
    """A head exactly at a limit, and one that is over it."""

    fits: bytes
    over: bytes
    status: int


def _filled(size: int) -> bytes:
    head = with_fields(*["X: " + "a" * 4_000] * (size // 4_100))
    return head[:-2] + b"Y: " + b"a" * (size - len(head) - 5) + b"\r\n\r\n"


BOUNDS = {
    "fields": Bound(lines(START, "Host:", *["a:"] * 99), lines(START, "Host:", *["a:"] * 100), 431),
    "line": Bound(with_fields("X: " + "a" * 8_189), with_fields("X: " + "a" * 8_190), 431),
    "head": Bound(_filled(32_768), _filled(32_769), 431),
    "head, far over": Bound(_filled(32_768), _filled(60_000), 431),
    "request line": Bound(
        with_start("GET /" + "a" * 8_178 + " HTTP/1.1"), with_start("GET /" + "a" * 8_179 + " HTTP/1.1"), 414
    ),
    "request line, longer than a head": Bound(
        with_start("GET /" + "a" * 8_178 + " HTTP/1.1"), with_start("GET /" + "a" * 40_000 + " HTTP/1.1"), 414
    ),
}


@pytest.mark.parametrize("bound", BOUNDS.values(), ids=BOUNDS.keys())
def test_each_limit_holds_to_the_byte(bound: Bound) -> None:
    """What fits is read; one more is refused, and however its bytes are cut, with the same status."""
    assert isinstance(reading(bound.fits), RequestHead)
    assert reading(bound.over) == bound.status
    pieces = range(0, len(bound.over), 97)
    assert next(verdict for size in pieces if (verdict := reading(bound.over[: size + 97])) is not None) == bound.status


@pytest.mark.parametrize("raw", [b"\x16", b" ", b"\r", b"\n", b"\x00", b"g", b"7", b"{", b"\xef", b"/"])
def test_what_can_not_become_a_request_is_refused_at_its_first_byte(raw: bytes) -> None:
    """TLS, JSON, a mark, a method in small letters: nobody waits for the end of such a line."""
    assert reading(raw) == 400


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (with_fields("X-A: a\nb"), "a bare CR, a bare LF or a NUL"),
        (with_start("GET / HTTP/2.0"), "Only HTTP/1.1 and HTTP/1.0"),
        (with_start("GET http://a/ HTTP/1.1"), "METHOD /path HTTP/1.1"),
        (with_fields("X A: b"), "Name: value"),
        (lines(START), "Host field is missing"),
        (lines(START, "Host: a/b"), "Host field is not a host"),
        (with_fields("Content-Type: a", "Content-Type: a"), "content-type field is given more than once"),
        (with_fields("Content-Length: 05"), "not a plain decimal number"),
        (with_fields("Content-Length: 5", "Transfer-Encoding: chunked"), "send one of them"),
        (with_fields("Transfer-Encoding: gzip"), "a lone 'chunked'"),
        (with_fields("Content-Encoding: gzip"), "send it unencoded"),
        (with_fields(*["a:"] * 101), "More than 100 header fields"),
        (with_fields("X: " + "a" * 9_000), "longer than 8192 bytes"),
        (with_fields(*["X: " + "a" * 8_000] * 5), "larger than 32768 bytes"),
    ],
)
def test_a_refusal_says_what_is_wrong(raw: bytes, told: str) -> None:
    """The message names the fault, and where it is not plain the remedy."""
    with pytest.raises((MalformedRequest, UnsupportedEncoding), match=re.escape(told)):
        parse_head(raw[: head_end(raw, LIMITS)], LIMITS)


def test_an_endless_head_is_refused_at_its_limit() -> None:
    """Neither an endless line nor endless lines are waited with."""
    assert reading(b"G" * 8_193) is None
    assert reading(b"G" * 8_194) == 414
    assert reading(b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 8_188) == 431


_FIELD_NAMES = st.sampled_from(
    ["X-A", "Accept", "Connection", "Content-Length", "Transfer-Encoding", "Host", "Expect", "Upgrade"]
)
_FIELD_VALUES = st.one_of(
    st.sampled_from(["chunked", "5", "0", "close", "keep-alive", "upgrade", "100-continue", "identity", "a, b", ""]),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=12),
)
_STARTS = st.builds(
    "{} {} HTTP/1.{}".format,
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
    st.from_regex(r"/[!-~]{0,12}", fullmatch=True),
    st.sampled_from([0, 1, 1, 1]),
)
_FIELDS = st.lists(st.builds("{}:{}".format, _FIELD_NAMES, _FIELD_VALUES.map(" {}".format)), max_size=5)
_HEADS = st.builds(lambda start, rows: lines(start, "Host: a", *rows), _STARTS, _FIELDS)
_EDITS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 3), st.binary(max_size=3)), min_size=1, max_size=4)


def _edited(raw: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, cut, put in edits:
        raw = raw[:place] + put + raw[place + cut :]
    return raw


@settings(deadline=None, max_examples=400)
@given(raw=_HEADS, edits=_EDITS)
@example(raw=b"", edits=[(0, 0, b"")])
def test_a_mutated_head_is_read_or_refused_and_nothing_else(raw: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    """No input raises anything but a refusal, and the bytes' arrival changes nothing."""
    raw = _edited(raw, edits)
    whole: RequestHead | type[Exception] | None
    try:
        end = head_end(raw, LIMITS)
        whole = parse_head(raw[:end], LIMITS) if end >= 0 else None
    except (MalformedRequest, UnsupportedEncoding) as error:
        whole = type(error)
    dripped = byte_by_byte(raw)

    assert (whole is None) == (dripped is None)
    assert isinstance(whole, RequestHead) == isinstance(dripped, RequestHead)


class Reference:
    """What `httptools` reads of a head."""

    def __init__(self, raw: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.target = b""
        self.complete = self.done = self.keep_alive = False
        self._parser = httptools.HttpRequestParser(self)
        # It leaves the body of a request that offers an upgrade to a caller who may take the offer; here nobody does.
        self._parser.feed_data(re.sub(rb"(?i)\nupgrade:", b"\nunasked:", raw))
        self.method: bytes = self._parser.get_method()

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.complete = True
        self.keep_alive = self._parser.should_keep_alive()

    def on_message_complete(self) -> None:
        self.done = True

    def value(self, name: bytes) -> bytes | None:
        return next((value for known, value in self.headers if known == name), None)


def assert_read_alike(raw: bytes, head: RequestHead) -> None:
    """The reference reads a head as we do, to the body's framing."""
    reference = Reference(raw)
    assert reference.complete
    assert (reference.method, reference.target) == (head.method, head.target)
    chunked = (reference.value(b"transfer-encoding") or b"").lower() == b"chunked"
    assert chunked == (head.content_length is None)
    assert chunked or int(reference.value(b"content-length") or 0) == head.content_length
    assert reference.done == (head.content_length == 0)  # it waits for a body exactly where we do
    # `close` next to `keep-alive` over 1.0 is the one place where the reference keeps what RFC 9112 9.3 closes.
    assert head.keep_alive == reference.keep_alive or (head.minor_version == 0 and not head.keep_alive)


@pytest.mark.parametrize(("name", "raw"), ACCEPTED, ids=_ids(ACCEPTED))
def test_the_reference_reads_the_accepted_rows_alike(name: str, raw: bytes) -> None:
    """Method, target, framing and the connection's life are those that `httptools` reads."""
    verdict = reading(raw)
    assert isinstance(verdict, RequestHead)
    assert_read_alike(raw, verdict)


@settings(deadline=None, max_examples=400)
@given(raw=_HEADS, edits=st.one_of(st.just([]), _EDITS))
def test_the_reference_reads_alike_whatever_we_accept(raw: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    """There is no head that we take and `httptools` refuses or reads differently."""
    raw = _edited(raw, edits)
    verdict = reading(raw)
    if isinstance(verdict, RequestHead) and verdict.method in (b"GET", b"POST", b"PUT", b"DELETE", b"HEAD", b"PATCH"):
        assert_read_alike(raw[: verdict.size], verdict)


def _memo_of(raw: bytes) -> HeadMemo:
    memo = HeadMemo()
    memo.keep(raw, parse_head(raw, LIMITS))
    return memo


def test_a_repeated_head_is_recalled_with_its_new_length() -> None:
    """Equal but for the digits: the same reading as a parse gives, and the body is not touched."""
    first, second = with_fields("Content-Length: 5", "X-A: b"), with_fields("Content-Length: 123", "X-A: b")
    recalled = _memo_of(first).recall(second + b"body", 1_000)
    parsed = parse_head(second, LIMITS)

    assert recalled is not None
    for name in ("method", "target", "content_length", "keep_alive", "minor_version", "size"):
        assert getattr(recalled, name) == getattr(parsed, name)
    # The length's text is the one thing that may be old: `content_length` is what counts.
    assert recalled.fields | {b"content-length": b"123"} == parsed.fields
    assert _memo_of(first).recall(second, 123) is not None
    assert _memo_of(first).recall(second, 122) is None


@pytest.mark.parametrize(
    "raw",
    [
        with_fields("Content-Length: 5", "X-A: c"),
        with_fields("content-length: 5", "X-A: b"),
        with_fields("Content-Length: 05", "X-A: b"),
        with_fields("Content-Length: +5", "X-A: b"),
        with_fields("Content-Length: 5 ", "X-A: b"),
        with_fields("Content-Length: 0", "X-A: b"),
        with_fields("Content-Length: ", "X-A: b"),
        with_fields("Content-Length: 1001", "X-A: b"),
        with_fields("Content-Length: 5", "X-A: b", "X-B: c"),
        with_fields("Content-Length: 5", "X-A: b")[:-1],
        with_fields("Content-Length: 5")[:-4],
        with_fields("Content-Length: 5")[:-5],
        b"",
    ],
)
def test_what_differs_is_not_recalled(raw: bytes) -> None:
    """Any other byte, an incomplete head, or a length over the given limit must be parsed."""
    assert _memo_of(with_fields("Content-Length: 5", "X-A: b")).recall(raw, 1_000) is None


@pytest.mark.parametrize(
    "raw",
    [
        with_fields("Transfer-Encoding: chunked"),
        lines(START, "Host: a"),
        with_fields("Content-Length: 5", "X: " + "a" * 4_096),
    ],
    ids=["chunked", "without a length", "large"],
)
def test_heads_without_a_length_and_large_ones_are_not_kept(raw: bytes) -> None:
    """A connection remembers only what is small and will be recognised."""
    assert _memo_of(raw).recall(raw, 1_000) is None


@settings(deadline=None, max_examples=200)
@given(raw=_HEADS, edits=_EDITS)
def test_a_recalled_head_is_what_a_parse_would_give(raw: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    """The memo never accepts what the grammar refuses."""
    first = with_fields("Content-Length: 5", "X-A: b")
    for candidate in (_edited(first, edits), raw):
        recalled = _memo_of(first).recall(candidate, 10**15)
        if recalled is not None:
            parsed = reading(candidate)
            assert isinstance(parsed, RequestHead)
            assert parsed.content_length == recalled.content_length
            assert parsed.size == recalled.size
