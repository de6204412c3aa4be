"""The books of a simulated new-api gateway: its consumption log and what it says of quota and balance."""

from collections import deque
from decimal import Decimal

import msgspec

from routeproof.simulator.newapi_prices import QUOTA_PER_DOLLAR, Counts, Ratios

LOG_ROWS_MAX = 1_000
_CONSUMED = 2
"""The log type of a consumption."""
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Consumption(msgspec.Struct, frozen=True):
    """One billed request."""

    model: str
    answered_by: str
    counts: Counts
    ratios: Ratios
    quota: int
    group_ratio: Decimal
    """As the log shows it, whatever was charged."""
    is_stream: bool
    created_at: int
    """Seconds since the epoch."""
    request_id: str
    channel: int


class Account:
    """One account with one token."""

    def __init__(self, granted: int) -> None:
        self._granted = granted
        self._used = 0
        self._rows: deque[dict[str, object]] = deque(maxlen=LOG_ROWS_MAX)
        self._last_id = 0

    @property
    def exhausted(self) -> bool:
        """Whether all quota is used."""
        return self._used >= self._granted

    def consume(self, what: Consumption) -> None:
        """Bill a request and log it."""
        self._used += what.quota
        self._last_id += 1
        self._rows.appendleft(_row(self._last_id, what))

    def log(self) -> dict[str, object]:
        """The body of `GET /api/log/token`: the newest row first."""
        return {"data": list(self._rows), "message": "", "success": True}

    def subscription(self) -> dict[str, object]:
        """The body of `GET /v1/dashboard/billing/subscription`; dollars."""
        granted = Decimal(self._granted) / QUOTA_PER_DOLLAR
        return {
            "object": "billing_subscription",
            "has_payment_method": True,
            "soft_limit_usd": granted,
            "hard_limit_usd": granted,
            "system_hard_limit_usd": granted,
            "access_until": 0,
        }

    def usage(self) -> dict[str, object]:
        """The body of `GET /v1/dashboard/billing/usage`; cents."""
        return {"object": "list", "total_usage": Decimal(self._used * 100) / QUOTA_PER_DOLLAR}


def encode(payload: object) -> bytes:
    """JSON in which a decimal is a number, as this family writes them."""
    return _ENCODER.encode(payload)


def _row(row_id: int, what: Consumption) -> dict[str, object]:
    return {
        "id": row_id,
        "user_id": 1,
        "created_at": what.created_at,
        "type": _CONSUMED,
        "content": "",
        "username": "sim",
        "token_name": "sim",
        "model_name": what.model,
        "quota": what.quota,
        "prompt_tokens": what.counts.prompt,
        "completion_tokens": what.counts.completion,
        "use_time": 0,
        "is_stream": what.is_stream,
        "channel": what.channel,
        "channel_name": "",
        "token_id": 1,
        "group": "default",
        "ip": "",
        "other": _other(what),
        "request_id": what.request_id,
    }


def _other(what: Consumption) -> str:
    """Details, as JSON inside a string. A mapped model shows what really answered."""
    details: dict[str, object] = {
        "model_ratio": what.ratios.model,
        "group_ratio": what.group_ratio,
        "completion_ratio": what.ratios.completion,
        "cache_tokens": what.counts.cached,
        "cache_ratio": what.ratios.cache,
        "model_price": -1,
        "frt": 0,
    }
    if what.answered_by != what.model:
        details |= {"is_model_mapped": True, "upstream_model_name": what.answered_by}
    return encode(details).decode()
