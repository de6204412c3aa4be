"""Where traffic goes when a route fails: to another one that can fail for another reason, or not."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from routeproof.catalog.amounts import percent
from routeproof.config.lint_codes import LintCode
from routeproof.config.settings import ModelSettings, Settings
from routeproof.ids import RouteName, split_route
from routeproof.operations.lint.finding import Found, model_key
from routeproof.operations.lint.hosts import origin_of
from routeproof.operations.lint.regions import same_key
from routeproof.operations.lint.scene import LintScene

STARVED_SHARE: Final = Fraction(1, 1000)
"""A primary route with a smaller share of its model's requests shows nothing for days."""


def fallbacks_that_fail_together(scene: LintScene) -> Iterator[Found]:
    """Models whose other routes all fail with a primary one."""
    for model in scene.settings.models.values():
        for failing in _primaries(model):
            others = [route for route in (*_primaries(model), *model.fallbacks) if route != failing]
            shared = [_shared(scene.settings, failing, other) for other in others]
            if others and None not in shared:
                what = ", ".join(f"{other} ({how})" for other, how in zip(others, shared, strict=True))
                detail = f"all that follows {failing} in '{model.name}' shares with it: {what}"
                yield Found(LintCode.FALLBACK_SHARED, detail, (_others_key(model),))
                break


def fallbacks_out_of_reach(scene: LintScene) -> Iterator[Found]:
    """Routes that come after the last attempt."""
    tries = scene.settings.limits.retries_max
    for model in scene.settings.models.values():
        beyond = (*_primaries(model)[1:], *model.fallbacks)[tries:]
        if beyond:
            detail = f"{', '.join(beyond)} come after {tries} further attempts of '{model.name}'"
            yield Found(LintCode.FALLBACK_UNREACHED, detail, (_others_key(model), "limits.retries_max"))


def models_of_one_route(scene: LintScene) -> Iterator[Found]:
    """Models that nothing stands in for."""
    for model in scene.settings.models.values():
        if len(model.routes) == 1 and not model.fallbacks:
            detail = f"'{model.name}' has {model.routes[0].route} alone"
            yield Found(LintCode.NO_FALLBACK, detail, (model_key(model.name, "fallbacks"),))


def rollbacks_that_do_not_help(scene: LintScene) -> Iterator[Found]:
    """Rollbacks to what fails together with every primary route, or to a fallback."""
    for model in scene.settings.models.values():
        if model.rollback is None:
            continue
        where = (model_key(model.name, "rollback"),)
        shared = [_shared(scene.settings, primary, model.rollback) for primary in _primaries(model)]
        if shared and None not in shared:
            detail = (
                f"{model.rollback}, the rollback of '{model.name}', shares with {_primaries(model)[0]}: {shared[0]}"
            )
            yield Found(LintCode.ROLLBACK_SHARED, detail, where)
        if model.rollback in model.fallbacks:
            detail = f"{model.rollback} is both rollback and fallback of '{model.name}'"
            yield Found(LintCode.ROLLBACK_IS_FALLBACK, detail, where)


def routes_starved(scene: LintScene) -> Iterator[Found]:
    """Primary routes whose weight gives them next to nothing."""
    for model in scene.settings.models.values():
        whole = sum(entry.weight for entry in model.routes)
        for entry in model.routes:
            share = Fraction(entry.weight, whole)
            if share < STARVED_SHARE:
                detail = (
                    f"{entry.route} gets {percent(share)} % of the requests for '{model.name}'{_so_far(scene, model)}"
                )
                yield Found(LintCode.ROUTE_STARVED, detail, (model_key(model.name, "routes"),))


def _primaries(model: ModelSettings) -> Sequence[RouteName]:
    return [entry.route for entry in model.routes]


def _others_key(model: ModelSettings) -> str:
    return model_key(model.name, "fallbacks" if model.fallbacks else "routes")


def _shared(settings: Settings, first: RouteName, second: RouteName) -> str | None:
    """What two routes have in common that can fail; None where nothing is known to be."""
    one, other = (settings.providers[split_route(name)[0]] for name in (first, second))
    if one.name == other.name:
        return f"provider '{one.name}'"
    if origin_of(one) == origin_of(other):
        return "the address {}://{}:{}".format(*origin_of(one))
    return "its key" if same_key(settings, one, other) else None


def _so_far(scene: LintScene, model: ModelSettings) -> str:
    """How many attempts the model's share is of, where the ledger shows some."""
    uses = () if scene.ledger is None else scene.ledger.routes
    tried = sum(use.tried.count for use in uses if use.model_asked == model.name)
    return f", of which there were {tried}" if tried else ""
