"""A request body as its top-level names with raw values: what we decide on is what the provider will read.

Two JSON readers that disagree about one body are a way to be billed for one request and served another. So names
that occur twice, names that only differ from a deciding one by case or Unicode form, depth over the limit, and
numbers that not every reader holds exactly are refused before anything is decided.
"""

import re
import unicodedata
from collections.abc import Mapping

import msgspec

from routeproof.errors import InvalidBody

Fields = dict[str, msgspec.Raw]

_decode_fields = msgspec.json.Decoder(Fields).decode
_encode = msgspec.json.Encoder().encode
_decode_any = msgspec.json.decode

_WHITESPACE = b" \t\r\n"
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"')
_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))

# Names that route, bill or shape the answer; they must be spelled exactly.
DECIDING = frozenset(
    (
        "model",
        "messages",
        "stream",
        "stream_options",
        "max_tokens",
        "max_completion_tokens",
        "n",
        "tools",
        "tool_choice",
        "response_format",
        "thinking",
        "enable_thinking",
        "thinking_budget",
        "reasoning_effort",
        "service_tier",
    )
)
COUNT_MAX = 2**53
"""Integers above this are not held exactly by every JSON reader (RFC 8259 section 6)."""


def decode_fields(body: bytes, depth_max: int) -> Fields:
    """Read a body as top-level names with the client's bytes as values.

    Raises InvalidBody where it is not one JSON object, is ambiguous, or nests deeper than `depth_max`.
    """
    try:
        fields = _decode_fields(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(body, error) from error
    if not body.isascii():
        _check_utf8(body)
    # Re-encoded, a repeated name is gone and an escaped one shorter: equal length (white space aside) proves that
    # each name stood there once and plainly. The slow, exact check is only for the rest.
    encoded = _encode(fields)
    if len(encoded) != len(body):
        stripped = body.translate(None, _WHITESPACE)
        if len(encoded.translate(None, _WHITESPACE)) != len(stripped):
            _refuse_repeated_names(body)
    if body.count(b"{") + body.count(b"[") > depth_max:
        _check_depth(body, depth_max)
    unknown = fields.keys() - DECIDING
    if unknown:
        _refuse_lookalikes(unknown)
    return fields


def encode_fields(fields: Mapping[str, msgspec.Raw]) -> bytes:
    """Write fields as a JSON object; raw values go out byte for byte."""
    return _encode(fields)


def read_text(fields: Fields, name: str) -> str | None:
    """A string member, None where it is absent. Raises InvalidBody where it is something else."""
    raw = fields.get(name)
    if raw is None:
        return None
    try:
        return msgspec.json.decode(raw, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidBody(f"{name} must be a string.", param=name) from error


def read_flag(fields: Fields, name: str) -> bool:
    """A true/false member; null and absence are false. Raises InvalidBody where it is something else."""
    raw = fields.get(name)
    if raw is None:
        return False
    value = bytes(raw)
    if value == b"true":
        return True
    if value in (b"false", b"null"):
        return False
    raise InvalidBody(f"{name} must be true or false.", param=name)


def read_count(fields: Fields, name: str) -> int | None:
    """A positive integer member, None where it is absent or null.

    Raises InvalidBody for anything else: what bounds the cost of a request has one reading.
    """
    raw = fields.get(name)
    if raw is None or bytes(raw) == b"null":
        return None
    value = bytes(raw)
    if not value.isdigit() or len(value) > 16 or not 0 < int(value) <= COUNT_MAX:
        raise InvalidBody(f"{name} must be a positive integer up to {COUNT_MAX}.", param=name)
    return int(value)


def _unreadable(body: bytes, error: Exception) -> InvalidBody:
    if body[:3] == b"\xef\xbb\xbf":
        return InvalidBody("The body begins with a byte order mark; send plain UTF-8 JSON.")
    if not body.strip():
        return InvalidBody("The body is empty; send a JSON object.")
    # msgspec's message gives a place or a type, never a piece of the body.
    reason = str(error) if isinstance(error, msgspec.DecodeError) else "it is not valid UTF-8 or nests too deep"
    return InvalidBody(f"The body is not one JSON object: {reason}.")


def _check_utf8(body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidBody(f"The body is not valid UTF-8 at byte {error.start}.") from error


def _refuse_repeated_names(body: bytes) -> None:
    """Exact check of the top level for repeated names; reached only for bodies that are unusually written."""
    names: list[str] = []
    try:
        for name in _top_level_names(body):
            names.append(_decode_any(name, type=str))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidBody("A field name is not valid UTF-8 text.") from error
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidBody(f"The field {name[:64]!r} is given more than once.", param=name[:64])
        seen.add(name)


_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]:]')


def _top_level_names(body: bytes) -> list[bytes]:
    """The JSON strings that stand as names at depth one, in order. `body` is known to be valid JSON."""
    names: list[bytes] = []
    depth, last = 0, b""
    for token in _TOKEN.findall(body):
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
        elif token == b":":
            if depth == 1:
                names.append(last)
        else:
            last = token
    return names


def _check_depth(body: bytes, depth_max: int) -> None:
    """Strip strings and all but brackets, then peel the innermost pairs: each pass takes one level off."""
    brackets = _STRING.sub(b"", body).translate(None, _NOT_BRACKETS)
    for _ in range(depth_max):
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"") if brackets else b""
        if not brackets:
            return
    raise InvalidBody(f"The body nests deeper than {depth_max} levels.")


def _refuse_lookalikes(names: set[str]) -> None:
    for name in names:
        if not name.isascii() or not name.islower():
            plain = unicodedata.normalize("NFKC", name).casefold()
            if plain in DECIDING:
                raise InvalidBody(f"The field {name[:64]!r} must be written {plain!r}.", param=plain)
