"""Helpers of the simulator's tests: settings, requests, and a raw socket client that shows every byte."""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import uvloop

from routeproof.clock import NS_PER_S, FixedClock
from routeproof.simulator.reply import HttpRequest, Reply
from routeproof.simulator.settings import Kind, ProviderSettings

NOW_S = 1_795_000_000
"""2026-11-18, when the current names and prices apply."""
WAIT_S = 10.0


def fixed_clock() -> FixedClock:
    """A clock that stands still in November 2026."""
    return FixedClock(NOW_S * NS_PER_S)


def settings(kind: str, **changes: Any) -> ProviderSettings:
    """Settings of one provider with its demo key."""
    return ProviderSettings(**{"name": kind, "kind": Kind(kind), "keys": (f"sk-sim-{kind}",), **changes})


def chat(content: str = "hello", model: str = "deepseek-flash", **fields: Any) -> dict[str, Any]:
    """A chat body with one user message."""
    return {"model": model, "messages": [{"role": "user", "content": content}], **fields}


def post(body: dict[str, Any] | bytes, path: str, key: str | None) -> HttpRequest:
    """A request as a behaviour gets it."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = () if key is None else ((b"Authorization", f"Bearer {key}".encode()),)
    return HttpRequest("POST", path, "", headers, data)


def get(path: str, key: str | None = None, query: str = "") -> HttpRequest:
    """A GET as a behaviour gets it."""
    headers = () if key is None else ((b"authorization", f"Bearer {key}".encode()),)
    return HttpRequest("GET", path, query, headers, b"")


def events(reply: Reply) -> list[Any]:
    """The JSON of every event of a streamed reply, [DONE] left out."""
    return events_in(reply.body)


def events_in(stream: bytes) -> list[Any]:
    """The JSON of every event of a stream, [DONE] left out."""
    lines = [line for line in stream.split(b"\n") if line.startswith(b"data: ")]
    return [json.loads(line[6:]) for line in lines if line != b"data: [DONE]"]


def run(main: Callable[[], Coroutine[Any, Any, None]], loop: str = "uvloop") -> None:
    """Run a test's coroutine on the named loop, bounded in time."""

    async def bounded() -> None:
        async with asyncio.timeout(60):
            await main()

    factory = uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(bounded())


def request_bytes(base_url: str, body: dict[str, Any], *, key: str, headers: dict[str, str] | None = None) -> bytes:
    """A chat request on the wire."""
    data = json.dumps(body).encode()
    lines = [
        f"POST {urlsplit(base_url).path}/chat/completions HTTP/1.1",
        "host: sim",
        f"authorization: Bearer {key}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
        f"content-length: {len(data)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


@dataclass
class Heard:
    """What a raw client heard, and how it ended: `eof`, `reset`, or `silence` where nothing more came."""

    data: bytes
    end: str

    @property
    def head(self) -> bytes:
        """Status line and headers."""
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def payload(self) -> bytes:
        """Everything behind the headers, still framed."""
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.data.split(b" ", 2)[1])

    @property
    def chunks(self) -> tuple[list[bytes], bool]:
        """The whole chunks of the body, and whether the last chunk came."""
        return dechunk(self.payload)


def dechunk(payload: bytes) -> tuple[list[bytes], bool]:
    """The whole chunks, and whether the terminating one came."""
    found = []
    while match := re.match(rb"([0-9a-f]+)\r\n", payload):
        size = int(match[1], 16)
        end = match.end() + size
        if size == 0:
            return found, payload[match.end() :].startswith(b"\r\n")
        if payload[end : end + 2] != b"\r\n":
            break
        found.append(payload[match.end() : end])
        payload = payload[end + 2 :]
    return found, False


class RawClient:
    """One TCP connection to a simulated server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, base_url: str, buffered: int = 2**26) -> "RawClient":
        """Connect to the host and port of a URL; a client that does not read buffers about that many bytes."""
        address = urlsplit(base_url)
        return cls(*await asyncio.open_connection(address.hostname, address.port, limit=buffered))

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self._writer.write(data)

    async def until(self, mark: bytes) -> bytes:
        """Read up to and including a mark."""
        return await asyncio.wait_for(self._reader.readuntil(mark), WAIT_S)

    async def rest(self) -> Heard:
        """Read until the server ends the connection."""
        data = b""
        try:
            while got := await asyncio.wait_for(self._reader.read(65_536), WAIT_S):
                data += got
        except ConnectionResetError:
            return Heard(data, "reset")
        return Heard(data, "eof")

    async def reply(self) -> Heard:
        """Read one whole reply, framed by a length or by chunks, off a connection that stays open."""
        head = await self.until(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if length is not None:
            return Heard(head + await self._reader.readexactly(int(length[1])), "open")
        data = head
        while not data.endswith(b"\r\n0\r\n\r\n"):
            data += await self.until(b"\r\n")
        return Heard(data, "open")

    async def close(self) -> None:
        """Close our side."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return


async def ask(base_url: str, body: dict[str, Any], *, key: str, headers: dict[str, str] | None = None) -> Heard:
    """Send one request on a fresh connection and read until the server ends it."""
    client = await RawClient.connect(base_url)
    client.send(request_bytes(base_url, body, key=key, headers={"connection": "close", **(headers or {})}))
    heard = await client.rest()
    await client.close()
    return heard
