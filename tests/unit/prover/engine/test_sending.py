"""One request, and what is kept of it: every way in which an exchange can end, over real sockets."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from routeproof.evidence.observations import Ending, Transcript
from routeproof.evidence.plan import Credential, Step
from routeproof.prover.engine.endpoints import Deadlines, Endpoint, keys_for
from routeproof.prover.engine.sending import Sender
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import start_simulator

KEY = "sk-sim-canary-0123456789abcdef"
QUICK = Deadlines(connect_s=5.0, first_byte_s=0.2, idle_s=0.2, total_s=5.0)
PATIENT = Deadlines(connect_s=5.0, first_byte_s=5.0, idle_s=5.0, total_s=10.0)


def body(text: str = "hello", **controls: object) -> bytes:
    """A chat request."""
    return msgspec.json.encode(
        {"model": "deepseek-flash", "messages": [{"role": "user", "content": text}], "max_tokens": 64, **controls}
    )


def sent(
    text: str = "hello",
    *,
    deadlines: Deadlines = PATIENT,
    step: Step | None = None,
    keys: dict[Credential, str] | None = None,
    answer_bytes_max: int = 2**20,
    **controls: object,
) -> Transcript:
    """What one request to a simulated provider leaves."""

    async def main() -> Transcript:
        provider = ProviderSettings(name="one", kind=Kind.DEEPSEEK, keys=(KEY,))
        async with await start_simulator(SimulatorSettings(providers=(provider,))) as simulator:
            endpoint = Endpoint(base_url=simulator.base_url("one"), keys=keys_for(KEY))
            async with Sender(deadlines, answer_bytes_max=answer_bytes_max) as sender:
                return await sender.send(endpoint, step or Step(), body(text, **controls))

    return asyncio.run(main())


def answered(answer: bytes, deadlines: Deadlines = PATIENT) -> Transcript:
    """What a request leaves to a server that says these bytes, whatever it is asked, and closes."""

    async def main() -> Transcript:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()

        return await against(handle, deadlines)

    return asyncio.run(main())


async def against(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], deadlines: Deadlines
) -> Transcript:
    """What a GET leaves that this handler meets."""
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server, Sender(deadlines) as sender:
        port = server.sockets[0].getsockname()[1]
        return await sender.send(Endpoint(base_url=f"http://127.0.0.1:{port}"), Step(method="GET", path="/models"), b"")


def test_a_whole_answer_is_kept_with_its_bytes_and_times() -> None:
    """In the order in which things happened, all counted from one instant."""
    seen = sent("a stream", stream=True)
    times = seen.times

    assert (seen.ending, seen.status, seen.deadline, seen.detail) == (Ending.COMPLETE, 200, None, None)
    assert seen.body.data.endswith(b"data: [DONE]\n\n")
    assert len(seen.body.reads) > 3
    assert None not in (times.connected_ns, times.sent_ns, times.first_byte_ns)
    order = [times.begun_ns, times.connected_ns, times.sent_ns, times.first_byte_ns]
    order += [*(read.at_ns for read in seen.body.reads), times.ended_ns]
    assert order == sorted(order)  # type: ignore[type-var]


def test_a_request_is_kept_as_it_was_sent() -> None:
    """Nothing that nobody asked for, such as a compressed answer, is offered."""
    request = sent("as sent", step=Step(headers=(("x-more", "1"),))).request
    names = {name.lower(): value for name, value in request.headers}

    assert (request.method, request.path, request.body.data) == ("POST", "/chat/completions", body("as sent"))
    assert names["authorization"] == f"Bearer {KEY}"
    assert names["accept-encoding"] == "identity"
    assert names["content-type"] == "application/json"
    assert names["x-more"] == "1"


@pytest.mark.parametrize(
    ("fault", "ending", "status"),
    [
        ("refuse", Ending.RESET, None),
        ("reset", Ending.RESET, None),
        ("reset_mid_stream", Ending.TRUNCATED, 200),
        ("cut_mid_event", Ending.TRUNCATED, 200),
        ("close_before_done", Ending.TRUNCATED, 200),
        ("half_close", Ending.TRUNCATED, 200),
        ("malformed_chunk", Ending.MALFORMED, 200),
        ("cut_before_done", Ending.COMPLETE, 200),
        ("empty_body", Ending.COMPLETE, 200),
        ("single_bytes", Ending.COMPLETE, 200),
        ("status_503", Ending.COMPLETE, 503),
        ("huge_line", Ending.TOO_LARGE, 200),
    ],
)
def test_every_end_has_its_name(fault: str, ending: Ending, status: int | None) -> None:
    """By what the bytes and the connection say; an answer that only looks odd is whole."""
    seen = sent(f"[[sim:{fault}]]", stream=True)

    assert (seen.ending, seen.status) == (ending, status)
    assert seen.deadline is None
    assert bool(seen.detail) == (ending is not Ending.COMPLETE)


def test_a_body_that_is_shorter_than_announced_is_truncated() -> None:
    """Whatever JSON is in it."""
    seen = sent("[[sim:content_length_too_long]]")

    assert seen.ending is Ending.TRUNCATED
    assert msgspec.json.decode(seen.body.data)


@pytest.mark.parametrize(
    ("fault", "status", "deadline"),
    [("stall_before_headers", None, "first-byte"), ("stall_mid_stream", 200, "idle")],
)
def test_silence_ends_at_the_deadline_that_has_its_name(fault: str, status: int | None, deadline: str) -> None:
    """Before the answer, and within it; what had come is kept."""
    seen = sent(f"[[sim:{fault}]]", deadlines=QUICK, stream=True)

    assert (seen.ending, seen.status, seen.deadline) == (Ending.TIMED_OUT, status, deadline)
    assert bool(seen.body.size) == (status == 200)


def test_an_answer_that_drips_for_ever_ends_at_the_total_deadline() -> None:
    """Keep-alives are life for the idle deadline alone."""
    deadlines = msgspec.structs.replace(PATIENT, total_s=0.3)
    seen = sent(
        "[[sim:keepalives=100000]] [[sim:event_interval_ms=20]] [[sim:events=1000]]", deadlines=deadlines, stream=True
    )

    assert (seen.ending, seen.deadline) == (Ending.TIMED_OUT, "total")


def test_nobody_listening_is_a_failed_connection() -> None:
    """Refused, with the system's words."""

    async def main() -> Transcript:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            async with Sender(PATIENT) as sender:
                return await sender.send(Endpoint(base_url=f"http://127.0.0.1:{port}"), Step(), b"{}")

    seen = asyncio.run(main())
    assert (seen.ending, seen.status, seen.times.connected_ns) == (Ending.CONNECT_FAILED, None, None)
    assert seen.detail


def test_a_server_that_speaks_no_tls_is_a_failed_connection() -> None:
    """The handshake belongs to the connection."""

    async def main() -> Transcript:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        async with server, Sender(PATIENT) as sender:
            port = server.sockets[0].getsockname()[1]
            return await sender.send(Endpoint(base_url=f"https://127.0.0.1:{port}"), Step(), b"{}")

    assert asyncio.run(main()).ending is Ending.CONNECT_FAILED


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Ending.MALFORMED),
        (b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n", Ending.MALFORMED),
        (b"", Ending.RESET),
        (b"HTTP/1.1 200 OK\r\ncontent-le", Ending.RESET),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel", Ending.TRUNCATED),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil closed", Ending.COMPLETE),
        (b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", Ending.COMPLETE),
    ],
)
def test_whatever_a_server_says_is_classified(answer: bytes, ending: Ending) -> None:
    """What is no HTTP is malformed, what breaks off is truncated, and a redirect is an answer, not followed."""
    assert answered(answer).ending is ending


def test_header_fields_are_kept_in_their_order_and_spelling() -> None:
    """Repeated ones too."""
    seen = answered(b"HTTP/1.1 200 OK\r\nX-One: a\r\nx-ONE: b\r\nContent-Length: 0\r\n\r\n")

    assert seen.headers == (("X-One", "a"), ("x-ONE", "b"), ("Content-Length", "0"))


def test_leaving_after_so_many_events_is_a_cancellation_with_what_had_come() -> None:
    """Keep-alives are no events, and the connection is closed."""
    step = Step(leave_after_events=3)
    seen = sent("[[sim:events=50]] [[sim:keepalives=4]] [[sim:event_interval_ms=5]]", step=step, stream=True)

    assert seen.ending is Ending.CANCELLED
    assert 3 <= seen.body.data.count(b"data: ") < 50


@pytest.mark.parametrize(
    ("credential", "status"), [(Credential.ROUTE, 200), (Credential.NONE, 401), (Credential.WRONG, 401)]
)
def test_each_credential_is_what_it_says(credential: Credential, status: int) -> None:
    """The route's own opens, none and a wrong one do not."""
    seen = sent(step=Step(credential=credential))
    names = [name.lower() for name, _ in seen.request.headers]

    assert seen.status == status
    assert ("authorization" in names) == (credential is not Credential.NONE)


def test_what_is_under_way_can_be_broken_off() -> None:
    """It ends as interrupted, at once, with what had come."""

    async def main() -> Transcript:
        provider = ProviderSettings(name="one", kind=Kind.DEEPSEEK, keys=(KEY,))
        async with await start_simulator(SimulatorSettings(providers=(provider,))) as simulator:
            endpoint = Endpoint(base_url=simulator.base_url("one"), keys=keys_for(KEY))
            async with Sender(PATIENT) as sender, asyncio.TaskGroup() as group:
                task = group.create_task(sender.send(endpoint, Step(), body("[[sim:stall_mid_stream]]", stream=True)))
                await simulator.server("one").wait_seen(1)
                sender.leave_all("told to stop")
                return await task

    seen = asyncio.run(main())
    assert (seen.ending, seen.deadline, seen.detail) == (Ending.INTERRUPTED, None, "told to stop")
