"""Routes as price lists know them: named as in the configuration, or by family, region and model without one."""

from typing import Final

import msgspec

from routeproof.catalog.kinds import Facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.catalog.staleness import StalenessPolicies
from routeproof.config.facts_files import load_facts
from routeproof.config.problems import did_you_mean
from routeproof.config.settings import Settings
from routeproof.dialects.registry import DIALECT_NAMES
from routeproof.errors import OperatorError
from routeproof.ids import is_model_id, split_route

_SHAPES: Final = "write it as 'provider/model-id', or 'family@region/model-id' without a configuration"


class PricedRoute(msgspec.Struct, frozen=True):
    """Whose prices apply to a route."""

    name: str
    """As it was asked for."""
    family: str | None
    """None: the provider has no price list."""
    model: str
    region: str | None
    scope: str | None
    """The deployment scope; None where nobody says which one."""
    dialect: str


class PriceDesk:
    """Finds routes and their price sheets, in one configuration or in none."""

    def __init__(self, settings: Settings | None) -> None:
        """Reads the facts files. Raises FactsError."""
        self._settings = settings
        self.facts: Facts = load_facts(() if settings is None else settings.server.facts)
        self.policies = StalenessPolicies() if settings is None else settings.staleness
        self._book = PriceBook.compile(self.facts, self.policies)

    def route(self, text: str) -> PricedRoute:
        """`provider/model-id` of the configuration, or `family@region[:scope]/model-id`. Raises OperatorError."""
        try:
            owner, model = split_route(text)
        except ValueError as error:
            raise OperatorError(self._no_route(text)) from error
        if not is_model_id(model):
            raise OperatorError(f"{text!r} has a model id that is not 1 to 200 printable ASCII characters; correct it")
        family, at, place = owner.partition("@")
        return self._by_family(text, family, place, model) if at else self._configured(text, owner, model)

    def sheet(self, route: PricedRoute, currency: str | None = None) -> PriceSheet | None:
        """The route's prices; None where no fact states one."""
        if route.family is None:
            return None
        return self._book.sheet(route.family, route.model, route.region, scope=route.scope, currency=currency)

    def _configured(self, text: str, provider: str, model: str) -> PricedRoute:
        providers = {} if self._settings is None else self._settings.providers
        found = providers.get(provider)
        if found is None:
            remedy = f"{did_you_mean(provider, providers)}, or ask by family: 'family@region/model-id'"
            raise OperatorError(f"{text!r} names an unknown provider; {remedy}")
        return PricedRoute(text, found.prices, model, found.region, None, found.dialect)

    def _by_family(self, text: str, family: str, place: str, model: str) -> PricedRoute:
        families = sorted({fact.subject.family for fact in self.facts.prices})
        if family not in families:
            raise OperatorError(f"{text!r}: there are no price facts for {family!r}; {did_you_mean(family, families)}")
        region, _, scope = place.partition(":")
        dialect = family if family in DIALECT_NAMES else "openai"
        return PricedRoute(text, family, model, region or None, scope or None, dialect)

    def _no_route(self, text: str) -> str:
        model = None if self._settings is None else self._settings.models.get(text)
        if model is None:
            return f"{text!r} is not a route; {_SHAPES}"
        names = (*(entry.route for entry in model.routes), *model.fallbacks)
        return f"{text!r} is a model, not a route; name one of its routes: {', '.join(names)}"
