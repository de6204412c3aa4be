"""One chat request on its way through the relay: there, back, and what a defect does to it on the way."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Final, NamedTuple

import httptools
import msgspec

from routeproof.evidence.observations import Ending, Header
from routeproof.evidence.route import key_fingerprint
from routeproof.ledger.entries import Entry
from routeproof.secret import MASK
from routeproof.simulator.relay_defects import (
    EventsOnTheirWay,
    Fields,
    RelayDefect,
    spoiled_answer,
    spoiled_fields,
)
from routeproof.simulator.relay_record import Attempted, entry_of

PREFIX: Final = "relayed/"
"""Before the names of models, as our gateway has the provider's name there."""
_READ_BYTES: Final = 65_536
_SLOW_S: Final = 1.0
_EVENTS_BEFORE_RETRY: Final = 3
decode_fields: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_USAGE_ASKED: Final = msgspec.Raw(b'{"include_usage":true}')
_HOP: Final = frozenset(("transfer-encoding", "connection", "content-length", "keep-alive"))
_NO_ANSWER: Final = b'{"error":{"message":"the provider gave no answer","code":"upstream_reset"}}'
_FAULTS: Final = {
    400: "client",
    413: "client",
    422: "client",
    401: "operator",
    402: "operator",
    403: "operator",
    0: "network",
}
Settle = Callable[[str, list[Attempted], Entry], None]
"""Keeps what there is to read of an exchange, by its request id."""


class Provider(NamedTuple):
    """What is behind."""

    host: str
    port: int
    path: str
    key: str


def request_id_of(number: int) -> str:
    """As clients see it."""
    return f"req_{number:016x}"


class Errand:
    """One chat request on its way there and back."""

    def __init__(
        self,
        provider: Provider,
        defect: RelayDefect | None,
        number: int,
        headers: list[Header],
        body: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        started_ns: int,
    ) -> None:
        self._provider = provider
        self._defect = defect
        self._headers = headers
        self._fields: Fields = decode_fields(body)
        self._reader, self._writer = reader, writer
        self._number = number
        self._started_ns = started_ns
        self._origin_ns = time.monotonic_ns()
        self._attempts: list[Attempted] = []
        self._stream = bytes(self._fields.get("stream", b"")) == b"true"
        self._asked_usage = b'"include_usage":true' in bytes(self._fields.get("stream_options", b"")).replace(b" ", b"")
        self._status: int | None = None
        self._gone = False

    async def run(self, settle: Settle) -> None:
        """Ask and relay; the exchange is settled before its last bytes go out."""
        if self._defect is RelayDefect.HIDDEN_RETRY:
            await self._relay_answer(EventsOnTheirWay(RelayDefect.BUFFER))
        on_the_way = EventsOnTheirWay(self._defect)
        whole = await self._relay_answer(on_the_way, self._defect is RelayDefect.RETRY_MID_ANSWER)
        if not whole:
            await self._relay_answer(on_the_way)
        if self._is_stream:
            await self._pass(on_the_way.rest())
            self._settle(settle)
            await self._write(b"0\r\n\r\n")
        else:
            self._settle(settle)
            await self._whole()

    async def _relay_answer(self, on_the_way: EventsOnTheirWay, give_up: bool = False) -> bool:
        """Ask once; False where it was given up after the first events."""
        events = 0
        async with aclosing(self._ask()) as pieces:
            async for data in pieces:
                if self._defect is RelayDefect.SLOW and self._status is None:
                    await asyncio.sleep(_SLOW_S)
                for event in _events(data) if self._is_stream else ():
                    events += 1
                    await self._pass(on_the_way.pass_on(event))
                    if give_up and events >= _EVENTS_BEFORE_RETRY:
                        return False
        return True

    @property
    def _is_stream(self) -> bool:
        content_type = dict(self._attempts[-1].headers).get("content-type", "")
        return content_type.startswith("text/event-stream") and self._attempts[-1].status == 200

    def _settle(self, settle: Settle) -> None:
        entry = entry_of(
            self._number,
            self._attempts,
            started_ns=self._started_ns,
            stream=self._stream,
            status=self._attempts[-1].status,
            left=self._gone,
            defect=self._defect,
        )
        settle(request_id_of(self._number), self._attempts, entry)

    async def _ask(self) -> AsyncGenerator[bytes, None]:
        """The pieces of one answer of the provider, recorded as they come."""
        host, port, path, key = self._provider
        body = msgspec.json.encode(self._outgoing())
        sent = self._outgoing_headers(key, len(body))
        reader, writer = await asyncio.open_connection(host, port)
        attempt = Attempted(self._origin_ns, [_shown(one) for one in sent], body, path)
        self._attempts.append(attempt)
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent)
        writer.write(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body)
        parsed = _Parsed(attempt)
        try:
            while not parsed.complete:
                data = await _read(reader)
                if not data:
                    break
                for piece in parsed.feed(data):
                    yield piece
                if self._client_is_gone() and self._defect is not RelayDefect.KEEP_UPSTREAM:
                    attempt.end(Ending.CANCELLED)
                    return
            attempt.end(Ending.COMPLETE if parsed.complete else None)
        finally:
            attempt.end(Ending.CANCELLED)
            writer.close()

    def _client_is_gone(self) -> bool:
        self._gone = self._gone or self._reader.at_eof() or self._writer.is_closing()
        return self._gone

    def _outgoing(self) -> Fields:
        model = json.loads(bytes(self._fields["model"]))
        fields = {**self._fields, "model": msgspec.Raw(msgspec.json.encode(model.removeprefix(PREFIX)))}
        if self._stream:
            fields["stream_options"] = _USAGE_ASKED
        return spoiled_fields(fields, self._defect)

    def _outgoing_headers(self, key: str, size: int) -> list[Header]:
        host, port, _, _ = self._provider
        own = [
            ("host", f"{host}:{port}"),
            ("user-agent", "routeproof"),
            ("accept-encoding", "identity"),
            ("content-type", "application/json"),
            ("authorization", f"Bearer {key}"),
            ("content-length", str(size)),
        ]
        if self._defect is RelayDefect.FORWARD_CLIENT_KEY:
            own.append(("x-client-authorization", dict(self._headers)["authorization"]))
        if self._defect is RelayDefect.FORWARD_HEADERS:
            named = {name for name, _ in own}
            own += [(name, value) for name, value in self._headers if name not in named]
        return own

    async def _pass(self, events: list[bytes]) -> None:
        for event in events:
            if self._status is None:
                await self._write(self._head(200, ("transfer-encoding", "chunked")))
            hidden = not self._asked_usage and b'"choices":[]' in event
            if not hidden:
                await self._write(b"%x\r\n%b\r\n" % (len(event), event))

    async def _whole(self) -> None:
        attempt = self._attempts[-1]
        body = attempt.body if attempt.status != 200 else spoiled_answer(attempt.body, self._defect)
        status = attempt.status or 502
        if attempt.status is None:
            body = _NO_ANSWER
        await self._write(self._head(status, ("content-length", str(len(body)))) + body)

    def _head(self, status: int, framing: Header) -> bytes:
        self._status = status
        attempt = self._attempts[-1]
        content_type = dict(attempt.headers).get("content-type", "application/json")
        rows = [("content-type", content_type), ("x-request-id", request_id_of(self._number)), framing]
        if status >= 400:
            fault = (
                "client" if self._defect is RelayDefect.BLAME_CLIENT else _FAULTS.get(attempt.status or 0, "upstream")
            )
            rows.append(("x-routeproof-fault", fault))
        if self._defect is RelayDefect.RELAY_HEADERS:
            rows += [(name, value) for name, value in attempt.headers if name not in _HOP and name != "content-type"]
        lines = "".join(f"{name}: {value}\r\n" for name, value in (*rows, ("connection", "close")))
        return f"HTTP/1.1 {status} Answer\r\n{lines}\r\n".encode("latin-1")

    async def _write(self, data: bytes) -> None:
        if self._gone or self._writer.is_closing():
            self._gone = True
            return
        self._writer.write(data)
        with suppress(ConnectionError):
            await self._writer.drain()


class _Parsed:
    """An answer's head and body out of the bytes of its connection."""

    def __init__(self, attempt: Attempted) -> None:
        self._attempt = attempt
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[Header] = []
        self._pieces: list[bytes] = []
        self.complete = False

    def feed(self, data: bytes) -> list[bytes]:
        """The pieces of the body that these bytes bring."""
        self._pieces = []
        self._parser.feed_data(data)
        for piece in self._pieces:
            self._attempt.take(piece)
        return self._pieces

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._attempt.take_head(self._parser.get_status_code(), self._headers)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        self.complete = True


async def _read(reader: asyncio.StreamReader) -> bytes:
    """What comes next; nothing where the connection has ended, in whatever way."""
    try:
        return await reader.read(_READ_BYTES)
    except ConnectionError:
        return b""


def _events(data: bytes) -> list[bytes]:
    """The simulator sends whole events, several of which may come together."""
    return [part + b"\n\n" for part in data.split(b"\n\n") if part]


def _shown(header: Header) -> Header:
    name, value = header
    return (name, f"{MASK} {key_fingerprint(value.removeprefix('Bearer '))}") if name == "authorization" else header
