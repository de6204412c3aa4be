"""Replayed recordings on a raw socket."""

import json
import os
from pathlib import Path

import pytest
from tests.unit.simulator.sim_support import Heard, ask, chat, run

from routeproof.simulator.recordings import Recording, load_recordings, read_recording
from routeproof.simulator.replay import ReplayProvider
from routeproof.simulator.server import SimServer
from routeproof.simulator.simulator import start_behaviour

STREAM = 'data: {"content":"é"}\n\n: keep-alive\n\ndata: [DONE]\n\n'
FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")


def recording(status: int, *, body: str | None = None, value: object = None) -> Recording:
    """A made-up recording."""
    kind = "application/json" if body is None else "text/event-stream"
    response = {"status": status, "headers": {"content-type": kind, "x-ds-trace-id": "t"}, "body": body, "json": value}
    request = {"url": "https://api.example/chat/completions", "body": chat()}
    held = {"provider": "p", "request": request, "response": response}
    return read_recording("made-up", json.dumps(held).encode())


async def replayed(server: SimServer, body: dict[str, object]) -> Heard:
    """What a client hears."""
    return await ask(server.base_url, body, key="any")


def body_of(heard: Heard) -> bytes:
    """The unframed body."""
    return b"".join(heard.chunks[0]) if b"transfer-encoding: chunked" in heard.head else heard.payload


def test_a_plain_reply_is_replayed_with_its_length() -> None:
    """Status, headers and the exact bytes."""

    async def main() -> None:
        one = recording(401, value={"error": {"message": "no", "code": None}})
        server = await start_behaviour("replay", ReplayProvider([one]))
        heard = await replayed(server, chat())
        await server.stop()
        assert heard.head == (
            b"HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\nx-ds-trace-id: t\r\ncontent-length: 38"
        )
        assert heard.payload == one.body_bytes == b'{"error":{"message":"no","code":null}}'

    run(main)


def test_a_stream_is_replayed_in_chunks_cut_where_asked() -> None:
    """Inside a character, for one."""

    async def main() -> None:
        cut = STREAM.encode().index(b"\xc3") + 1
        server = await start_behaviour("replay", ReplayProvider([recording(200, body=STREAM)], split_at=[cut]))
        heard = await replayed(server, chat())
        await server.stop()
        chunks, ended = heard.chunks
        assert ended
        assert [len(chunk) for chunk in chunks] == [cut, len(STREAM.encode()) - cut]
        assert body_of(heard) == STREAM.encode()

    run(main)


def test_faults_strike_replays_too() -> None:
    """A recording cut short."""

    async def main() -> None:
        server = await start_behaviour("replay", ReplayProvider([recording(200, body=STREAM)]))
        server.faults.add("close_before_done")
        heard = await replayed(server, chat())
        await server.stop()
        assert body_of(heard) == STREAM.encode().removesuffix(b"data: [DONE]\n\n")
        assert not heard.chunks[1]

    run(main)


@pytest.mark.skipif(not FOLDER, reason="ROUTEPROOF_RECORDINGS names no folder with recordings")
def test_every_recording_comes_back_to_the_byte() -> None:
    """Asked for by its own request body, all of them from one server."""

    async def main() -> None:
        recordings = load_recordings(Path(FOLDER or ""))
        provider = ReplayProvider(recordings)
        server = await start_behaviour("replay", provider)
        for one in recordings:
            heard = await replayed(server, one.request_body)
            found = provider.served[-1]
            assert found.request_body == one.request_body
            assert (heard.status, body_of(heard)) == (found.status, found.body_bytes)
        assert {one.name for one in provider.served} == {one.name for one in recordings}
        await server.stop()

    run(main)
