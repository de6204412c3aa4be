"""DeepSeek's error answers."""

import json

import pytest

from routeproof.dialects.deepseek import DeepSeek
from routeproof.errors import UpstreamKind as Kind

JSON = "application/json"


def classify(status: int, **error: object) -> Kind:
    """The kind of an error in OpenAI's shape."""
    return DeepSeek().classify(status, JSON, json.dumps({"error": error}).encode())


def deepseek_error(message: str, error_type: str = "invalid_request_error") -> dict[str, object]:
    """DeepSeek's envelope, whose code says nothing."""
    return {"message": message, "type": error_type, "param": None, "code": "invalid_request_error"}


@pytest.mark.parametrize(
    ("status", "message", "error_type", "kind"),
    [
        (401, "Authentication Fails, Your api key: ****-key is invalid", "authentication_error", Kind.AUTH),
        (402, "Insufficient Balance", "unknown_error", Kind.BILLING),
        (402, "Insufficient Balance (request_id: 0aa4-77)", "unknown_error", Kind.BILLING),
        (
            400,
            "This model's maximum context length is 1048565 tokens. However, you requested 1250025 tokens",
            "invalid_request_error",
            Kind.CONTEXT_LENGTH,
        ),
        (
            400,
            "The supported API model names are deepseek-v4-pro or deepseek-v4-flash, but you passed x.",
            "invalid_request_error",
            Kind.MODEL_RETIRED,
        ),
        (400, "Model Not Exist", "invalid_request_error", Kind.MODEL_NOT_FOUND),
        (400, "Content Exists Risk", "invalid_request_error", Kind.CONTENT_POLICY),
        (
            400,
            "Invalid n value (currently only n = 1 is supported)",
            "invalid_request_error",
            Kind.BAD_REQUEST,
        ),
        (422, "Failed to deserialize the JSON body into the target type", "x", Kind.BAD_REQUEST),
        (
            429,
            "Your current concurrency is 40, which exceeds your concurrency limit of 39",
            "x",
            Kind.RATE_LIMITED,
        ),
        (429, "Rate limit reached for TPM", "x", Kind.RATE_LIMITED),
        (
            503,
            "Service is too busy. We advise users to temporarily switch to alternative providers.",
            "service_unavailable_error",
            Kind.BUSY,
        ),
        (500, "internal", "internal_error", Kind.SERVER_ERROR),
    ],
)
def test_kind_by_message_and_status(status: int, message: str, error_type: str, kind: Kind) -> None:
    """DeepSeek's errors are told apart by message and status."""
    assert classify(status, **deepseek_error(message, error_type)) is kind
