"""How the simulator counts tokens, as a rule that tests can compute for themselves.

A text has ceil(UTF-8 bytes / 4) tokens. A message has 4 tokens, those of each of its text parts, and those of
its tool calls as compact JSON. Tools count as one more message in front, holding the compact JSON of `type`
and `function` with `name`, `description`, `parameters` and `strict`. Reasoning sent back counts for Qwen's
`preserve_thinking` only.
Real tokenizers differ; what matters is that a test can know the figure.
"""

import msgspec

from routeproof.simulator.chat import Message, Tool

BYTES_PER_TOKEN = 4
MESSAGE_TOKENS = 4
_HEADER_BYTES = MESSAGE_TOKENS * BYTES_PER_TOKEN


class PromptPart(msgspec.Struct, frozen=True):
    """A stretch of the prompt, padded to whole tokens, and whether an explicit cache marker ends it."""

    data: bytes
    marked: bool = False


def count_text(text: str) -> int:
    """Tokens of a text: a quarter of its UTF-8 bytes, rounded up."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


def split_tokens(text: str) -> list[str]:
    """The text in pieces of at most one token; a character is never split, so some pieces are shorter."""
    pieces: list[str] = []
    current, size = "", 0
    for character in text:
        width = len(character.encode())
        if size and size + width > BYTES_PER_TOKEN:
            pieces.append(current)
            current, size = "", 0
        current, size = current + character, size + width
    if current:
        pieces.append(current)
    return pieces


def prompt_parts(
    messages: list[Message], tools: list[Tool] | None = None, *, with_reasoning: bool = False
) -> list[PromptPart]:
    """The prompt as the caches see it: four bytes a token, so that tokens are a matter of position."""
    parts: list[PromptPart] = []
    if tools:
        parts.append(PromptPart(_header("tools") + _padded(msgspec.json.encode(tools))))
    for message in messages:
        parts.append(PromptPart(_header(message.role)))
        if with_reasoning and message.reasoning_content:
            parts.append(PromptPart(_padded(message.reasoning_content.encode())))
        parts += [PromptPart(_padded(part.text.encode()), part.cache_control is not None) for part in message.parts()]
        if message.tool_calls:
            parts.append(PromptPart(_padded(msgspec.json.encode(message.tool_calls))))
    return parts


def count_prompt(messages: list[Message], tools: list[Tool] | None = None) -> int:
    """Tokens of a prompt."""
    return sum(len(part.data) for part in prompt_parts(messages, tools)) // BYTES_PER_TOKEN


def _header(role: str) -> bytes:
    return role.encode()[:_HEADER_BYTES].ljust(_HEADER_BYTES, b"\0")


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % BYTES_PER_TOKEN)
