"""The head of an answer as C reads it: what `httptools` reads, or nothing."""

import httptools
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.damaged_bytes import damaged

from routeproof import native
from routeproof.native import plain_head

if not native.COMPILED:
    pytest.skip("nothing is compiled here", allow_module_level=True)

BYTES_MAX = 64 * 1024
BODY_MAX = 100_000

DEEPSEEK = (
    b"HTTP/1.1 200 OK\r\nDate: Mon, 17 Nov 2025 08:31:25 GMT\r\nContent-Type: application/json\r\n"
    b"Content-Length: 245\r\nConnection: keep-alive\r\nvary: origin, access-control-request-method\r\n"
    b"x-ds-trace-id: 0a1b2c3d4e5f\r\nServer: elb\r\nStrict-Transport-Security: max-age=31536000\r\n\r\n"
)
ALIBABA = (
    b"HTTP/1.1 400 Bad Request\r\nserver: istio-envoy\r\ncontent-length:   17\r\nX-Request-ID:49323c4e\r\n"
    b"resp-start-time: 1763368285839\r\nx-text: caf\xe9\r\n\r\n"
)
SHORT = b"HTTP/1.1 503 \r\nCONTENT-LENGTH: 007\r\nconnection: Keep-Alive\r\n\r\n"
ORDINARY = [DEEPSEEK, ALIBABA, SHORT]

PIECES = [
    *(
        b"\r\n",
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"\r\n ",
        b"\r\n\t",
        b" ",
        b"\t",
        b"\0",
        b"\x7f",
        b"\x1f",
        b"\xff",
        b":",
        b": ",
        b",",
    ),
    *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b"Upgrade: h2c\r\n"),
    *(
        b"HTTP/1.1 ",
        b"HTTP/1.0 ",
        b"100",
        b"204",
        b"304",
        b"600",
        b"+",
        b"-1",
        b"0x",
        b"9" * 20,
        b"X" * 65 + b": y\r\n",
    ),
]


class Parsed:
    """What `httptools` reads."""

    def __init__(self) -> None:
        self.fields: dict[bytes, bytes] = {}
        self.body_bytes = 0
        self.has_head = self.complete = False
        self.parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        assert name.lower() not in self.fields
        self.fields[name.lower()] = value

    def on_headers_complete(self) -> None:
        self.has_head = True

    def on_body(self, body: bytes) -> None:
        self.body_bytes += len(body)

    def on_message_complete(self) -> None:
        self.complete = True


def check(data: bytes, bytes_max: int = BYTES_MAX) -> bool:
    """Whether data begins with a plain head; if so, the parser must agree on each part of it, and on the body's end."""
    found = plain_head(data, bytes_max)
    if found is None:
        return False
    status, fields, size, length = found
    parsed = Parsed()
    parsed.parser.feed_data(data[: size - 1])
    assert not parsed.has_head
    parsed.parser.feed_data(data[size - 1 : size])
    assert parsed.has_head
    assert (status, list(fields.items())) == (parsed.parser.get_status_code(), list(parsed.fields.items()))
    assert parsed.parser.should_keep_alive()
    assert size <= bytes_max
    assert length > 0
    if length <= BODY_MAX:
        parsed.parser.feed_data(b"x" * (length - 1))
        assert not parsed.complete
        parsed.parser.feed_data(b"x")
        assert (parsed.complete, parsed.body_bytes) == (True, length)
    return True


@pytest.mark.parametrize("head", ORDINARY)
@pytest.mark.parametrize("following", [b"", b"{", b"\r\n\r\n", b"\0" * 5])
def test_an_ordinary_head_is_read_whatever_follows_it(head: bytes, following: bytes) -> None:
    """Providers' usual answers take the short way, with as much of the body as came along."""
    assert check(head + following)
    assert plain_head(head + following, BYTES_MAX) == plain_head(head, BYTES_MAX)


def test_a_head_is_read_to_these_parts() -> None:
    """Names are lower-case, values as they were sent, without the blanks before them."""
    fields = {b"server": b"istio-envoy", b"content-length": b"17", b"x-request-id": b"49323c4e"}
    more = {b"resp-start-time": b"1763368285839", b"x-text": b"caf\xe9"}

    assert plain_head(ALIBABA, BYTES_MAX) == (400, fields | more, len(ALIBABA), 17)


@pytest.mark.parametrize("head", ORDINARY)
def test_a_head_that_has_not_wholly_come_is_not_read(head: bytes) -> None:
    """Wherever it is cut."""
    assert not any(check(head[:length]) for length in range(len(head)))


def test_a_head_is_read_up_to_the_limit() -> None:
    """A byte more is left to who says so."""
    assert check(DEEPSEEK, len(DEEPSEEK))
    assert plain_head(DEEPSEEK, len(DEEPSEEK) - 1) is None
    assert plain_head(DEEPSEEK, -1) is None
    assert check(DEEPSEEK, 2**70)


def with_rows(*rows: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    """A head with a length and these rows after it."""
    return b"".join(row + b"\r\n" for row in (status, b"Content-Length: 5", *rows, b""))


@pytest.mark.parametrize(
    "row",
    [
        *(b"Content-Length: 5", b"content-length: 6", b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"),
        *(b"Connection: close", b"Connection: upgrade", b"Connection: keep-alive, close", b"Proxy-Connection: close"),
        *(
            b"Upgrade: h2c",
            b"X-A: 1\r\nx-a: 1",
            b"X-A: a\x00b",
            b"X-A: a\x7fb",
            b"X-A: a\rb",
            b"X-A: a\nb",
            b"X-A: a\r\n b",
        ),
        *(
            b"X-A : 1",
            b" X-A: 1",
            b": 1",
            b"X-A",
            b"X\x80: 1",
            b"X A: 1",
            b"X\x00A: 1",
            b'X"A: 1',
            b"X-" + b"a" * 63 + b": 1",
        ),
    ],
)
def test_a_row_that_is_not_plain_leaves_the_head_to_the_parser(row: bytes) -> None:
    """What frames an answer in another way, ends its connection, or only looks like a field."""
    assert check(with_rows(b"X-B: 1"))
    assert plain_head(with_rows(row), BYTES_MAX) is None


@pytest.mark.parametrize("length", [b"0", b"", b"+5", b"-5", b"5x", b"0x5", b"5 5", b"5,5", b"5.0", b"\xb2", b"9" * 16])
def test_a_length_that_is_not_plain_leaves_the_head_to_the_parser(length: bytes) -> None:
    """Only digits count, and not so many that a sum could overflow."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n"
    assert check(head % (b"9" * 15))
    assert plain_head(head % length, BYTES_MAX) is None
    assert plain_head(b"HTTP/1.1 200 OK\r\n\r\n", BYTES_MAX) is None


@pytest.mark.parametrize(
    "status",
    [
        *(
            b"HTTP/1.0 200 OK",
            b"HTTP/1.2 200 OK",
            b"HTTP/2.0 200 OK",
            b"http/1.1 200 OK",
            b"HTTP/1.1 200",
            b"ICY 200 OK",
        ),
        *(b"HTTP/1.1 100 Continue", b"HTTP/1.1 099 x", b"HTTP/1.1 101 x", b"HTTP/1.1 204 x", b"HTTP/1.1 304 x"),
        *(
            b"HTTP/1.1 600 x",
            b"HTTP/1.1 20 x",
            b"HTTP/1.1 2000 x",
            b"HTTP/1.1  200 x",
            b"HTTP/1.1 200 a\0b",
            b" HTTP/1.1 200 x",
        ),
        b"\r\nHTTP/1.1 200 x",
    ],
)
def test_a_status_line_that_is_not_plain_leaves_the_head_to_the_parser(status: bytes) -> None:
    """Other versions, answers without a body, interim ones, and what is no status."""
    assert plain_head(with_rows(status=status), BYTES_MAX) is None


NAMES = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~", min_size=1, max_size=64
)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=60)
FRAMING = {"content-length", "connection", "transfer-encoding", "upgrade", "proxy-connection"}
ROWS = st.lists(
    st.tuples(NAMES.filter(lambda name: name.lower() not in FRAMING), VALUES.map(lambda text: f"a{text}b")),
    unique_by=lambda row: row[0].lower(),
    max_size=8,
)


@st.composite
def plain_heads(draw: st.DrawFn) -> bytes:
    """Heads that are plain by what plain means."""
    status = draw(st.integers(200, 599).filter(lambda status: status not in {204, 304}))
    rows = [*draw(ROWS), ("Content-Length", str(draw(st.integers(1, 10**15 - 1))))]
    if draw(st.booleans()):
        rows.append(("Connection", draw(st.sampled_from(["keep-alive", "Keep-Alive", "KEEP-ALIVE"]))))
    lines = [f"HTTP/1.1 {status} {draw(VALUES)}"]
    lines += [name + draw(st.sampled_from([":", ": ", ":   "])) + value for name, value in draw(st.permutations(rows))]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


@settings(deadline=None)
@given(head=plain_heads(), following=st.binary(max_size=10))
def test_every_plain_head_is_read(head: bytes, following: bytes) -> None:
    """Any names and values that the grammar allows."""
    assert check(head + following)


@settings(deadline=None, max_examples=500)
@given(data=damaged(st.sampled_from(ORDINARY) | plain_heads(), PIECES))
@example(data=DEEPSEEK.replace(b"GMT\r\n", b"GMT\r\n\r\n"))
def test_no_damaged_head_is_read_otherwise_than_by_the_parser(data: bytes) -> None:
    """What is read, the parser reads the same; what it refuses, is not read."""
    check(data)


@settings(deadline=None)
@given(data=st.binary(max_size=60))
def test_any_bytes_are_only_ever_a_head_or_none(data: bytes) -> None:
    """Nothing is raised."""
    assert not check(data)
    check(b"HTTP/1.1 200 OK\r\n" + data)


@pytest.mark.parametrize(
    "arguments", [("x", 1), (bytearray(DEEPSEEK), 1), (DEEPSEEK, "1"), (DEEPSEEK, None), (DEEPSEEK,)]
)
def test_arguments_of_another_kind_are_a_type_error(arguments: tuple[object, ...]) -> None:
    """Nothing is converted."""
    with pytest.raises(TypeError):
        plain_head(*arguments)  # type: ignore[arg-type]
