"""Model names that stand for other models, at an instant."""

from collections.abc import Iterable, Sequence

from routeproof.catalog.kinds import AliasFact, AliasState
from routeproof.clock import format_instant


def follow(aliases: Sequence[AliasFact], name: str, wall_ns: int) -> tuple[str | None, tuple[AliasFact, ...]]:
    """The model that a name stands for, and the facts that say so; None where the name is retired.

    A name without an alias in force stands for itself, aliases that go in a circle for nothing.
    """
    steps: list[AliasFact] = []
    while True:
        step = next((fact for fact in aliases if fact.subject.model == name and fact.in_force(wall_ns)), None)
        if step is None:
            return name, tuple(steps)
        if step in steps:
            return None, tuple(steps)
        steps.append(step)
        if step.state is AliasState.RETIRED:
            return None, tuple(steps)
        name = step.target


def reachable(aliases: Iterable[AliasFact], name: str) -> frozenset[str]:
    """Every model that a name may stand for at one time or another, itself included."""
    targets: dict[str | None, set[str]] = {}
    for fact in aliases:
        targets.setdefault(fact.subject.model, set()).add(fact.target)
    found: set[str] = set()
    open_names = {name}
    while open_names:
        found |= open_names
        open_names = {target for known in open_names for target in targets.get(known, ())} - found
    return frozenset(found)


def loops(aliases: Sequence[AliasFact]) -> list[str]:
    """One problem for each alias that leads back to itself while it is in force."""
    begins = sorted({fact.effective_from_ns for fact in aliases})
    problems: list[str] = []
    for fact in aliases:
        for instant_ns in begins:
            if not fact.in_force(instant_ns):
                continue
            if _comes_back([other for other in aliases if _together(fact, other)], fact, instant_ns):
                problems.append(
                    f"{fact.place('value')}: fact '{fact.id}': value.target: leads back to '{fact.subject.model}' at "
                    f"{format_instant(instant_ns)}; point one of the aliases at the model that answers"
                )
                break
    return problems


def _comes_back(aliases: Sequence[AliasFact], start: AliasFact, wall_ns: int) -> bool:
    model, steps = follow(aliases, start.target, wall_ns)
    return model is None and start.state is AliasState.ALIAS and start in steps


def _together(first: AliasFact, second: AliasFact) -> bool:
    return first.subject.family == second.subject.family and first.subject.meets(second.subject)
