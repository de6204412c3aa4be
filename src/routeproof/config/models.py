"""`[models.NAME]`: reads what clients may send as `model`, and the routes behind it."""

import re
from collections.abc import Collection
from typing import Final

from routeproof.config.problems import did_you_mean, shown_value
from routeproof.config.settings import ModelSettings, WeightedRoute
from routeproof.config.table import Table
from routeproof.ids import RouteName, is_model_id, split_route

WEIGHT_MAX: Final = 1_000_000

_SHAPE: Final = "write it as 'provider/model-id'"
_MODEL_NAME: Final = re.compile(r"[!-~](?:[ -~]{0,126}[!-~])?")


def read_models(table: Table, providers: Collection[str], *, direct_routes: bool) -> dict[str, ModelSettings]:
    """Every model, by name. `providers` are the names that routes may use."""
    found: dict[str, ModelSettings] = {}
    for name, entry in table.tables():
        _check_name(name, entry, providers, direct_routes=direct_routes)
        reader = _RouteReader(entry, providers)
        model = ModelSettings(
            name=name,
            routes=reader.primaries(),
            fallbacks=reader.fallbacks(),
            rollback=reader.rollback(),
        )
        _check_rollback(entry, model)
        found[name] = model
        entry.close()
    return found


def _check_name(name: str, table: Table, providers: Collection[str], *, direct_routes: bool) -> None:
    if _MODEL_NAME.fullmatch(name) is None:
        table.problems.add(table.key, "is no model's name; use up to 128 printable ASCII characters")
    if direct_routes and "/" in name and name.partition("/")[0] in providers:
        table.problems.add(
            table.key,
            "is written like a route while `server.direct_routes` is true; choose another name",
        )


def _check_rollback(table: Table, model: ModelSettings) -> None:
    if model.rollback is not None and [entry.route for entry in model.routes] == [model.rollback]:
        table.problem(
            "rollback", f"{shown_value(model.rollback)} is the model's only route; name another, or remove it"
        )


class _RouteReader:
    """Reads one model's routes and sees to it that none is named twice."""

    def __init__(self, table: Table, providers: Collection[str]) -> None:
        self._table = table
        self._providers = providers
        self._seen: set[RouteName] = set()

    def primaries(self) -> tuple[WeightedRoute, ...]:
        """`routes`: strings, or tables with a weight each."""
        items = self._table.items("routes")
        if self._table.raw("routes") in (None, []):
            self._table.problem("routes", "names no route; write it as ['provider/model-id']")
        weighted = [isinstance(item, dict) and "weight" in item for item in items]
        if any(weighted) and not all(weighted):
            self._table.problem("routes", "gives weights to some routes only; give each one a weight, or none")
        read = [self._primary(index, item) for index, item in enumerate(items)]
        return tuple(entry for entry in read if entry is not None)

    def fallbacks(self) -> tuple[RouteName, ...]:
        """`fallbacks`: strings only, for they are tried in order."""
        read = [self._route("fallbacks", index, item) for index, item in enumerate(self._table.items("fallbacks"))]
        return tuple(route for route in read if route is not None and self._is_new("fallbacks", route))

    def rollback(self) -> RouteName | None:
        """`rollback`: one route; it may be one of the others."""
        text = self._table.text("rollback")
        return None if text is None else self._route("rollback", None, text)

    def _primary(self, index: int, item: object) -> WeightedRoute | None:
        weight = 1
        if isinstance(item, dict):
            weight, item = self._weighted(index, item)
            if item is None:
                return None
        route = self._route("routes", index, item)
        return WeightedRoute(route, weight) if route is not None and self._is_new("routes", route) else None

    def _weighted(self, index: int, item: dict[str, object]) -> tuple[int, str | None]:
        entry = Table(item, f"{self._table.key}.routes[{index}]", self._table.problems)
        route, weight = entry.text("route"), entry.number("weight", whole=True)
        if "route" not in entry:
            entry.problem("route", f"is missing; {_SHAPE}")
        if weight is not None and not 0 < weight <= WEIGHT_MAX:
            entry.problem("weight", f"{shown_value(weight)} is no weight; use a whole number from 1 to {WEIGHT_MAX}")
            weight = None
        entry.close()
        return (1 if weight is None else int(weight)), route

    def _route(self, name: str, index: int | None, item: object) -> RouteName | None:
        if isinstance(item, str):
            problem = self._what_is_wrong(item)
            if problem is None:
                return RouteName(item)
        else:
            problem = f"{shown_value(item)} is no route; {_SHAPE}"
        if index is None:
            self._table.problem(name, problem)
        else:
            self._table.item_problem(name, index, problem)
        return None

    def _what_is_wrong(self, text: str) -> str | None:
        try:
            provider, model_id = split_route(text)
        except ValueError:
            return f"{shown_value(text)} is no route; {_SHAPE}"
        if not is_model_id(model_id):
            return f"{shown_value(text)} has a model id that is not 1 to 200 printable ASCII characters"
        if provider not in self._providers:
            return f"{shown_value(text)} names an unknown provider; {_remedy(provider, self._providers)}"
        return None

    def _is_new(self, name: str, route: RouteName) -> bool:
        if route in self._seen:
            self._table.problem(name, f"{shown_value(route)} is named twice in this model; remove one")
            return False
        self._seen.add(route)
        return True


def _remedy(provider: str, providers: Collection[str]) -> str:
    if not providers:
        return "add it under [providers]"
    return did_you_mean(provider, providers)
