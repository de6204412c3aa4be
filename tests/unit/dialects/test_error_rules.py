"""Error answers by their kind: what holds for every family."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.dialects.registry import DIALECT_NAMES, dialect_named
from routeproof.errors import UpstreamKind as Kind

JSON = "application/json"


def classify(dialect: str, status: int, **error: object) -> Kind:
    """The kind of an error in OpenAI's shape."""
    return dialect_named(dialect).classify(status, JSON, json.dumps({"error": error}).encode())


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.BAD_REQUEST),
        (401, Kind.AUTH),
        (402, Kind.BILLING),
        (403, Kind.PERMISSION),
        (404, Kind.MODEL_NOT_FOUND),
        (405, Kind.BAD_REQUEST),
        (408, Kind.TIMEOUT_STATUS),
        (413, Kind.BAD_REQUEST),
        (422, Kind.BAD_REQUEST),
        (429, Kind.RATE_LIMITED),
        (500, Kind.SERVER_ERROR),
        (502, Kind.SERVER_ERROR),
        (503, Kind.BUSY),
        (504, Kind.TIMEOUT_STATUS),
        (524, Kind.TIMEOUT_STATUS),
        (599, Kind.SERVER_ERROR),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html><h1>Sorry</h1></html>", b'{"error":{"message":"?"}}', b"[1]"])
def test_a_body_that_tells_nothing_goes_by_status(dialect: str, status: int, kind: Kind, body: bytes) -> None:
    """Empty, HTML and unknown bodies are named by their status."""
    assert dialect_named(dialect).classify(status, "text/html", body) is kind


@pytest.mark.parametrize(
    ("dialect", "body", "kind"),
    [
        ("qwen", b'{"error":{"code":"data_inspection_failed","message":"m"}}', Kind.CONTENT_POLICY),
        ("qwen", b'data: {"error":{"code":"Throttling.RateQuota"}}\n\n', Kind.RATE_LIMITED),
        (
            "deepseek",
            b'{"error":{"message":"Insufficient Balance","code":"invalid_request_error"}}',
            Kind.BILLING,
        ),
        (
            "deepseek",
            b'{"error":{"message":"something else","code":"invalid_request_error"}}',
            Kind.STREAM_ERROR,
        ),
        ("newapi", b'{"error":{"code":402,"message":"m"}}', Kind.BILLING),
        ("newapi", b'{"error":{"message":"m"},"status_code":429}', Kind.RATE_LIMITED),
        ("openai", b'{"error":{"code":504,"message":"m"}}', Kind.TIMEOUT_STATUS),
        ("openai", b'{"error":"engine died"}', Kind.STREAM_ERROR),
        ("openai", b"garbage", Kind.STREAM_ERROR),
    ],
)
def test_an_error_inside_a_200(dialect: str, body: bytes, kind: Kind) -> None:
    """In a 200 the body's code, message or status decides, else it is a stream's error."""
    assert dialect_named(dialect).classify(200, "text/event-stream", body) is kind


def test_a_page_instead_of_an_answer() -> None:
    """HTML with a 200 is no answer of the provider's at all."""
    body = b"<html>captive portal</html>"

    assert dialect_named("openai").classify(200, "Text/HTML; charset=utf-8", body) is Kind.INVALID_RESPONSE


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
@pytest.mark.parametrize(
    "planted",
    ["Insufficient Balance", "Service is too busy", "insufficient_quota", "该令牌额度已用尽", "Arrearage"],
)
def test_a_client_can_not_write_the_kind(dialect: str, planted: str) -> None:
    """A value of the request that the provider repeats in its message can't take a route out of service."""
    message = f"Invalid value for 'tool_choice': '{planted}'"

    assert classify(dialect, 400, message=message, code="invalid_request_error") is Kind.BAD_REQUEST


@given(
    dialect=st.sampled_from(DIALECT_NAMES),
    status=st.sampled_from([200, 400, 401, 404, 429, 500, 503]),
    content_type=st.sampled_from([JSON, "text/html", "application/octet-stream", ""]),
    body=st.binary()
    | st.dictionaries(
        st.sampled_from(["error", "code", "message", "type", "status_code"]),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: st.dictionaries(st.sampled_from(["code", "message", "type"]), inner),
            max_leaves=6,
        ),
    ).map(lambda value: json.dumps(value).encode()),
)
def test_any_answer_has_a_kind(dialect: str, status: int, content_type: str, body: bytes) -> None:
    """Classifying never raises."""
    assert isinstance(dialect_named(dialect).classify(status, content_type, body), Kind)
