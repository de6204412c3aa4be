"""What a simulated model answers to a request: the same answer for the same seed and messages, always."""

import msgspec

from routeproof.simulator.chat import ChatBody, NamedChoice, Tool
from routeproof.simulator.directions import Directions
from routeproof.simulator.draws import Draws
from routeproof.simulator.tokens import BYTES_PER_TOKEN, count_text, split_tokens
from routeproof.simulator.words import opener, sample, text_of_bytes, words

CONTENT_TOKENS_MIN = 8
CONTENT_TOKENS_SPREAD = 16
REASONING_TOKENS_MIN = 6
REASONING_TOKENS_SPREAD = 10
_BRIEFEST_EVENT = 1


class ToolUse(msgspec.Struct, frozen=True):
    """A tool call; the arguments are JSON text."""

    name: str
    arguments: str


class Answer(msgspec.Struct, frozen=True):
    """One choice, in the pieces that a stream sends: one token each, unless a direction says otherwise."""

    reasoning: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    tool_uses: tuple[ToolUse, ...] = ()
    finish: str = "stop"

    @property
    def reasoning_text(self) -> str:
        """All of the reasoning."""
        return "".join(self.reasoning)

    @property
    def content_text(self) -> str:
        """All of the content."""
        return "".join(self.content)

    @property
    def reasoning_tokens(self) -> int:
        """Tokens of the reasoning text."""
        return count_text(self.reasoning_text)

    @property
    def completion_tokens(self) -> int:
        """Tokens of the reasoning, the content, and each tool call's name and arguments."""
        calls = sum(count_text(use.name + use.arguments) for use in self.tool_uses)
        return self.reasoning_tokens + count_text(self.content_text) + calls


class Budget(msgspec.Struct, frozen=True):
    """Most tokens that may be written. None: no bound."""

    total: int | None = None
    """Reasoning and answer together; reaching it ends the answer with `length`."""
    content: int | None = None
    """The answer alone; reaching it ends the answer with `length`."""
    reasoning: int | None = None
    """Reasoning alone; reaching it only ends the reasoning."""


def answer(body: ChatBody, directions: Directions, *, seed: int, choice: int, thinking: bool, budget: Budget) -> Answer:
    """The answer to a request, for the given choice index, within the budget."""
    asked = Draws(seed, choice, [(message.role, message.text()) for message in body.messages]).take(16)
    draws = Draws("content", asked)
    reasoning = _reasoning(Draws("reasoning", asked)) if thinking else []
    uses = _tool_uses(body, directions, draws)
    content = [] if uses else _content(body, directions, draws)
    whole = Answer(
        tuple(reasoning), tuple(content), tuple(uses), directions.finish or ("tool_calls" if uses else "stop")
    )
    return within(whole, budget)


def within(whole: Answer, budget: Budget) -> Answer:
    """The answer cut to its budget: reasoning first, then content, then the arguments of tool calls."""
    reasoning, _ = _cut(whole.reasoning, budget.reasoning)
    reasoning, out_of_room = _cut(reasoning, budget.total)
    left = None if budget.total is None else budget.total - count_text("".join(reasoning))
    room = _least(left, budget.content)
    content, content_cut = _cut(() if out_of_room else whole.content, room)
    uses, uses_cut = _cut_uses(() if out_of_room else whole.tool_uses, room)
    finish = "length" if out_of_room or content_cut or uses_cut else whole.finish
    return Answer(reasoning, content, uses, finish)


def _reasoning(draws: Draws) -> list[str]:
    return [opener(draws), *words(draws, REASONING_TOKENS_MIN - 1 + draws.below(REASONING_TOKENS_SPREAD))]


def _content(body: ChatBody, directions: Directions, draws: Draws) -> list[str]:
    if body.wants_json:
        return split_tokens(_json_text(body, draws))
    if directions.bytes is not None:
        return _sized(directions.bytes, directions.events, draws)
    count = directions.events
    if count is None:
        count = CONTENT_TOKENS_MIN + draws.below(CONTENT_TOKENS_SPREAD)
    return [opener(draws), *words(draws, count - 1)] if count else []


def _json_text(body: ChatBody, draws: Draws) -> str:
    asked = body.response_format.json_schema if body.response_format is not None else None
    schema = asked.schema if asked is not None else None
    value = {"answer": sample({"type": "string"}, draws), "count": draws.below(10)} if schema is None else None
    return msgspec.json.encode(sample(schema, draws) if value is None else value).decode()


def _sized(size: int, events: int | None, draws: Draws) -> list[str]:
    text = text_of_bytes(draws, size)
    if events is None:
        return split_tokens(text)
    step = max(_BRIEFEST_EVENT, -(-len(text) // max(events, 1)))
    return [text[start : start + step] for start in range(0, len(text), step)]


def _tool_uses(body: ChatBody, directions: Directions, draws: Draws) -> list[ToolUse]:
    tools = body.tools or []
    if not tools or body.tool_choice == "none":
        return []
    if isinstance(body.tool_choice, NamedChoice):
        wanted = body.tool_choice.function.name
        return [_use(tool, draws) for tool in tools if tool.function.name == wanted][:1]
    answered = body.messages and body.messages[-1].role == "tool"
    if answered and body.tool_choice != "required":
        return []
    count = directions.tool_calls
    if count is None:
        count = min(2, len(tools)) if body.parallel_tool_calls else 1
    return [_use(tools[index % len(tools)], draws) for index in range(count)]


def _use(tool: Tool, draws: Draws) -> ToolUse:
    schema = tool.function.parameters
    arguments = sample(schema if isinstance(schema, dict) else {}, draws)
    return ToolUse(tool.function.name, msgspec.json.encode(arguments).decode())


def _least(left: int | None, right: int | None) -> int | None:
    bounds = [bound for bound in (left, right) if bound is not None]
    return min(bounds) if bounds else None


def _cut(pieces: tuple[str, ...], tokens: int | None) -> tuple[tuple[str, ...], bool]:
    if tokens is None or count_text("".join(pieces)) <= tokens:
        return pieces, False
    kept: list[str] = []
    room = tokens * BYTES_PER_TOKEN
    for piece in pieces:
        taken = piece.encode()[:room].decode(errors="ignore")
        if taken:
            kept.append(taken)
        room -= len(piece.encode())
        if room <= 0:
            break
    return tuple(kept), True


def _cut_uses(uses: tuple[ToolUse, ...], tokens: int | None) -> tuple[tuple[ToolUse, ...], bool]:
    if tokens is None:
        return uses, False
    kept: list[ToolUse] = []
    for use in uses:
        cost = count_text(use.name + use.arguments)
        if cost <= tokens:
            kept.append(use)
            tokens -= cost
            continue
        room = tokens * BYTES_PER_TOKEN - len(use.name.encode())
        if room > 0:
            kept.append(ToolUse(use.name, use.arguments.encode()[:room].decode(errors="ignore")))
        return tuple(kept), True
    return uses, False
