"""The immutable view that exchanges read: models, routes and keys. Replaced whole by one assignment."""

from typing import Protocol

from routeproof.access.keys import KeyRing
from routeproof.errors import UnknownModel
from routeproof.gateway.routes import Route
from routeproof.routing.plan import ModelPlan, plan_of


class Routes(Protocol):
    """Routes by name."""

    def named(self, name: str) -> Route | None:
        """The route of this name, None where there is none."""
        ...


class Snapshot:
    """What the data plane knows at one instant. Never changed once made."""

    __slots__ = ("direct_routes", "keys", "models", "routes")

    def __init__(
        self, models: dict[str, ModelPlan[Route]], routes: Routes, keys: KeyRing, *, direct_routes: bool
    ) -> None:
        self.models = models
        self.routes = routes
        self.keys = keys
        self.direct_routes = direct_routes
        """Clients may name a route as the model."""

    def with_keys(self, keys: KeyRing) -> "Snapshot":
        """The same but for the keys."""
        return Snapshot(self.models, self.routes, keys, direct_routes=self.direct_routes)

    def plan_for(self, model: str) -> ModelPlan[Route]:
        """Where a name leads. Raises UnknownModel."""
        plan = self.models.get(model)
        if plan is not None:
            return plan
        if self.direct_routes:
            route = self.routes.named(model)
            if route is not None:
                return plan_of(model, (route,), (1,), (), None)
        raise UnknownModel(
            f"The model {model[:128]!r} is not offered here; GET /v1/models lists those that are.",
            param="model",
        )

    def names(self) -> list[str]:
        """Every name of the configuration that a client may send as `model`; not what other clients came up with."""
        names = dict.fromkeys(self.models)
        if self.direct_routes:
            for plan in self.models.values():
                names.update(dict.fromkeys(route.name for route in (*plan.routes, *plan.fallbacks)))
        return list(names)
