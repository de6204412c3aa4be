"""Writes a row of the kill matrix in one line."""

from routeproof.evidence.plan import Declared
from routeproof.prover.kill_matrix.matrix import Defect, SeededFault, Via, World
from routeproof.prover.kill_matrix.rows.routes import FLASH


def row(
    check: str,
    words: str,
    *faults: SeededFault | str,
    route: str = FLASH,
    via: Via = Via.DIRECT,
    struck: Via = Via.BOTH,
    relay: str | None = None,
    tampering: str | None = None,
    declared: dict[str, Declared] | None = None,
    limits: dict[str, int] | None = None,
    settings: dict[str, int | str] | None = None,
) -> Defect:
    """What is wrong, in words and as faults; a fault by its name alone strikes always."""
    world = World(
        route=route,
        via=via,
        faults=tuple(SeededFault(fault=one) if isinstance(one, str) else one for one in faults),
        struck=struck,
        settings=settings or {},
        declared=declared or {},
        limits=limits or {},
        relay=relay,
    )
    return Defect(check=check, words=words, world=world, tampering=tampering)
