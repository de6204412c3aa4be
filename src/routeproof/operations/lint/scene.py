"""Gathers what the rules look at: configuration, facts, ledger, evidence, workloads, and who may read the keys."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec

from routeproof.catalog.comparing.workload import Workload
from routeproof.catalog.kinds import Facts
from routeproof.config.settings import Settings
from routeproof.evidence.verdicts import Facet
from routeproof.ids import RouteName
from routeproof.operations.aliases import AliasRow, list_aliases
from routeproof.operations.facts.routes import RouteFacts, configured_routes, facts_of_routes
from routeproof.operations.lint.finding import provider_key
from routeproof.operations.prices.candidates import Candidate, candidate_of
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.prices.workload_from_log import LONG_CONTEXT_TOKENS
from routeproof.store.data_dir import database_path
from routeproof.store.route_use import LedgerUse, RouteUseReader


class EvidenceSummary(msgspec.Struct, frozen=True):
    """What is proven, as far as it counts at the instant."""

    kept: bool
    """There is evidence of some route, whether or not it counts."""
    proven: Mapping[str, frozenset[Facet]] = {}
    """The facets that passed, by route."""
    unreadable: int = 0
    """Files that can't be read."""


class EvidenceSource(Protocol):
    """Whatever knows which evidence there is."""

    def summary(self, settings: Settings, at_ns: int) -> EvidenceSummary:
        """What counts at an instant. Raises StoreError."""
        ...


class KeyFile(msgspec.Struct, frozen=True):
    """A file with a secret in it."""

    setting: str
    """The dotted key that names it."""
    path: Path
    mode: int | None
    """Its permissions; None where it can't be looked at."""


class LintScene(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that rules look at; they are pure functions of it."""

    settings: Settings
    facts: Facts
    at_ns: int
    since_ns: int
    aliases: Sequence[AliasRow] = ()
    """The names that facts or rules speak of, and who sends them."""
    route_facts: Sequence[RouteFacts] = ()
    """By configured route."""
    candidates: Mapping[RouteName, Candidate] = {}
    """The prices of the week by configured route."""
    ledger: LedgerUse | None = None
    """None where there is no ledger yet."""
    evidence: EvidenceSummary = EvidenceSummary(False)
    key_files: Sequence[KeyFile] = ()
    workloads: Sequence[Workload] = ()


_TLS_KEY: Final = "server.tls_key"


def gather_scene(
    settings: Settings, evidence: EvidenceSource, *, at_ns: int, since_ns: int, workloads: Collection[Workload] = ()
) -> LintScene:
    """Look at everything; changes nothing. Raises FactsError or StoreError."""
    desk = PriceDesk(settings)
    routes = configured_routes(settings)
    aliases = list_aliases(settings, desk.facts, at_ns=at_ns, since_ns=since_ns, every_family=False)
    return LintScene(
        settings=settings,
        facts=desk.facts,
        at_ns=at_ns,
        since_ns=since_ns,
        aliases=aliases.rows,
        route_facts=facts_of_routes(desk, settings, at_ns),
        candidates={name: candidate_of(desk, desk.route(name), at_ns) for name in routes},
        ledger=_ledger_use(settings, since_ns, at_ns),
        evidence=evidence.summary(settings, at_ns),
        key_files=_key_files(settings),
        workloads=tuple(workloads),
    )


def _ledger_use(settings: Settings, since_ns: int, at_ns: int) -> LedgerUse | None:
    database = database_path(settings.server.data_dir)
    if not database.exists():
        return None
    return RouteUseReader(database).use(since_ns, at_ns, LONG_CONTEXT_TOKENS)


def _key_files(settings: Settings) -> tuple[KeyFile, ...]:
    places = {
        provider_key(name, "api_key"): Path(place.place)
        for name, place in settings.key_places.items()
        if place.kind == "file"
    }
    if settings.server.tls_key is not None:
        places[_TLS_KEY] = settings.server.tls_key
    signer = settings.evidence.signer
    if signer is not None and signer.kind == "file":
        places["evidence.signer"] = Path(signer.place)
    return tuple(KeyFile(setting, path, _mode_of(path)) for setting, path in places.items())


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return None  # not here, or out of this user's sight: the gateway's own start tells of it
