"""Chunked request bodies: exact framing or a refusal, in however many pieces the bytes arrive."""

from itertools import pairwise

import httptools
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routeproof.errors import MalformedRequest, RequestTooLarge
from routeproof.wire.chunked import ChunkedDecoder

BYTES_MAX = 1_000

TAKEN = [
    ("empty body", b"0\r\n\r\n", b""),
    ("one chunk", b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
    ("two chunks", b"5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", b"hello, world"),
    ("one byte", b"1\r\nx\r\n0\r\n\r\n", b"x"),
    ("two bytes", b"2\r\nxy\r\n0\r\n\r\n", b"xy"),
    ("size in both cases", b"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", b"0123456789" * 2),
    ("leading zeros", b"0005\r\nhello\r\n00\r\n\r\n", b"hello"),
    ("line ends inside", b"4\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n"),
    ("a body like framing", b"5\r\n0\r\n\r\n\r\n0\r\n\r\n", b"0\r\n\r\n"),
    ("at the limit", b"3E8\r\n" + b"x" * 1_000 + b"\r\n0\r\n\r\n", b"x" * 1_000),
]

REFUSED = [
    *(
        (f"size {size!r}", size + b"\r\nhello\r\n0\r\n\r\n")
        for size in (
            b"", b"0_5", b"0x5", b"0x", b"+5", b"-5", b" 5", b"\t5", b"5 ", b"5\t", b"5g", b"g", b"h", b"5;", b"5;a=b",
            b'5;a="\r\n"', b"5;a\rb", b"5;a\nb", b"000000005", b"5.0", b"5,", b"\xb5", b"5\x00", b"5\x85", b"5\xa0",
            b"5\x0b",
        )
    ),
    ("size ended by LF", b"5\nhello\r\n0\r\n\r\n"),
    ("size ended by CR", b"5\rhello\r\n0\r\n\r\n"),
    ("size ended by CR CR", b"5\r\rhello\r\n0\r\n\r\n"),
    ("size ended by CR CR LF", b"5\r\r\nhello\r\n0\r\n\r\n"),
    ("data ended by LF", b"5\r\nhello\n0\r\n\r\n"),
    ("data ended by CR", b"5\r\nhello\r0\r\n\r\n"),
    ("data ended by LF CR", b"5\r\nhello\n\r0\r\n\r\n"),
    ("data ended by two other bytes", b"5\r\nhelloXX0\r\n\r\n"),
    ("data not ended", b"5\r\nhello0\r\n\r\n"),
    ("data longer than its size", b"4\r\nhello\r\n0\r\n\r\n"),
    ("data shorter than its size", b"6\r\nhello\r\n0\r\n\r\n"),
    ("blank line between chunks", b"5\r\nhello\r\n\r\n0\r\n\r\n"),
    ("trailer", b"5\r\nhello\r\n0\r\nX-A: b\r\n\r\n"),
    ("trailer of framing", b"5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n"),
    ("end with LF", b"5\r\nhello\r\n0\r\n\n"),
    ("end with CR CR", b"5\r\nhello\r\n0\r\n\r\r"),
    ("end with an extension", b"5\r\nhello\r\n0;a=b\r\n\r\n"),
    ("end below zero", b"5\r\nhello\r\n-0\r\n\r\n"),
    ("endless size", b"0" * 64),
    ("endless extension", b"5;" + b"a" * 64),
]  # fmt: skip


def fed(raw: bytes, cuts: list[int], bytes_max: int = BYTES_MAX) -> tuple[bytes, bytes] | None:
    """Body and what follows it, fed in the pieces between the cuts; None while it is incomplete."""
    decoder = ChunkedDecoder(bytes_max)
    edges = [0, *sorted(cuts), len(raw)]
    for start, stop in pairwise(edges):
        rest = decoder.feed(raw[start:stop])
        if decoder.complete:
            return decoder.body(), rest + raw[stop:]
        assert rest == b""
    return None


def framed(pieces: list[bytes]) -> bytes:
    """Pieces (none of them empty) as a chunked body."""
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize(("name", "raw", "body"), TAKEN, ids=[row[0] for row in TAKEN])
def test_exact_framing_is_read_in_every_split(name: str, raw: bytes, body: bytes) -> None:
    """Whole, byte by byte and cut in two anywhere: the same body, and what follows is left alone."""
    following = b"GET / HTTP/1.1\r\n"
    cuts = [[], list(range(1, len(raw))), *([cut] for cut in range(len(raw) + len(following)))]

    assert {fed(raw + following, cut) for cut in cuts} == {(body, following)}


@pytest.mark.parametrize(("name", "raw"), REFUSED, ids=[row[0] for row in REFUSED])
def test_inexact_framing_is_refused_in_every_split(name: str, raw: bytes) -> None:
    """No repair, wherever the bytes are cut."""
    for cuts in ([], list(range(1, len(raw))), *([cut] for cut in range(1, len(raw)))):
        with pytest.raises(MalformedRequest):
            fed(raw, cuts)


@pytest.mark.parametrize(("name", "raw", "body"), TAKEN, ids=[row[0] for row in TAKEN])
def test_a_body_without_its_end_stays_incomplete(name: str, raw: bytes, body: bytes) -> None:
    """Every beginning of a body is waited with, none is taken for the whole."""
    assert [fed(raw[:size], []) for size in range(len(raw))] == [None] * len(raw)


@pytest.mark.parametrize("bytes_max", [0, 1, 4, 1_000])
def test_the_cap_holds_to_the_byte_and_before_the_data(bytes_max: int) -> None:
    """The sum of the declared sizes counts, so that nothing over the cap is ever gathered."""
    fits = framed([b"x"] * (bytes_max // 2) + ([b"y" * (bytes_max - bytes_max // 2)] if bytes_max else []))
    over = fits[:-5] + b"1\r\n"

    assert fed(fits, [], bytes_max) is not None
    with pytest.raises(RequestTooLarge, match=f"larger than {bytes_max} bytes"):
        fed(over, [], bytes_max)


def test_a_huge_size_is_refused_when_it_is_declared() -> None:
    """Nothing is allotted for a chunk that has not come."""
    with pytest.raises(RequestTooLarge):
        ChunkedDecoder(BYTES_MAX).feed(b"FFFFFFFF\r\n")


_PIECES = st.lists(st.binary(min_size=1, max_size=40), max_size=8)


@settings(deadline=None)
@given(pieces=_PIECES, cuts=st.lists(st.integers(0, 400), max_size=12), following=st.binary(max_size=8))
@example(pieces=[b"\r\n"], cuts=[3, 4, 5, 6], following=b"\r\n")
def test_what_is_framed_is_read_back(pieces: list[bytes], cuts: list[int], following: bytes) -> None:
    """A body in any chunks, arriving in any pieces, is itself again."""
    raw = framed(pieces) + following
    assert fed(raw, [cut for cut in cuts if cut <= len(raw)]) == (b"".join(pieces), following)


class Reference:
    """The body that `httptools` reads from a request with these chunks."""

    def __init__(self, raw: bytes) -> None:
        self.body = b""
        self.complete = False
        head = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
        httptools.HttpRequestParser(self).feed_data(head + raw)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True


_EDITS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2), st.binary(max_size=2)), max_size=3)


@settings(deadline=None, max_examples=400)
@given(pieces=_PIECES, edits=_EDITS, cuts=st.lists(st.integers(0, 60), max_size=6))
def test_the_reference_reads_alike_whatever_we_accept(
    pieces: list[bytes], edits: list[tuple[int, int, bytes]], cuts: list[int]
) -> None:
    """A mutated body is refused or has the reading of `httptools`; the split never decides which."""
    raw = framed(pieces)
    for place, cut, put in edits:
        raw = raw[:place] + put + raw[place + cut :]
    verdicts: list[tuple[bytes, bytes] | str | None] = []
    for pieced in ([], [cut for cut in cuts if cut <= len(raw)], list(range(len(raw)))):
        try:
            verdicts.append(fed(raw, pieced))
        except (MalformedRequest, RequestTooLarge) as error:
            verdicts.append(type(error).__name__)
    whole = verdicts[0]

    assert isinstance(whole, tuple) == all(isinstance(verdict, tuple) for verdict in verdicts)
    if isinstance(whole, tuple):
        assert set(verdicts) == {whole}
        reference = Reference(raw[: len(raw) - len(whole[1])])
        assert reference.complete
        assert reference.body == whole[0]
