"""Recordings as files hold them, and their replay."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.unit.simulator.sim_support import chat, post

from routeproof.simulator.recordings import Recording, load_recordings, read_recording
from routeproof.simulator.replay import ReplayProvider
from routeproof.simulator.reply import PieceKind, Reply

STREAM = 'data: {"a":1}\n\n: wait\n\ndata: {"b":"é"}\n\ndata: [DONE]\n\n'


def held(request: dict[str, Any], *, body: str | None = None, value: Any = None, **headers: str) -> bytes:
    """A file's bytes."""
    response = {
        "status": 200,
        "headers": {"content-type": "application/json", "content-length": "9", "connection": "keep-alive", **headers},
        "body": body,
        "json": value,
    }
    asked = {"method": "POST", "url": "https://api.example/chat/completions", "body": request}
    return json.dumps({"provider": "p", "tags": ["t"], "request": asked, "response": response}).encode()


def plain(name: str, content: str, model: str = "m") -> Recording:
    """A recording of a plain reply that names itself."""
    return read_recording(name, held(chat(content, model), value={"name": name, "é": [1.5, None]}))


def streamed() -> Recording:
    """A recording of a stream."""
    return read_recording("s", held(chat("s"), body=STREAM, **{"content-type": "text/event-stream"}))


def served(provider: ReplayProvider, body: dict[str, Any]) -> Reply:
    """The reply to a body."""
    return provider.answer(post(body, "/any/chat/completions", None), None)


def test_a_parsed_reply_becomes_compact_bytes_once() -> None:
    """In the order it was recorded in."""
    recording = plain("a", "q")
    assert recording.body_bytes == '{"name":"a","é":[1.5,null]}'.encode()
    assert recording.body_bytes is recording.body_bytes
    assert not recording.is_stream


def test_framing_headers_are_left_to_the_server() -> None:
    """The others are kept in their order."""
    assert plain("a", "q").headers == (("content-type", "application/json"),)


def test_a_stream_keeps_its_bytes() -> None:
    """Comments and blank lines included."""
    assert streamed().is_stream
    assert streamed().body_bytes == STREAM.encode()


def test_a_folder_is_read_by_name(tmp_path: Path) -> None:
    """Files that are no recordings are left out."""
    for name in ("b__00.json", "a__01.json"):
        (tmp_path / name).write_bytes(held(chat(), value={}))
    (tmp_path / "notes.json").write_text("[]")
    assert [recording.name for recording in load_recordings(tmp_path)] == ["a__01", "b__00"]


def test_a_request_gets_the_recording_of_its_body() -> None:
    """Not the first in line."""
    provider = ReplayProvider([plain("a", "one"), plain("b", "two")])
    assert b'"b"' in served(provider, chat("two", "m")).body
    assert b'"a"' in served(provider, chat("one", "m")).body
    assert [recording.name for recording in provider.served] == ["b", "a"]


def test_model_and_stream_options_may_differ() -> None:
    """An exact match goes first, though."""
    loose = ReplayProvider([plain("a", "one"), plain("b", "two")])
    assert b'"b"' in served(loose, chat("two", "renamed", stream_options={"include_usage": True})).body
    exact = ReplayProvider([plain("a", "one", "x"), plain("b", "one", "y")])
    assert b'"b"' in served(exact, chat("one", "y")).body


def test_an_unknown_request_gets_the_next_in_line() -> None:
    """Each once, and then from the start again."""
    provider = ReplayProvider([plain("a", "one"), plain("b", "two")])
    names = [json.loads(served(provider, chat("else")).body)["name"] for _ in range(3)]
    assert names == ["a", "b", "a"]
    assert provider.answer(post(b"{broken", "/", None), None).status == 200


def test_a_stream_leaves_event_by_event() -> None:
    """Or cut where the test says; the bytes are the same."""
    whole = served(ReplayProvider([streamed()]), chat("s"))
    assert whole.chunked
    assert [piece.data for piece in whole.pieces][1:3] == [b": wait\n\n", 'data: {"b":"é"}\n\n'.encode()]
    assert whole.pieces[-1].kind is PieceKind.DONE
    cut = served(ReplayProvider([streamed()], split_at=[30, 3, 3, 10_000]), chat("s"))
    assert [len(piece.data) for piece in cut.pieces] == [3, 27, len(STREAM.encode()) - 30]
    assert cut.body == whole.body == STREAM.encode()


def test_nothing_can_not_be_replayed() -> None:
    """And a fault's refusal is a plain one."""
    with pytest.raises(ValueError, match="at least one"):
        ReplayProvider([])
    reply = ReplayProvider([streamed()]).refusal("status_503", post({}, "/", None))
    assert (reply.status, json.loads(reply.body)["error"]["code"]) == (503, "status_503")


def test_a_broken_file_is_told() -> None:
    """Not skipped."""
    with pytest.raises(msgspec.DecodeError):
        read_recording("x", b"{}")


FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")


@pytest.mark.skipif(not FOLDER, reason="ROUTEPROOF_RECORDINGS names no folder with recordings")
def test_all_real_recordings_are_read() -> None:
    """And the plain DeepSeek errors have the very length that was recorded."""
    recordings = load_recordings(Path(FOLDER or ""))
    assert len(recordings) >= 80
    lengths = {recording.status: len(recording.body_bytes) for recording in recordings if recording.status != 200}
    assert lengths == {401: 153, 400: 295}
