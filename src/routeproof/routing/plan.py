"""The ordered attempts for an exchange: a share of the primary routes, then the fallbacks, without the ejected."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

R = TypeVar("R")

_GOLDEN = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: consecutive numbers spread evenly (Knuth, TAOCP 6.4)


class ModelPlan(msgspec.Struct, Generic[R], frozen=True):
    """Where a public model name leads. `weights` are those of `routes`, all positive."""

    name: str
    routes: tuple[R, ...]
    weights: tuple[int, ...]
    fallbacks: tuple[R, ...]
    rollback: str | None
    alone: bool = False
    """There is one route and nothing to choose; set by `plan_of`."""


def plan_of(
    name: str, routes: tuple[R, ...], weights: tuple[int, ...], fallbacks: tuple[R, ...], rollback: str | None
) -> ModelPlan[R]:
    """The plan of one name."""
    return ModelPlan(name, routes, weights, fallbacks, rollback, alone=len(routes) == 1 and not fallbacks)


def plan_attempts(model: ModelPlan[R], sequence: int, admits: Callable[[R], bool]) -> Sequence[R]:
    """Routes in the order to try, at least one.

    The first is chosen by weight from the exchange's sequence number: no randomness, and exact shares over any long
    run. Other primaries follow before the fallbacks. Where every route is ejected the first choice is tried anyway:
    a breaker must not turn a failing provider into a certain failure.
    """
    first = _weighted(model, sequence) if len(model.routes) > 1 else 0
    if model.alone:
        return model.routes
    ordered = (
        model.routes[first],
        *(route for index, route in enumerate(model.routes) if index != first),
        *model.fallbacks,
    )
    index = first_admitted(ordered, admits)
    return ordered[index:] + ordered[:index] if index else ordered


def first_admitted(routes: Sequence[R], admits: Callable[[R], bool]) -> int:
    """The place of the first route that admits the exchange; 0 where none does.

    `admits` may make the exchange a route's probe, so no route behind the one that is taken is asked.
    """
    for index, route in enumerate(routes):
        if admits(route):
            return index
    return 0


def _weighted(model: ModelPlan[R], sequence: int) -> int:
    total = sum(model.weights)
    point = ((sequence * _GOLDEN) & 0xFFFFFFFFFFFFFFFF) * total >> 64
    for index, weight in enumerate(model.weights):
        point -= weight
        if point < 0:
            return index
    raise AssertionError("weights are positive")
