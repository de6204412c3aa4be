"""The life of a model name: what it stands for, since when and until when, and what follows it."""

from bisect import bisect_right
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from routeproof.catalog.aliases import follow, reachable
from routeproof.catalog.kinds import AliasFact


class NameState(StrEnum):
    """What a model name is at an instant, as far as facts say."""

    MODEL = "model"
    """It stands for itself: no alias fact is in force."""
    ALIAS = "alias"
    """Another model answers."""
    RETIRED = "retired"
    """It is refused, or stands for a name that is."""


class LifeSpan(msgspec.Struct, frozen=True):
    """A half-open stretch of a name's life in which nothing changes. Instants are nanoseconds since the epoch."""

    from_ns: int | None
    """None: before every fact."""
    until_ns: int | None
    """None: no later change is known."""
    state: NameState
    stands_for: str | None
    """The model that answers; None where the name is refused."""
    successor: str | None
    """What the last retirement so far names, followed through its own aliases; None before the first."""
    retired_ns: int | None
    """Since when the name is refused, without a break; None where it answers."""
    fact_ids: tuple[str, ...]
    """The facts that say so."""


class AliasLife:
    """One name's whole life by one set of alias facts, which must be of one family and of one region."""

    def __init__(self, aliases: Sequence[AliasFact], name: str) -> None:
        self.name = name
        own = sorted((fact for fact in aliases if fact.subject.model == name), key=lambda fact: fact.effective_from_ns)
        self.known = bool(own)
        """Some fact is about this name."""
        self.thinking = next((fact.thinking for fact in reversed(own) if fact.thinking is not None), None)
        """Whether the name implies thinking, by the last fact that says; None where none does."""
        self.spans = _spans(aliases, name)
        """In order and without a gap."""
        self._starts = [span.from_ns for span in self.spans if span.from_ns is not None]
        self.retirements_ns = tuple(sorted({span.retired_ns for span in self.spans if span.retired_ns is not None}))
        """When the name begins to be refused; more than once where it came back in between."""

    def at(self, wall_ns: int) -> LifeSpan:
        """The span that an instant is in."""
        return self.spans[bisect_right(self._starts, wall_ns)]

    def next_retirement_ns(self, wall_ns: int) -> int | None:
        """The first retirement after an instant; None where no fact names one."""
        return next((retired_ns for retired_ns in self.retirements_ns if retired_ns > wall_ns), None)


class NameLives:
    """The lives of the names of one family in one region, each worked out once."""

    def __init__(self, aliases: Sequence[AliasFact]) -> None:
        self.family = aliases[0].subject.family if aliases else None
        """None where there are no facts."""
        self._aliases = aliases
        self._lives: dict[str, AliasLife] = {}

    def life(self, name: str) -> AliasLife:
        """A name's life; that of a name without facts is one span in which it stands for itself."""
        life = self._lives.get(name)
        if life is None:
            life = self._lives[name] = AliasLife(self._aliases, name)
        return life

    def names(self) -> list[str]:
        """Every name that some fact is about, sorted."""
        return sorted({fact.subject.model for fact in self._aliases if fact.subject.model is not None})


def _spans(aliases: Sequence[AliasFact], name: str) -> tuple[LifeSpan, ...]:
    models = reachable(aliases, name)
    near = [fact for fact in aliases if fact.subject.model in models]
    edges = {fact.effective_from_ns for fact in near}
    edges |= {fact.effective_until_ns for fact in near if fact.effective_until_ns is not None}
    spans = [LifeSpan(None, None, NameState.MODEL, name, None, None, ())]
    named: str | None = None
    for edge_ns in sorted(edges):
        stands_for, steps = follow(near, name, edge_ns)
        if stands_for is None:
            named = steps[-1].target
        span = LifeSpan(
            edge_ns,
            None,
            _state(name, stands_for),
            stands_for,
            None if named is None else follow(near, named, edge_ns)[0] or named,
            _retired_since(spans[-1], stands_for, edge_ns),
            tuple(fact.id for fact in steps),
        )
        _add(spans, span)
    return tuple(spans)


def _state(name: str, stands_for: str | None) -> NameState:
    if stands_for is None:
        return NameState.RETIRED
    return NameState.MODEL if stands_for == name else NameState.ALIAS


def _retired_since(before: LifeSpan, stands_for: str | None, edge_ns: int) -> int | None:
    if stands_for is not None:
        return None
    return edge_ns if before.retired_ns is None else before.retired_ns


def _add(spans: list[LifeSpan], span: LifeSpan) -> None:
    """Put a span at the end, or lengthen the last one where nothing has changed but the facts that say so."""
    last = spans[-1]
    if (last.state, last.stands_for, last.successor) == (span.state, span.stands_for, span.successor):
        more = tuple(fact_id for fact_id in span.fact_ids if fact_id not in last.fact_ids)
        spans[-1] = msgspec.structs.replace(last, fact_ids=last.fact_ids + more)
    else:
        spans[-1] = msgspec.structs.replace(last, until_ns=span.from_ns)
        spans.append(span)
