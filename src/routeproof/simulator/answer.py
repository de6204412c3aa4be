"""What a simulated model answers to a request: the same answer for the same seed and messages, always."""

import msgspec

from routeproof.simulator.chat import ChatBody, NamedChoice, Tool
from routeproof.simulator.comprehension import understood
from routeproof.simulator.directions import Directions
from routeproof.simulator.draws import Draws
from routeproof.simulator.samples import sample
from routeproof.simulator.sampling import Sampling, stopped
from routeproof.simulator.tokens import BYTES_PER_TOKEN, count_text, split_tokens
from routeproof.simulator.tool_sense import arguments_for, results_told, tools_meant
from routeproof.simulator.words import opener, text_of_bytes, words

CONTENT_TOKENS_MIN = 8
CONTENT_TOKENS_SPREAD = 16
REASONING_TOKENS_MIN = 6
REASONING_TOKENS_SPREAD = 10
REASONING_TOKENS_AT_LENGTH = 96
"""Of a question that is to be thought through step by step."""
CALLS_MAX = 2
"""Of one answer, where it may have more than one."""
_BRIEFEST_EVENT = 1
_PLAIN_SAMPLING = Sampling()


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
    top_logprobs: int | None = None
    """How many alternatives each token of the content is given with; None: no probabilities."""

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


def answer(
    body: ChatBody,
    directions: Directions,
    *,
    seed: int,
    choice: int,
    thinking: bool,
    budget: Budget,
    sampling: Sampling = _PLAIN_SAMPLING,
) -> Answer:
    """The answer to a request, for the given choice index, within the budget."""
    salt = () if sampling.salt is None else (sampling.salt,)
    asked = Draws(seed, choice, [(message.role, message.text()) for message in body.messages], *salt).take(16)
    draws = Draws("content", asked)
    reasoning = _reasoning(body, Draws("reasoning", asked)) if thinking else []
    uses = _tool_uses(body, directions, draws)
    content = () if uses else stopped(_content(body, directions, draws, penalised=sampling.penalised), sampling.stops)
    finish = directions.finish or ("tool_calls" if uses else "stop")
    whole = Answer(tuple(reasoning), content, tuple(uses), finish, sampling.top_logprobs)
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
    return Answer(reasoning, content, uses, finish, whole.top_logprobs)


def _reasoning(body: ChatBody, draws: Draws) -> list[str]:
    first = opener(draws)
    count = REASONING_TOKENS_MIN + draws.below(REASONING_TOKENS_SPREAD)
    if any("step by step" in message.text() for message in body.messages[-1:]):
        count = REASONING_TOKENS_AT_LENGTH
    return [first, *words(draws, count - 1)]


def _content(body: ChatBody, directions: Directions, draws: Draws, *, penalised: bool) -> list[str]:
    if body.wants_json:
        return split_tokens(_json_text(body, draws))
    if directions.bytes is not None:
        return _sized(directions.bytes, directions.events, draws)
    count = directions.events
    told = results_told(body.messages) if count is None else None
    if told is not None:
        return split_tokens(told)
    wanted = understood(body.messages, penalised=penalised) if count is None else None
    said = [] if wanted is None else split_tokens(wanted.text)
    if wanted is not None and wanted.alone:
        return said
    if count is None:
        count = CONTENT_TOKENS_MIN + draws.below(CONTENT_TOKENS_SPREAD)
    return [*said, opener(draws), *words(draws, count - 1)] if count else []


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
    text = next((message.text() for message in reversed(body.messages) if message.role == "user"), "")
    if isinstance(body.tool_choice, NamedChoice):
        wanted = body.tool_choice.function.name
        return [_use(tool, text, draws) for tool in tools if tool.function.name == wanted][:1]
    answered = body.messages and body.messages[-1].role == "tool"
    if answered and body.tool_choice != "required":
        return []
    meant = tools_meant(tools, text) or (tools if body.tool_choice == "required" else [])
    if directions.tool_calls is not None:
        return [_use(tools[index % len(tools)], text, draws) for index in range(directions.tool_calls)]
    return [_use(tool, text, draws) for tool in meant[: CALLS_MAX if body.parallel_tool_calls else 1]]


def _use(tool: Tool, text: str, draws: Draws) -> ToolUse:
    return ToolUse(tool.function.name, arguments_for(tool, text, draws))


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
