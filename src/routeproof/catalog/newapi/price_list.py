"""Reads the price list of a new-api gateway, `GET /api/pricing`, without losing a digit or inventing one."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec

from routeproof.catalog.newapi.units import Ratios, TokenPrices, call_price_nano, prices_of

ANY_GROUP: Final = "all"
"""In `enable_groups`: every group (QuantumNous/new-api, `controller/pricing.go` at 09e9618a)."""

# Bounds of a number, so that one with a huge exponent is refused rather than written out.
_PLACES_MAX: Final = 40
_WHOLE_DIGITS_MAX: Final = 12
_QUOTA_TYPES: Final = {0: "tokens", 1: "calls"}
_EXPRESSION: Final = "tiered_expr"


class Basis(StrEnum):
    """What a row is billed by."""

    TOKENS = "tokens"
    CALLS = "calls"
    EXPRESSION = "expression"
    """`billing_mode: tiered_expr`: its ratios are not its price."""
    ZERO = "zero"
    """A ratio or price of 0: free, or not priced yet. The list doesn't say which."""


class ListedPrice(msgspec.Struct, frozen=True):
    """One row of the list."""

    model: str
    basis: Basis
    ratios: Ratios | None = None
    """Only of a row that is billed by tokens."""
    model_price: Fraction | None = None
    """Dollars for one call, before the group's ratio; only of a row that is billed by calls."""
    groups: tuple[str, ...] = ()

    def sold_in(self, group: str) -> bool:
        """Whether the group may call it."""
        return group in self.groups or ANY_GROUP in self.groups

    def token_prices(self, group_ratio: Fraction) -> TokenPrices | None:
        """What its tokens cost in a group of that ratio; None where it isn't billed by tokens."""
        return None if self.ratios is None else prices_of(self.ratios, group_ratio)

    def call_nano(self, group_ratio: Fraction) -> Fraction | None:
        """Nanodollars for a call in a group of that ratio; None where it isn't billed by calls."""
        return None if self.model_price is None else call_price_nano(self.model_price, group_ratio)


class PriceList(msgspec.Struct, frozen=True):
    """The whole list, as far as the caller may see it: a model that isn't here may be sold all the same."""

    rows: tuple[ListedPrice, ...]
    unread: tuple[str, ...]
    """Why rows could not be read, one text a row."""
    group_ratios: Mapping[str, Fraction]
    model_group_ratios: Mapping[str, Mapping[str, Fraction]]
    """By group, then model: ratios that take the place of the group's (Flatkey's `group_model_ratio`)."""

    def row(self, model: str) -> ListedPrice | None:
        """The row of a model."""
        return next((row for row in self.rows if row.model == model), None)

    def group_ratio(self, group: str, model: str) -> Fraction | None:
        """The ratio that a group pays for a model; None where the list states none."""
        own = self.model_group_ratios.get(group, {}).get(model)
        return self.group_ratios.get(group) if own is None else own


class _Body(msgspec.Struct):
    success: bool | None = None
    message: str | None = None
    data: list[msgspec.Raw] | None = None
    group_ratio: dict[str, Decimal] | None = None
    group_model_ratio: dict[str, dict[str, Decimal]] | None = None


class _Row(msgspec.Struct):
    model_name: str
    quota_type: int
    model_ratio: Decimal | None = None
    model_price: Decimal | None = None
    completion_ratio: Decimal | None = None
    cache_ratio: Decimal | None = None
    create_cache_ratio: Decimal | None = None
    enable_groups: list[str] | None = None
    billing_mode: str | None = None


def parse_pricing(body: bytes) -> PriceList:
    """Read a price list. Raises ValueError where it is none; rows that can't be read are told of, not guessed."""
    try:
        found = msgspec.json.decode(body, type=_Body)
    except msgspec.DecodeError as error:
        raise ValueError(f"it is no price list of a new-api gateway ({error})") from error
    if found.data is None or found.success is False:
        raise ValueError("it holds no price list: it has no `data`, or says that it has no success")
    rows: list[ListedPrice] = []
    unread: list[str] = []
    for index, raw in enumerate(found.data):
        try:
            rows.append(_row(raw))
        except (msgspec.DecodeError, ValueError) as error:
            unread.append(f"row {index + 1}: {error}")
    return PriceList(
        rows=tuple(rows),
        unread=tuple(unread),
        group_ratios=_ratios(found.group_ratio or {}),
        model_group_ratios={group: _ratios(by_model) for group, by_model in (found.group_model_ratio or {}).items()},
    )


def _row(raw: msgspec.Raw) -> ListedPrice:
    row = msgspec.json.decode(raw, type=_Row)
    if not row.model_name or not row.model_name.isprintable():
        raise ValueError("`model_name` is empty or holds control characters")
    groups = tuple(row.enable_groups or ())
    if row.billing_mode == _EXPRESSION:
        return ListedPrice(row.model_name, Basis.EXPRESSION, groups=groups)
    if row.billing_mode or row.quota_type not in _QUOTA_TYPES:
        raise ValueError(f"{row.model_name}: how it is billed is not known ({row.billing_mode or row.quota_type})")
    if row.quota_type == 1:
        price = _stated(row.model_price, "model_price", row.model_name)
        return ListedPrice(row.model_name, Basis.CALLS if price else Basis.ZERO, None, price or None, groups)
    model = _stated(row.model_ratio, "model_ratio", row.model_name)
    if not model:
        return ListedPrice(row.model_name, Basis.ZERO, groups=groups)
    ratios = Ratios(
        model=model,
        completion=_stated(row.completion_ratio, "completion_ratio", row.model_name),
        cache=None if row.cache_ratio is None else _exact(row.cache_ratio, "cache_ratio"),
        create_cache=None if row.create_cache_ratio is None else _exact(row.create_cache_ratio, "create_cache_ratio"),
    )
    return ListedPrice(row.model_name, Basis.TOKENS, ratios, None, groups)


def _stated(value: Decimal | None, name: str, model: str) -> Fraction:
    if value is None:
        raise ValueError(f"{model}: it states no `{name}`")
    return _exact(value, name)


def _ratios(values: dict[str, Decimal]) -> dict[str, Fraction]:
    return {name: _exact(value, "group_ratio") for name, value in values.items()}


def _exact(value: Decimal, name: str) -> Fraction:
    """The very number. Raises ValueError for what no price can be made of."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or value < 0:
        raise ValueError(f"`{name}` is no number of at least 0")
    if exponent < -_PLACES_MAX or value.adjusted() >= _WHOLE_DIGITS_MAX:
        raise ValueError(f"`{name}` has more digits than a price has")
    return Fraction(value)
