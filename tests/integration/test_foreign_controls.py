"""Controls of another family: refused with the right one named, or mapped where the operator said so; never ignored."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.answer_checks import error_of
from tests.support.raw_client import ask, chat
from tests.support.running_gateway import RunningGateway

DEEPSEEK, QWEN = "deepseek/deepseek-flash", "qwen/qwen-plus"
ON: Any = {"type": "enabled"}
OFF: Any = {"type": "disabled"}


@pytest.fixture(scope="module")
def strict() -> Iterator[RunningGateway]:
    """A gateway that refuses them, as by default."""
    with RunningGateway() as running:
        yield running


@pytest.fixture(scope="module")
def mapping() -> Iterator[RunningGateway]:
    """A gateway whose operator wants them mapped."""
    lines = dict.fromkeys(("deepseek", "qwen"), "map_foreign_controls = true")
    with RunningGateway(provider_lines=lines) as running:
        yield running


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("model", "control", "value", "right"),
    [
        (DEEPSEEK, "enable_thinking", False, 'thinking: {"type": "enabled"} or {"type": "disabled"}'),
        (DEEPSEEK, "enable_thinking", True, "thinking"),
        (DEEPSEEK, "thinking_budget", 100, "reasoning_effort or max_tokens"),
        (DEEPSEEK, "preserve_thinking", True, "reasoning_content"),
        (QWEN, "thinking", OFF, "enable_thinking: true or false"),
        (QWEN, "thinking", ON, "enable_thinking"),
    ],
)
def test_refused_with_the_right_one_named(
    strict: RunningGateway, model: str, control: str, value: object, right: str, stream: bool
) -> None:
    """400 before anything is sent; the row says why."""
    provider = model.partition("/")[0]
    asked: dict[str, Any] = {control: value}
    before = strict.simulator.server(provider).log.total
    answer = ask(strict.port, chat(strict.key, model=model, stream=stream, **asked))
    error, entry = error_of(answer), strict.ledger.entry(answer.fields["x-request-id"])

    assert answer.status == 400
    assert (error["code"], error["param"]) == ("unsupported_control", control)
    assert right in error["message"]
    assert strict.simulator.server(provider).log.total == before
    assert (entry.exchange.outcome, entry.exchange.error_code) == ("client_error", "unsupported_control")
    assert (entry.exchange.model_asked, entry.attempts, entry.exchange.cost_nanousd) == (model, [], 0)


@pytest.mark.parametrize(
    ("model", "asked", "sent"),
    [
        (DEEPSEEK, {"enable_thinking": False}, {"thinking": OFF}),
        (DEEPSEEK, {"enable_thinking": True}, {"thinking": ON}),
        (DEEPSEEK, {"enable_thinking": False, "thinking": OFF}, {"thinking": OFF}),
        (QWEN, {"thinking": OFF}, {"enable_thinking": False}),
        (QWEN, {"thinking": ON}, {"enable_thinking": True}),
    ],
)
def test_mapped_where_the_operator_said_so(
    mapping: RunningGateway, model: str, asked: dict[str, Any], sent: dict[str, Any]
) -> None:
    """The control that means the same goes upstream, and the provider heeds it (qwen-plus thinks in streams only)."""
    provider = model.partition("/")[0]
    answer = ask(mapping.port, chat(mapping.key, model=model, stream=True, **asked))
    body = json.loads(mapping.simulator.server(provider).seen[-1].body)
    (attempt,) = mapping.ledger.entry(answer.fields["x-request-id"]).attempts
    wanted = sent in ({"thinking": ON}, {"enable_thinking": True})

    assert answer.status == 200
    assert {name: body[name] for name in ("thinking", "enable_thinking") if name in body} == sent
    assert (attempt.thinking, bool(attempt.reasoning_tokens)) == (int(wanted), wanted)


@pytest.mark.parametrize(
    ("model", "asked", "code"),
    [
        (DEEPSEEK, {"enable_thinking": True, "thinking": OFF}, "unsupported_control"),
        (DEEPSEEK, {"enable_thinking": "yes"}, "invalid_body"),
        (QWEN, {"thinking": OFF, "enable_thinking": True}, "unsupported_control"),
        (QWEN, {"thinking": {"type": "enabled", "budget_tokens": 10}}, "invalid_body"),
    ],
)
def test_what_can_not_be_mapped_is_refused(
    mapping: RunningGateway, model: str, asked: dict[str, Any], code: str
) -> None:
    """A contradiction, or a value that would lose something."""
    answer = ask(mapping.port, chat(mapping.key, model=model, **asked))

    assert (answer.status, error_of(answer)["code"]) == (400, code)


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        (DEEPSEEK, {"thinking": OFF}),
        (DEEPSEEK, {"thinking": ON, "reasoning_effort": "low"}),
        (DEEPSEEK, {"reasoning_effort": "none"}),
        (DEEPSEEK, {"enable_thinking": None, "thinking_budget": None}),
        (QWEN, {"enable_thinking": False}),
        (QWEN, {"enable_thinking": True, "thinking_budget": 64}),
        (QWEN, {"thinking": None}),
        ("newapi/qwen-plus", {"enable_thinking": False}),
        ("newapi/deepseek-flash", {"thinking": OFF}),
    ],
)
def test_a_familys_own_controls_pass(strict: RunningGateway, model: str, asked: dict[str, Any]) -> None:
    """Untouched, null too: it says nothing. Behind another gateway every family's control may be the right one."""
    provider = model.partition("/")[0]
    assert ask(strict.port, chat(strict.key, model=model, stream=True, **asked)).status == 200
    body = json.loads(strict.simulator.server(provider).seen[-1].body)

    assert {name: body[name] for name in asked} == asked


def test_a_fallback_that_would_ignore_the_control_is_no_fallback(strict: RunningGateway) -> None:
    """DeepSeek's control keeps the exchange at DeepSeek: its failure is shown, Qwen is not asked to think anyway."""
    strict.simulator.server("deepseek").faults.add("status_503")
    before = strict.simulator.server("qwen").log.total
    answer = ask(strict.port, chat(strict.key, model="assistant", thinking=OFF))
    entry = strict.ledger.entry(answer.fields["x-request-id"])

    assert (answer.status, answer.fields["x-routeproof-route"]) == (503, DEEPSEEK)
    assert len(entry.attempts) == 1
    assert strict.simulator.server("qwen").log.total == before
