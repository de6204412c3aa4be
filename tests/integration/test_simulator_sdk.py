"""The unmodified `openai` SDK against the honest simulated providers."""

import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from tests.unit.simulator.sim_support import run

from routeproof.simulator.settings import demo_settings
from routeproof.simulator.simulator import RunningSimulator, start_simulator
from routeproof.simulator.tokens import count_text

WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
HELLO: Any = [{"role": "user", "content": "Say hello."}]
MODELS = [("deepseek", "deepseek-flash"), ("qwen", "qwen-plus"), ("qwen", "qwen3-max"), ("newapi", "qwen-plus")]
each_provider = pytest.mark.parametrize(("provider", "model"), MODELS)


def client(sim: RunningSimulator, provider: str, key: str | None = None) -> AsyncOpenAI:
    """A client that does not retry, so that what it meets is what was sent."""
    return AsyncOpenAI(base_url=sim.base_url(provider), api_key=key or f"sk-sim-{provider}", max_retries=0)


@each_provider
def test_a_plain_chat(provider: str, model: str) -> None:
    """Content and usage."""

    async def main() -> None:
        async with await start_simulator(demo_settings()) as sim, client(sim, provider) as sdk:
            answer = await sdk.chat.completions.create(model=model, messages=HELLO)
            assert answer.choices[0].finish_reason == "stop"
            assert answer.choices[0].message.content
            assert answer.usage is not None
            assert answer.usage.prompt_tokens == 4 + count_text("Say hello.")

    run(main)


@each_provider
def test_a_streamed_chat(provider: str, model: str) -> None:
    """The pieces join to the plain answer's text, and usage comes once."""

    async def main() -> None:
        async with await start_simulator(demo_settings()) as sim, client(sim, provider) as sdk:
            plain = await sdk.chat.completions.create(model=model, messages=HELLO)
            text, usages = "", []
            stream = await sdk.chat.completions.create(
                model=model, messages=HELLO, stream=True, stream_options={"include_usage": True}
            )
            async for chunk in stream:
                text += "".join(choice.delta.content or "" for choice in chunk.choices)
                usages += [chunk.usage] if chunk.usage is not None else []
            assert text == plain.choices[0].message.content
            assert len(usages) == 1
            assert plain.usage is not None
            assert usages[0].completion_tokens == plain.usage.completion_tokens

    run(main)


@each_provider
def test_tools_streamed_and_whole(provider: str, model: str) -> None:
    """The SDK's own accumulation gives the same call as the plain answer; then the result is answered."""

    async def main() -> None:
        async with await start_simulator(demo_settings()) as sim, client(sim, provider) as sdk:
            plain = await sdk.chat.completions.create(model=model, messages=HELLO, tools=[WEATHER])
            calls = plain.choices[0].message.tool_calls
            assert calls is not None
            called: Any = calls[0]
            assert set(json.loads(called.function.arguments)) == {"city"}
            names, arguments = "", ""
            async for chunk in await sdk.chat.completions.create(
                model=model, messages=HELLO, tools=[WEATHER], stream=True
            ):
                for part in chunk.choices[0].delta.tool_calls or [] if chunk.choices else []:
                    assert part.function is not None
                    names += part.function.name or ""
                    arguments += part.function.arguments or ""
            assert (names, arguments) == ("weather", called.function.arguments)
            result: Any = {"role": "tool", "tool_call_id": called.id, "content": "sunny"}
            talk: Any = [*HELLO, plain.choices[0].message.model_dump(exclude_none=True), result]
            final = await sdk.chat.completions.create(model=model, messages=talk, tools=[WEATHER])
            assert final.choices[0].finish_reason == "stop"

    run(main)


@each_provider
def test_json_mode(provider: str, model: str) -> None:
    """An object."""

    async def main() -> None:
        async with await start_simulator(demo_settings()) as sim, client(sim, provider) as sdk:
            answer = await sdk.chat.completions.create(
                model=model,
                messages=[{"role": "user", "content": "Answer in JSON."}],
                response_format={"type": "json_object"},
            )
            assert isinstance(json.loads(answer.choices[0].message.content or ""), dict)

    run(main)


def test_reasoning_reaches_the_sdk() -> None:
    """As an extra field of message and delta."""

    async def main() -> None:
        async with await start_simulator(demo_settings()) as sim, client(sim, "deepseek") as sdk:
            plain: Any = await sdk.chat.completions.create(model="deepseek-flash", messages=HELLO)
            reasoning = ""
            async for chunk in await sdk.chat.completions.create(model="deepseek-flash", messages=HELLO, stream=True):
                reasoning += getattr(chunk.choices[0].delta, "reasoning_content", None) or ""
            assert reasoning == plain.choices[0].message.reasoning_content != ""

    run(main)


@pytest.mark.parametrize("provider", ["deepseek", "qwen", "newapi"])
def test_models_are_listed(provider: str) -> None:
    """Through the SDK's own paging."""

    async def main() -> None:
        async with await start_simulator(demo_settings()) as sim, client(sim, provider) as sdk:
            assert [model.id async for model in sdk.models.list()]

    run(main)


@pytest.mark.parametrize("provider", ["deepseek", "qwen", "newapi"])
def test_errors_have_the_sdks_classes(provider: str) -> None:
    """A wrong key, too many requests, a server that failed, a connection that broke."""

    async def main() -> None:
        model = dict(MODELS)[provider]
        async with await start_simulator(demo_settings()) as sim:
            async with client(sim, provider, "sk-wrong-key") as sdk:
                with pytest.raises(openai.AuthenticationError):
                    await sdk.chat.completions.create(model=model, messages=HELLO)
            async with client(sim, provider) as sdk:
                for fault, kind in (
                    ("status_429", openai.RateLimitError),
                    ("status_503", openai.InternalServerError),
                    ("reset", openai.APIConnectionError),
                ):
                    sim.server(provider).faults.add(fault)
                    with pytest.raises(kind):
                        await sdk.chat.completions.create(model=model, messages=HELLO)

    run(main)
