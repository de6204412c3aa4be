"""OpenAI's error answers."""

import json

import pytest

from routeproof.dialects.openai import OpenAI
from routeproof.errors import UpstreamKind as Kind

JSON = "application/json"


def classify(status: int, **error: object) -> Kind:
    """The kind of an error in OpenAI's shape."""
    return OpenAI().classify(status, JSON, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("status", "code", "error_type", "kind"),
    [
        (429, "insufficient_quota", "insufficient_quota", Kind.BILLING),
        (429, "project_spend_limit_exceeded", "insufficient_quota", Kind.BILLING),
        (429, "some_new_code", "insufficient_quota", Kind.BILLING),
        (429, "rate_limit_exceeded", "tokens", Kind.RATE_LIMITED),
        (400, "context_length_exceeded", "invalid_request_error", Kind.CONTEXT_LENGTH),
        (400, "content_policy_violation", "invalid_request_error", Kind.CONTENT_POLICY),
        (404, "model_not_found", "invalid_request_error", Kind.MODEL_NOT_FOUND),
        (401, "invalid_api_key", "invalid_request_error", Kind.AUTH),
        (403, "unsupported_country_region_territory", "request_forbidden", Kind.PERMISSION),
        (503, "slow_down", "service_unavailable_error", Kind.BUSY),
    ],
)
def test_kind_by_code(status: int, code: str, error_type: str, kind: Kind) -> None:
    """A spent quota at OpenAI is billing; rates and lengths have codes of their own."""
    assert classify(status, code=code, type=error_type, message="m") is kind
