"""The unmodified, blocking `openai` SDK against the gateway: what works with a provider works here."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI
from tests.support.running_gateway import RunningGateway
from tests.support.sdk import ASK_JSON, HELLO, NO_RETRY, ROUTES, TOOLS, called_whole, last_seen, prompt, said

DEEPSEEK, QWEN = ROUTES[:2]
each_route = pytest.mark.parametrize("model", ROUTES)
REFUSED = [
    ("status_400", openai.BadRequestError, 400),
    ("status_401", openai.AuthenticationError, 401),
    ("status_403", openai.PermissionDeniedError, 403),
    ("status_404", openai.NotFoundError, 404),
    ("status_422", openai.UnprocessableEntityError, 422),
    ("status_429", openai.RateLimitError, 429),
    ("billing", openai.APIStatusError, 402),
    ("status_500", openai.InternalServerError, 500),
    ("status_502", openai.InternalServerError, 502),
    ("status_503", openai.InternalServerError, 503),
    ("reset", openai.InternalServerError, 502),
    ("html_200", openai.InternalServerError, 502),
]
BROKEN = {
    "cut_mid_event": False,
    "cut_mid_utf8": False,
    "reset_mid_stream": False,
    "error_event": False,
    "close_before_done": True,
    "cut_before_done": True,
}
"""Ways to break off, and whether the usage had come by then."""
PACED = prompt("Go on. [[sim:event_interval_ms=2]]")
"""Events leave one by one, so that the first are on their way when the stream breaks."""


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """A gateway before the simulated providers."""
    with RunningGateway() as running:
        yield running


@pytest.fixture
def sdk(gateway: RunningGateway) -> Iterator[OpenAI]:
    """A client with a key, that does not retry."""
    with OpenAI(base_url=gateway.base_url, api_key=gateway.key, **NO_RETRY) as client:
        yield client


@each_route
def test_a_plain_chat(gateway: RunningGateway, sdk: OpenAI, model: str) -> None:
    """Content and usage arrive; the request id leads to the row, whose counts are those of the answer."""
    answer = sdk.chat.completions.create(model=model, messages=HELLO)

    assert answer.choices[0].finish_reason == "stop"
    assert answer.choices[0].message.content
    assert answer.model == model.partition("/")[2]
    assert answer.usage is not None and answer._request_id is not None
    (attempt,) = gateway.ledger.entry(answer._request_id).attempts
    assert (attempt.input_tokens, attempt.output_tokens) == (
        answer.usage.prompt_tokens,
        answer.usage.completion_tokens,
    )


@each_route
def test_a_stream_with_usage(sdk: OpenAI, model: str) -> None:
    """The pieces join to the plain answer, and usage comes once."""
    plain: Any = sdk.chat.completions.create(model=model, messages=HELLO)
    asked: Any = {"include_usage": True}
    found = said(sdk.chat.completions.create(model=model, messages=HELLO, stream=True, stream_options=asked))

    assert found.text == plain.choices[0].message.content
    assert found.finishes == ["stop"]
    assert [usage.completion_tokens for usage in found.usages] == [plain.usage.completion_tokens]
    assert found.usage_only == (not model.startswith("deepseek"))


@each_route
def test_a_stream_without_usage(gateway: RunningGateway, sdk: OpenAI, model: str) -> None:
    """Who did not ask gets no chunk without a choice; the row knows the usage all the same."""
    with sdk.chat.completions.with_raw_response.create(model=model, messages=HELLO, stream=True).parse() as stream:
        found = said(stream)
    (entry,) = gateway.ledger.wait(1)

    assert found.text
    assert found.usage_only == 0
    assert entry.attempts[0].output_tokens
    assert entry.exchange.outcome == "ok"


@each_route
@pytest.mark.parametrize("calls", [1, 2])
def test_tools(sdk: OpenAI, model: str, calls: int) -> None:
    """One call or two in parallel, streamed and whole alike; the results are taken, and answered."""
    asked: Any = {"tools": TOOLS, "parallel_tool_calls": calls == 2}
    plain: Any = sdk.chat.completions.create(model=model, messages=HELLO, **asked)
    found = said(sdk.chat.completions.create(model=model, messages=HELLO, stream=True, **asked))
    message = plain.choices[0].message
    results = [{"role": "tool", "tool_call_id": call.id, "content": "fine"} for call in message.tool_calls]
    talk: Any = [*HELLO, message.model_dump(exclude_none=True), *results]
    final = sdk.chat.completions.create(model=model, messages=talk, **asked)

    assert found.called == called_whole(plain)
    assert [name for name, _ in found.called] == ["weather", "clock"][:calls]
    assert all(isinstance(json.loads(arguments), dict) for _, arguments in found.called)
    assert found.finishes == ["tool_calls"]
    assert len({call_id for call_id, _, _ in found.calls.values()} - {""}) == calls
    assert final.choices[0].finish_reason == "stop"


@each_route
def test_json_mode(sdk: OpenAI, model: str) -> None:
    """An object, streamed and whole."""
    asked: Any = {"messages": ASK_JSON, "response_format": {"type": "json_object"}}
    plain = sdk.chat.completions.create(model=model, **asked)
    found = said(sdk.chat.completions.create(model=model, stream=True, **asked))

    assert isinstance(json.loads(plain.choices[0].message.content or ""), dict)
    assert found.text == plain.choices[0].message.content


def test_reasoning_passes(sdk: OpenAI) -> None:
    """`reasoning_content` is on messages and deltas, and its tokens in the usage; a client may send it back."""
    plain: Any = sdk.chat.completions.create(model=DEEPSEEK, messages=HELLO)
    found = said(sdk.chat.completions.create(model=DEEPSEEK, messages=HELLO, stream=True))
    message = plain.choices[0].message
    talk: Any = [*HELLO, message.model_dump(exclude_none=True), *HELLO]

    assert found.reasoning == message.reasoning_content != ""
    assert plain.usage.completion_tokens_details.reasoning_tokens > 0
    assert sdk.chat.completions.create(model=DEEPSEEK, messages=talk).choices


@pytest.mark.parametrize("stream", [False, True])
def test_headers_of_a_raw_response(gateway: RunningGateway, sdk: OpenAI, stream: bool) -> None:
    """Our id, the route taken, how many attempts it took, and the provider's own id, which the row has too."""
    gateway.simulator.server("deepseek").faults.add("status_503")
    raw: Any = sdk.chat.completions.with_raw_response.create(model="assistant", messages=HELLO, stream=stream)
    raw.parse().close() if stream else raw.parse()
    entry = gateway.ledger.entry(raw.headers["x-request-id"])

    assert raw.headers["x-routeproof-route"] == QWEN
    assert raw.headers["x-routeproof-attempts"] == "2"
    assert raw.headers["x-upstream-request-id"] == entry.attempts[1].upstream_request_id


def test_models(sdk: OpenAI) -> None:
    """Listed through the SDK's paging, and retrieved one by one, names with a slash too."""
    names = [model.id for model in sdk.models.list()]

    assert names[:3] == ["assistant", "qwen", "relayed"]
    assert DEEPSEEK in names
    assert [sdk.models.retrieve(name).id for name in names] == names
    with pytest.raises(openai.NotFoundError):
        sdk.models.retrieve("nobody")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("fault", "kind", "status"), REFUSED)
def test_errors_of_the_provider(
    gateway: RunningGateway, sdk: OpenAI, fault: str, kind: type[openai.APIStatusError], status: int, stream: bool
) -> None:
    """Each is of the SDK's class for it, with a body in OpenAI's shape and our id on it."""
    gateway.simulator.server("deepseek").faults.add(fault)
    with pytest.raises(kind) as caught:
        sdk.chat.completions.create(model=DEEPSEEK, messages=HELLO, stream=stream)
    error = caught.value
    entry = gateway.ledger.entry(error.response.headers["x-request-id"])

    assert error.status_code == entry.exchange.status == status
    assert isinstance(error.body, dict) and {"message", "type", "code"} <= error.body.keys()
    assert error.response.headers["x-routeproof-error"] == entry.exchange.error_code
    assert error.response.headers.get("retry-after") == ("1" if status == 429 else None)


def test_errors_of_the_request(gateway: RunningGateway, sdk: OpenAI) -> None:
    """A wrong key, a model that is not offered, a body that is not allowed: refused here, nothing sent on."""
    with pytest.raises(openai.AuthenticationError) as unknown:
        sdk.with_options(api_key="sk-somebody-elses").chat.completions.create(model="assistant", messages=HELLO)
    with pytest.raises(openai.AuthenticationError) as revoked:
        sdk.with_options(api_key=gateway.revoked_key).chat.completions.create(model="assistant", messages=HELLO)
    with pytest.raises(openai.NotFoundError) as absent:
        sdk.chat.completions.create(model="nobody", messages=HELLO)
    with pytest.raises(openai.BadRequestError) as bad:
        sdk.chat.completions.create(model="assistant", messages=HELLO, max_tokens=-1)

    codes = [caught.value.code for caught in (unknown, revoked, absent, bad)]
    assert codes == ["invalid_api_key", "api_key_revoked", "model_not_found", "invalid_body"]
    assert (absent.value.param, bad.value.param) == ("model", "max_tokens")
    assert not gateway.simulator.server("deepseek").seen


def test_the_sdk_retries_by_itself(gateway: RunningGateway, sdk: OpenAI) -> None:
    """It waits as long as it is told, and gets its answer; each try has a row."""
    gateway.simulator.server("deepseek").faults.add("status_429", seconds=0.01)
    patient = sdk.with_options(max_retries=1)

    assert patient.chat.completions.create(model=DEEPSEEK, messages=HELLO).choices
    assert [entry.exchange.status for entry in gateway.ledger.wait(2)] == [429, 200]


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("model", [DEEPSEEK, QWEN])
def test_a_broken_stream_raises(gateway: RunningGateway, sdk: OpenAI, model: str, fault: str) -> None:
    """However the provider breaks off, the SDK never takes it for an end; the cost is known if the usage had come."""
    gateway.simulator.server(model.partition("/")[0]).faults.add(fault, after_events=3)
    stream = sdk.chat.completions.create(model=model, messages=PACED, stream=True)
    with pytest.raises(openai.APIError):
        said(stream)
    (entry,) = gateway.ledger.wait(1)

    assert entry.exchange.outcome in ("truncated", "upstream_error")
    assert (entry.exchange.cost_nanousd is not None) is BROKEN[fault]


def test_a_client_that_times_out(gateway: RunningGateway, sdk: OpenAI) -> None:
    """The provider is let go, and the row says that the client left."""
    server = gateway.simulator.server("deepseek")
    server.faults.add("stall_before_headers")
    with pytest.raises(openai.APITimeoutError):
        sdk.with_options(timeout=0.2).chat.completions.create(model=DEEPSEEK, messages=HELLO)
    (entry,) = gateway.ledger.wait(1)

    assert (entry.exchange.outcome, entry.exchange.status) == ("cancelled", None)
    assert gateway.loop.run(server.wait_closed(0)).client_gone


def test_a_client_that_closes_its_stream(gateway: RunningGateway, sdk: OpenAI) -> None:
    """After a few chunks: the provider is stopped, and the cost is unknown rather than zero."""
    server = gateway.simulator.server("deepseek")
    server.faults.add("stall_mid_stream", after_events=5)
    with sdk.chat.completions.create(model=DEEPSEEK, messages=HELLO, stream=True, max_tokens=50) as stream:
        first = next(iter(stream))
    (entry,) = gateway.ledger.wait(1)

    assert first.choices
    assert (entry.exchange.outcome, entry.exchange.status) == ("cancelled", 200)
    assert (entry.exchange.cost_nanousd, entry.attempts[0].cost_note) == (None, "usage_missing")
    assert (entry.exchange.cost_bound_nanousd or 0) > 0
    assert gateway.loop.run(server.wait_closed(0)).client_gone


def test_more_fields_reach_the_provider(gateway: RunningGateway, sdk: OpenAI) -> None:
    """`n`, and what the SDK knows nothing of, untouched."""
    extra = {"enable_search": True, "x_unknown": {"deep": [1, None, "é"]}, "seed_big": 2**80}
    answer = sdk.chat.completions.create(model=QWEN, messages=HELLO, n=2, temperature=0.25, extra_body=extra)
    _, body = last_seen(gateway, "qwen")

    assert len(answer.choices) == 2
    assert body == {"model": "qwen-plus", "messages": HELLO, "n": 2, "temperature": 0.25, **extra}
