"""Every fault of the simulator, by its effect on a raw socket."""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.simulator.sim_support import (
    Heard,
    ask,
    chat,
    events_in,
    fixed_clock,
    run,
    settings,
)

from routeproof.simulator.fault_answers import ANSWER_FAULTS
from routeproof.simulator.fault_memory import MEMORY_FAULTS
from routeproof.simulator.fault_requests import REQUEST_FAULTS
from routeproof.simulator.fault_streams import STREAM_FAULTS
from routeproof.simulator.fault_usage import USAGE_FAULTS
from routeproof.simulator.faults import Fault
from routeproof.simulator.settings import SimulatorSettings
from routeproof.simulator.simulator import RunningSimulator, start_simulator

PROVIDERS = ("deepseek", "qwen", "newapi")
MODELS = {"deepseek": "deepseek-flash", "qwen": "qwen-plus", "newapi": "deepseek-flash"}
DONE = b"data: [DONE]\n\n"
QUIET = {"thinking": {"type": "disabled"}}
both_loops = pytest.mark.parametrize("loop", ["asyncio", "uvloop"])


async def started() -> RunningSimulator:
    """All three at a fixed instant."""
    providers = tuple(settings(name) for name in PROVIDERS)
    return await start_simulator(SimulatorSettings(providers=providers), clock=fixed_clock())


async def struck(
    sim: RunningSimulator, fault: str, *, stream: bool = True, provider: str = "deepseek", **fields: Any
) -> Heard:
    """What a client hears that asks for a fault by header."""
    body = chat("[[sim:events=4]]", MODELS[provider], stream=stream, **{**QUIET, **fields})
    if stream:
        body["stream_options"] = {"include_usage": True}
    url = sim.base_url(provider)
    return await ask(url, body, key=f"sk-sim-{provider}", headers={"x-sim-fault": fault})


def stream_of(heard: Heard) -> bytes:
    """The unframed body."""
    return b"".join(heard.chunks[0])


def check_nothing_came(heard: Heard) -> None:
    assert heard == Heard(b"", "eof")


def check_reset_before_a_byte(heard: Heard) -> None:
    assert heard == Heard(b"", "reset")


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


def check_cut_by_reset(heard: Heard) -> None:
    chunks, ended = heard.chunks
    assert (len(chunks), ended, heard.end) == (3, False, "reset")


def check_cut_mid_event(heard: Heard) -> None:
    """The rest of a chunk is missing, in the middle of its JSON."""
    check_cut_by_eof(heard)
    tail = heard.payload.rpartition(b"\r\n")[2]
    assert tail.startswith(b'data: {"id"')
    assert not tail.endswith(b"}")


def check_cut_mid_utf8(heard: Heard) -> None:
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        heard.data.decode()
    assert not heard.chunks[1]


def check_clean_end_mid_event(heard: Heard) -> None:
    chunks, ended = heard.chunks
    assert ended
    assert chunks[-1].startswith(b"data: {")
    assert not chunks[-1].endswith(b"\n\n")


def check_clean_end_without_done(heard: Heard) -> None:
    chunks, ended = heard.chunks
    assert ended
    assert b'"finish_reason":"stop"' in chunks[-1]


def check_close_without_done(heard: Heard) -> None:
    chunks, ended = heard.chunks
    assert not ended
    assert b'"finish_reason":"stop"' in chunks[-1]


def check_error_event(heard: Heard) -> None:
    assert heard.chunks[1]
    assert [set(event) for event in events_in(stream_of(heard))][-1] == {"error"}
    assert DONE not in stream_of(heard)


def check_only_an_error(heard: Heard) -> None:
    assert heard.status == 200
    assert [set(event) for event in events_in(stream_of(heard))] == [{"error"}]


def check_html(heard: Heard) -> None:
    assert heard.status == 200
    assert b"content-type: text/html" in heard.head
    assert heard.payload.startswith(b"<!DOCTYPE html>")


def check_empty(heard: Heard) -> None:
    assert heard.status == 200
    assert heard.head.endswith(b"content-length: 0")
    assert heard.payload == b""


def check_wrong_model(heard: Heard) -> None:
    assert {event["model"] for event in events_in(stream_of(heard))} == {"sim-other-model"}


def check_trailing(heard: Heard) -> None:
    assert stream_of(heard).partition(DONE)[2].startswith(b'data: {"id":"trailing"')


def check_huge_line(heard: Heard) -> None:
    line = stream_of(heard).rpartition(b"\n")[2]
    assert len(line) == 4 * 1024 * 1024 + 6


def check_big_event(heard: Heard) -> None:
    assert max(len(chunk) for chunk in heard.chunks[0]) == 1024 * 1024
    assert heard.chunks[0][-1] == DONE


def check_comments(heard: Heard) -> None:
    assert stream_of(heard).startswith(b": still here\n\n" * 10_000 + b"data: {")


def check_keepalives(heard: Heard) -> None:
    assert stream_of(heard).startswith(b": keep-alive\n\n" * 5 + b"data: {")


def check_gzip(heard: Heard) -> None:
    assert b"content-encoding: gzip" in heard.head
    assert gzip.decompress(stream_of(heard)).endswith(DONE)


def check_foreign_frame(heard: Heard) -> None:
    assert events_in(stream_of(heard))[-1]["x-sim-type"] == "inference-cost"
    assert stream_of(heard).endswith(DONE)


def usage_of(heard: Heard) -> list[dict[str, Any]]:
    """Every usage object of a stream."""
    return [event["usage"] for event in events_in(stream_of(heard)) if event.get("usage")]


def check_no_usage(heard: Heard) -> None:
    check_whole(heard)
    assert usage_of(heard) == []


def check_negative_usage(heard: Heard) -> None:
    assert usage_of(heard)[0]["completion_tokens"] < 0


def check_absurd_usage(heard: Heard) -> None:
    assert usage_of(heard)[0]["total_tokens"] > 2**64


def check_inconsistent_usage(heard: Heard) -> None:
    usage = usage_of(heard)[0]
    assert usage["prompt_cache_hit_tokens"] > usage["prompt_tokens"]


def check_duplicate_usage(heard: Heard) -> None:
    first, second = usage_of(heard)
    assert first == second


def check_malformed_chunk(heard: Heard) -> None:
    assert not heard.chunks[1]
    assert heard.payload.endswith(b"zz\r\nnot a chunk\r\n")


def announced(heard: Heard) -> int:
    """The content length."""
    found = re.search(rb"content-length: (\d+)", heard.head)
    assert found is not None
    return int(found[1])


def check_too_long(heard: Heard) -> None:
    assert announced(heard) == len(heard.payload) + 10
    assert heard.end == "eof"


def check_too_short(heard: Heard) -> None:
    assert announced(heard) == len(heard.payload) - 10


CHECKS: dict[Fault, Callable[[Heard], None]] = {
    Fault.REFUSE: check_nothing_came,
    Fault.RESET: check_reset_before_a_byte,
    Fault.RESET_MID_STREAM: check_cut_by_reset,
    Fault.CLOSE_AFTER_RESPONSE: check_whole,
    Fault.CUT_MID_EVENT: check_cut_mid_event,
    Fault.CUT_MID_UTF8: check_cut_mid_utf8,
    Fault.END_MID_EVENT: check_clean_end_mid_event,
    Fault.CUT_BEFORE_DONE: check_clean_end_without_done,
    Fault.CLOSE_BEFORE_DONE: check_close_without_done,
    Fault.SINGLE_BYTES: check_whole,
    Fault.ERROR_EVENT: check_error_event,
    Fault.ERROR_IN_200: check_only_an_error,
    Fault.HTML_200: check_html,
    Fault.EMPTY_BODY: check_empty,
    Fault.WRONG_MODEL: check_wrong_model,
    Fault.TRAILING_AFTER_DONE: check_trailing,
    Fault.HUGE_LINE: check_huge_line,
    Fault.BIG_EVENT: check_big_event,
    Fault.TEN_THOUSAND_COMMENTS: check_comments,
    Fault.KEEPALIVES_THEN_ANSWER: check_keepalives,
    Fault.GZIP_BODY: check_gzip,
    Fault.FOREIGN_FRAME: check_foreign_frame,
    Fault.MISSING_USAGE: check_no_usage,
    Fault.NEGATIVE_USAGE: check_negative_usage,
    Fault.ABSURD_USAGE: check_absurd_usage,
    Fault.INCONSISTENT_USAGE: check_inconsistent_usage,
    Fault.DUPLICATE_USAGE: check_duplicate_usage,
    Fault.MALFORMED_CHUNK: check_malformed_chunk,
    Fault.CONTENT_LENGTH_TOO_LONG: check_too_long,
    Fault.CONTENT_LENGTH_TOO_SHORT: check_too_short,
}
"""One effect each on a stream that is read to its end."""


@both_loops
@pytest.mark.parametrize("fault", CHECKS, ids=str)
def test_a_stream_shows_the_fault(fault: Fault, loop: str) -> None:
    """On the loop that serves in production, and on the plain one."""

    async def main() -> None:
        async with await started() as sim:
            CHECKS[fault](await struck(sim, fault.value))
            assert (await sim.server("deepseek").wait_closed(0)).fault == fault

    run(main, loop)


STATUSES = {fault: int(fault.removeprefix("status_")) for fault in Fault if fault.startswith("status_")}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_refusal_has_its_status(provider: str) -> None:
    """In the words of its provider; what is JSON has an error object."""

    async def main() -> None:
        async with await started() as sim:
            for fault, status in STATUSES.items():
                heard = await struck(sim, fault.value, stream=False, provider=provider)
                assert (fault, heard.status) == (fault, status)
                assert announced(heard) == len(heard.payload)
                assert (b"\r\nretry-after: 1\r\n" in heard.head) is (status == 429)
                if b"application/json" in heard.head:
                    assert "message" in json.loads(heard.payload)["error"]

    run(main)


@pytest.mark.parametrize(
    ("fault", "provider", "status", "words"),
    [
        (Fault.BILLING, "deepseek", 402, b"Insufficient Balance"),
        (Fault.BILLING, "qwen", 400, b'"code":"Arrearage"'),
        (Fault.BILLING, "newapi", 403, b'"code":"insufficient_user_quota"'),
        (Fault.CONTENT_POLICY, "deepseek", 400, b"Content Exists Risk"),
        (Fault.CONTENT_POLICY, "qwen", 400, b'\r\n\r\ndata: {"error":{"code":"data_inspection_failed"'),
        (Fault.CONTEXT_LENGTH, "deepseek", 400, b"content-type: application/octet-stream"),
        (Fault.CONTEXT_LENGTH, "qwen", 400, b"Range of input length should be"),
    ],
)
def test_a_cause_is_refused_in_each_providers_way(fault: Fault, provider: str, status: int, words: bytes) -> None:
    """The same cause has another status elsewhere."""

    async def main() -> None:
        async with await started() as sim:
            heard = await struck(sim, fault.value, provider=provider)
            assert heard.status == status
            assert words in heard.data

    run(main)


@pytest.mark.parametrize("fault", [fault for fault in CHECKS if fault not in (Fault.REFUSE, Fault.RESET)], ids=str)
def test_a_plain_reply_can_be_struck_by_every_fault(fault: Fault) -> None:
    """Something comes of it, and the server goes on: faults of streams have a meaning for bodies, too."""

    async def main() -> None:
        async with await started() as sim:
            heard = await struck(sim, fault.value, stream=False)
            assert heard.status == 200
            honest = await struck(sim, "single_bytes", stream=False)
            assert honest.chunks[1]

    run(main)


GATEWAY_CHECKS: dict[Fault, Callable[[Heard], None]] = {
    Fault.DROP_REASONING: lambda heard: check_absent(heard, b"reasoning_content"),
    Fault.COLLAPSE_TO_JSON: lambda heard: check_absent(heard, b"text/event-stream"),
    Fault.COLLAPSE_TO_EVENT: lambda heard: check_event_count(heard, 1),
    Fault.SUBSTITUTE_MODEL: check_whole,
    Fault.MARK_UP: check_whole,
}


def check_absent(heard: Heard, words: bytes) -> None:
    assert heard.status == 200
    assert words not in heard.data


def check_event_count(heard: Heard, count: int) -> None:
    assert len(events_in(stream_of(heard))) == count


@pytest.mark.parametrize("fault", GATEWAY_CHECKS, ids=str)
def test_a_gateway_has_faults_of_its_own(fault: Fault) -> None:
    """As a client sees them; what only the books show is tested there."""

    async def main() -> None:
        async with await started() as sim:
            thinking = {"thinking": {"type": "enabled"}} if fault is Fault.DROP_REASONING else QUIET
            model = {"model": "gpt-9"} if fault is Fault.SUBSTITUTE_MODEL else {}
            body = chat("[[sim:events=4]]", **{"model": "deepseek-flash", **model}, stream=True, **thinking)
            heard = await ask(sim.base_url("newapi"), body, key="sk-sim-newapi", headers={"x-sim-fault": fault.value})
            GATEWAY_CHECKS[fault](heard)

    run(main)


def test_no_fault_is_untested() -> None:
    """Each is struck above, or in the tests of its own file."""
    on_their_own = {
        Fault.STALL_BEFORE_HEADERS,
        Fault.STALL_MID_STREAM,
        Fault.HALF_CLOSE,
        Fault.CLOSE_ON_REUSE,
        Fault.CLOSE_WHILE_IDLE,
        Fault.BILLING,
        Fault.CONTENT_POLICY,
        Fault.CONTEXT_LENGTH,
    }
    tested_by_file = {*USAGE_FAULTS, *ANSWER_FAULTS, *REQUEST_FAULTS, *STREAM_FAULTS, *MEMORY_FAULTS}
    assert set(CHECKS) | set(STATUSES) | set(GATEWAY_CHECKS) | on_their_own | tested_by_file == set(Fault)
