"""Valid bytes with a few changes made to them, for what must cope with any bytes."""

from collections.abc import Sequence

from hypothesis import strategies as st


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes], pieces: Sequence[bytes]) -> bytes:
    """Bytes of `whole`; at one to three places a piece, or any bytes, stand in for some or none of what was there."""
    data = draw(whole)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        after = at + draw(st.integers(0, 4))
        data = data[:at] + draw(st.sampled_from(pieces) | st.binary(max_size=2)) + data[after:]
    return data
