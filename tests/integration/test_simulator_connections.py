"""Faults of a connection's life: stalls, half-closes, stale connections, bytes left behind."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import (
    Heard,
    RawClient,
    ask,
    chat,
    dechunk,
    fixed_clock,
    request_bytes,
    run,
    settings,
)

from routeproof.simulator.settings import SimulatorSettings
from routeproof.simulator.simulator import RunningSimulator, start_simulator

DONE = b"data: [DONE]\n\n"
QUIET: dict[str, Any] = {"thinking": {"type": "disabled"}}
both_loops = pytest.mark.parametrize("loop", ["asyncio", "uvloop"])


async def started() -> RunningSimulator:
    """A DeepSeek at a fixed instant."""
    return await start_simulator(SimulatorSettings(providers=(settings("deepseek"),)), clock=fixed_clock())


async def struck(sim: RunningSimulator, fault: str) -> Heard:
    """What a client hears that asks for a fault by header."""
    body = chat("[[sim:events=4]]", stream=True, **QUIET)
    return await ask(sim.base_url("deepseek"), body, key="sk-sim-deepseek", headers={"x-sim-fault": fault})


def check_whole(heard: Heard) -> None:
    """A faultless stream."""
    chunks, ended = heard.chunks
    assert ended
    assert chunks[-1] == DONE
    assert len(chunks) == 7


def check_cut_by_eof(heard: Heard) -> None:
    """Three events (half of seven, rounded down) and no last chunk."""
    chunks, ended = heard.chunks
    assert (len(chunks), ended, heard.end) == (3, False, "eof")


@both_loops
def test_stalls_before_headers_until_the_client_leaves(loop: str) -> None:
    """Nothing is written; with `seconds` the answer follows."""

    async def main() -> None:
        async with await started() as sim:
            url, server = sim.base_url("deepseek"), sim.server("deepseek")
            client = await RawClient.connect(url)
            client.send(request_bytes(url, chat("[[sim:stall_before_headers]]"), key="sk-sim-deepseek"))
            await server.wait_seen(1)
            await client.close()
            seen = await server.wait_closed(0)
            assert (seen.client_gone, seen.response_bytes) == (True, 0)
            check_whole(await struck(sim, "stall_before_headers;seconds=0.01"))

    run(main, loop)


@both_loops
def test_stalls_mid_stream_until_the_client_leaves(loop: str) -> None:
    """After the asked events; with `seconds` the rest follows."""

    async def main() -> None:
        async with await started() as sim:
            url, server = sim.base_url("deepseek"), sim.server("deepseek")
            client = await RawClient.connect(url)
            body = chat("[[sim:stall_mid_stream]][[sim:after_events=2]]", stream=True)
            client.send(request_bytes(url, body, key="sk-sim-deepseek"))
            heard = await client.until(b"\r\n\r\n") + await client.until(b"\n\n\r\n") + await client.until(b"\n\n\r\n")
            assert len(dechunk(heard.partition(b"\r\n\r\n")[2])[0]) == 2
            await client.close()
            assert (await server.wait_closed(0)).client_gone
            check_whole(await struck(sim, "stall_mid_stream;seconds=0.01"))

    run(main, loop)


@both_loops
def test_half_closes_and_keeps_reading(loop: str) -> None:
    """The client reads an end, and the server's side is open until the client's is closed."""

    async def main() -> None:
        async with await started() as sim:
            url, server = sim.base_url("deepseek"), sim.server("deepseek")
            client = await RawClient.connect(url)
            body = chat("[[sim:half_close]][[sim:events=4]]", stream=True, **QUIET)
            client.send(request_bytes(url, body, key="sk-sim-deepseek"))
            check_cut_by_eof(await client.rest())
            assert not server.seen[0].over
            await client.close()
            assert (await server.wait_closed(0)).client_gone

    run(main, loop)


@both_loops
def test_closes_right_after_a_keep_alive_answer(loop: str) -> None:
    """The answer promises to keep the connection, and the connection ends."""

    async def main() -> None:
        async with await started() as sim:
            url = sim.base_url("deepseek")
            client = await RawClient.connect(url)
            body = chat("[[sim:close_after_response]][[sim:events=4]]", stream=True, **QUIET)
            client.send(request_bytes(url, body, key="sk-sim-deepseek"))
            heard = await client.rest()
            assert b"connection: keep-alive" in heard.head
            check_whole(heard)
            await client.close()
            assert not sim.server("deepseek").seen[0].client_gone

    run(main, loop)


@both_loops
def test_dies_when_the_next_request_arrives(loop: str) -> None:
    """Without a byte, and without having seen the request."""

    async def main() -> None:
        async with await started() as sim:
            url = sim.base_url("deepseek")
            client = await RawClient.connect(url)
            client.send(request_bytes(url, chat("[[sim:close_on_reuse]]"), key="sk-sim-deepseek"))
            assert (await client.reply()).status == 200
            client.send(request_bytes(url, chat(), key="sk-sim-deepseek"))
            assert (await client.rest()).data == b""
            assert sim.server("deepseek").log.total == 1
            await client.close()

    run(main, loop)


@both_loops
def test_closes_while_idle(loop: str) -> None:
    """Unless a request comes first."""

    async def main() -> None:
        async with await started() as sim:
            url = sim.base_url("deepseek")
            client = await RawClient.connect(url)
            body = chat("[[sim:close_while_idle]][[sim:seconds=30]]")
            client.send(request_bytes(url, body, key="sk-sim-deepseek"))
            assert (await client.reply()).status == 200
            client.send(request_bytes(url, chat("[[sim:close_while_idle]]"), key="sk-sim-deepseek"))
            assert (await client.reply()).status == 200
            assert (await client.rest()) == Heard(b"", "eof")
            await client.close()

    run(main, loop)


def test_too_short_a_length_leaves_bytes_behind() -> None:
    """On a connection that stays open: what follows is not the next answer."""

    async def main() -> None:
        async with await started() as sim:
            url = sim.base_url("deepseek")
            client = await RawClient.connect(url)
            client.send(request_bytes(url, chat("[[sim:content_length_too_short]]"), key="sk-sim-deepseek"))
            first = await client.reply()
            client.send(request_bytes(url, chat(), key="sk-sim-deepseek", headers={"connection": "close"}))
            left = await client.rest()
            assert json.loads(first.payload + left.data[:10])
            assert left.data[10:].startswith(b"HTTP/1.1 200 OK\r\n")
            await client.close()

    run(main)
