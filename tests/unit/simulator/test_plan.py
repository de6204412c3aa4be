"""Which fault a request gets, and the pace of its reply."""

import json
from typing import Any

from tests.unit.simulator.sim_support import chat, fixed_clock, post, settings

from routeproof.simulator.actions import Pause, Reset, Write
from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.plan import Latency, Plan, plan
from routeproof.simulator.reply import HttpRequest


def planned(
    body: dict[str, Any] | bytes,
    *,
    header: str | None = None,
    scheduled: FaultCall | None = None,
    latency: Latency = Latency(),  # noqa: B008 - frozen
) -> Plan:
    """What a fresh DeepSeek plans."""
    request = post(body, "/chat/completions", "sk-sim-deepseek")
    if header is not None:
        headers = (*request.headers, (b"X-Sim-Fault", header.encode()))
        request = HttpRequest("POST", request.path, "", headers, request.body)
    return plan(DeepSeekProvider(settings("deepseek"), fixed_clock()), scheduled, latency, request)


def struck(chosen: Plan) -> str | None:
    """The fault's name."""
    return None if chosen.fault is None else chosen.fault.fault.value


def test_a_schedule_goes_before_a_header_before_a_prompt() -> None:
    """The nearest to the operator decides."""
    body = chat("[[sim:html_200]]")
    assert struck(planned(body)) == "html_200"
    assert struck(planned(body, header="gzip_body")) == "gzip_body"
    assert struck(planned(body, header="gzip_body", scheduled=FaultCall(fault=Fault.RESET))) == "reset"
    assert struck(planned(chat())) is None


def test_a_prompt_can_set_a_fault_up() -> None:
    """Where, how long, how many."""
    chosen = planned(chat("[[sim:stall_mid_stream]][[sim:after_events=2]][[sim:seconds=1]][[sim:count=3]]"))
    assert chosen.fault == FaultCall(fault=Fault.STALL_MID_STREAM, after_events=2, seconds=1.0, count=3)


def test_a_reset_is_all_that_is_left_of_a_reply() -> None:
    """Nothing is written."""
    assert list(planned(chat("[[sim:reset]]")).actions) == [Reset()]


def test_a_misspelt_fault_is_told() -> None:
    """A 400 that lists the names, from a header or a prompt; a value out of range, too."""
    for chosen in (planned(chat("[[sim:explode]]")), planned(chat(), header="explode")):
        text = b"".join(action.data for action in chosen.actions if isinstance(action, Write))
        assert text.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert b"the simulator has no fault 'explode'; it has absurd_usage, " in text
    chosen = planned(chat("[[sim:events=x]]"))
    assert b"needs a whole number" in b"".join(action.data for action in chosen.actions if isinstance(action, Write))


def test_a_gateways_fault_is_refused_elsewhere() -> None:
    """Even a scheduled one: it would pass for an honest run."""
    for chosen in (
        planned(chat("[[sim:mark_up]]")),
        planned(chat(), scheduled=FaultCall(fault=Fault.DROP_REASONING)),
    ):
        written = b"".join(action.data for action in chosen.actions if isinstance(action, Write))
        assert written.startswith(b"HTTP/1.1 400 ")
        assert b"only a provider of kind 'newapi' can" in written


def test_a_mark_in_a_broken_body_directs_nothing() -> None:
    """The provider itself refuses such a body."""
    written = [action.data for action in planned(b'{"[[sim:reset]]').actions if isinstance(action, Write)]
    assert written[0].startswith(b"HTTP/1.1 422 ")


def test_latency_waits_before_the_head_and_between_events() -> None:
    """Not before the first event, nor before [DONE]."""
    body = chat("[[sim:events=2]]", stream=True, thinking={"type": "disabled"})
    actions = list(planned(body, latency=Latency(0.5, 0.25)).actions)
    waits = [action.seconds if isinstance(action, Pause) else "w" for action in actions]
    assert waits == [0.5, "w", "w", 0.25, "w", 0.25, "w", 0.25, "w", "w", "w"]


def test_a_prompt_sets_the_interval() -> None:
    """In milliseconds, over the provider's own."""
    body = chat("[[sim:events=1]][[sim:event_interval_ms=20]]", stream=True, thinking={"type": "disabled"})
    pauses = [action for action in planned(body, latency=Latency(0, 9)).actions if isinstance(action, Pause)]
    assert pauses == [Pause(0.02), Pause(0.02)]


def test_a_refusal_for_too_many_requests_says_when_to_retry() -> None:
    """In whole seconds unless the call says otherwise."""

    def head(text: str) -> bytes:
        first = next(iter(planned(chat(text)).actions))
        assert isinstance(first, Write)
        return first.data

    assert b"\r\nretry-after: 1\r\n" in head("[[sim:status_429]]")
    assert b"\r\nretry-after: 30\r\n" in head("[[sim:status_429]][[sim:seconds=30]]")
    assert b"retry-after" not in head("[[sim:status_503]]")


def test_directions_through_json_text() -> None:
    """A prompt's mark survives any JSON escaping of the text around it."""
    body = json.dumps(chat('é " [[sim:reset]]')).encode()
    assert struck(planned(body)) == "reset"
