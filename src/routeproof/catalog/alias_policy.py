"""What the gateway does with a model name at an instant: what the facts say, and what the operator declares.

    policy   before                        from the turn on
    follow   warned of in time             refused for as long as the facts say that the name is retired
    refuse   warned of in time             refused for good, also where the name answers again
    map      warned of in time             the declared model is asked instead, for good
    ignore   passed                        passed: what becomes of it is the provider's word

The turn is the first retirement that a fact names, or the operator's own instant where that comes earlier. Every edge
belongs to what begins there: one nanosecond before a retirement a name is sent, at that very instant it is not.
"""

from enum import StrEnum
from typing import Final

import msgspec

from routeproof.catalog.alias_life import AliasLife, NameLives, NameState
from routeproof.clock import NS_PER_S

NO_CHANGE_NS: Final = 2**62 - 1
"""Later than every instant (the year 2116), and still a machine integer of the compiled hot path."""

WARN_DAYS_DEFAULT: Final = 30
_NS_PER_DAY: Final = 86_400 * NS_PER_S


class AliasPolicy(StrEnum):
    """What the operator wants done with a name."""

    FOLLOW = "follow"
    REFUSE = "refuse"
    MAP = "map"
    IGNORE = "ignore"


class AliasRule(msgspec.Struct, frozen=True, rename={"from_ns": "from"}):
    """What the operator declares about one name; the defaults hold for a name without a rule."""

    policy: AliasPolicy = AliasPolicy.FOLLOW
    to: str | None = None
    """The model to send instead, with `map`; None: the successor that the facts name."""
    from_ns: int | None = None
    """The operator's own turn, with `refuse` and `map`; a retirement that comes earlier counts all the same."""
    warn_days: int = WARN_DAYS_DEFAULT
    """How long before a turn clients are warned; 0 warns nobody."""


class Act(StrEnum):
    """What is done with an attempt on the name."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    REFUSE = "refuse"
    MAP = "map"


class Decision(msgspec.Struct, frozen=True):
    """What to do, and the half-open window in which that is so."""

    act: Act
    from_ns: int
    until_ns: int
    turn_ns: int | None = None
    """When the name is retired: to come where it is warned of, past where it is refused or mapped."""
    successor: str | None = None
    """What to use instead; the model that is sent where the name is mapped."""


def decide(names: NameLives, name: str, rule: AliasRule, wall_ns: int) -> Decision:
    """What to do with a name at an instant. Pure: the same until the decision's window ends."""
    life = names.life(name)
    edges = _edges(names, life, rule)
    from_ns = max((edge for edge in edges if edge <= wall_ns), default=0)
    until_ns = min((edge for edge in edges if edge > wall_ns), default=NO_CHANGE_NS)
    act, turn_ns = _act(life, rule, wall_ns)
    if act is Act.PASS:
        return Decision(act, from_ns, until_ns)
    successor = _successor(life, rule, wall_ns if turn_ns is None else max(wall_ns, turn_ns))
    if act is Act.MAP and (successor is None or names.life(successor).at(wall_ns).state is NameState.RETIRED):
        act = Act.REFUSE  # there is nothing that could answer instead
    return Decision(act, from_ns, until_ns, turn_ns, successor)


def turn_of(life: AliasLife, rule: AliasRule) -> int | None:
    """When a `refuse` or `map` rule takes effect; None where neither facts nor operator name an instant."""
    return min((*life.retirements_ns[:1], *(() if rule.from_ns is None else (rule.from_ns,))), default=None)


def _act(life: AliasLife, rule: AliasRule, wall_ns: int) -> tuple[Act, int | None]:
    """What is done, and the turn that it is done for."""
    if rule.policy is AliasPolicy.IGNORE:
        return Act.PASS, None
    if rule.policy is AliasPolicy.FOLLOW:
        since_ns = life.at(wall_ns).retired_ns
        coming_ns = life.next_retirement_ns(wall_ns)
        done = Act.REFUSE
    else:
        turn_ns = turn_of(life, rule)
        since_ns, coming_ns = (turn_ns, None) if turn_ns is not None and turn_ns <= wall_ns else (None, turn_ns)
        done = Act.MAP if rule.policy is AliasPolicy.MAP else Act.REFUSE
    if since_ns is not None:
        return done, since_ns
    if coming_ns is not None and wall_ns >= coming_ns - rule.warn_days * _NS_PER_DAY:
        return Act.WARN, coming_ns
    return Act.PASS, None


def _successor(life: AliasLife, rule: AliasRule, wall_ns: int) -> str | None:
    """The declared target, else what the facts name at the instant, else what the next retirement will name."""
    if rule.to is not None:
        return rule.to
    named = life.at(wall_ns).successor
    coming_ns = life.next_retirement_ns(wall_ns)
    if named is None and coming_ns is not None:
        named = life.at(coming_ns).successor
    return named


def _edges(names: NameLives, life: AliasLife, rule: AliasRule) -> set[int]:
    """Every instant at which the decision may change."""
    if rule.policy is AliasPolicy.IGNORE:
        return set()
    others = {span.successor for span in life.spans} | {rule.to}
    lives = [life, *(names.life(other) for other in others if other is not None)]
    edges = {span.from_ns for each in lives for span in each.spans if span.from_ns is not None}
    turn_ns = None if rule.policy is AliasPolicy.FOLLOW else turn_of(life, rule)
    turns = life.retirements_ns if turn_ns is None else (*life.retirements_ns, turn_ns)
    edges.update(turns)
    edges.update(turn - rule.warn_days * _NS_PER_DAY for turn in turns)
    return edges
