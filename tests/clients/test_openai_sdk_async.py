"""The unmodified, asynchronous `openai` SDK against the gateway: many at once, cancelled, broken off, refused."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from tests.support.running_gateway import RunningGateway
from tests.support.sdk import ASK_JSON, HELLO, NO_RETRY, ROUTES, TOOLS, Said, called_whole, last_seen, prompt

DEEPSEEK, QWEN = ROUTES[:2]
each_route = pytest.mark.parametrize("model", ROUTES)
REFUSED = {
    "status_400": openai.BadRequestError,
    "content_policy": openai.BadRequestError,
    "context_length": openai.BadRequestError,
    "status_401": openai.AuthenticationError,
    "status_403": openai.PermissionDeniedError,
    "status_404": openai.NotFoundError,
    "status_422": openai.UnprocessableEntityError,
    "status_429": openai.RateLimitError,
    "status_500": openai.InternalServerError,
    "status_504": openai.InternalServerError,
    "html_200": openai.InternalServerError,
}
Main = Callable[[RunningGateway, AsyncOpenAI], Coroutine[Any, Any, None]]


def run(main: Main) -> None:
    """Run a test's coroutine with a client that does not retry, on a loop of its own; the gateway has another."""

    async def bounded(gateway: RunningGateway) -> None:
        async with (
            asyncio.timeout(60),
            AsyncOpenAI(base_url=gateway.base_url, api_key=gateway.key, **NO_RETRY) as sdk,
        ):
            await main(gateway, sdk)

    with RunningGateway() as gateway:
        asyncio.run(bounded(gateway))


async def said(sdk: AsyncOpenAI, **asked: Any) -> Said:
    """What a stream's chunks came to."""
    found = Said()
    async for chunk in await sdk.chat.completions.create(stream=True, **asked):
        found.add(chunk)
    return found


@each_route
def test_streamed_and_whole_say_the_same(model: str) -> None:
    """Text, reasoning and usage; usage only where it was asked for."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        plain: Any = await sdk.chat.completions.create(model=model, messages=HELLO)
        asked = await said(sdk, model=model, messages=HELLO, stream_options={"include_usage": True})
        silent = await said(sdk, model=model, messages=HELLO)
        message = plain.choices[0].message
        assert asked.text == silent.text == message.content != ""
        assert asked.reasoning == silent.reasoning == (getattr(message, "reasoning_content", None) or "")
        assert bool(asked.reasoning) is model.startswith("deepseek")
        assert [usage.total_tokens for usage in asked.usages] == [plain.usage.total_tokens]
        assert silent.usage_only == 0

    run(main)


@each_route
@pytest.mark.parametrize("calls", [1, 2])
def test_tools(model: str, calls: int) -> None:
    """One call or two in parallel, the same streamed and whole."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        asked: Any = {"model": model, "messages": HELLO, "tools": TOOLS, "parallel_tool_calls": calls == 2}
        plain = await sdk.chat.completions.create(**asked)
        found = await said(sdk, **asked)
        assert found.called == called_whole(plain)
        assert len(found.called) == calls

    run(main)


def test_the_sdks_own_accumulation() -> None:
    """Its stream helper joins DeepSeek's parallel calls to what the plain answer holds."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        asked: Any = {"model": DEEPSEEK, "messages": HELLO, "tools": TOOLS, "parallel_tool_calls": True}
        plain = await sdk.chat.completions.create(**asked)
        async with sdk.chat.completions.stream(**asked) as stream:
            final = await stream.get_final_completion()
        assert called_whole(final) == called_whole(plain)

    run(main)


@each_route
def test_json_mode(model: str) -> None:
    """An object, streamed and whole."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        asked: Any = {"model": model, "messages": ASK_JSON, "response_format": {"type": "json_object"}}
        plain = await sdk.chat.completions.create(**asked)
        assert json.loads((await said(sdk, **asked)).text) == json.loads(plain.choices[0].message.content or "")

    run(main)


def test_headers_and_models() -> None:
    """Our headers are on a raw response; models are listed and retrieved."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        raw = await sdk.chat.completions.with_raw_response.create(model="assistant", messages=HELLO)
        entry = gateway.ledger.entry(raw.headers["x-request-id"])
        assert raw.headers["x-routeproof-route"] == entry.attempts[0].route == DEEPSEEK
        assert raw.headers["x-routeproof-attempts"] == "1"
        assert raw.headers["x-upstream-request-id"] == entry.attempts[0].upstream_request_id
        names = [model.id async for model in sdk.models.list()]
        assert [(await sdk.models.retrieve(name)).id for name in names] == names
        assert {"assistant", "qwen", "relayed", DEEPSEEK} <= set(names)

    run(main)


def test_many_at_once_get_their_own_answers() -> None:
    """Sixty questions over shared connections, half of them streamed: nobody gets another's answer."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        questions = [prompt(f"Question number {number}.") for number in range(30)]
        plain: list[Any] = await asyncio.gather(
            *(sdk.chat.completions.create(model=QWEN, messages=question) for question in questions)
        )
        streams = await asyncio.gather(*(said(sdk, model=QWEN, messages=question) for question in questions))
        assert [found.text for found in streams] == [answer.choices[0].message.content for answer in plain]
        assert len({found.text for found in streams}) > 20
        assert {entry.exchange.outcome for entry in gateway.ledger.wait(60)} == {"ok"}

    run(main)


@pytest.mark.parametrize("provider", ["deepseek", "qwen", "newapi"])
def test_errors_have_the_sdks_classes(provider: str) -> None:
    """Whatever a provider refuses with, the class is the one that its status calls for, streamed or not."""
    model = {"deepseek": DEEPSEEK, "qwen": QWEN, "newapi": "newapi/qwen-plus"}[provider]

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        for fault, kind in REFUSED.items():
            for stream in (False, True):
                gateway.simulator.server(provider).faults.add(fault)
                with pytest.raises(kind) as caught:
                    await sdk.chat.completions.create(model=model, messages=HELLO, stream=stream)
                assert caught.value.response.headers["x-request-id"]
                assert ("retry-after" in caught.value.response.headers) is (fault == "status_429")

    run(main)


def test_errors_of_the_request() -> None:
    """Refused here: a wrong key, an absent model, a control that the provider would ignore."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        with pytest.raises(openai.AuthenticationError):
            await sdk.with_options(api_key="sk-wrong").chat.completions.create(model=DEEPSEEK, messages=HELLO)
        with pytest.raises(openai.AuthenticationError):
            await sdk.with_options(api_key="sk-wrong").models.retrieve("assistant")
        with pytest.raises(openai.NotFoundError):
            await sdk.models.retrieve("nobody")
        with pytest.raises(openai.BadRequestError, match="thinking") as caught:
            extra = {"enable_thinking": False}
            await sdk.chat.completions.create(model=DEEPSEEK, messages=HELLO, extra_body=extra)
        assert (caught.value.code, caught.value.param) == ("unsupported_control", "enable_thinking")

    run(main)


def test_a_broken_stream_raises() -> None:
    """An error event, or a break in mid event: never a clean end."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        for fault in ("cut_mid_event", "close_before_done", "reset_mid_stream", "error_event"):
            gateway.simulator.server("qwen").faults.add(fault, after_events=3)
            with pytest.raises(openai.APIError):
                await said(sdk, model=QWEN, messages=prompt("Go on. [[sim:event_interval_ms=2]]"))
        outcomes = [entry.exchange.outcome for entry in gateway.ledger.wait(4)]
        assert outcomes == ["truncated", "truncated", "truncated", "upstream_error"]

    run(main)


def test_a_timeout_and_a_cancelled_task() -> None:
    """Both let go of the provider, and both rows say that the client left."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        server = gateway.simulator.server("deepseek")
        server.faults.add("stall_before_headers", times=2)
        with pytest.raises(openai.APITimeoutError):
            await sdk.with_options(timeout=0.2).chat.completions.create(model=DEEPSEEK, messages=HELLO)
        asking = sdk.chat.completions.create(model=DEEPSEEK, messages=HELLO)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asking, name="asking")
            await asyncio.to_thread(gateway.loop.run, server.wait_seen(2))
            task.cancel()
        rows = [entry.exchange for entry in await asyncio.to_thread(gateway.ledger.wait, 2)]
        assert [(row.outcome, row.status) for row in rows] == [("cancelled", None)] * 2
        assert gateway.loop.run(server.wait_closed(1)).client_gone

    run(main)


def test_a_stream_closed_early() -> None:
    """The provider is stopped at once; the row is cancelled, its cost unknown, with a bound."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        gateway.simulator.server("qwen").faults.add("stall_mid_stream", after_events=5)
        stream = await sdk.chat.completions.create(model=QWEN, messages=HELLO, stream=True, max_tokens=50)
        async with stream:
            assert (await anext(aiter(stream))).choices
        (entry,) = await asyncio.to_thread(gateway.ledger.wait, 1)
        assert (entry.exchange.outcome, entry.exchange.cost_nanousd) == ("cancelled", None)
        assert (entry.exchange.cost_bound_nanousd or 0) > 0
        server = gateway.simulator.server("qwen")
        assert (await asyncio.to_thread(gateway.loop.run, server.wait_closed(0))).client_gone

    run(main)


def test_more_fields_reach_the_provider() -> None:
    """`n`, and what the SDK knows nothing of, untouched."""

    async def main(gateway: RunningGateway, sdk: AsyncOpenAI) -> None:
        extra = {"enable_thinking": False, "x_unknown": [{"é": 1e-7}]}
        answer = await sdk.chat.completions.create(model=QWEN, messages=HELLO, n=3, extra_body=extra)
        assert len(answer.choices) == 3
        assert last_seen(gateway, "qwen")[1] == {"model": "qwen-plus", "messages": HELLO, "n": 3, **extra}

    run(main)
