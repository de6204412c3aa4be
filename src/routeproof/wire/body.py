"""A request body as its top-level names with raw values: what we decide on is what the provider will read.

Two JSON readers that disagree about one body are a way to be billed for one request and served another. So names
that occur twice, names that only differ from a deciding one by case or Unicode form, depth over the limit, and
numbers that not every reader holds exactly are refused before anything is decided.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from routeproof.errors import InvalidBody
from routeproof.native import plain_fields

Fields = dict[str, msgspec.Raw]

_decode_fields: Final = msgspec.json.Decoder(Fields).decode
_encode: Final = msgspec.json.Encoder().encode
_plain_fields: Final = plain_fields
_decode_text: Final = msgspec.json.Decoder(str).decode

_WHITESPACE: Final = b" \t\r\n"
_BRACKETS: Final = bytes.maketrans(b"{}[]", b"()()")
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"{}[]"))
_RUN: Final = re.compile(rb"\(+|\)+")
_NAME: Final = re.compile(rb'[ \t\r\n]*+("(?:[^"\\]++|\\.)*+")[ \t\r\n]*+:[ \t\r\n]*+')
_AFTER_VALUE: Final = re.compile(rb"[ \t\r\n]*+([,}])")
_SLICE_BYTES: Final = 64 * 1024
_FIELDS_MAX: Final = 1_000

# Names that route, bill or shape the answer; they must be spelled exactly.
DECIDING: Final = frozenset(
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
_LONGEST_DECIDING: Final = max(map(len, DECIDING))
# Names that are no twin of a deciding one: the usual ones need no closer look.
_FAMILIAR: Final = DECIDING | {
    "temperature",
    "top_p",
    "stop",
    "seed",
    "user",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "parallel_tool_calls",
    "metadata",
    "top_k",
}
COUNT_MAX: Final = 2**53
"""Integers above this are not held exactly by every JSON reader (RFC 8259 section 6)."""


def decode_fields(body: bytes, depth_max: int) -> Fields:
    """Read a body as top-level names with the client's bytes as values.

    Raises InvalidBody where it is not one JSON object, is ambiguous, or nests deeper than `depth_max`.
    """
    plain = _plain_fields(body, depth_max, _FIELDS_MAX)
    return _decode_any(body, depth_max) if plain is None else plain


def _decode_any(body: bytes, depth_max: int) -> Fields:
    """`decode_fields` for a body of any kind; what it refuses, it explains."""
    try:
        fields = _decode_fields(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(body, error) from error
    if not body.isascii():
        _check_utf8(body)
    if len(fields) > _FIELDS_MAX:
        raise InvalidBody(f"The body has more than {_FIELDS_MAX} fields.")
    # Re-encoded, a repeated name is gone and an escaped one shorter: equal length (white space aside) proves that
    # each name stood there once and plainly. The slow, exact check is only for the rest.
    encoded = _encode(fields)
    if len(encoded) != len(body) and len(encoded.translate(None, _WHITESPACE)) != len(
        body.translate(None, _WHITESPACE)
    ):
        _refuse_repeated_names(body, fields)
    if len(body.translate(None, _NOT_BRACKETS)) > 2 * depth_max:
        _check_depth(body, depth_max)
    if not _FAMILIAR.issuperset(fields):
        _refuse_lookalikes(fields)
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
        return _decode_text(raw)
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


def _refuse_repeated_names(body: bytes, fields: Fields) -> None:
    """Walk the members of the top level; reached only for bodies that are unusually written.

    `fields` holds each name's last value: where another stands at the name's place, the name comes again later.
    """
    seen: set[str] = set()
    position = body.index(b"{") + 1
    while True:
        found = _NAME.match(body, position)
        assert found is not None, "the body was decoded as an object with members"
        name = _decode_text(found[1])
        value = bytes(fields[name])
        after = _AFTER_VALUE.match(body, found.end() + len(value))
        if name in seen or after is None or not body.startswith(value, found.end()):
            raise InvalidBody(f"The field {name[:64]!r} is given more than once.", param=name[:64])
        if after[1] == b"}":
            return
        seen.add(name)
        position = after.end()


def _check_depth(body: bytes, depth_max: int) -> None:
    """Peel innermost pairs while that takes off much, each pass one level; then follow the runs of what is left."""
    left = _brackets_outside_strings(body)
    peeled = 0
    while left and peeled < depth_max:
        size = len(left)
        left = left.replace(b"()", b"")
        peeled += 1
        if size - len(left) < size // 8:
            break
    level = 0
    for run in _RUN.findall(left):
        level += len(run) if run[0] == 40 else -len(run)  # 40 is "("
        if level + peeled > depth_max:
            raise InvalidBody(f"The body nests deeper than {depth_max} levels.")


def _brackets_outside_strings(body: bytes) -> bytes:
    """The brackets of valid JSON, all written round, without those that are text."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")  # what is left of quotes begins or ends a string
    found: list[bytes] = []
    outside = 0  # which pieces of a slice stand outside strings: the even or the odd ones
    for start in range(0, len(body), _SLICE_BYTES):
        pieces = body[start : start + _SLICE_BYTES].split(b'"')
        found.append(b"".join(pieces[outside::2]).translate(_BRACKETS, _NOT_BRACKETS))
        outside ^= (len(pieces) - 1) & 1
    return b"".join(found)


def _refuse_lookalikes(names: Iterable[str]) -> None:
    for name in names:
        # Unicode's compatibility forms never get shorter as plain letters, so a long name is no twin.
        if len(name) <= _LONGEST_DECIDING and not (name.isascii() and name.islower()):
            plain = unicodedata.normalize("NFKC", name).casefold()
            if plain in DECIDING and name != plain:
                raise InvalidBody(f"The field {name!r} must be written {plain!r}.", param=plain)
