"""The simulator's HTTP on raw sockets: framing, keep-alive, order, TLS, pace, and what it saw."""

import asyncio
import json
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.unit.simulator.sim_support import (
    RawClient,
    ask,
    chat,
    events_in,
    fixed_clock,
    request_bytes,
    run,
    settings,
)

from routeproof.simulator.plan import Latency
from routeproof.simulator.settings import SimulatorSettings, demo_settings
from routeproof.simulator.simulator import RunningSimulator, start_simulator

KEY = "sk-sim-deepseek"
QUIET = {"thinking": {"type": "disabled"}}
both_loops = pytest.mark.parametrize("loop", ["asyncio", "uvloop"])


async def started(**changes: Any) -> RunningSimulator:
    """A DeepSeek alone, at a fixed instant."""
    one = SimulatorSettings(providers=(settings("deepseek", **changes),))
    return await start_simulator(one, clock=fixed_clock())


@both_loops
def test_a_plain_reply_on_the_wire_to_the_byte(loop: str) -> None:
    """Status line, headers, one chunk, the last chunk."""

    async def main() -> None:
        async with await started() as sim:
            heard = await ask(sim.base_url("deepseek"), chat("hi [[sim:events=2]]", **QUIET), key=KEY)
        assert heard.end == "eof"
        assert heard.head.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
        assert heard.head.endswith(b"x-content-type-options: nosniff\r\ntransfer-encoding: chunked")
        body = heard.chunks[0][0]
        assert json.loads(body)["usage"]["prompt_tokens"] == 9
        assert heard.payload == b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)

    run(main, loop)


@both_loops
def test_each_event_of_a_stream_is_a_chunk(loop: str) -> None:
    """And [DONE] is one, too."""

    async def main() -> None:
        async with await started() as sim:
            body = chat("[[sim:events=3]]", stream=True, **QUIET)
            heard = await ask(sim.base_url("deepseek"), body, key=KEY)
            seen = await sim.server("deepseek").wait_closed(0)
        chunks, ended = heard.chunks
        assert ended
        assert len(chunks) == 6
        assert chunks[-1] == b"data: [DONE]\n\n"
        assert [event["choices"][0]["delta"]["content"] for event in events_in(b"".join(chunks[1:-2]))] != []
        assert (seen.response_events, seen.response_bytes) == (6, len(heard.data))

    run(main, loop)


def test_requests_on_one_connection_are_answered_in_order() -> None:
    """Pipelined, and then again on the same connection; errors keep it open."""

    async def main() -> None:
        async with await started() as sim:
            url = sim.base_url("deepseek")
            client = await RawClient.connect(url)
            names = ["deepseek-flash", "gpt-4", "deepseek-v4-pro"]
            client.send(b"".join(request_bytes(url, chat(model=name, **QUIET), key=KEY) for name in names))
            replies = [await client.reply() for _ in names]
            assert [reply.status for reply in replies] == [200, 400, 200]
            assert b'"deepseek-v4-pro"' in replies[2].data
            client.send(request_bytes(url, chat(**QUIET), key=KEY))
            assert (await client.reply()).status == 200
            assert [seen.connection for seen in sim.server("deepseek").seen] == [0, 0, 0, 0]
            await client.close()

    run(main)


def test_chunked_requests_and_continue_are_understood() -> None:
    """100 Continue comes before the body does."""

    async def main() -> None:
        async with await started() as sim:
            client = await RawClient.connect(sim.base_url("deepseek"))
            client.send(
                b"POST /chat/completions HTTP/1.1\r\nhost: sim\r\nexpect: 100-continue\r\n"
                b"authorization: Bearer sk-sim-deepseek\r\ntransfer-encoding: chunked\r\n\r\n"
            )
            assert await client.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            data = json.dumps(chat(**QUIET)).encode()
            client.send(b"5\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (data[:5], len(data) - 5, data[5:]))
            assert (await client.reply()).status == 200
            assert sim.server("deepseek").seen[0].body == data
            await client.close()

    run(main)


def test_what_is_no_http_is_refused() -> None:
    """400, and the connection closes."""

    async def main() -> None:
        async with await started() as sim:
            client = await RawClient.connect(sim.base_url("deepseek"))
            client.send(b"\x16\x03\x01 hello\r\n\r\n")
            heard = await client.rest()
            assert heard.data.startswith(b"HTTP/1.1 400 Bad Request\r\n")
            assert sim.server("deepseek").seen == type(sim.server("deepseek").seen)()
            await client.close()

    run(main)


def test_headers_are_seen_as_they_were_sent() -> None:
    """In order and case, the credential included."""

    async def main() -> None:
        async with await started() as sim:
            await ask(sim.base_url("deepseek"), chat(), key=KEY, headers={"X-OnE": "1", "a": "2"})
            seen = sim.server("deepseek").seen[0]
        assert [name for name, _ in seen.headers] == [
            b"host",
            b"authorization",
            b"connection",
            b"X-OnE",
            b"a",
            b"content-length",
        ]
        assert dict(seen.headers)[b"authorization"] == b"Bearer sk-sim-deepseek"

    run(main)


@both_loops
def test_a_client_that_leaves_is_noticed(loop: str) -> None:
    """While an answer is on its way; what had been written is known."""

    async def main() -> None:
        async with await started() as sim:
            url, server = sim.base_url("deepseek"), sim.server("deepseek")
            client = await RawClient.connect(url)
            body = chat("[[sim:stall_mid_stream]][[sim:after_events=2]]", stream=True)
            client.send(request_bytes(url, body, key=KEY))
            await server.wait_seen(1)
            await client.until(b"reasoning_content")
            assert not server.seen[0].over
            await client.close()
            seen = await server.wait_closed(0)
            assert (seen.client_gone, seen.response_events, seen.fault) == (True, 2, "stall_mid_stream")
            await server.log.wait_connections_open(0)
            assert server.log.connections_opened == 1

    run(main, loop)


def test_a_whole_answer_is_no_lost_client() -> None:
    """Though the client closes afterwards."""

    async def main() -> None:
        async with await started() as sim:
            await ask(sim.base_url("deepseek"), chat(), key=KEY)
            seen = await sim.server("deepseek").wait_closed(0)
            assert (seen.over, seen.client_gone) == (True, False)

    run(main)


def test_a_slow_reader_holds_the_writer_back() -> None:
    """An endless answer is not piled up in memory: what was handed over stays below what the sockets hold."""

    async def main() -> None:
        async with await started() as sim:
            url, server = sim.base_url("deepseek"), sim.server("deepseek")
            client = await RawClient.connect(url, buffered=65_536)
            body = chat("[[sim:bytes=60000000]][[sim:events=1000]]", stream=True, **QUIET)
            client.send(request_bytes(url, body, key=KEY))
            await client.until(b"\r\n\r\n")
            seen = server.seen[0]
            before = -1
            while before != seen.response_bytes:
                before = seen.response_bytes
                for _ in range(100):
                    await asyncio.sleep(0)
            assert seen.response_bytes < 60_000_000
            await client.close()
            assert (await server.wait_closed(0)).client_gone

    run(main)


def test_a_paced_stream_arrives_whole() -> None:
    """Waiting changes nothing but the time it takes."""

    async def main() -> None:
        async with await started() as sim:
            url, body = sim.base_url("deepseek"), chat("[[sim:events=2]]", stream=True, **QUIET)
            at_once = await ask(url, body, key=KEY)
            sim.server("deepseek").latency = Latency(0.002, 0.001)
            paced = await ask(url, body, key=KEY)
            assert [len(chunk) for chunk in paced.chunks[0]] == [len(chunk) for chunk in at_once.chunks[0]]
            assert paced.chunks[1]

    run(main)


def test_stopping_ends_every_connection() -> None:
    """Stalled ones included, and the port is free again."""

    async def main() -> None:
        sim = await started()
        url = sim.base_url("deepseek")
        client = await RawClient.connect(url)
        client.send(request_bytes(url, chat("[[sim:stall_before_headers]]"), key=KEY))
        await sim.server("deepseek").wait_seen(1)
        await sim.stop()
        assert (await client.rest()).data == b""
        assert not sim.server("deepseek").seen[0].client_gone
        with pytest.raises(OSError):
            await RawClient.connect(url)
        with pytest.raises(RuntimeError, match="not running"):
            sim.base_url("deepseek")
        await client.close()

    run(main)


def test_a_taken_port_starts_nothing() -> None:
    """Not the others either."""

    async def main() -> None:
        async with await started() as sim:
            port = sim.server("deepseek").address[1]
            with pytest.raises(OSError):
                await start_simulator(demo_settings(first_port=port))

    run(main)


def test_requests_are_recorded_before_they_are_answered(tmp_path: Path) -> None:
    """A reset request is in the file."""

    async def main() -> None:
        path = tmp_path / "seen.jsonl"
        one = SimulatorSettings(providers=(settings("deepseek"),), record_path=path)
        async with await start_simulator(one) as sim:
            await ask(sim.base_url("deepseek"), chat("first [[sim:reset]]"), key=KEY)
            await ask(sim.base_url("deepseek"), chat("second"), key=KEY)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert [json.loads(line["body"])["messages"][0]["content"] for line in lines] == [
            "first [[sim:reset]]",
            "second",
        ]

    run(main)


def test_the_demo_pair_is_ready_to_use() -> None:
    """Three providers with their keys, each on its own base URL."""

    async def main() -> None:
        models = {"deepseek": "deepseek-flash", "qwen": "qwen-plus", "newapi": "qwen3-max"}
        async with await start_simulator(demo_settings()) as sim:
            assert set(sim.servers) == set(models)
            assert sim.base_url("qwen").endswith("/compatible-mode/v1")
            assert sim.base_url("newapi").endswith("/v1")
            for name, model in models.items():
                heard = await ask(sim.base_url(name), chat(model=model), key=f"sk-sim-{name}")
                assert (name, heard.status) == (name, 200)

    run(main)


def test_rules_can_change_while_it_runs() -> None:
    """A connection is refused, then a request fails, then all is well."""

    async def main() -> None:
        async with await started() as sim:
            url, server = sim.base_url("deepseek"), sim.server("deepseek")
            server.faults.add("refuse")
            server.faults.add("status_503")
            assert (await ask(url, chat(), key=KEY)).data == b""
            assert [(await ask(url, chat(), key=KEY)).status for _ in range(2)] == [503, 200]
            assert server.log.total == 2

    run(main)


@both_loops
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_the_same_over_tls(loop: str, tmp_path: Path) -> None:
    """A stream, and a reset in the middle of one."""
    server_side, client_side = tls_contexts(tmp_path)

    async def heard_over_tls(url: str, body: dict[str, Any]) -> bytes:
        port = int(url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_side)
        writer.write(request_bytes(url, body, key=KEY, headers={"connection": "close"}))
        data = b""
        try:
            while got := await reader.read(65_536):
                data += got
        except ConnectionResetError:
            return data + b"<reset>"
        finally:
            writer.transport.abort()
        return data

    async def main() -> None:
        one = SimulatorSettings(providers=(settings("deepseek"),))
        async with await start_simulator(one, ssl_context=server_side) as sim:
            url = sim.base_url("deepseek")
            assert url.startswith("https://127.0.0.1:")
            assert (await heard_over_tls(url, chat(stream=True))).endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
            broken = await heard_over_tls(url, chat("[[sim:reset_mid_stream]][[sim:after_events=1]]", stream=True))
            assert broken.endswith(b"<reset>")
            assert b"reasoning_content" in broken
            half = await heard_over_tls(url, chat("[[sim:half_close]]", stream=True))
            assert half
            assert b"[DONE]" not in half

    run(main, loop)


def tls_contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server with a fresh certificate for 127.0.0.1, and of a client that trusts it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=sim"
    files = ["-keyout", key, "-out", certificate, "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))
