"""Where a route is named, and whether requests can still get to it."""

from collections.abc import Iterator

from routeproof.config.settings import Settings
from routeproof.operations.facts.routes import configured_routes
from routeproof.operations.lint.finding import model_key
from routeproof.operations.lint.scene import LintScene


def places_of_route(settings: Settings, route: str | None) -> Iterator[str]:
    """Every dotted key that names a route."""
    for model in settings.models.values():
        if any(entry.route == route for entry in model.routes):
            yield model_key(model.name, "routes")
        if route in model.fallbacks:
            yield model_key(model.name, "fallbacks")
        if route is not None and route == model.rollback:
            yield model_key(model.name, "rollback")


def can_be_reached(scene: LintScene, route: str) -> bool:
    """Whether a model, a client or a mapped name may lead to a route; others are history of the ledger."""
    provider = route.partition("/")[0]
    if provider not in scene.settings.providers:
        return False
    targets = {f"{(row.route or '').partition('/')[0]}/{row.sends}" for row in scene.aliases if row.sends is not None}
    return scene.settings.server.direct_routes or route in configured_routes(scene.settings) or route in targets
