"""`[models.NAME]`: what clients may send, and the routes behind it."""

from collections.abc import Callable

import pytest

from routeproof.config.settings import ModelSettings, Settings, WeightedRoute
from routeproof.ids import RouteName

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]

PROVIDERS = """
[providers.p]
dialect = "openai"
api_key = "none"
[providers.q]
dialect = "openai"
api_key = "none"
"""


def with_model(lines: str, name: str = "m", server: str = "") -> str:
    """A configuration with two providers and one model."""
    return f"{server}{PROVIDERS}\n[models.{name}]\n{lines}\n"


def test_a_model_has_primaries_fallbacks_and_a_rollback(read: Read) -> None:
    """Weights, order and the rollback are kept; model ids may hold slashes and colons."""
    lines = """
        routes = [{route = "p/a", weight = 90}, {route = "q/org/a:free", weight = 10}]
        fallbacks = ["q/b", "p/b"]
        rollback = "p/a"
    """

    assert read(with_model(lines)).models == {
        "m": ModelSettings(
            name="m",
            routes=(WeightedRoute(RouteName("p/a"), 90), WeightedRoute(RouteName("q/org/a:free"), 10)),
            fallbacks=(RouteName("q/b"), RouteName("p/b")),
            rollback=RouteName("p/a"),
        )
    }


def test_routes_without_weights_share_alike(read: Read) -> None:
    """Plain strings weigh the same."""
    model = read(with_model('routes = ["p/a", "q/a"]')).models["m"]

    assert [entry.weight for entry in model.routes] == [1, 1]


@pytest.mark.parametrize(
    ("lines", "key", "why"),
    [
        ("", "routes", "names no route"),
        ("routes = []", "routes", "names no route"),
        ('routes = "p/a"', "routes", "write a list"),
        ("routes = [3]", "routes[0]", "3 is no route; write it as 'provider/model-id'"),
        ('routes = ["p"]', "routes[0]", "'p' is no route"),
        ('routes = ["p/"]', "routes[0]", "'p/' is no route"),
        ('routes = ["/a"]', "routes[0]", "'/a' is no route"),
        ('routes = ["p/a b"]', "routes[0]", "1 to 200 printable ASCII"),
        ('routes = ["p/\\u00e9"]', "routes[0]", "1 to 200 printable ASCII"),
        ('routes = ["pp/a"]', "routes[0]", "names an unknown provider; did you mean 'p'?"),
        ('routes = ["zebra/a"]', "routes[0]", "names an unknown provider; use one of p, q"),
        ('routes = ["p/a", "p/a"]', "routes", "'p/a' is named twice"),
        ('routes = ["p/a"]\nfallbacks = ["p/a"]', "fallbacks", "'p/a' is named twice"),
        ('routes = ["p/a"]\nfallbacks = ["q/a", "q/a"]', "fallbacks", "'q/a' is named twice"),
        ('routes = ["p/a"]\nfallbacks = [{route = "q/a"}]', "fallbacks[0]", "a table is no route"),
        ('routes = ["p/a"]\nfallbacks = ["x/a"]', "fallbacks[0]", "unknown provider"),
        ('routes = ["p/a"]\nrollback = "x/a"', "rollback", "unknown provider"),
        ('routes = ["p/a"]\nrollback = ["q/a"]', "rollback", "a list has the wrong type"),
        ('routes = ["p/a"]\nrollback = "p/a"', "rollback", "'p/a' is the model's only route"),
        ('routes = [{route = "p/a", weight = 0}]', "routes[0].weight", "0 is no weight"),
        ('routes = [{route = "p/a", weight = -1}]', "routes[0].weight", "-1 is no weight"),
        ('routes = [{route = "p/a", weight = 0.5}]', "routes[0].weight", "write a whole number"),
        ('routes = [{route = "p/a", weight = 1e9}]', "routes[0].weight", "write a whole number"),
        ('routes = [{route = "p/a", weight = 1000001}]', "routes[0].weight", "from 1 to 1000000"),
        ("routes = [{weight = 1}]", "routes[0].route", "is missing"),
        ('routes = [{route = "p/a", wight = 1}]', "routes[0].wight", "did you mean 'weight'?"),
        ('routes = [{route = "p/a", weight = 1}, "q/a"]', "routes", "weights to some routes only"),
        ('routes = ["p/a"]\nfallback = ["q/a"]', "fallback", "did you mean 'fallbacks'?"),
    ],
)
def test_every_mistake_is_told_once(problems_of: ProblemsOf, lines: str, key: str, why: str) -> None:
    """Key, value found, what is wrong, the remedy; and nothing else is complained about."""
    (problem,) = problems_of(with_model(lines))

    assert problem.startswith(f"models.m.{key}: ")
    assert why in problem


@pytest.mark.parametrize("name", ['""', '" a"', '"a\\nb"', '"\\u00e9"', '"' + "a" * 129 + '"'])
def test_a_model_needs_a_printable_name(problems_of: ProblemsOf, name: str) -> None:
    """Names travel in JSON, headers and tables."""
    (problem,) = problems_of(with_model('routes = ["p/a"]', name))

    assert "is no model's name" in problem


def test_a_model_may_not_look_like_a_route_that_clients_may_name(problems_of: ProblemsOf) -> None:
    """Otherwise a request could be billed on a route that it did not name."""
    name = '"p/cheap"'

    assert problems_of(with_model('routes = ["p/a"]', name)) == []
    (problem,) = problems_of(with_model('routes = ["p/a"]', name, "server.direct_routes = true\n"))
    assert "is written like a route" in problem


def test_a_provider_with_a_mistake_of_its_own_still_counts_as_known(problems_of: ProblemsOf) -> None:
    """One mistake gives one line."""
    text = '[providers.p]\ndialect = "opnai"\napi_key = "none"\n[models.m]\nroutes = ["p/a"]'

    assert [problem.partition(":")[0] for problem in problems_of(text)] == ["providers.p.dialect"]
