"""The price list and the unit of account of a simulated new-api gateway.

One US dollar is 500,000 quota. A model ratio of 1 is 2 dollars per million input tokens; output costs that
times the completion ratio, cached input times the cache ratio, written cache times the create ratio
(QuantumNous/new-api, `/api/pricing`, read in 2026).
"""

from decimal import ROUND_HALF_UP, Decimal

import msgspec

QUOTA_PER_DOLLAR = 500_000
DEFAULT_CREATE_RATIO = Decimal("1.25")
MARK_UP = Decimal("1.5")
TIERED_EXPRESSION = 'tier("base", p * 0.4 + c * 1.2)'
"""What stands in a row that an expression prices; the simulator bills by the ratios all the same."""


class Ratios(msgspec.Struct, frozen=True):
    """How a model is billed."""

    model: Decimal
    completion: Decimal
    cache: Decimal


RATIOS = {
    "deepseek-flash": Ratios(Decimal("0.075"), Decimal(4), Decimal("0.02")),
    "deepseek-v4-pro": Ratios(Decimal("0.33"), Decimal(3), Decimal("0.03333333")),
    "qwen-turbo": Ratios(Decimal("0.025"), Decimal(4), Decimal("0.2")),
    "qwen-flash": Ratios(Decimal("0.025"), Decimal(8), Decimal("0.2")),
    "qwen-plus": Ratios(Decimal("0.2"), Decimal(3), Decimal("0.2")),
    "qwen3-max": Ratios(Decimal("0.6"), Decimal(5), Decimal("0.2")),
}
"""What this gateway offers and asks; its own list, near the providers' off-peak prices of autumn 2026."""


class Counts(msgspec.Struct, frozen=True):
    """Tokens of one request, as the gateway bills them."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    created: int = 0


def counts_in(usage: object) -> Counts:
    """Read a provider's usage object; what is missing counts as none."""
    if not isinstance(usage, dict):
        return Counts()
    details = usage.get("prompt_tokens_details")
    inner = details if isinstance(details, dict) else {}
    return Counts(
        _whole(usage.get("prompt_tokens")),
        _whole(usage.get("completion_tokens")),
        _whole(inner.get("cached_tokens")),
        _whole(inner.get("cache_creation_input_tokens")),
    )


def quota(counts: Counts, ratios: Ratios, group_ratio: Decimal = Decimal(1)) -> int:
    """The quota that a request costs: at least 1 unless it is free."""
    plain = counts.prompt - counts.cached - counts.created
    weighted = (
        plain
        + counts.cached * ratios.cache
        + counts.created * DEFAULT_CREATE_RATIO
        + counts.completion * ratios.completion
    )
    exact = weighted * ratios.model * group_ratio
    return 0 if exact <= 0 else max(1, int(exact.quantize(Decimal(1), ROUND_HALF_UP)))


def pricing(group_ratio: Decimal = Decimal(1), tiered: tuple[str, ...] = ()) -> dict[str, object]:
    """The body of `GET /api/pricing`; `tiered` are models that an expression prices instead of their ratios."""
    rows = [_row(name, ratios, tiered) for name, ratios in RATIOS.items()]
    rows[0]["pricing_version"] = "sim-1"
    return {
        "auto_groups": ["default"],
        "data": rows,
        "group_ratio": {"default": group_ratio},
        "success": True,
        "supported_endpoint": {"openai": {"path": "/v1/chat/completions", "method": "POST"}},
        "usable_group": {"default": "default"},
        "vendors": [{"id": 1, "name": "DeepSeek"}, {"id": 2, "name": "Alibaba"}],
    }


def _row(name: str, ratios: Ratios, tiered: tuple[str, ...]) -> dict[str, object]:
    row: dict[str, object] = {
        "model_name": name,
        "vendor_id": 1 if name.startswith("deepseek") else 2,
        "quota_type": 0,
        "model_ratio": ratios.model,
        "model_price": 0,
        "owner_by": "",
        "completion_ratio": ratios.completion,
        "cache_ratio": ratios.cache,
        "enable_groups": ["default"],
        "supported_endpoint_types": ["openai"],
    }
    if name in tiered:
        row |= {"billing_mode": "tiered_expr", "billing_expr": TIERED_EXPRESSION}
    return row


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
