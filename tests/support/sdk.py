"""What the tests with OpenAI's SDK share: requests to make, and how streamed pieces join to what was said."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.support.running_gateway import RunningGateway

from routeproof.simulator.seen import SeenRequest

HELLO: Any = [{"role": "user", "content": "Say hello."}]
ASK_JSON: Any = [{"role": "user", "content": "Answer in JSON."}]
TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": name,
            "parameters": {"type": "object", "properties": {what: {"type": "string"}}, "required": [what]},
        },
    }
    for name, what in (("weather", "city"), ("clock", "zone"))
]
ROUTES = ("deepseek/deepseek-flash", "qwen/qwen-plus", "qwen/qwen3-max", "newapi/qwen-plus")
NO_RETRY: Any = {"max_retries": 0}


def prompt(text: str) -> Any:
    """One user message."""
    return [{"role": "user", "content": text}]


@dataclass
class Said:
    """What a stream's chunks came to."""

    text: str = ""
    reasoning: str = ""
    calls: dict[int, list[str]] = field(default_factory=dict)
    """Id, name and arguments of each tool call by its index."""
    finishes: list[str] = field(default_factory=list)
    usages: list[Any] = field(default_factory=list)
    usage_only: int = 0
    """Chunks without a choice."""

    def add(self, chunk: Any) -> None:
        """Take the next chunk. An empty id or name says nothing and replaces nothing."""
        self.usage_only += not chunk.choices
        self.usages += [chunk.usage] if chunk.usage is not None else []
        for choice in chunk.choices:
            self.text += choice.delta.content or ""
            self.reasoning += getattr(choice.delta, "reasoning_content", None) or ""
            self.finishes += [choice.finish_reason] if choice.finish_reason else []
            for part in choice.delta.tool_calls or []:
                call = self.calls.setdefault(part.index, ["", "", ""])
                call[0] = part.id or call[0]
                call[1] = (part.function.name if part.function else "") or call[1]
                call[2] += (part.function.arguments if part.function else "") or ""

    @property
    def called(self) -> list[tuple[str, str]]:
        """Names and arguments of the calls, in order."""
        return [(name, arguments) for _, (_, name, arguments) in sorted(self.calls.items())]


def said(chunks: Iterable[Any]) -> Said:
    """What these chunks came to."""
    found = Said()
    for chunk in chunks:
        found.add(chunk)
    return found


def called_whole(answer: Any) -> list[tuple[str, str]]:
    """Names and arguments of a plain answer's tool calls, in order."""
    return [(call.function.name, call.function.arguments) for call in answer.choices[0].message.tool_calls]


def last_seen(gateway: RunningGateway, provider: str) -> tuple[SeenRequest, dict[str, Any]]:
    """The last request that a provider got, and its body."""
    request = gateway.simulator.server(provider).seen[-1]
    return request, json.loads(request.body)
