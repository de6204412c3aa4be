"""What a dialect legitimately does differently from OpenAI: findings that are allowed, each with its source.

The oracles judge by OpenAI's documents alone. An overlay takes single findings back, by code and place; it can't
switch a rule off.
"""

from typing import Final

import msgspec

from routeproof.evidence.canonical import digest_of
from routeproof.prover.oracle.overlay_entries import ENTRIES, INHERITED, Entry


class Overlay(msgspec.Struct, frozen=True):
    """The allowances of one dialect."""

    dialect: str
    entries: tuple[Entry, ...]
    allowed: frozenset[tuple[str, str]]
    """Code and place of each entry."""

    def allows(self, code: str, where: str = "") -> bool:
        """Whether this finding is none for this dialect."""
        return (code, where) in self.allowed


def _overlay(dialect: str) -> Overlay:
    own = ENTRIES[dialect]
    inherited = [entry for parent in INHERITED.get(dialect, ()) for entry in ENTRIES[parent]]
    entries = tuple({(entry.code, entry.where): entry for entry in (*inherited, *own)}.values())
    return Overlay(dialect, entries, frozenset((entry.code, entry.where) for entry in entries))


def overlay_digest(dialect: str) -> str:
    """SHA-256 of a dialect's overlay, part of a route's digest. Raises ValueError that lists the names there are."""
    overlay = overlay_named(dialect)
    return digest_of([[entry.code, entry.where, entry.why, entry.source] for entry in overlay.entries])


_OVERLAYS: Final = {dialect: _overlay(dialect) for dialect in ENTRIES}
STRICT: Final = _OVERLAYS["openai"]
"""OpenAI's own documents, and nothing else."""


def overlay_named(dialect: str) -> Overlay:
    """The overlay of a dialect. Raises ValueError that lists the names there are."""
    overlay = _OVERLAYS.get(dialect)
    if overlay is None:
        raise ValueError(f"no dialect is called {dialect!r}: use one of {', '.join(_OVERLAYS)}")
    return overlay
