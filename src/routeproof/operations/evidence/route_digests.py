"""The digest of a route as configured now: what evidence about it must name to count."""

from functools import cached_property

import msgspec

from routeproof.config.settings import Settings
from routeproof.errors import OperatorError
from routeproof.evidence.route import RouteIdentity
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.proving.targets import configured_target, identity_of


class RouteDigests:
    """Of the routes of one configuration, or of none."""

    def __init__(self, settings: Settings | None) -> None:
        self._settings = settings

    def of(self, route: RouteIdentity) -> str | None:
        """The digest of the route that has this name now; None where no provider here has it. Raises FactsError.

        A key that is not at hand can't speak against evidence, so it counts as the one that was used.
        """
        if self._settings is None:
            return None
        try:
            target = configured_target(self._settings, route.name)
        except OperatorError:
            return None  # of another configuration, or of an endpoint that stands in none
        now = identity_of(target, self._desk)
        place = self._settings.key_places.get(target.provider.name)
        if target.key is None and place is not None and place.kind != "none":
            now = msgspec.structs.replace(now, key_fingerprint=route.key_fingerprint)
        return now.digest

    @cached_property
    def _desk(self) -> PriceDesk:
        return PriceDesk(self._settings)
