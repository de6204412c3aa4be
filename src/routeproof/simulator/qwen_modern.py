"""The JSON of qwen3-max and the qwen3.x models: every key in every chunk, as live streams of 2025-26 had."""

from collections.abc import Iterator
from itertools import zip_longest

from routeproof.simulator.answer import Answer
from routeproof.simulator.reply import JsonObject, Piece, PieceKind, event
from routeproof.simulator.tokens import split_tokens


class ModernShape:
    """Writes one completion's frames and body. `call_ids` holds the tool call ids of each choice."""

    def __init__(self, completion_id: str, created: int, model: str, call_ids: list[list[str]]) -> None:
        self._id = completion_id
        self._created = created
        self._model = model
        self._call_ids = call_ids

    def completion(self, answers: list[Answer], usage: JsonObject) -> JsonObject:
        """A whole answer, not streamed."""
        choices: list[JsonObject] = [
            {
                "message": self._message(index, one),
                "finish_reason": one.finish,
                "index": index,
                "logprobs": None,
            }
            for index, one in enumerate(answers)
        ]
        return self._envelope("chat.completion", choices, usage)

    def stream(self, answers: list[Answer], *, thinking: bool) -> Iterator[Piece]:
        """The chunks up to the finish reasons; the choices take turns."""
        turns = [list(self._choice(index, one, thinking=thinking)) for index, one in enumerate(answers)]
        for turn in zip_longest(*turns):
            yield from (piece for piece in turn if piece is not None)

    def usage_chunk(self, usage: JsonObject) -> Piece:
        """The last chunk, without choices."""
        return event(self._envelope("chat.completion.chunk", [], usage), PieceKind.USAGE)

    def _message(self, index: int, one: Answer) -> JsonObject:
        message: JsonObject = {"role": "assistant", "content": one.content_text}
        if one.reasoning:
            message["reasoning_content"] = one.reasoning_text
        if one.tool_uses:
            message["tool_calls"] = [
                {
                    "index": place,
                    "id": self._call_ids[index][place],
                    "type": "function",
                    "function": {"name": use.name, "arguments": use.arguments},
                }
                for place, use in enumerate(one.tool_uses)
            ]
        return message

    def _choice(self, index: int, one: Answer, *, thinking: bool) -> Iterator[Piece]:
        yield self._chunk(index, self._first_delta(one, thinking=thinking))
        for piece in one.reasoning:
            yield self._chunk(index, {"content": None, "reasoning_content": piece})
        for piece in one.content:
            delta: JsonObject = {"content": piece, "reasoning_content": None} if thinking else {"content": piece}
            yield self._chunk(index, delta)
        for delta in self._call_deltas(index, one):
            yield self._chunk(index, delta)
        yield self._chunk(index, {"content": "", **({"reasoning_content": None} if thinking else {})}, one.finish)

    @staticmethod
    def _first_delta(one: Answer, *, thinking: bool) -> JsonObject:
        if thinking:
            return {"content": None, "role": "assistant", "reasoning_content": ""}
        return {"content": None if one.tool_uses else "", "role": "assistant"}

    def _call_deltas(self, index: int, one: Answer) -> Iterator[JsonObject]:
        """Ids are empty but in a call's first chunk, and one chunk with no arguments follows the last."""
        for place, use in enumerate(one.tool_uses):
            first = {"name": use.name, "arguments": ""}
            yield self._call_delta(place, self._call_ids[index][place], first)
            for piece in (*split_tokens(use.arguments), ""):
                yield self._call_delta(place, "", {"arguments": piece})

    @staticmethod
    def _call_delta(place: int, call_id: str, function: dict[str, str]) -> JsonObject:
        call = {"index": place, "id": call_id, "type": "function", "function": function}
        return {"content": None, "tool_calls": [call]}

    def _chunk(self, index: int, delta: JsonObject, finish: str | None = None) -> Piece:
        choice: JsonObject = {"delta": delta, "finish_reason": finish, "index": index, "logprobs": None}
        kind = PieceKind.EVENT if finish is None else PieceKind.FINISH
        return event(self._envelope("chat.completion.chunk", [choice], None), kind)

    def _envelope(self, kind: str, choices: list[JsonObject], usage: JsonObject | None) -> JsonObject:
        return {
            "choices": choices,
            "object": kind,
            "usage": usage,
            "created": self._created,
            "system_fingerprint": None,
            "model": self._model,
            "id": self._id,
        }


def usage_of(answers: list[Answer], prompt_tokens: int, prompt_details: JsonObject) -> JsonObject:
    """The usage object, the prompt first."""
    completion = sum(one.completion_tokens for one in answers)
    usage: JsonObject = {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": prompt_tokens + completion,
    }
    reasoning = sum(one.reasoning_tokens for one in answers)
    if reasoning:
        usage["completion_tokens_details"] = {"reasoning_tokens": reasoning}
    return {**usage, "prompt_tokens_details": prompt_details}
