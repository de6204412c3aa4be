"""Alias facts about an imagined family, in one call."""

from routeproof.catalog.kinds import AliasFact, AliasState, Confidence, Subject


def alias(
    name: str, target: str, begins: int = 0, ends: int | None = None, *, retired: bool = False, **more: object
) -> AliasFact:
    """A name that answers as its target, or is refused, from one instant to another, both in nanoseconds."""
    return AliasFact(
        id=f"{name}>{target}@{begins}",
        effective_from_ns=begins,
        effective_until_ns=ends,
        source="https://example.com",
        checked_at_ns=0,
        confidence=Confidence.MIRROR,
        subject=Subject("acme", name),
        state=AliasState.RETIRED if retired else AliasState.ALIAS,
        target=target,
        **more,  # type: ignore[arg-type]
    )
