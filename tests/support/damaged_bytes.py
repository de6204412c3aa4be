"""Valid bytes with a few changes made to them, for what must cope with any bytes."""

from collections.abc import Sequence

from hypothesis import strategies as st

JSON_PIECES = (
    b"{", b"}", b"[", b"]", b"[[", b"]]", b",", b":", b'"', b"\\", b"\\u", b"\\ud83d", b"\\ude00", b"\\u0000",
    b"\\u0061", b"\0", b"\x1f", b"\x7f", b"\x80", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf0\x9f\x98",
    b"\xef\xbb\xbf", b"\xc2\xa0", b" ", b"\n", b"/**/", b"-", b"0", b"00", b"1", b".", b".5", b"e", b"1e999", b"9" * 30,
    b"NaN", b"nul", b"true", b"null", b'""', b'{"a":', b'{"a":1}', b'"":1,',
)  # fmt: skip
"""What JSON is made of, and what a careless reader takes for it."""


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes], pieces: Sequence[bytes]) -> bytes:
    """Bytes of `whole`; at one to three places a piece, or any bytes, stand in for some or none of what was there."""
    data = draw(whole)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        after = at + draw(st.integers(0, 4))
        data = data[:at] + draw(st.sampled_from(pieces) | st.binary(max_size=2)) + data[after:]
    return data
