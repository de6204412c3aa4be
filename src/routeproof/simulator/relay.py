"""A gateway with a tap in front of one provider: honest, or with one defect that the prover must see at the tap.

It answers clients as our own gateway does (names, headers, tap, rows) and shares no code with it, so that what our
gateway does right can be told from what a broken one does wrong.
"""

import asyncio
from typing import Final
from urllib.parse import urlsplit

import msgspec

from routeproof.clock import Clock, SystemClock
from routeproof.evidence.canonical import encode
from routeproof.evidence.tap_record import TapRecord
from routeproof.ledger.entries import Entry
from routeproof.simulator.relay_defects import RelayDefect
from routeproof.simulator.relay_errand import Errand, Provider, decode_fields
from routeproof.simulator.relay_record import Attempted

_TAP: Final = "/v1/routeproof/tap/"
_NO_KEY: Final = b'{"error":{"message":"nobody holds this key","code":"invalid_api_key"}}'
_NO_BODY: Final = b'{"error":{"message":"the body is no JSON object","code":"invalid_body"}}'
_NOTHING: Final = b'{"error":{"message":"there is nothing here","code":"not_found"}}'


class Relay:
    """Listens on a free port of this machine between `start` and `stop`."""

    def __init__(
        self,
        upstream: str,
        upstream_key: str,
        *,
        client_key: str,
        defect: RelayDefect | None = None,
        clock: Clock | None = None,
    ) -> None:
        url = urlsplit(upstream)
        self._provider = Provider(url.hostname or "", url.port or 80, f"{url.path}/chat/completions", upstream_key)
        self._client_key = client_key
        self._defect = defect
        self._clock = clock or SystemClock()
        self._listener: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None] | None] = set()
        self._served = 0
        self._taps: dict[str, list[Attempted]] = {}
        self.entries: dict[str, Entry] = {}
        """The rows, by request id."""

    async def start(self) -> str:
        """Listen; returns the base URL."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._listener.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/v1"

    async def stop(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A connection that is lost lets go of the task that serves it; the loop alone would not keep it alive.
        task = asyncio.current_task()
        self._serving.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in head[1:] if line)]
            fields = dict(headers)
            body = await reader.readexactly(int(fields.get("content-length", "0")))
            if fields.get("authorization") != f"Bearer {self._client_key}":
                await _answer(writer, 401, _NO_KEY)
            elif method == "GET" and path.startswith(_TAP):
                await self._hand_out(writer, path.removeprefix(_TAP))
            elif not _is_object(body):
                await _answer(writer, 400, _NO_BODY)
            else:
                self._served += 1
                started_ns = self._clock.wall_ns()
                asked = (self._served, headers, body)
                errand = Errand(self._provider, self._defect, *asked, reader, writer, started_ns=started_ns)
                await errand.run(self._settle)
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client has left; what it asked for is settled
        finally:
            self._serving.discard(task)
            writer.close()

    async def _hand_out(self, writer: asyncio.StreamWriter, request_id: str) -> None:
        attempts = self._taps.pop(request_id, None)
        if attempts is None:
            under_way = f"req_{self._served:016x}" >= request_id
            await _answer(writer, 409 if under_way else 404, _NOTHING)
            return
        transcripts = tuple(one.transcript() for one in attempts)
        await _answer(writer, 200, encode(TapRecord(request_id=request_id, attempts=transcripts)))

    def _settle(self, request_id: str, attempts: list[Attempted], entry: Entry) -> None:
        self._taps[request_id] = attempts
        self.entries[request_id] = entry


def _is_object(body: bytes) -> bool:
    try:
        decode_fields(body)
    except msgspec.DecodeError:
        return False
    return True


async def _answer(writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
    head = f"HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    head += "x-routeproof-fault: client\r\n" if status >= 400 else ""
    writer.write(head.encode() + b"connection: close\r\n\r\n" + body)
    await writer.drain()
