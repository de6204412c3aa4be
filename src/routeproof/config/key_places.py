"""Where each provider's key is kept: what can be said of a key without having it."""

from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

KeyKind = Literal["env", "file", "none"]
_KINDS: Final = get_args(KeyKind)


class KeyPlace(msgspec.Struct, frozen=True):
    """What a provider's `api_key` refers to. Two of equal places have the same key."""

    kind: KeyKind
    place: str = ""
    """The variable's name, or the file's absolute path."""


def key_places(providers: object, folder: Path) -> dict[str, KeyPlace]:
    """The place of each provider's key, by the provider's name; relative paths start at the folder.

    `providers` is the table `[providers]` as TOML gave it, found to be right. Nothing is looked up.
    """
    found: dict[str, KeyPlace] = {}
    tables = providers if isinstance(providers, dict) else {}
    for name, entry in tables.items():
        reference = entry.get("api_key") if isinstance(entry, dict) else None
        kind, _, place = reference.partition(":") if isinstance(reference, str) else ("", "", "")
        if kind in _KINDS:
            where = str((folder / place).resolve()) if kind == "file" else place
            found[name] = msgspec.convert({"kind": kind, "place": where}, KeyPlace)
    return found
