"""The evidence in the data directory, as far as it counts: unexpired, and of routes as they are configured now.

Signatures are not verified here: `routeproof evidence verify` does that, and no stage rests on what lint says.
"""

from collections.abc import Sequence

from routeproof.clock import parse_instant
from routeproof.config.settings import ProviderSettings, Settings
from routeproof.evidence.route import RouteIdentity, key_fingerprint
from routeproof.evidence.statement import Predicate
from routeproof.evidence.verdicts import Facet, Verdict
from routeproof.ids import split_route
from routeproof.operations.lint.scene import EvidenceSummary
from routeproof.store.evidence_store import list_evidence


class KeptEvidence:
    """An `EvidenceSource`."""

    def summary(self, settings: Settings, at_ns: int) -> EvidenceSummary:
        """What counts at an instant. Raises StoreError."""
        listing = list_evidence(settings.server.data_dir)
        predicates = [stored.statement.predicate for stored in listing.stored]
        return EvidenceSummary(
            bool(predicates), summarise(settings, predicates, at_ns), unreadable=len(listing.problems)
        )


def summarise(settings: Settings, predicates: Sequence[Predicate], at_ns: int) -> dict[str, frozenset[Facet]]:
    """The facets that passed, by route; of several runs the first that looked at a facet decides, so the newest first.

    A run that has not ended at the instant, has expired, or was of a route configured otherwise, does not count.
    """
    verdicts: dict[str, dict[Facet, Verdict]] = {}
    for predicate in predicates:
        route = predicate.plan.route
        if not _counts(predicate, at_ns) or not _is_configured(settings, route):
            continue
        known = verdicts.setdefault(route.name, {})
        for one in predicate.run.facets:
            known.setdefault(one.facet, one.verdict)
    return {
        name: frozenset(facet for facet, verdict in known.items() if verdict is Verdict.PASS)
        for name, known in verdicts.items()
    }


def _counts(predicate: Predicate, at_ns: int) -> bool:
    return parse_instant(predicate.run.ended) <= at_ns < parse_instant(predicate.expires)


def _is_configured(settings: Settings, route: RouteIdentity) -> bool:
    """Whether the configuration still says what the run was made with. A key that is not here can't speak against."""
    name, model = split_route(route.name)
    provider = settings.providers.get(name)
    if provider is None or model != route.model:
        return False
    return (provider.base_url, provider.dialect, provider.region, provider.workspace) == (
        route.base_url,
        route.dialect,
        route.region,
        route.workspace,
    ) and _has_key(provider, route)


def _has_key(provider: ProviderSettings, route: RouteIdentity) -> bool:
    return provider.api_key is None or key_fingerprint(provider.api_key.reveal()) == route.key_fingerprint
