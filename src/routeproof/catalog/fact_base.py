"""What every fact carries, whatever its kind: what it is about, who says so, and when it holds."""

from enum import StrEnum

import msgspec


class Confidence(StrEnum):
    """How a fact is known, best first."""

    PROVIDER_PAGE = "provider page"
    MIRROR = "mirror"
    """Somebody's copy of the provider's page."""
    THIRD_PARTY = "third party"
    INFERRED = "inferred"


class Subject(msgspec.Struct, frozen=True):
    """What a fact is about."""

    family: str
    """The provider family; the same word as the dialect."""
    model: str | None = None
    """None: every model of the family that has no fact of its own."""
    regions: tuple[str, ...] = ()
    """Empty: every region."""
    scope: str | None = None
    """The deployment scope, where a provider sells several in one region."""

    def covers(self, region: str | None) -> bool:
        """Whether the fact speaks of this region."""
        return not self.regions or region in self.regions

    def meets(self, other: "Subject") -> bool:
        """Whether both speak of one region at least."""
        return not self.regions or not other.regions or bool(set(self.regions) & set(other.regions))


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every fact carries. Instants are nanoseconds since the epoch; windows are half-open."""

    id: str
    effective_from_ns: int
    effective_until_ns: int | None = None
    """None: no end is known."""
    source: str
    """The address where it was read."""
    checked_at_ns: int
    confidence: Confidence
    note: str = ""
    contradicts: tuple[str, ...] = ()
    """The ids of facts that say otherwise and are the ones to go by: this one is kept, shown, and never used."""
    origin: str = ""
    """The file it came from; no part of the claim, so no part of a digest."""
    key_lines: tuple[tuple[str, int], ...] = ()
    """The line of each of its keys in that file, its header's under the empty key; no part of a digest either."""

    def in_force(self, wall_ns: int) -> bool:
        """Whether the fact holds at this instant."""
        return self.effective_from_ns <= wall_ns and (
            self.effective_until_ns is None or wall_ns < self.effective_until_ns
        )

    def place(self, key: str) -> str:
        """The file and, where it is known, the line of one of its keys, for errors."""
        lines = dict(self.key_lines)
        line = lines.get(key.partition(".")[0], lines.get(""))
        return self.origin if line is None else f"{self.origin}:{line}"
