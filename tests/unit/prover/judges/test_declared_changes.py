"""What a gateway may change of a request and of a stream, and that nothing else goes unnoticed."""

import json

import pytest

from routeproof.prover.judges.declared_changes import is_unasked_usage, request_differences

CLIENT = b'{"model":"ours/m","messages":[{"role":"user","content":"\\u00fc"}],"n":1.0,"x":{"a":[1,null]}}'
UPSTREAM = CLIENT.replace(b"ours/m", b"m")


def found(client: bytes, upstream: bytes) -> list[str]:
    """What was changed besides what is declared."""
    return list(request_differences(client, upstream, "m"))


def test_what_is_declared_is_no_difference() -> None:
    """The model's name; and in a stream that usage is asked for, beside whatever else was asked for."""
    stream = CLIENT[:-1] + b',"stream":true}'
    options = stream[:-1] + b',"stream_options":{"include_obfuscation":false}}'

    assert found(CLIENT, UPSTREAM) == []
    assert found(stream, UPSTREAM[:-1] + b',"stream":true,"stream_options":{"include_usage":true}}') == []
    asked = b',"stream":true,"stream_options":{"include_obfuscation":false,"include_usage":true}}'
    assert found(options, UPSTREAM[:-1] + asked) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b',"n":1.0', b"", "`n` was lost"),
        (b'"n":1.0', b'"n":1', "`n` was written anew"),
        (b'"n":1.0', b'"n":2', "`n` was changed"),
        (b'"n":1.0', b'"n":1.0,"seed":1', "`seed` was added"),
        (b"\\u00fc", "ü".encode(), "`messages` was written anew"),
        (b'"a":[1,null]', b'"a":[1]', "`x` was changed"),
        (b'"model":"m"', b'"model":"other"', "`model` was changed"),
        (b'"n":1.0', b'"n":1.0,"n":1.0', "each name once"),
        (b"{", b"", "not one JSON object"),
    ],
)
def test_everything_else_is(old: bytes, new: bytes, words: str) -> None:
    """By member, and told apart from a change of value."""
    (told,) = found(CLIENT, UPSTREAM.replace(old, new, 1))

    assert words in told


def test_a_stream_that_does_not_ask_for_usage_is_noticed() -> None:
    """The gateway declares that it always does."""
    assert found(CLIENT[:-1] + b',"stream":true}', UPSTREAM[:-1] + b',"stream":true}') == ["`stream_options` was lost"]


@pytest.mark.parametrize(
    ("chunk", "left_out"),
    [
        ({"choices": [], "usage": {"total_tokens": 1}}, True),
        ({"choices": [], "usage": None}, False),
        ({"choices": [{"index": 0}], "usage": {"total_tokens": 1}}, False),
        ({"choices": [], "usage": {"total_tokens": 1}, "error": {"message": "x"}}, False),
        ({"choices": []}, False),
    ],
)
def test_only_a_chunk_of_usage_may_be_left_out(chunk: dict[str, object], left_out: bool) -> None:
    """With nothing else in it that a client may need."""
    assert is_unasked_usage(json.dumps(chunk, separators=(",", ":")).encode()) is left_out
    assert not is_unasked_usage(b"[DONE]")
