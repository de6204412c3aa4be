"""The order of attempts: exact shares without randomness, fallbacks behind, and never an empty plan."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routeproof.ids import ExchangeIds
from routeproof.routing.plan import ModelPlan, plan_attempts, plan_of


def model(weights: dict[str, int], *fallbacks: str) -> ModelPlan[str]:
    """A plan over routes that are only names."""
    return plan_of("m", tuple(weights), tuple(weights.values()), fallbacks, None)


def everyone(_route: str) -> bool:
    """No route is ejected."""
    return True


def without(*ejected: str) -> Callable[[str], bool]:
    """Some are."""
    return lambda route: route not in ejected


def firsts(plan: ModelPlan[str], sequences: range) -> Counter[str]:
    """How often each route came first."""
    return Counter(plan_attempts(plan, sequence, everyone)[0] for sequence in sequences)


@pytest.mark.parametrize(
    "weights",
    [
        {"a": 1, "b": 1},
        {"a": 95, "b": 5},
        {"a": 1, "b": 99},
        {"a": 3, "b": 2, "c": 1},
        {"a": 999, "b": 1},
        {"a": 7, "b": 7, "c": 7},
    ],
)
@pytest.mark.parametrize("start", [0, 1, 12_345, 2**63 - 50_000])
def test_shares_are_exact_over_a_long_run(weights: dict[str, int], start: int) -> None:
    """From wherever the count starts, each route is at most a few exchanges off its share."""
    total = 20_000
    counts = firsts(model(weights), range(start, start + total))
    for route, weight in weights.items():
        assert abs(counts[route] - total * weight / sum(weights.values())) < 6


def test_shares_hold_over_short_runs_too() -> None:
    """A twentieth is about one in twenty, not a burst of twenty in four hundred."""
    plan = model({"a": 19, "b": 1})
    for start in range(0, 4_000, 40):
        assert 1 <= firsts(plan, range(start, start + 40))["b"] <= 4


@pytest.mark.parametrize("gap_ns", [0, 300_000, 1_000_000, 7_000_000, 1_000_000_000])
def test_exchange_ids_serve_as_sequence_numbers(gap_ns: int) -> None:
    """Ids hold milliseconds, a worker and a count; at any steady rate the shares come out within two per cent."""
    ids = ExchangeIds(worker=5)
    plan = model({"a": 3, "b": 1})
    drawn = [ids.next(1_790_000_000_000_000_000 + gap_ns * number) for number in range(10_000)]
    share = sum(plan_attempts(plan, exchange_id, everyone)[0] == "b" for exchange_id in drawn) / len(drawn)

    assert 0.23 <= share <= 0.27


def test_the_same_number_gives_the_same_plan() -> None:
    """There is no randomness: a plan can be recomputed."""
    plan = model({"a": 1, "b": 1, "c": 1}, "f")
    assert [plan_attempts(plan, n, everyone) for n in range(50)] == [
        plan_attempts(plan, n, everyone) for n in range(50)
    ]


def test_other_primaries_come_before_the_fallbacks() -> None:
    """First the one that was chosen, then the others as they stand, then the fallbacks in their order."""
    plan = model({"a": 1, "b": 1, "c": 1}, "f", "g")
    orders = {tuple(plan_attempts(plan, sequence, everyone)) for sequence in range(50)}

    assert orders == {("a", "b", "c", "f", "g"), ("b", "a", "c", "f", "g"), ("c", "a", "b", "f", "g")}


@pytest.mark.parametrize(
    ("ejected", "order"),
    [
        (("a",), ("f", "g", "a")),
        (("a", "f"), ("g", "a", "f")),
        (("f",), ("a", "f", "g")),
        (("a", "f", "g"), ("a", "f", "g")),
    ],
)
def test_ejected_routes_go_behind(ejected: tuple[str, ...], order: tuple[str, ...]) -> None:
    """The first that is admitted is tried first; where none is, the plan is as if all were."""
    assert tuple(plan_attempts(model({"a": 1}, "f", "g"), 1, without(*ejected))) == order


def test_a_lone_route_is_never_left_out() -> None:
    """Its breaker is not even asked: there is nothing else to do."""

    def admits(route: str) -> bool:
        raise AssertionError(f"{route} was asked")

    assert tuple(plan_attempts(model({"a": 1}), 7, admits)) == ("a",)


def test_only_routes_up_to_the_first_admitted_are_asked() -> None:
    """Asking may make an exchange a route's probe, so no route is asked that will not be tried first."""
    asked: list[str] = []

    def admits(route: str) -> bool:
        asked.append(route)
        return route == "f"

    assert plan_attempts(model({"a": 1}, "f", "g"), 1, admits)[0] == "f"
    assert asked == ["a", "f"]


@settings(deadline=None)
@given(
    weights=st.lists(st.integers(1, 1_000), min_size=1, max_size=5),
    fallbacks=st.integers(0, 3),
    sequence=st.integers(0, 2**63 - 1),
    ejected=st.sets(st.integers(0, 8)),
)
def test_a_plan_is_every_route_once(weights: list[int], fallbacks: int, sequence: int, ejected: set[int]) -> None:
    """Whatever is ejected: never empty, never a route twice, an admitted one first if there is one."""
    routes = tuple(range(len(weights)))
    behind = tuple(range(len(weights), len(weights) + fallbacks))
    plan = plan_of("m", routes, tuple(weights), behind, None)
    order = plan_attempts(plan, sequence, lambda route: route not in ejected)

    assert sorted(order) == [*routes, *behind]
    assert order[0] not in ejected or ejected >= set(order)
