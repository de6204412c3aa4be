"""Capabilities that clients rely on, by the ledger, and that nobody has checked."""

from collections.abc import Iterator

from routeproof.config.lint_codes import LintCode
from routeproof.evidence.verdicts import Facet
from routeproof.operations.lint.finding import Found, request_ids
from routeproof.operations.lint.places import can_be_reached
from routeproof.operations.lint.scene import LintScene
from routeproof.store.route_use import RouteUse, Times


def facets_unchecked(scene: LintScene) -> Iterator[Found]:
    """Facets in use without evidence; where there is no evidence at all, that one thing."""
    uses = () if scene.ledger is None else scene.ledger.routes
    used = [use for use in uses if use.answered.count and can_be_reached(scene, use.route)]
    if used and not scene.evidence.kept:
        yield _nothing_checked(scene, used)
        return
    for route in dict.fromkeys(use.route for use in used):
        yield from _unchecked(scene, route, [use for use in used if use.route == route])


def facets_in(use: RouteUse) -> dict[Facet, Times]:
    """What a route was used for. That JSON was asked for does not show in rows."""
    seen = {
        Facet.CHAT: use.answered,
        Facet.STREAM: use.streamed,
        Facet.TOOLS: use.tool_calls,
        Facet.REASONING: use.thinking,
        Facet.LONG_CONTEXT: use.long_context,
    }
    return {facet: times for facet, times in seen.items() if times.count}


def _nothing_checked(scene: LintScene, used: list[RouteUse]) -> Found:
    routes = list(dict.fromkeys(use.route for use in used))
    facets = {facet for use in used for facet in facets_in(use)}
    detail = f"{', '.join(routes)} are used for {_listed(facets)}, and there is no evidence of any route"
    if scene.evidence.unreadable:
        detail += f"; {scene.evidence.unreadable} files of evidence can't be read"
    last = request_ids(*(use.answered.last_id for use in used))
    return Found(LintCode.NO_EVIDENCE, detail, (*_askers(used), *last))


def _unchecked(scene: LintScene, route: str, used: list[RouteUse]) -> Iterator[Found]:
    proven = scene.evidence.proven.get(route, frozenset())
    by_use = [(use, {facet: times for facet, times in facets_in(use).items() if facet not in proven}) for use in used]
    missing = {facet for _, facets in by_use for facet in facets}
    if missing:
        keys = max(use.keys for use, facets in by_use if facets)
        last = request_ids(*(times.last_id for _, facets in by_use for times in facets.values()))
        detail = (
            f"{route} is used for {_listed(missing)} by {keys} key{'s' * (keys != 1)} or more, "
            "and no evidence that counts says that it can"
        )
        yield Found(LintCode.FACET_UNCHECKED, detail, (*_askers([use for use, facets in by_use if facets]), *last))


def _askers(used: list[RouteUse]) -> list[str]:
    """The models, or routes, that clients asked for."""
    return sorted({use.model_asked for use in used if use.model_asked is not None})


def _listed(facets: set[Facet]) -> str:
    return ", ".join(facet.value for facet in Facet if facet in facets)
