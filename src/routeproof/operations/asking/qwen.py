"""What Alibaba Cloud Model Studio tells of an account: the rate limits of each model.

Page `list-quotas` of its documentation, last changed 2026-09-28: a limit and the seconds that it is for; what is null
has no limit; at most 100 models a page.
"""

from typing import Final

import msgspec

from routeproof.catalog.kinds import Measure
from routeproof.operations.asking.models import decoded

PAGE_SIZE: Final = 100
PAGES_MAX: Final = 20
_COMPATIBLE: Final = "/compatible-mode/v1"
_TOKENS: Final = "total_tokens"


class ModelQuota(msgspec.Struct, frozen=True):
    """How much of a model the account may use, in whole units a minute. None: no limit is stated."""

    model: str
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None

    def amounts(self) -> dict[Measure, int]:
        """What is stated, by what concurrency facts count."""
        stated = {Measure.REQUESTS: self.requests_per_minute, Measure.TOKENS: self.tokens_per_minute}
        return {measure: amount for measure, amount in stated.items() if amount is not None}


class _Limit(msgspec.Struct):
    request_limit: int | None = None
    request_limit_period: int | None = None
    usage_limit: int | None = None
    usage_limit_field: str | None = None
    usage_limit_period: int | None = None


class _Quota(msgspec.Struct):
    model: str
    model_limit: _Limit | None = None


class _Output(msgspec.Struct):
    quotas: list[_Quota]
    total: int = 0


class _Body(msgspec.Struct):
    output: _Output
    error: msgspec.Raw | None = None


class QuotaPage(msgspec.Struct, frozen=True):
    """One page of quotas, and how many there are on all of them."""

    quotas: tuple[ModelQuota, ...]
    total: int


def quotas_url(base_url: str, page: int) -> str:
    """Where a page of the quotas is, in the native API beside the compatible one; pages count from 1."""
    site = base_url.removesuffix(_COMPATIBLE)
    return f"{site}/api/v1/quotas?page_no={page}&page_size={PAGE_SIZE}"


def parse_quotas(body: bytes) -> QuotaPage:
    """Read one page of quotas. Raises ValueError where it is none."""
    found = decoded(body, _Body)
    return QuotaPage(tuple(map(_quota, found.output.quotas)), found.output.total)


def _quota(quota: _Quota) -> ModelQuota:
    limit = quota.model_limit or _Limit()
    tokens = limit.usage_limit if limit.usage_limit_field == _TOKENS else None
    return ModelQuota(
        quota.model,
        _per_minute(limit.request_limit, limit.request_limit_period),
        _per_minute(tokens, limit.usage_limit_period),
    )


def _per_minute(amount: int | None, period_s: int | None) -> int | None:
    """None too where it isn't so many a minute: a limit for a month says nothing about a minute."""
    if amount is None or not period_s or period_s > 60:
        return None
    return amount * 60 // period_s
