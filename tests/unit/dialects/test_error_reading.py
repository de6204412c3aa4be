"""The error object inside a provider's answer, and what of it clients are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.dialects.error_reading import ErrorFacts, client_error_body, find_error
from routeproof.dialects.registry import DIALECT_NAMES, dialect_named

OBJECT = b'{"error":{"message":"m","type":"T","param":null,"code":"C.D"},"request_id":"r"}'
FACTS = ErrorFacts(code="c.d", type="t", message="m", status=None)


@pytest.mark.parametrize(
    "body",
    [
        OBJECT,
        b"\n\n\n \r\n" + OBJECT + b"\n",
        b"data: " + OBJECT + b"\n\n",
        b"data:" + OBJECT,
        b"id:1\nevent:error\n:HTTP_STATUS/400\ndata:" + OBJECT + b"\n\n",
        b"\n: keep-alive\n\ndata: " + OBJECT + b"\n\ndata: [DONE]\n\n",
    ],
)
def test_the_object_is_found_in_its_wrapping(body: bytes) -> None:
    """Blank lines and SSE around the object change neither what it says nor its bytes."""
    assert find_error(body) == FACTS
    for dialect in DIALECT_NAMES:
        assert dialect_named(dialect).error_body_for_client(body) == OBJECT


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"<html><body>502 Bad Gateway</body></html>",
        b"upstream connect error",
        b"[]",
        b'"text"',
        b"null",
        b'{"error":{"message":"cut',
        b'{"error":"\xff"}',
        b"data: [DONE]\n\n",
        b"data: {broken\n\n",
        b'{"a":' + b"[" * 100_000,
    ],
)
def test_bodies_without_an_object(body: bytes) -> None:
    """HTML, empty, cut and other bodies hold no object to show, and no error to read."""
    assert client_error_body(body) is None
    assert find_error(body) is None


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        (b'{"error":"overloaded"}', ErrorFacts(code="", type="", message="overloaded", status=None)),
        (
            b'{"code":"Arrearage","message":"m","request_id":"r"}',
            ErrorFacts(code="arrearage", type="", message="m", status=None),
        ),
        (
            b'{"success":false,"message":"m"}',
            ErrorFacts(code="", type="", message="m", status=None),
        ),
        (b'{"error":{"code":429}}', ErrorFacts(code="429", type="", message="", status=429)),
        (b'{"error":{"code":"503"}}', ErrorFacts(code="503", type="", message="", status=503)),
        (b'{"error":{},"status_code":500}', ErrorFacts(code="", type="", message="", status=500)),
        (b'{"error":{"status_code":402}}', ErrorFacts(code="", type="", message="", status=402)),
        (b'{"error":{"code":200}}', ErrorFacts(code="200", type="", message="", status=None)),
        (b'{"error":{"code":["x"],"message":{}}}', ErrorFacts(code="", type="", message="", status=None)),
    ],
)
def test_shapes_of_errors(body: bytes, facts: ErrorFacts) -> None:
    """Texts, native objects and numeric codes are read as well as OpenAI's shape."""
    assert find_error(body) == facts


@pytest.mark.parametrize(
    "body",
    [
        b'{"id":"c","choices":[{"message":{"content":"hi"}}],"usage":{}}',
        b'{"id":"c","choices":[],"message":"x"}',
        b'{"error":null,"choices":[]}',
        b"{}",
    ],
)
def test_answers_hold_no_error(body: bytes) -> None:
    """An ordinary answer or chunk is not taken for an error."""
    assert find_error(body) is None


@pytest.mark.parametrize(
    ("message", "comparable"),
    [
        ("Insufficient Balance (request_id: 0b5a-11)", "Insufficient Balance"),
        ("no channel (request id: 2025042302014273633)", "no channel"),
        ("<400> InternalError.Algo.InvalidParameter: Range of input", "Range of input"),
        (" padded ", "padded"),
        ("keep (this) text", "keep (this) text"),
    ],
)
def test_messages_are_made_comparable(message: str, comparable: str) -> None:
    """Request ids and prefixes don't take part in comparisons."""
    found = find_error(b'{"error":{"message":"' + message.encode() + b'"}}')

    assert found is not None
    assert found.message == comparable


@given(st.binary() | st.binary().map(lambda tail: b'{"error":' + tail) | st.binary().map(lambda t: b"data: " + t))
def test_any_bytes_can_be_looked_at(body: bytes) -> None:
    """Reading an error never raises; what is shown to clients stood in the body."""
    find_error(body)
    shown = client_error_body(body)

    assert shown is None or (shown in body and shown.startswith(b"{"))
