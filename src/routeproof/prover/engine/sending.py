"""Sends one request and keeps what comes back: bytes, times, and how it ended. Nothing is ever tried twice.

Each request has a connection of its own: what a pooled connection does to the next request is no property of a route.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx2

from routeproof import __version__
from routeproof.evidence.observations import Body, Ending, Header, Read, Request, Times, Transcript, body_of
from routeproof.evidence.plan import Step
from routeproof.prover.engine.endpoints import Deadlines, Endpoint
from routeproof.wire.sse import EventCutter, EventTooLarge, event_data, split_events

ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024
_NO_LIMITS: Final = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
_USER_AGENT: Final = f"routeproof-prover/{__version__}"
_TCP: Final = "connection.connect_tcp.complete"
_TRACED: Final[Mapping[str, str]] = {
    _TCP: "connected_ns",
    "connection.start_tls.complete": "connected_ns",
    "http11.send_request_body.complete": "sent_ns",
    "http11.receive_response_headers.complete": "first_byte_ns",
}


class Sender:
    """Use as an async context manager. It is made `offset_ns` after the start of the run, from which offsets count."""

    def __init__(
        self,
        deadlines: Deadlines | None = None,
        *,
        offset_ns: int = 0,
        answer_bytes_max: int = ANSWER_BYTES_MAX,
    ) -> None:
        self._deadlines = deadlines or Deadlines()
        self._origin_ns = time.monotonic_ns() - offset_ns
        self._answer_bytes_max = answer_bytes_max
        self._clients: dict[Path | None, httpx2.AsyncClient] = {}
        self._under_way: set[_Exchange] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            await client.aclose()

    def offset_ns(self) -> int:
        """The present as an offset from the start of the run."""
        return time.monotonic_ns() - self._origin_ns

    def leave_all(self, why: str) -> None:
        """Break off whatever is under way; it ends as INTERRUPTED, with what had come."""
        for exchange in self._under_way:
            exchange.leave(why)

    async def send(self, endpoint: Endpoint, step: Step, body: bytes) -> Transcript:
        """Send a step with its template filled in, and with no credential where the endpoint has none of that kind."""
        exchange = _Exchange(self.offset_ns, self._deadlines, endpoint, step, body)
        self._under_way.add(exchange)
        try:
            return await exchange.run(self._client(endpoint.ca_file), self._answer_bytes_max)
        finally:
            self._under_way.discard(exchange)

    def _client(self, ca_file: Path | None) -> httpx2.AsyncClient:
        client = self._clients.get(ca_file)
        if client is None:
            client = self._clients[ca_file] = httpx2.AsyncClient(
                verify=ssl.create_default_context(cafile=ca_file),
                trust_env=False,
                follow_redirects=False,
                limits=_NO_LIMITS,
                timeout=None,
            )
        return client


class _Exchange:
    """One request while it is under way."""

    def __init__(
        self, now_ns: Callable[[], int], deadlines: Deadlines, endpoint: Endpoint, step: Step, body: bytes
    ) -> None:
        self._now_ns = now_ns
        self._deadlines = deadlines
        self._step = step
        url = httpx2.URL(endpoint.base_url + step.path)
        self._request = httpx2.Request(
            step.method,
            url,
            headers=_headers(endpoint, step, body),
            content=body,
            extensions={"trace": self._traced},
        )
        self._begun_ns = self._now_ns()
        self._sent_body = body
        self._at: dict[str, int] = {}
        self._reads: list[Read] = []
        self._response: httpx2.Response | None = None
        self._alarm: asyncio.Timeout | None = None
        self._deadline = "connect"
        self._left: str | None = None
        self._ends_at = 0.0

    async def run(self, client: httpx2.AsyncClient, answer_bytes_max: int) -> Transcript:
        """Send it and read the answer to its end, or to ours."""
        self._ends_at = asyncio.get_running_loop().time() + self._deadlines.total_s
        ending, detail = Ending.COMPLETE, None
        try:
            async with asyncio.timeout(self._deadlines.connect_s) as self._alarm:
                self._response = await client.send(self._request, stream=True)
                try:
                    ending, detail = await self._read(self._response, answer_bytes_max)
                finally:
                    await self._response.aclose()
        except TimeoutError:
            ending, detail = (Ending.INTERRUPTED, self._left) if self._left else (Ending.TIMED_OUT, None)
        except httpx2.TransportError as error:
            ending, detail = self._ending_of(error), _words_of(error)
        return self._transcript(ending, detail)

    def leave(self, why: str) -> None:
        """Break it off."""
        self._left = why
        if self._alarm is not None and not self._alarm.expired():
            self._alarm.reschedule(asyncio.get_running_loop().time())

    async def _read(self, response: httpx2.Response, answer_bytes_max: int) -> tuple[Ending, str | None]:
        size, events = 0, _EventCounter(self._step.leave_after_events)
        self._wait("idle", self._deadlines.idle_s)
        async with aclosing(response.aiter_raw()) as pieces:
            async for data in pieces:
                self._reads.append(Read(self._now_ns(), data))
                self._wait("idle", self._deadlines.idle_s)
                size += len(data)
                if events.is_enough(data):
                    return Ending.CANCELLED, f"left after {self._step.leave_after_events} events, as planned"
                if size > answer_bytes_max:
                    return Ending.TOO_LARGE, f"more than {answer_bytes_max} bytes"
        return Ending.COMPLETE, None

    async def _traced(self, name: str, _info: object) -> None:
        what = _TRACED.get(name)
        if what is None or (name == _TCP and self._request.url.scheme == "https"):
            return
        self._at[what] = self._now_ns()
        if what == "connected_ns":
            self._wait("first-byte", self._deadlines.first_byte_s)

    def _wait(self, deadline: str, seconds: float) -> None:
        """Set the alarm for what is waited for now."""
        if self._left is not None or self._alarm is None or self._alarm.expired():
            return
        at = asyncio.get_running_loop().time() + seconds
        self._deadline = deadline if at < self._ends_at else "total"
        self._alarm.reschedule(min(at, self._ends_at))

    def _ending_of(self, error: httpx2.TransportError) -> Ending:
        if isinstance(error, httpx2.RemoteProtocolError):
            if "disconnected without sending" in str(error):
                return Ending.RESET
            broke_off = "closed connection without sending complete" in str(error)
            return Ending.TRUNCATED if broke_off else Ending.MALFORMED
        if isinstance(error, httpx2.ReadError | httpx2.WriteError):
            return Ending.RESET if self._response is None else Ending.TRUNCATED
        if isinstance(error, httpx2.ConnectError):
            return Ending.CONNECT_FAILED
        raise error  # of our own making: a request that can't be written

    def _transcript(self, ending: Ending, detail: str | None) -> Transcript:
        request, response = self._request, self._response
        sent_ns = self._at.get("sent_ns", self._begun_ns)
        return Transcript(
            request=Request(
                method=request.method,
                path=request.url.raw_path.decode("ascii"),
                headers=_texts(request.headers.raw),
                body=_body_sent(self._sent_body, sent_ns),
            ),
            times=Times(
                begun_ns=self._begun_ns,
                connected_ns=self._at.get("connected_ns"),
                sent_ns=self._at.get("sent_ns"),
                first_byte_ns=self._at.get("first_byte_ns"),
                ended_ns=self._now_ns(),
            ),
            status=None if response is None else response.status_code,
            headers=() if response is None else _texts(response.headers.raw),
            body=body_of(self._reads),
            ending=ending,
            deadline=self._deadline if ending is Ending.TIMED_OUT else None,
            detail=detail,
        )


class _EventCounter:
    """Counts events with data until there are enough of them."""

    def __init__(self, wanted: int | None) -> None:
        self._wanted = wanted
        self._seen = 0
        self._cutter = EventCutter(ANSWER_BYTES_MAX)

    def is_enough(self, data: bytes) -> bool:
        """Take what was read; whether it is time to leave."""
        if self._wanted is None:
            return False
        try:
            whole = self._cutter.feed(data)
        except EventTooLarge:
            return True
        self._seen += sum(event_data(event) is not None for event in split_events(whole))
        return self._seen >= self._wanted


def _headers(endpoint: Endpoint, step: Step, body: bytes) -> list[tuple[str, str]]:
    headers = [("accept", "*/*"), ("accept-encoding", "identity"), ("user-agent", _USER_AGENT)]
    if body:
        headers.append(("content-type", "application/json"))
    key = endpoint.keys.get(step.credential)
    if key is not None:
        headers.append(("authorization", f"Bearer {key.reveal()}"))
    return [*headers, *endpoint.headers, *step.headers]


def _texts(raw: list[tuple[bytes, bytes]]) -> tuple[Header, ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


def _body_sent(body: bytes, at_ns: int) -> Body:
    return body_of([Read(at_ns, body)] if body else [])


def _words_of(error: BaseException) -> str:
    """The message, or where it has none that of what caused it, or else its kind."""
    told: BaseException | None = error
    while told is not None:
        if str(told):
            return str(told)
        told = told.__cause__ or told.__context__
    return type(error).__name__
