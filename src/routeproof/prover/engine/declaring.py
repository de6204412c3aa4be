"""What facts and a dialect declare of a route, under the names that checks read (`declared.py`)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from routeproof.catalog.alias_life import AliasLife, NameState
from routeproof.catalog.aliases import reachable
from routeproof.catalog.kinds import AliasFact, AnyFact, ControlFact, ControlSupport, LimitFact, PriceFact, kind_of
from routeproof.clock import format_instant
from routeproof.dialects.registry import dialect_named
from routeproof.evidence.plan import Declared, FactRef

_LIMITS: Final[Mapping[str, str]] = {
    "context_tokens": "context-tokens",
    "usable_context_tokens": "usable-context-tokens",
    "output_tokens": "output-tokens",
    "tools": "tools",
    "stop_strings": "stop-strings",
    "choices": "choices",
    "cache_tokens_min": "cache-tokens-min",
    "cache_hit_tokens_min": "cache-hit-tokens-min",
}
_SUPPORT: Final[Mapping[ControlSupport, str]] = {
    ControlSupport.SUPPORTED: "effective",
    ControlSupport.REQUIRED: "effective",
    ControlSupport.IGNORED: "ignored",
    ControlSupport.REFUSED: "rejected",
}
"""A control that is deprecated may still work: nothing is declared of it."""
_FORMATS: Final = "response_format.type"
_NO_FIELDS: Final[Mapping[str, msgspec.Raw]] = {}


class Route(msgspec.Struct, frozen=True):
    """As facts speak of one."""

    family: str
    """Whose facts apply."""
    model: str
    region: str | None
    dialect: str


def facts_about(facts: Iterable[AnyFact], route: Route, at_ns: int) -> tuple[AnyFact, ...]:
    """The limits and controls in force for a route at an instant, and every fact about its model's name.

    A fact about the model itself stands for that of its whole family; one that others contradict is left out.
    """
    found = [fact for fact in facts if _is_about(fact, route, at_ns) and not fact.contradicts]
    names = reachable([fact for fact in found if isinstance(fact, AliasFact)], route.model)
    near = [fact for fact in found if not isinstance(fact, AliasFact) or fact.subject.model in names]
    own = {_topic(fact) for fact in near if _subject_model(fact) is not None}
    kept = [fact for fact in near if _subject_model(fact) is not None or _topic(fact) not in own]
    return tuple(sorted(kept, key=lambda fact: fact.id))


def declare(facts: Iterable[AnyFact], route: Route, at_ns: int) -> dict[str, Declared]:
    """What is declared of a route: limits, controls, the names that may answer, facets that it does not have.

    Only what a fact says is declared absent; of everything else the checks find out.
    """
    known = facts_about(facts, route, at_ns)
    declared: dict[str, Declared] = {"models": ",".join(_names(known, route, at_ns))}
    for fact in known:
        if isinstance(fact, LimitFact) and fact.name in _LIMITS:
            declared[_LIMITS[fact.name]] = fact.amount
        elif isinstance(fact, ControlFact):
            declared.update(_control(fact))
    declared.update(_retirement(known, route, at_ns))
    declared["thinking-default"] = dialect_named(route.dialect).thinking(_NO_FIELDS, route.model)
    declared.update(_absent(declared))
    return declared


def references(facts: Iterable[AnyFact]) -> tuple[FactRef, ...]:
    """Facts as a plan names them: where they come from and how long they hold."""
    return tuple(_reference(fact) for fact in {fact.id: fact for fact in facts}.values())


def _reference(fact: AnyFact) -> FactRef:
    until_ns = fact.effective_until_ns
    return FactRef(
        id=fact.id,
        kind=kind_of(fact),
        source=fact.source,
        checked=format_instant(fact.checked_at_ns),
        effective_until=None if until_ns is None else format_instant(until_ns),
        currency=fact.currency if isinstance(fact, PriceFact) else None,
        unit=fact.unit if isinstance(fact, LimitFact) else None,
    )


def _is_about(fact: AnyFact, route: Route, at_ns: int) -> bool:
    if not isinstance(fact, LimitFact | ControlFact | AliasFact):
        return False
    if fact.subject.family != route.family or not fact.subject.covers(route.region):
        return False
    if isinstance(fact, AliasFact):
        return True
    return fact.subject.model in (None, route.model) and fact.in_force(at_ns)


def _subject_model(fact: AnyFact) -> str | None:
    return fact.subject.model if isinstance(fact, LimitFact | ControlFact | AliasFact) else None


def _topic(fact: AnyFact) -> tuple[str, str, str | None]:
    """What two facts of one topic say differently."""
    if isinstance(fact, ControlFact):
        return ("control", fact.control, fact.when)
    return (kind_of(fact), fact.name if isinstance(fact, LimitFact) else fact.id, None)


def _names(facts: Iterable[AnyFact], route: Route, at_ns: int) -> Iterator[str]:
    """The id that is asked for, and what it stands for."""
    yield route.model
    span = AliasLife([fact for fact in facts if isinstance(fact, AliasFact)], route.model).at(at_ns)
    if span.state is NameState.ALIAS and span.stands_for is not None:
        yield span.stands_for


def _retirement(facts: Iterable[AnyFact], route: Route, at_ns: int) -> Iterator[tuple[str, Declared]]:
    """Since when the name is refused, or else from when on it will be, where a fact says so."""
    life = AliasLife([fact for fact in facts if isinstance(fact, AliasFact)], route.model)
    retires_ns = life.at(at_ns).retired_ns or life.next_retirement_ns(at_ns)
    if retires_ns is not None:
        yield "alias_retires", format_instant(retires_ns)


def _control(fact: ControlFact) -> Iterator[tuple[str, Declared]]:
    name = f"control.{fact.control}" if fact.when is None else f"control.{fact.control}.when.{fact.when}"
    support = _SUPPORT.get(fact.support)
    if support is not None:
        yield name, support
    if fact.values:
        yield f"{name}.values", ",".join(fact.values)
    if fact.maps:
        yield f"{name}.maps", ",".join(f"{given}={taken}" for given, taken in fact.maps)
    if fact.default is not None:
        yield f"{name}.default", fact.default
    if fact.bounds is not None:
        yield f"{name}.bounds", fact.bounds
    if fact.status is not None:
        yield f"{name}.status", fact.status


def _absent(declared: Mapping[str, Declared]) -> Iterator[tuple[str, Declared]]:
    formats = declared.get(f"control.{_FORMATS}.values")
    if isinstance(formats, str):
        listed = formats.split(",")
        if "json_object" not in listed:
            yield "facet.json", False
        if "json_schema" not in listed:
            yield "facet.json-schema", False
    if declared.get("control.tools") == "rejected":
        yield "facet.tools", False
