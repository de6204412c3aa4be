"""A new-api gateway's error answers: its own, and those of the providers behind it."""

import json

import pytest

from routeproof.dialects.newapi import NewApi
from routeproof.errors import UpstreamKind as Kind

JSON = "application/json"


def classify(status: int, **error: object) -> Kind:
    """The kind of an error in OpenAI's shape."""
    return NewApi().classify(status, JSON, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (403, {"code": "insufficient_user_quota", "type": "new_api_error", "message": "m"}, Kind.BILLING),
        (
            403,
            {"code": "pre_consume_token_quota_failed", "type": "new_api_error", "message": "m"},
            Kind.BILLING,
        ),
        (401, {"type": "new_api_error", "message": "该令牌额度已用尽 (request id: 2026)"}, Kind.BILLING),
        (401, {"type": "new_api_error", "message": "无效的令牌"}, Kind.AUTH),
        (
            503,
            {"code": "model_not_found", "type": "new_api_error", "message": "No available channel"},
            Kind.BUSY,
        ),
        (503, {"type": "one_api_error", "message": "当前分组 default 下对于模型 m 无可用渠道"}, Kind.BUSY),
        (
            404,
            {"code": "model_not_found", "type": "invalid_request_error", "message": "m"},
            Kind.MODEL_NOT_FOUND,
        ),
        (
            429,
            {
                "code": "insufficient_quota",
                "message": "当前分组上游负载已饱和\uff0c请稍后再试 (request id: 1)",
            },
            Kind.RATE_LIMITED,
        ),
        (
            429,
            {"code": "bad_response_status_code", "type": "upstream_error", "message": "m"},
            Kind.RATE_LIMITED,
        ),
        (
            400,
            {"code": "sensitive_words_detected", "type": "new_api_error", "message": "m"},
            Kind.CONTENT_POLICY,
        ),
        (401, {"code": "channel:invalid_key", "type": "new_api_error", "message": "m"}, Kind.SERVER_ERROR),
        (500, {"code": "channel:no_available_key", "type": "new_api_error", "message": "m"}, Kind.BUSY),
        (403, {"code": "access_denied", "type": "new_api_error", "message": "m"}, Kind.PERMISSION),
        (
            402,
            {"code": "invalid_request_error", "type": "unknown_error", "message": "Insufficient Balance"},
            Kind.BILLING,
        ),
        (400, {"code": "Arrearage", "message": "m", "type": "Arrearage"}, Kind.BILLING),
    ],
)
def test_kind_of_own_and_relayed_errors(status: int, error: dict[str, object], kind: Kind) -> None:
    """A gateway's own errors are known, and those that it hands on are read as their provider's."""
    assert classify(status, **error) is kind
