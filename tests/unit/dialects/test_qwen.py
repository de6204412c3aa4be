"""Qwen's error answers."""

import json

import pytest

from routeproof.dialects.qwen import Qwen
from routeproof.errors import UpstreamKind as Kind

JSON = "application/json"


def classify(status: int, **error: object) -> Kind:
    """The kind of an error in OpenAI's shape."""
    return Qwen().classify(status, JSON, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "Arrearage", Kind.BILLING),
        (429, "PostpaidBillOverdue", Kind.BILLING),
        (429, "PrepaidBillOverdue", Kind.BILLING),
        (429, "CommodityNotPurchased", Kind.BILLING),
        (403, "AllocationQuota.FreeTierOnly", Kind.BILLING),
        (429, "insufficient_quota", Kind.RATE_LIMITED),
        (429, "Throttling.AllocationQuota", Kind.RATE_LIMITED),
        (429, "Throttling.RateQuota", Kind.RATE_LIMITED),
        (429, "Throttling", Kind.RATE_LIMITED),
        (429, "limit_requests", Kind.RATE_LIMITED),
        (429, "limit_burst_rate", Kind.RATE_LIMITED),
        (401, "invalid_api_key", Kind.AUTH),
        (401, "InvalidApiKey", Kind.AUTH),
        (401, None, Kind.AUTH),
        (400, "data_inspection_failed", Kind.CONTENT_POLICY),
        (400, "DataInspectionFailed", Kind.CONTENT_POLICY),
        (400, "InternalError.Algo.DataInspectionFailed", Kind.CONTENT_POLICY),
        (400, "invalid_parameter_error", Kind.BAD_REQUEST),
        (400, "InternalError.Algo.InvalidParameter", Kind.BAD_REQUEST),
        (403, "AccessDenied", Kind.PERMISSION),
        (403, "AccessDenied.Unpurchased", Kind.PERMISSION),
        (403, "Model.AccessDenied", Kind.PERMISSION),
        (403, "Workspace.AccessDenied", Kind.PERMISSION),
        (404, "ModelNotFound", Kind.MODEL_NOT_FOUND),
        (404, "model_not_found", Kind.MODEL_NOT_FOUND),
        (404, "model_not_supported", Kind.MODEL_NOT_FOUND),
        (500, "RequestTimeOut", Kind.TIMEOUT_STATUS),
        (500, "ModelServingError", Kind.SERVER_ERROR),
        (500, "InternalError", Kind.SERVER_ERROR),
        (503, "ModelUnavailable", Kind.BUSY),
    ],
)
def test_kind_by_code(status: int, code: str | None, kind: Kind) -> None:
    """Qwen's errors go by code, compatible or native, whatever language the message is in."""
    native = json.dumps({"code": code, "message": "错误", "request_id": "r"}).encode()

    assert classify(status, code=code, message="错误", type=code) is kind
    assert Qwen().classify(status, JSON, native) is kind


def test_a_prompt_too_long_is_told_by_its_message() -> None:
    """A prompt that is too long has a code for any bad parameter; the message tells."""
    message = "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 983616]"

    assert classify(400, code="invalid_parameter_error", message=message) is Kind.CONTEXT_LENGTH


def test_a_stream_refused_in_an_sse_line() -> None:
    """HTTP 400 whose body is a `data:` line is read like any error."""
    body = b'data: {"error":{"code":"data_inspection_failed","message":"m","type":"x","param":null}}\n\n'

    assert Qwen().classify(400, "text/event-stream", body) is Kind.CONTENT_POLICY
