"""The stream reader on recorded streams: in any pieces it finds what a plain reader finds in the whole.

The recordings' folder is named by ROUTEPROOF_RECORDINGS; they are not part of this repository.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from routeproof.wire.chat_stream import ChatStream

FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")


def recorded_streams() -> list[tuple[str, bytes]]:
    """Name and bytes of each recorded chat stream."""
    found = []
    for path in sorted(Path(FOLDER).glob("*__*.json")) if FOLDER is not None else []:
        recording = json.loads(path.read_text())
        body = recording["response"].get("body")
        if body is not None and recording["request"]["url"].endswith("/chat/completions"):
            found.append((path.stem, body.encode()))
    return found


STREAMS = recorded_streams()
pytestmark = pytest.mark.skipif(not STREAMS, reason="ROUTEPROOF_RECORDINGS names no folder with recorded streams")
each_stream = pytest.mark.parametrize(
    "stream", [stream for _, stream in STREAMS] or [b""], ids=[name for name, _ in STREAMS] or ["none"]
)


def read_plainly(stream: bytes) -> tuple[Any, str, str | None]:
    """Last usage, model and last finish reason, by decoding each event."""
    chunks = [
        json.loads(line[5:]) for line in stream.splitlines() if line.startswith(b"data:") and b"[DONE]" not in line
    ]
    usages = [chunk["usage"] for chunk in chunks if chunk.get("usage")]
    finishes = [choice.get("finish_reason") for chunk in chunks for choice in chunk["choices"]]
    return usages[-1] if usages else None, chunks[-1]["model"], next(filter(None, reversed(finishes)), None)


@each_stream
@pytest.mark.parametrize("step", [1, 7, 64, 1_460, 65_536])
def test_a_recorded_stream_is_read_in_any_pieces(stream: bytes, step: int) -> None:
    """Usage, model, finish reason and end are found, and the bytes to relay are those that came."""
    reader = ChatStream(hide_usage=False, event_bytes_max=100_000)
    relayed = b"".join(reader.feed(stream[start : start + step]) for start in range(0, len(stream), step))
    usage, model, finish = read_plainly(stream)

    assert (None if reader.usage_raw is None else json.loads(reader.usage_raw)) == usage
    assert (reader.model, reader.finish_reason) == (model, finish)
    assert (reader.done, reader.error_raw, reader.invalid_events, reader.rest) == (True, None, 0, b"")
    assert relayed == stream


@each_stream
def test_the_usage_chunk_of_a_recorded_stream_is_all_that_is_held_back(stream: bytes) -> None:
    """For a client that did not ask: the events without choices but with usage are gone, every other byte is there."""
    reader = ChatStream(hide_usage=True, event_bytes_max=100_000)
    relayed = b"".join(reader.feed(stream[start : start + 100]) for start in range(0, len(stream), 100))
    kept = [part for part in stream.split(b"\n\n") if not (b'"choices":[]' in part and b'"usage":{' in part)]

    assert relayed == b"\n\n".join(kept)
