"""Load from many clients at once, each request of a size of its own, so that its row can be told from all others."""

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.support.raw_client import request
from tests.support.site import PROMPT_CANARY

MODELS = ("deepseek", "qwen", "sturdy")
_SIZE_MIN = 400
"""More bytes than any of the requests has without its padding."""


@dataclass
class Asked:
    """One request, and what its client has got of the answer so far."""

    number: int
    model: str
    stream: bool
    max_tokens: int | None
    load: str
    """What it belongs to; numbers are its own."""
    status: int | None = None
    request_id: str | None = None
    whole: bool = False
    """The answer came to the end of its framing, a stream's to its [DONE] before that."""
    body: bytearray = field(default_factory=bytearray)

    @property
    def nonce(self) -> str:
        """Stands in its prompt, where a provider's record shows it."""
        return f"nonce-{self.load}-{self.number}."

    @property
    def size(self) -> int:
        """Bytes of its body: no other request of its load has as many."""
        return _SIZE_MIN + self.number

    def raw(self, key: str) -> bytes:
        """The request on the wire."""
        fields: dict[str, Any] = {"model": self.model, "stream": self.stream, "user": ""}
        text = f"{PROMPT_CANARY} {self.nonce} [[sim:events=6]]"
        fields["messages"] = [{"role": "user", "content": text}]
        if self.max_tokens is not None:
            fields["max_tokens"] = self.max_tokens
        if self.stream:
            fields["stream_options"] = {"include_usage": True}
        fields["user"] = "u" * (self.size - len(json.dumps(fields)))
        body = json.dumps(fields).encode()
        assert len(body) == self.size
        head = "Content-Type: application/json\r\n"
        return request("POST", "/v1/chat/completions", key=key, fields=head, body=body)

    def usage(self) -> dict[str, Any]:
        """The usage that the client was told."""
        if not self.stream:
            return json.loads(self.body)["usage"]  # type: ignore[no-any-return]
        events = [part[6:] for part in bytes(self.body).split(b"\n\n") if part.startswith(b"data: {")]
        return next(usage for event in reversed(events) if (usage := json.loads(event).get("usage")))


class Load:
    """Clients that ask one request after another, until the gateway is gone."""

    def __init__(self, port: int, key: str, seed: int) -> None:
        self.asked: list[Asked] = []
        self._name = str(seed)
        self._port, self._key = port, key
        self._draws = random.Random(seed)
        self._numbers = itertools.count()

    async def client(self) -> None:
        """One client on one connection, to the connection's end."""
        await ask_in_turn(self._port, self._key, self._requests())

    def _requests(self) -> Iterator[Asked]:
        draws = self._draws
        while True:
            limit = draws.choice((None, 64))
            asked = Asked(next(self._numbers), draws.choice(MODELS), draws.random() < 0.5, limit, self._name)
            self.asked.append(asked)
            yield asked


async def ask_in_turn(port: int, key: str, requests: Iterable[Asked]) -> list[Asked]:
    """Ask on one connection, each request once the one before has its answer; returns those that were sent."""
    sent: list[Asked] = []
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for asked in requests:
                sent.append(asked)
                writer.write(asked.raw(key))
                await _read_answer(reader, asked)
        finally:
            writer.transport.abort()
    return sent


async def _read_answer(reader: asyncio.StreamReader, asked: Asked) -> None:
    """Read one answer into the request's account of it. Raises where the connection ends before the answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:-2])
    asked.status = int(head[9:12])
    asked.request_id = fields["x-request-id"]
    if "content-length" in fields:
        asked.body += await reader.readexactly(int(fields["content-length"]))
    else:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            asked.body += (await reader.readexactly(size + 2))[:-2]
        await reader.readexactly(2)
    asked.whole = not asked.stream or asked.body.endswith(b"data: [DONE]\n\n")
