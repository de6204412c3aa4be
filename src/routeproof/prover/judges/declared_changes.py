"""What our gateway declares to change on the way, written down a second time and apart from the gateway's own code.

Requests (docs/providers.md): `model` becomes the provider's id; in a stream `stream_options.include_usage` becomes
true, its other members stay. Everything else keeps its bytes. Answers: a chunk with usage and no choices, which the
client did not ask for, is left out of a stream. Everything else keeps its bytes.
"""

import json
from collections.abc import Iterator
from typing import Final

import msgspec

from routeproof.prover.oracle.strict_json import NotJson, read_strictly

Members = dict[str, bytes]
_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def members_of(body: bytes) -> Members | None:
    """The top-level members of a JSON object with their bytes; None where it is no object or repeats a name."""
    try:
        if read_strictly(body).repeated:
            return None
        return {name: bytes(value) for name, value in _decode(body).items()}
    except (NotJson, ValueError):
        return None


def request_differences(client: bytes, upstream: bytes, model: str) -> Iterator[str]:
    """What was lost, added or rewritten of a request besides what is declared, by member."""
    given, sent = members_of(client), members_of(upstream)
    if given is None or sent is None:
        yield "the body that went upstream is not one JSON object with each name once"
        return
    expected = _expected(given, model)
    for name in expected.keys() - sent.keys():
        yield f"`{name}` was lost"
    for name in sent.keys() - expected.keys():
        yield f"`{name}` was added"
    for name in sorted(expected.keys() & sent.keys()):
        if expected[name] != sent[name]:
            same = _value(expected[name]) == _value(sent[name])
            yield f"`{name}` was {'written anew: the same value in other bytes' if same else 'changed'}"


def is_unasked_usage(data: bytes) -> bool:
    """Whether an event's data is a chunk that brings usage and nothing else."""
    members = members_of(data)
    if members is None:
        return False
    return members.get("choices") == b"[]" and members.get("usage", b"null") != b"null" and "error" not in members


def _expected(given: Members, model: str) -> Members:
    expected = {**given, "model": json.dumps(model).encode()}
    if given.get("stream") == b"true":
        options = members_of(given.get("stream_options", b"{}")) or {}
        expected["stream_options"] = _object({**options, "include_usage": b"true"})
    return expected


def _object(members: Members) -> bytes:
    return b"{" + b",".join(json.dumps(name).encode() + b":" + value for name, value in members.items()) + b"}"


def _value(raw: bytes) -> object:
    return json.loads(raw)
