"""A server that gives one answer to whatever it is asked, with status 200: no API at all, or one of cardboard."""

from routeproof.simulator.fault_bodies import HTML
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import DONE, HttpRequest, JsonObject, Piece, PieceKind, Reply, event, json_reply

_MODEL = "deepseek-flash"
_TEXT = "Hello! How can I help you today?"
_USAGE: JsonObject = {"prompt_tokens": 12, "completion_tokens": 9, "total_tokens": 21}
_HEAD: JsonObject = {"id": "chatcmpl-canned", "created": 1_760_000_000, "model": _MODEL}
_CHUNK: JsonObject = {**_HEAD, "object": "chat.completion.chunk"}
_MESSAGE: JsonObject = {"role": "assistant", "content": _TEXT, "refusal": None}


class CannedProvider:
    """Answers any request with one reply; one that asks for a stream with the other, where there is one."""

    base_path = ""
    own_faults: frozenset[Fault] = frozenset()

    def __init__(self, whole: Reply, stream: Reply | None = None) -> None:
        self._whole = whole
        self._stream = stream or whole

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:  # noqa: ARG002 - has none of its own
        """The one reply."""
        return self._stream if b'"stream":true' in request.body else self._whole

    @property
    def a_key(self) -> str:
        """Any will do."""
        return ""

    def refusal(self, name: str, request: HttpRequest) -> Reply:  # noqa: ARG002 - it refuses nothing
        """The one reply."""
        return self._whole


def nothing() -> CannedProvider:
    """Status 200 and not a byte."""
    return CannedProvider(Reply(200, (("content-type", "application/json"),), ()))


def html() -> CannedProvider:
    """A web page."""
    return CannedProvider(Reply(200, (("content-type", "text/html; charset=utf-8"),), (Piece(HTML, PieceKind.BODY),)))


def braces() -> CannedProvider:
    """`{}`."""
    return CannedProvider(json_reply(200, {}, ()))


def completion() -> CannedProvider:
    """A well-formed completion, and a well-formed stream, that have nothing to do with the request."""
    choice = {"index": 0, "message": _MESSAGE, "logprobs": None, "finish_reason": "stop"}
    whole = {**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _USAGE}
    frames = (
        event({**_CHUNK, "choices": [_delta({"role": "assistant", "content": ""})], "usage": None}),
        event({**_CHUNK, "choices": [_delta({"content": _TEXT})], "usage": None}),
        event({**_CHUNK, "choices": [_delta({}, "stop")], "usage": None}),
        event({**_CHUNK, "choices": [], "usage": _USAGE}),
        DONE,
    )
    headers = (("content-type", "text/event-stream"),)
    return CannedProvider(json_reply(200, whole, ()), Reply(200, headers, frames, chunked=True))


def _delta(delta: JsonObject, finish: str | None = None) -> JsonObject:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
