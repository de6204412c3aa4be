"""Where a provider's API is: its base URL, given or known from the dialect, and what may be dialled."""

from typing import Final

import msgspec

from routeproof.config.problems import shown_value
from routeproof.config.settings import IPNetwork
from routeproof.config.table import Table
from routeproof.config.urls import parse_base_url, parse_network
from routeproof.dialects.addresses import QWEN_REGIONS
from routeproof.dialects.registry import dialect_named

# Any of these in a base URL may set off a credential.
_MAY_HOLD_CREDENTIAL: Final = "@?#"


class Upstream(msgspec.Struct, frozen=True):
    """The settings of a provider that say where it is."""

    region: str | None
    workspace: str | None
    allow_plain: bool
    allow_networks: tuple[IPNetwork, ...]
    base_url: str = ""
    """Empty where it can't be known, which is then noted."""


def read_upstream(table: Table, dialect: str) -> Upstream:
    """Read where one provider is. `dialect` is empty where that was refused."""
    upstream = Upstream(
        region=table.text("region"),
        workspace=table.text("workspace"),
        allow_plain=table.flag("allow_plain", False),
        allow_networks=_read_networks(table),
    )
    given = table.text("base_url")
    if given is not None:
        _check_region(table, dialect, upstream.region)
        base_url = _given_base_url(table, given, upstream)
    else:
        base_url = _known_base_url(table, dialect, upstream)
    return msgspec.structs.replace(upstream, base_url=base_url)


def _read_networks(table: Table) -> tuple[IPNetwork, ...]:
    networks: list[IPNetwork] = []
    for text in table.texts("allow_networks"):
        try:
            networks.append(parse_network(text))
        except ValueError as error:
            table.problem("allow_networks", f"{shown_value(text)} {error}")
    return tuple(networks)


def _given_base_url(table: Table, given: str, upstream: Upstream) -> str:
    try:
        return parse_base_url(given, upstream.allow_plain, upstream.allow_networks)
    except ValueError as error:
        hidden = any(mark in given for mark in _MAY_HOLD_CREDENTIAL)
        shown = "the address (not shown, it may hold a credential)" if hidden else shown_value(given)
        table.problem("base_url", f"{shown} {error}")
        return ""


def _known_base_url(table: Table, dialect: str, upstream: Upstream) -> str:
    refused = (
        "base_url" in table
        or ("region" in table and upstream.region is None)
        or ("workspace" in table and upstream.workspace is None)
    )
    if not dialect or refused:  # and noted already
        return ""
    try:
        return dialect_named(dialect).base_url(upstream.region, upstream.workspace)
    except ValueError as error:
        table.problem(_blamed(dialect, upstream), str(error))
        return ""


def _check_region(table: Table, dialect: str, region: str | None) -> None:
    # The address is the operator's; the region still decides the prices.
    if dialect == "qwen" and region is not None and region not in QWEN_REGIONS:
        regions = ", ".join(QWEN_REGIONS)
        table.problem("region", f"{shown_value(region)} is no region of qwen; use one of {regions}")


def _blamed(dialect: str, upstream: Upstream) -> str:
    """The key whose change puts the address right."""
    if dialect == "qwen":
        return "workspace" if upstream.region in QWEN_REGIONS else "region"
    if upstream.region is not None:
        return "region"
    return "workspace" if upstream.workspace is not None else "base_url"
