"""`simulator/fault_usage.py`: usage objects that can be believed and are not true."""

import pytest

from routeproof.clock import SystemClock
from routeproof.prover.oracle.usage_arithmetic import usage_faults
from routeproof.simulator.actions import Write
from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.fault_bodies import json_of
from routeproof.simulator.fault_usage import USAGE_FAULTS
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.plan import Latency, plan
from routeproof.simulator.qwen import QwenProvider
from routeproof.simulator.reply import HttpRequest, Reply
from routeproof.simulator.settings import Kind, ProviderSettings

KEY = "sk-sim-test"
BODY = b'{"model":"%b","messages":[{"role":"user","content":"' + b"word" * 100 + b'"}]}'


def reply_of(kind: Kind) -> tuple[HttpRequest, Reply]:
    """A request and its honest reply: 104 prompt tokens."""
    settings = ProviderSettings(name="p", kind=kind, keys=(KEY,))
    deepseek = kind is Kind.DEEPSEEK
    provider = DeepSeekProvider(settings, SystemClock()) if deepseek else QwenProvider(settings, SystemClock())
    request = HttpRequest(
        "POST",
        provider.base_path + "/chat/completions",
        "",
        ((b"authorization", b"Bearer " + KEY.encode()),),
        BODY % (b"deepseek-flash" if deepseek else b"qwen-plus"),
    )
    return request, provider.answer(request, None)


def usage_in(reply: Reply) -> dict[str, object]:
    """The usage object of a whole reply."""
    usage = (json_of(reply.pieces[-1]) or {})["usage"]
    assert isinstance(usage, dict)
    return usage


@pytest.mark.parametrize("kind", [Kind.DEEPSEEK, Kind.QWEN])
@pytest.mark.parametrize(
    ("fault", "count", "prompt", "cached"),
    [
        (Fault.INFLATE_PROMPT, None, 156, 0),
        (Fault.INFLATE_PROMPT, 110, 114, 0),
        (Fault.INJECT_PROMPT, None, 604, 0),
        (Fault.INJECT_PROMPT, 3, 107, 0),
        (Fault.PHANTOM_CACHE, None, 104, 64),
        (Fault.NO_CACHE, None, 104, 0),
    ],
)
def test_a_false_count_keeps_the_sums_in_order(
    kind: Kind, fault: Fault, count: int | None, prompt: int, cached: int
) -> None:
    """So that arithmetic alone does not find it."""
    _, honest = reply_of(kind)
    usage = usage_in(USAGE_FAULTS[fault](honest, FaultCall(fault=fault, count=count), honest))

    assert usage["prompt_tokens"] == prompt
    assert usage["prompt_tokens_details"]["cached_tokens"] == cached  # type: ignore[index]
    assert list(usage_faults(usage)) == []


def test_completions_are_inflated_by_percent() -> None:
    """Twice as many unless told otherwise."""
    _, honest = reply_of(Kind.DEEPSEEK)
    call = FaultCall(fault=Fault.INFLATE_COMPLETION)
    told, false = usage_in(honest), usage_in(USAGE_FAULTS[call.fault](honest, call, honest))

    assert false["completion_tokens"] == 2 * int(str(told["completion_tokens"]))
    assert list(usage_faults(false)) == []


def test_a_wrong_total_is_wrong() -> None:
    """By seven."""
    _, honest = reply_of(Kind.QWEN)
    usage = usage_in(USAGE_FAULTS[Fault.WRONG_TOTAL](honest, FaultCall(fault=Fault.WRONG_TOTAL), honest))

    assert [fault.code for fault in usage_faults(usage)] == ["usage_total_wrong"]


def test_a_planned_reply_has_the_fault() -> None:
    """Through the same door as all others."""
    settings = ProviderSettings(name="p", kind=Kind.DEEPSEEK, keys=(KEY,))
    request, _ = reply_of(Kind.DEEPSEEK)
    provider = DeepSeekProvider(settings, SystemClock())
    planned = plan(provider, FaultCall(fault=Fault.INJECT_PROMPT, count=7), Latency(), request)
    sent = b"".join(action.data for action in planned.actions if isinstance(action, Write))

    assert b'"prompt_tokens":111' in sent
