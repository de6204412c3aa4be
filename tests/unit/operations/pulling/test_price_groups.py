"""Which group a gateway's price is for."""

import json

import pytest

from routeproof.catalog.newapi.price_list import PriceList, parse_pricing
from routeproof.errors import OperatorError
from routeproof.operations.pulling.groups import chosen_group, group_of


def groups(**ratios: float) -> PriceList:
    """A list without rows."""
    return parse_pricing(json.dumps({"data": [], "group_ratio": ratios}).encode())


def test_the_only_group_or_the_default_one_is_taken() -> None:
    """Where there is a choice and no default, nobody can tell."""
    assert group_of(groups(plg=0.9)) == "plg"
    assert group_of(groups(default=1, vip=0.8)) == "default"
    assert group_of(groups(vip=0.8, plg=0.9)) is None


def test_a_named_group_is_taken_if_it_is_there() -> None:
    """Otherwise the groups are named, and without ratios there are no prices."""
    assert chosen_group(groups(default=1, vip=0.8), "vip") == "vip"
    assert chosen_group(groups(default=1, vip=0.8), None) == "default"
    for prices, asked in ((groups(default=1, vip=0.8), "gold"), (groups(plg=1, vip=0.8), None)):
        with pytest.raises(OperatorError, match=r"--group: .*vip"):
            chosen_group(prices, asked)
    with pytest.raises(OperatorError, match="no ratio of any group"):
        chosen_group(groups(), None)
