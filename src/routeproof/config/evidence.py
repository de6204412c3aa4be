"""`[evidence]`: reads who signs evidence, whose is believed, what is kept of it, and for how long it counts."""

import re
from pathlib import Path
from typing import Final

from routeproof.config.problems import shown_value
from routeproof.config.settings import EvidenceSettings, SignerPlace
from routeproof.config.table import Table

KEY_ID: Final = re.compile(r"[0-9a-f]{64}")
"""As `routeproof signer show` writes it."""

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_FORMS: Final = "write 'file:PATH' or 'env:NAME', or leave it out and run `routeproof signer init`"


def read_evidence(table: Table, folder: Path) -> EvidenceSettings:
    """The settings of `[evidence]`; a relative path starts at the configuration's own folder."""
    defaults = EvidenceSettings()
    settings = EvidenceSettings(
        signer=_read_signer(table, folder),
        trusted=_read_trusted(table),
        keep_bodies=table.flag("keep_bodies", defaults.keep_bodies),
        expires_after_days=_read_days(table, "expires_after_days", defaults.expires_after_days),
        expires_after_days_mutable_alias=_read_days(
            table, "expires_after_days_mutable_alias", defaults.expires_after_days_mutable_alias
        ),
    )
    table.close()
    return settings


def _read_signer(table: Table, folder: Path) -> SignerPlace | None:
    value = table.raw("signer")
    if value is None:
        return None
    kind, _, place = value.partition(":") if isinstance(value, str) else ("", "", "")
    if kind == "file" and place and place.isprintable():
        return SignerPlace("file", str(folder / place))
    if kind == "env" and _VARIABLE.fullmatch(place) is not None:
        return SignerPlace("env", place)
    table.problem("signer", f"a key may not be written here (its value is not shown); {_FORMS}")
    return None


def _read_trusted(table: Table) -> tuple[str, ...]:
    ids: list[str] = []
    for index, text in enumerate(table.texts("trusted")):
        if KEY_ID.fullmatch(text) is None:
            problem = "is no key id; write the 64 hexadecimal digits that `routeproof signer show` prints"
            table.item_problem("trusted", index, f"{shown_value(text)} {problem}")
        ids.append(text)
    return tuple(ids)


def _read_days(table: Table, name: str, longest: int) -> int:
    days = table.number(name, whole=True)
    if days is None:
        return longest
    if not 1 <= days <= longest:
        table.problem(name, f"{shown_value(days)} is not 1 to {longest}; evidence can be made to end sooner, not later")
        return longest
    return int(days)
