"""The demo's client notes whatever a gateway does, and never fails itself."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx2
import msgspec
import pytest
import uvloop
from tests.unit.operations.demo.demo_support import scene

from routeproof.operations.demo import client as demo_client
from routeproof.operations.demo.client import DemoClient, Ending, Sighting
from routeproof.operations.demo.scene import Scene
from routeproof.operations.demo.witness import Promise, Witness
from routeproof.simulator.simulator import RunningSimulator

Answerer = Callable[[httpx2.Request], httpx2.Response]


def send(answer: Answerer, sent: Scene, witness: Witness | None = None) -> Sighting:
    """What the client notes when a gateway answers like this."""
    simulator = RunningSimulator({})

    async def main() -> Sighting:
        transport = httpx2.MockTransport(answer)
        async with httpx2.AsyncClient(transport=transport, base_url="http://gateway/v1") as http:
            return await DemoClient(http, "rp_live_key", simulator, witness or Witness(simulator)).send(sent)

    return uvloop.run(main())


class Pieces(httpx2.AsyncByteStream):
    """A body in pieces, and what comes after them."""

    def __init__(self, *pieces: bytes, error: Exception | None = None, silent: bool = False) -> None:
        self._pieces = pieces
        self._error = error
        self._silent = silent

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._error is not None:
            raise self._error
        if self._silent:
            await asyncio.Event().wait()


def test_a_whole_answer() -> None:
    """The request goes to the chat address with the key; status, headers and body come back."""
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, headers={"X-Request-Id": "req_1"}, stream=Pieces(b"{}"))

    plain = scene("deepseek plain")
    seen = send(answer, plain)

    assert str(asked[0].url) == "http://gateway/v1/chat/completions"
    assert asked[0].headers["authorization"] == "Bearer rp_live_key"
    assert msgspec.json.decode(asked[0].content) == plain.body
    assert (seen.ending, seen.status, seen.body, seen.trouble) == (Ending.WHOLE, 200, b"{}", None)
    assert seen.headers["x-request-id"] == "req_1"
    assert seen.request_bytes == len(asked[0].content)


def test_the_bad_key_is_another() -> None:
    """The scene decides."""
    keys: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        keys.append(request.headers["authorization"])
        return httpx2.Response(401, stream=Pieces())

    assert send(answer, scene("bad key")).status == 401
    assert keys != ["Bearer rp_live_key"]


@pytest.mark.parametrize("error", [httpx2.RemoteProtocolError("cut"), httpx2.ReadError("reset")])
def test_a_broken_answer_is_kept_as_far_as_it_came(error: Exception) -> None:
    """And noted as broken."""
    seen = send(lambda _: httpx2.Response(200, stream=Pieces(b"data: 1\n\n", error=error)), scene("stream breaks"))

    assert (seen.ending, seen.status, seen.body) == (Ending.BROKEN, 200, b"data: 1\n\n")


def test_no_answer_is_a_trouble() -> None:
    """A gateway that can't be reached is noted by the kind of its failure."""

    def answer(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody there")

    seen = send(answer, scene("deepseek plain"))

    assert (seen.ending, seen.status) == (Ending.NONE, None)
    assert seen.trouble == "ConnectError: nobody there"


def test_an_answer_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo ends, whatever the gateway does."""
    monkeypatch.setattr(demo_client, "SCENE_DEADLINE_S", 0.01)
    seen = send(lambda _: httpx2.Response(200, stream=Pieces(b"{", silent=True)), scene("deepseek plain"))

    assert seen.trouble == "it was not over within 0.01 s"


def test_promises_are_those_made_meanwhile() -> None:
    """Earlier ones belong to other scenes."""
    witness = Witness(RunningSimulator({}))
    witness.promises.append(Promise("deepseek", {"prompt_tokens": 1}))

    def answer(_request: httpx2.Request) -> httpx2.Response:
        witness.promises.append(Promise("qwen", {"prompt_tokens": 2}))
        return httpx2.Response(200, stream=Pieces())

    assert send(answer, scene("qwen plain"), witness).promises == (Promise("qwen", {"prompt_tokens": 2}),)
