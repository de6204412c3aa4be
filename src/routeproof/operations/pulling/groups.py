"""Which of a gateway's groups a price is asked for."""

from routeproof.catalog.newapi.price_list import PriceList
from routeproof.errors import OperatorError

DEFAULT_GROUP = "default"


def group_of(prices: PriceList) -> str | None:
    """The group to go by where none is named: the only one, or `default`; None where that leaves a choice."""
    if len(prices.group_ratios) == 1:
        return next(iter(prices.group_ratios))
    return DEFAULT_GROUP if DEFAULT_GROUP in prices.group_ratios else None


def chosen_group(prices: PriceList, asked: str | None) -> str:
    """The group that was asked for, or the one to go by. Raises OperatorError where there is no such group."""
    group = group_of(prices) if asked is None else asked
    if group is not None and group in prices.group_ratios:
        return group
    groups = ", ".join(sorted(prices.group_ratios))
    if not groups:
        raise OperatorError("the list states no ratio of any group, so it states no price; ask another list")
    if group is None:
        raise OperatorError(f"the list has several groups and no 'default'; name one with --group: {groups}")
    raise OperatorError(f"the list has no group {group!r}; name one of these with --group: {groups}")
