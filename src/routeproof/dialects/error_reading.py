"""Finds the error in a provider's answer: the object, the text and the numbers, whatever it is wrapped in.

Seen: OpenAI's `{"error": {...}}` (all families), `{"error": "text"}`, DashScope's `{"code", "message"}`,
new-api's `{"success": false, "message"}`, blank lines before a body (DeepSeek), and bodies that are one line
`data: {...}` of SSE (Qwen refusing a stream by its content rules, HTTP 400).
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

_decode_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_scalar: Final = msgspec.json.Decoder(str | int | float | bool | None).decode

_REQUEST_ID: Final = re.compile(r"\s*\(request[ _]id:[^()]*\)\s*$", re.IGNORECASE)
"""DeepSeek's `(request_id: ...)` since summer 2026, the new-api family's `(request id: ...)`."""
_DASHSCOPE_PREFIX: Final = re.compile(r"<\d{3}> [\w.]+: ")
"""`<400> InternalError.Algo.InvalidParameter: ` before the text itself (Model Studio's compatible mode)."""


class ErrorFacts(msgspec.Struct, frozen=True):
    """What an error answer says of itself; empty strings and None where it does not."""

    code: str
    """Lower case."""
    type: str
    """Lower case."""
    message: str
    """Without request id and prefix; for comparing, never for logs: providers repeat what the client sent."""
    status: int | None
    """An HTTP status that the body itself names, as errors inside a 200 do."""


def find_error(body: bytes) -> ErrorFacts | None:
    """The error that a body holds, None where it holds none. Never raises on any bytes."""
    found = _first_object(body)
    if found is None:
        return None
    members = found[1]
    error = members.get("error")
    if error is None:
        is_flat = "message" in members and "choices" not in members
        return _facts(members, members) if is_flat else None
    inner = _object(bytes(error))
    if inner is not None:
        return _facts(inner, members)
    text = _text(error)
    return ErrorFacts(code="", type="", message=_comparable(text), status=None) if text else None


def client_error_body(body: bytes) -> bytes | None:
    """The JSON object of an error body in the provider's own bytes, None where there is none to show."""
    found = _first_object(body)
    return None if found is None else found[0]


def _first_object(body: bytes) -> tuple[bytes, Mapping[str, msgspec.Raw]] | None:
    """The first JSON object of a body as bytes and members: the body itself, or the data of an SSE line."""
    text = body.strip()
    if text.startswith(b"{"):
        members = _object(text)
        return None if members is None else (text, members)
    for line in text.splitlines():
        if line.startswith(b"data:"):
            data = line.removeprefix(b"data:").strip()
            members = _object(data)
            if members is not None:
                return data, members
    return None


def _object(data: bytes) -> Mapping[str, msgspec.Raw] | None:
    try:
        data.decode()
        return _decode_object(data)
    except (ValueError, RecursionError):
        return None


def _facts(error: Mapping[str, msgspec.Raw], envelope: Mapping[str, msgspec.Raw]) -> ErrorFacts:
    code = _text(error.get("code"))
    return ErrorFacts(
        code=code.lower(),
        type=_text(error.get("type")).lower(),
        message=_comparable(_text(error.get("message"))),
        status=_status(_text(error.get("status_code")), _text(envelope.get("status_code")), code),
    )


def _text(raw: msgspec.Raw | None) -> str:
    if raw is None:
        return ""
    try:
        value = _decode_scalar(raw)
    except (ValueError, RecursionError):
        return ""
    return "" if value is None else str(value)


def _comparable(message: str) -> str:
    return _DASHSCOPE_PREFIX.sub("", _REQUEST_ID.sub("", message.strip()), count=1)


def _status(*candidates: str) -> int | None:
    for text in candidates:
        if len(text) == 3 and text.isascii() and text.isdigit() and 400 <= int(text) <= 599:
            return int(text)
    return None
