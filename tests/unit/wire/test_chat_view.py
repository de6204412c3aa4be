"""What is read of an answer or a chunk: four members, from any JSON object, and nothing from anything else."""

import pytest

from routeproof.wire.chat_view import view_chat


@pytest.mark.parametrize(
    ("text", "usage", "error", "model", "finish"),
    [
        (b"{}", None, False, None, None),
        (b'{"model":"m","usage":{"a":1},"choices":[{"finish_reason":"stop"}]}', b'{"a":1}', False, "m", "stop"),
        (b'{"usage":null,"error":null,"model":null,"choices":null}', None, False, None, None),
        (b' {"usage" : { "a" : 1 } } ', b'{ "a" : 1 }', False, None, None),
        (b'{"error":{"message":"x"}}', None, True, None, None),
        (b'{"error":"x"}', None, True, None, None),
        (b'{"choices":[{"finish_reason":"stop"},{"finish_reason":"length"}]}', None, False, None, "length"),
        (b'{"choices":[{"finish_reason":"stop"},{"finish_reason":null},{}]}', None, False, None, "stop"),
        (b'{"choices":[{"finish_reason":""}]}', None, False, None, None),
        (b'{"other":[[[{"usage":{}}]]],"usage":{}}', b"{}", False, None, None),
    ],
)
def test_the_members_that_are_read(
    text: bytes, usage: bytes | None, error: bool, model: str | None, finish: str | None
) -> None:
    """Usage and error keep the provider's bytes; null is absence; the last finish reason given counts."""
    view = view_chat(text)
    assert view is not None
    assert (view.usage_raw, view.has_error, view.model, view.finish_reason) == (usage, error, model, finish)


@pytest.mark.parametrize(
    "odd", [b'"model":7', b'"choices":{}', b'"choices":[null]', b'"choices":[{"finish_reason":0}]']
)
def test_odd_members_do_not_hide_the_bill(odd: bytes) -> None:
    """Where another member has a shape of its own, usage and error are still read."""
    view = view_chat(b"{" + odd + b',"usage":{"a":1},"error":{}}')
    assert view is not None
    assert (view.usage_raw, view.has_error) == (b'{"a":1}', True)
    assert view.model is None
    assert view.choices == -1
    assert view.finish_reason is None


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"[]", b'"x"', b"null", b"7", b"[DONE]", b"{", b'{"a":1', b'{"a":1}x', b"<html>", b'{"a":NaN}', b"\xff"),
        *(b'{"model":"\xff"}', b'{"a":' + b"[" * 100_000, b'{"model":7,"a":' + b"[" * 100_000),
    ],
    ids=lambda text: repr(text[:16]),
)
def test_what_is_no_json_object_is_none(text: bytes) -> None:
    """Nothing is guessed, and nothing is raised."""
    assert view_chat(text) is None
