"""What a gateway of the new-api family tells of itself and of an account: its price list and what is left to spend."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final
from urllib.parse import urlsplit

import msgspec

from routeproof.operations.asking.models import decoded

UNLIMITED: Final = 100_000_000
"""The limit of a token that has none (QuantumNous/new-api, `controller/billing.go`, read 2026-11-24)."""
_PRICING: Final = re.compile(r"/pricing/?$")


class Credit(msgspec.Struct, frozen=True):
    """What a key may still spend, in the unit that the site shows amounts in: dollars, yuan or tokens."""

    limit: Fraction | None
    """All that was ever given; None: unlimited."""
    used: Fraction

    @property
    def left(self) -> Fraction | None:
        """What is left; None: unlimited."""
        return None if self.limit is None else self.limit - self.used


class _Subscription(msgspec.Struct):
    hard_limit_usd: Decimal
    error: msgspec.Raw | None = None


class _Usage(msgspec.Struct):
    total_usage: Decimal
    """In hundredths."""
    error: msgspec.Raw | None = None


class _Failed(msgspec.Struct):
    error: msgspec.Raw | None = None


def pricing_url(address: str) -> str:
    """Where the price list of a site is: an address that ends in `/pricing` itself, or the site's or its API's.

    Raises ValueError with the remedy for what is no web address, or holds a credential.
    """
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise ValueError("has no valid host or port; write the site, such as 'https://gateway.example'") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is no web address; write the site, such as 'https://gateway.example', or a file's path")
    if "@" in parts.netloc or "#" in address or not address.isascii():
        raise ValueError("holds credentials, a fragment or non-ASCII characters; write the plain address")
    if _PRICING.search(parts.path):
        return address
    if parts.query:
        raise ValueError("has a query but is no price list; end its path with '/pricing'")
    return address.rstrip("/").removesuffix("/v1") + "/api/pricing"


def website_pricing_url(base_url: str) -> str:
    """Where Flatkey keeps its public price list (flatkey-ai/flatkey-cli at 49ce9d56)."""
    return base_url.removesuffix("/v1") + "/api/website/pricing"


def subscription_url(base_url: str) -> str:
    """Where the limit of a key is."""
    return f"{base_url}/dashboard/billing/subscription"


def usage_url(base_url: str) -> str:
    """Where the use of a key is."""
    return f"{base_url}/dashboard/billing/usage"


def parse_limit(body: bytes) -> Fraction | None:
    """The limit of a key; None where it has none. Raises ValueError where the answer states neither."""
    _check(body)
    limit = _exact(decoded(body, _Subscription).hard_limit_usd)
    return None if limit == UNLIMITED else limit


def parse_used(body: bytes) -> Fraction:
    """What a key has used. Raises ValueError where the answer doesn't state it."""
    _check(body)
    return _exact(decoded(body, _Usage).total_usage) / 100


def _check(body: bytes) -> None:
    """An error has none of the fields, so look for it first."""
    decoded(body, _Failed)


def _exact(value: Decimal) -> Fraction:
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise ValueError("it states an amount that is no amount of money")
    return Fraction(value)
