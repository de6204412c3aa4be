"""The JSON of qwen-turbo, qwen-plus, qwen-flash and qwen-max: sparse chunks, as recorded in 2026."""

from collections.abc import Iterator
from itertools import zip_longest

from routeproof.simulator.answer import Answer
from routeproof.simulator.reply import JsonObject, Piece, PieceKind, event
from routeproof.simulator.tokens import split_tokens


class ClassicShape:
    """Writes one completion's frames and body. `call_ids` holds the tool call ids of each choice."""

    def __init__(self, completion_id: str, created: int, model: str, call_ids: list[list[str]]) -> None:
        self._id = completion_id
        self._created = created
        self._model = model
        self._call_ids = call_ids

    def completion(self, answers: list[Answer], usage: JsonObject) -> JsonObject:
        """A whole answer, not streamed."""
        choices = [
            {"message": self._message(index, one), "index": index, "finish_reason": one.finish}
            for index, one in enumerate(answers)
        ]
        return {
            "model": self._model,
            "id": self._id,
            "choices": choices,
            "created": self._created,
            "object": "chat.completion",
            "usage": usage,
        }

    def stream(self, answers: list[Answer], *, thinking: bool) -> Iterator[Piece]:
        """The chunks up to the finish reasons; the choices take turns."""
        turns = [list(self._choice(index, one, thinking=thinking)) for index, one in enumerate(answers)]
        for turn in zip_longest(*turns):
            yield from (piece for piece in turn if piece is not None)

    def usage_chunk(self, usage: JsonObject) -> Piece:
        """The last chunk, without choices."""
        frame = self._frame([], usage)
        return event(frame, PieceKind.USAGE)

    def _message(self, index: int, one: Answer) -> JsonObject:
        message: JsonObject = {"content": one.content_text}
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
        return {**message, "role": "assistant"}

    def _choice(self, index: int, one: Answer, *, thinking: bool) -> Iterator[Piece]:
        deltas = list(self._call_deltas(index, one))
        first: JsonObject = {"content": None if thinking else "", "role": "assistant"}
        if thinking:
            first["reasoning_content"] = ""
        elif deltas:  # the first call rides on the first chunk
            first["tool_calls"] = deltas.pop(0)["tool_calls"]
        yield self._first(index, first)
        for piece in one.reasoning:
            yield self._chunk(index, {"reasoning_content": piece, "role": None})
        for piece in one.content:
            yield self._chunk(index, {"content": piece, "role": None})
        for delta in deltas:
            yield self._chunk(index, delta)
        closing: JsonObject = {} if one.tool_uses else {"content": "", "role": None}
        yield self._chunk(index, closing, one.finish)

    def _call_deltas(self, index: int, one: Answer) -> Iterator[JsonObject]:
        for place, use in enumerate(one.tool_uses):
            call_id = self._call_ids[index][place]
            yield self._call_delta(place, call_id, use.name, "")
            pieces = split_tokens(use.arguments)
            for piece in pieces[:-1]:
                yield self._call_delta(place, call_id, "", piece)
            for piece in pieces[-1:]:
                call = {"function": {"arguments": piece}, "index": place, "id": "", "type": "function"}
                yield {"tool_calls": [call], "content": ""}

    @staticmethod
    def _call_delta(place: int, call_id: str, name: str, arguments: str) -> JsonObject:
        function = {"name": name, "arguments": arguments}
        call = {"index": place, "id": call_id, "type": "function", "function": function}
        return {"content": "", "tool_calls": [call], "role": None}

    def _first(self, index: int, delta: JsonObject) -> Piece:
        frame = {
            "model": self._model,
            "id": self._id,
            "created": self._created,
            "object": "chat.completion.chunk",
            "usage": None,
            "choices": [{"logprobs": None, "index": index, "delta": delta}],
        }
        return event(frame)

    def _chunk(self, index: int, delta: JsonObject, finish: str | None = None) -> Piece:
        choice: JsonObject = {"delta": delta, "index": index}
        if finish is not None:
            choice["finish_reason"] = finish
        kind = PieceKind.EVENT if finish is None else PieceKind.FINISH
        return event(self._frame([choice], None), kind)

    def _frame(self, choices: list[JsonObject], usage: JsonObject | None) -> JsonObject:
        return {
            "model": self._model,
            "id": self._id,
            "choices": choices,
            "created": self._created,
            "object": "chat.completion.chunk",
            "usage": usage,
        }


def usage_of(answers: list[Answer], prompt_tokens: int, prompt_details: JsonObject) -> JsonObject:
    """The usage object, the total first."""
    completion = sum(one.completion_tokens for one in answers)
    usage: JsonObject = {
        "total_tokens": prompt_tokens + completion,
        "completion_tokens": completion,
        "prompt_tokens": prompt_tokens,
    }
    reasoning = sum(one.reasoning_tokens for one in answers)
    if reasoning:
        usage["completion_tokens_details"] = {"reasoning_tokens": reasoning}
    return {**usage, "prompt_tokens_details": prompt_details}
