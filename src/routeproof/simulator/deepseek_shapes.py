"""The JSON that DeepSeek writes for an answer: key order, nulls and all, as recorded and quoted in 2026."""

from collections.abc import Iterator

import msgspec

from routeproof.simulator.answer import Answer
from routeproof.simulator.draws import Draws
from routeproof.simulator.reply import DONE, JsonObject, Piece, PieceKind, event
from routeproof.simulator.sampling import logprobs_of
from routeproof.simulator.tokens import split_tokens


class Identity(msgspec.Struct, frozen=True):
    """What all frames of one answer have in common."""

    id: str
    created: int
    model: str
    fingerprint: str
    call_ids: tuple[str, ...]


def identity(answer: Answer, model: str, fingerprint: str, created: int, draws: Draws) -> Identity:
    """Fresh ids for an answer."""
    calls = tuple(f"call_{index:02d}_{draws.alnum(24)}" for index in range(len(answer.tool_uses)))
    return Identity(draws.uuid(), created, model, fingerprint, calls)


def usage(answer: Answer, prompt_tokens: int, hit_tokens: int) -> JsonObject:
    """The usage object. Reasoning is inside the completion, the hit count is said twice."""
    completion = answer.completion_tokens
    counts: JsonObject = {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": prompt_tokens + completion,
        "prompt_tokens_details": {"cached_tokens": hit_tokens},
    }
    if answer.reasoning:
        counts["completion_tokens_details"] = {"reasoning_tokens": answer.reasoning_tokens}
    counts["prompt_cache_hit_tokens"] = hit_tokens
    counts["prompt_cache_miss_tokens"] = prompt_tokens - hit_tokens
    return counts


def completion(answer: Answer, who: Identity, counts: JsonObject) -> JsonObject:
    """A whole answer, not streamed."""
    message: JsonObject = {"role": "assistant", "content": answer.content_text}
    if answer.reasoning:
        message["reasoning_content"] = answer.reasoning_text
    if answer.tool_uses:
        message["tool_calls"] = [
            {"index": index, **_call(who.call_ids[index], use.name, use.arguments)}
            for index, use in enumerate(answer.tool_uses)
        ]
    probabilities = logprobs_of(answer.content, answer.top_logprobs)
    choice = {"index": 0, "message": message, "logprobs": probabilities, "finish_reason": answer.finish}
    return {
        "id": who.id,
        "object": "chat.completion",
        "created": who.created,
        "model": who.model,
        "choices": [choice],
        "usage": counts,
        "system_fingerprint": who.fingerprint,
    }


def stream(answer: Answer, who: Identity, counts: JsonObject, *, thinking: bool) -> Iterator[Piece]:
    """The frames of a streamed answer. Usage sits on the frame with the finish reason, null on the others."""
    opening: JsonObject = {"role": "assistant", "content": ""}
    if thinking:
        opening = {"role": "assistant", "content": None, "reasoning_content": ""}
    yield event(_frame(who, opening, None, None))
    for delta in _deltas(answer, who, thinking=thinking):
        said = delta.get("content")
        pieces = (said,) if isinstance(said, str) else ()
        yield event(_frame(who, delta, None, None, logprobs_of(pieces, answer.top_logprobs) if pieces else None))
    closing: JsonObject = {"content": ""}
    if thinking:
        closing["reasoning_content"] = None
    yield event(_frame(who, closing, answer.finish, counts), PieceKind.FINISH)
    yield DONE


def _deltas(answer: Answer, who: Identity, *, thinking: bool) -> Iterator[JsonObject]:
    for piece in answer.reasoning:
        yield {"content": None, "reasoning_content": piece}
    for piece in answer.content:
        yield {"content": piece, "reasoning_content": None} if thinking else {"content": piece}
    for index, use in enumerate(answer.tool_uses):
        yield {"tool_calls": [{"index": index, **_call(who.call_ids[index], use.name, "")}]}
        for piece in split_tokens(use.arguments):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _call(call_id: str, name: str, arguments: str) -> JsonObject:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def _frame(
    who: Identity,
    delta: JsonObject,
    finish: str | None,
    counts: JsonObject | None,
    probabilities: JsonObject | None = None,
) -> JsonObject:
    return {
        "id": who.id,
        "object": "chat.completion.chunk",
        "created": who.created,
        "model": who.model,
        "system_fingerprint": who.fingerprint,
        "choices": [{"index": 0, "delta": delta, "logprobs": probabilities, "finish_reason": finish}],
        "usage": counts,
    }
