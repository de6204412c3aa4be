"""`[providers.NAME]`: reads the accounts at upstream APIs."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

from routeproof.config.base_url import read_upstream
from routeproof.config.bounds import read_bounds
from routeproof.config.problems import shown_value
from routeproof.config.secrets import read_secret
from routeproof.config.server import read_file_path
from routeproof.config.settings import OnDisconnect, ProviderSettings
from routeproof.config.table import Table
from routeproof.dialects.registry import DIALECT_NAMES
from routeproof.limits import Limits
from routeproof.secret import Secret

ON_DISCONNECT: Final[tuple[OnDisconnect, ...]] = ("close", "drain")
PRICED_DIALECTS: Final = ("deepseek", "qwen")
"""Families whose price facts apply to their own dialect unless a provider says otherwise."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FAMILY: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_TIMEOUTS: Final = ("connect_timeout_s", "first_byte_timeout_s", "idle_event_timeout_s", "total_timeout_s")


def read_providers(
    table: Table, environ: Mapping[str, str], folder: Path, limits: Limits, *, keys_needed: bool = True
) -> dict[str, ProviderSettings]:
    """Every provider of `[providers]`, by name. What is refused is noted and left at a default.

    `keys_needed` as in `load_settings`.
    """
    found: dict[str, ProviderSettings] = {}
    for name, entry in table.tables():
        if _NAME.fullmatch(name) is None:
            entry.problems.add(
                entry.key,
                "is no provider's name; use up to 64 of letters, digits, '.', '_', '-', not a sign first",
            )
        api_key = read_secret(entry, "api_key", environ, folder, needed=keys_needed)
        found[name] = _read_provider(name, entry, api_key, folder, limits)
        entry.close()
    return found


def _read_provider(name: str, table: Table, api_key: Secret | None, folder: Path, limits: Limits) -> ProviderSettings:
    dialect = _read_dialect(table)
    upstream = read_upstream(table, dialect)
    return ProviderSettings(
        name=name,
        dialect=dialect,
        base_url=upstream.base_url,
        api_key=api_key,
        region=upstream.region,
        workspace=upstream.workspace,
        prices=_read_prices(table, dialect),
        allow_plain=upstream.allow_plain,
        allow_networks=upstream.allow_networks,
        ca_file=read_file_path(table, "ca_file", folder),
        map_foreign_controls=table.flag("map_foreign_controls", False),
        on_disconnect=cast(OnDisconnect, table.choice("on_disconnect", ON_DISCONNECT, "close")),
        **_read_timeouts(table, limits),
    )


def _read_dialect(table: Table) -> str:
    if table.raw("dialect") is None:
        table.problem("dialect", f"is missing; use one of {', '.join(DIALECT_NAMES)}")
    return table.choice("dialect", DIALECT_NAMES, "")


def _read_prices(table: Table, dialect: str) -> str | None:
    family = table.text("prices")
    if family is None:
        return dialect if dialect in PRICED_DIALECTS else None
    if _FAMILY.fullmatch(family) is None:
        table.problem("prices", f"{shown_value(family)} is no family's name; write one such as 'deepseek'")
        return None
    return family


def _read_timeouts(table: Table, limits: Limits) -> dict[str, float]:
    own = read_bounds(table, dict.fromkeys(_TIMEOUTS, False))
    return {name: own.get(name, getattr(limits, name)) for name in _TIMEOUTS}
