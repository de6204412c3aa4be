"""Names an error answer: by what its message begins with, then by its code and type, then by its status.

Messages are compared at their beginning only. Providers repeat values of the request inside an error's text,
and some kinds take a route out of service: a client must not be able to write one of them.

Sources, by family:
- DeepSeek: API docs "error codes"; recordings of 2026-06 (401, context length); live replies quoted in 2026
  (retired names 07-25, concurrency 09-02); https://github.com/langbot-app/LangBot/issues/1643 (no model).
- Qwen: Model Studio "error codes", read 2026-10-11; https://github.com/hsliuping/TradingAgents-CN/issues/170
  (Arrearage); https://github.com/QwenLM/qwen-code/issues/98 (input length).
- OpenAI: API docs "error codes".
- New-api and one-api: https://github.com/QuantumNous/new-api/issues/991 (saturation, 429);
  https://github.com/songquanpeng/one-api/issues/2340 (no channel for the model, 503).
"""

from collections.abc import Mapping
from typing import Final

from routeproof.dialects.error_reading import ErrorFacts, find_error
from routeproof.errors import UpstreamKind as Kind

CodeRules = Mapping[str, Kind]
"""Lower-case code or type to kind. A dotted code (`Throttling.RateQuota`) is found whole, by end, by head."""

_MESSAGES: Final = (
    # DeepSeek
    ("This model's maximum context length is", Kind.CONTEXT_LENGTH),
    ("The supported API model names are", Kind.MODEL_RETIRED),
    ("Model Not Exist", Kind.MODEL_NOT_FOUND),
    ("Insufficient Balance", Kind.BILLING),
    ("Content Exists Risk", Kind.CONTENT_POLICY),
    ("Authentication Fails", Kind.AUTH),
    ("Your current concurrency is", Kind.RATE_LIMITED),
    ("Rate limit reached", Kind.RATE_LIMITED),
    ("Service is too busy", Kind.BUSY),
    # Qwen
    ("Range of input length should be", Kind.CONTEXT_LENGTH),
    # New-api and its relatives: their own provider refused, for load or for money; our token there is spent
    ("当前分组上游负载已饱和", Kind.RATE_LIMITED),
    ("该令牌额度已用尽", Kind.BILLING),
)

COMMON_CODES: Final[CodeRules] = {
    # OpenAI; several of them are spoken by the other families too
    "invalid_api_key": Kind.AUTH,
    "authentication_error": Kind.AUTH,
    "insufficient_quota": Kind.BILLING,
    "credit_balance_exhausted": Kind.BILLING,
    "organization_spend_limit_exceeded": Kind.BILLING,
    "organization_usage_limit_exceeded": Kind.BILLING,
    "project_spend_limit_exceeded": Kind.BILLING,
    "billing_hard_limit_reached": Kind.BILLING,
    "billing_not_active": Kind.BILLING,
    "rate_limit_exceeded": Kind.RATE_LIMITED,
    "rate_limit_error": Kind.RATE_LIMITED,
    "context_length_exceeded": Kind.CONTEXT_LENGTH,
    "content_filter": Kind.CONTENT_POLICY,
    "content_policy_violation": Kind.CONTENT_POLICY,
    "model_not_found": Kind.MODEL_NOT_FOUND,
    "slow_down": Kind.BUSY,
    "server_is_overloaded": Kind.BUSY,
    "service_unavailable_error": Kind.BUSY,
    # Qwen, compatible mode
    "arrearage": Kind.BILLING,
    "commoditynotpurchased": Kind.BILLING,
    "prepaidbilloverdue": Kind.BILLING,
    "postpaidbilloverdue": Kind.BILLING,
    "allocationquota.freetieronly": Kind.BILLING,
    "data_inspection_failed": Kind.CONTENT_POLICY,
    "invalid_parameter_error": Kind.BAD_REQUEST,
    "limit_requests": Kind.RATE_LIMITED,
    "limit_burst_rate": Kind.RATE_LIMITED,
    "access_denied": Kind.PERMISSION,
    "model_not_supported": Kind.MODEL_NOT_FOUND,
    # Qwen, native; also seen in compatible mode
    "datainspectionfailed": Kind.CONTENT_POLICY,
    "invalidapikey": Kind.AUTH,
    "invalidparameter": Kind.BAD_REQUEST,
    "accessdenied": Kind.PERMISSION,
    "modelnotfound": Kind.MODEL_NOT_FOUND,
    "throttling": Kind.RATE_LIMITED,
    "requesttimeout": Kind.TIMEOUT_STATUS,
    "modelservingerror": Kind.SERVER_ERROR,
    "modelunavailable": Kind.BUSY,
}

_STATUSES: Final = {
    400: Kind.BAD_REQUEST,
    401: Kind.AUTH,
    402: Kind.BILLING,
    403: Kind.PERMISSION,
    404: Kind.MODEL_NOT_FOUND,
    408: Kind.TIMEOUT_STATUS,
    429: Kind.RATE_LIMITED,
    503: Kind.BUSY,
    504: Kind.TIMEOUT_STATUS,
    # Not registered; what Cloudflare answers when the provider behind it times out
    522: Kind.TIMEOUT_STATUS,
    524: Kind.TIMEOUT_STATUS,
}


def classify_error(status: int, content_type: str, body: bytes, codes: CodeRules = COMMON_CODES) -> Kind:
    """Name an error answer: `status` >= 400, or an error inside a 200 (a JSON body or one event's data)."""
    facts = find_error(body)
    if facts is not None:
        named = _by_message(facts.message) or _by_code(facts, codes, status)
        if named is not None:
            return named
        if status < 400:
            status = facts.status or status
    if status < 400:
        # A 200 without an error that can be read is a page from something in between, or a stream's event.
        is_page = facts is None and "html" in content_type.lower()
        return Kind.INVALID_RESPONSE if is_page else Kind.STREAM_ERROR
    return _by_status(status)


def _by_message(message: str) -> Kind | None:
    for beginning, kind in _MESSAGES:
        if message.startswith(beginning):
            return kind
    return None


def _by_code(facts: ErrorFacts, codes: CodeRules, status: int) -> Kind | None:
    for name in (facts.code, facts.type):
        kind = codes.get(name) or codes.get(name.rpartition(".")[2]) or codes.get(name.partition(".")[0])
        if kind is None:
            continue
        if kind is Kind.MODEL_NOT_FOUND and status >= 500:
            # New-api answers 503 `model_not_found` while no channel for the model is up: that passes.
            return _by_status(status)
        return kind
    return None


def _by_status(status: int) -> Kind:
    return _STATUSES.get(status) or (Kind.SERVER_ERROR if status >= 500 else Kind.BAD_REQUEST)
