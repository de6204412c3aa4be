"""The evidence that is kept here: where it lies, what there is, and copies for others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from routeproof.config.server import DATA_DIR_DEFAULT
from routeproof.config.settings import EvidenceSettings, Settings
from routeproof.errors import OperatorError
from routeproof.evidence.reasons import ReasonCode
from routeproof.evidence.results import judged
from routeproof.evidence.soundness import check_time
from routeproof.evidence.statement import Statement
from routeproof.evidence.verdicts import overall
from routeproof.operations.evidence.route_digests import RouteDigests
from routeproof.operations.evidence.signers import trusted_signers
from routeproof.store.evidence_store import (
    Stored,
    find_evidence,
    list_evidence,
    read_bundle_file,
    sealed_in,
)
from routeproof.store.private_files import write_private

SHORT_DIGEST: Final = 12
"""Characters of a digest that tables show: enough to find it by."""


class EvidencePlace(msgspec.Struct, frozen=True):
    """Where evidence is kept, by whose rules."""

    data_dir: Path
    rules: EvidenceSettings
    settings: Settings | None
    """None where there is no configuration: then nothing is known of routes as they are configured."""


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One evidence as lists show it."""

    digest: str
    route: str
    model: str
    pack: str
    via: str
    verdict: str
    facets: dict[str, str]
    ended: str
    expires: str
    state: str
    """`in-force`, or why it does not count, as a reason's code: `expired`, `route-changed`, `unknown-key` ..."""
    signers: tuple[str, ...]
    path: str


class Listed(msgspec.Struct, frozen=True):
    """All rows, and what could not be read."""

    rows: list[EvidenceRow]
    problems: list[str]


def place_of(settings: Settings | None, config: Path) -> EvidencePlace:
    """Where evidence is kept with these settings; without any, in the default data directory beside `config`."""
    if settings is None:
        return EvidencePlace(config.absolute().parent / DATA_DIR_DEFAULT, EvidenceSettings(), None)
    return EvidencePlace(settings.server.data_dir, settings.evidence, settings)


def list_rows(place: EvidencePlace, at_ns: int, digests: RouteDigests, *, route: str | None = None) -> Listed:
    """What is kept, the newest first, or of one route alone."""
    listing = list_evidence(place.data_dir)
    trusted = {one.key_id for one in trusted_signers(place.data_dir, place.rules)}
    rows = [
        row_of(one, trusted, at_ns, digests)
        for one in listing.stored
        if route is None or one.statement.predicate.plan.route.name == route
    ]
    return Listed(rows, listing.problems)


def row_of(stored: Stored, trusted: set[str], at_ns: int, digests: RouteDigests) -> EvidenceRow:
    """One evidence as lists show it. Its signature is not verified."""
    predicate = stored.statement.predicate
    plan, run = predicate.plan, predicate.run
    against = _speaking_against(stored, trusted, at_ns, digests)
    return EvidenceRow(
        digest=stored.digest,
        route=plan.route.name,
        model=plan.route.model,
        pack=plan.pack,
        via=plan.via,
        verdict=overall(judged(plan, run.results)),
        facets={one.facet.value: one.verdict.value for one in run.facets},
        ended=run.ended,
        expires=predicate.expires,
        state=next(against, "in-force"),
        signers=stored.signers,
        path=str(stored.path),
    )


def evidence_named(place: EvidencePlace, reference: str) -> Stored:
    """By a file's path, a digest or its beginning, or a route's name (its newest). Raises StoreError."""
    path = Path(reference)
    if path.is_file():
        return sealed_in(read_bundle_file(path), path)
    return find_evidence(place.data_dir, reference)


def earlier_evidence(place: EvidencePlace, stored: Stored) -> Statement | None:
    """The last evidence of the same route before this one; None where there is none."""
    predicate = stored.statement.predicate
    for one in list_evidence(place.data_dir).stored:
        other = one.statement.predicate
        if other.plan.route.name == predicate.plan.route.name and other.run.ended < predicate.run.ended:
            return one.statement
    return None


def export_evidence(place: EvidencePlace, reference: str, target: Path | None, *, force: bool = False) -> Path:
    """Write one file that others can verify; beside the caller unless a target is given. Raises OperatorError."""
    stored = find_evidence(place.data_dir, reference)
    path = Path(export_name(stored)) if target is None else target
    try:
        write_private(path.absolute(), read_bundle_file(stored.path), overwrite=force)
    except FileExistsError as error:
        raise OperatorError(f"{path} is there already; name another with --output, or add --force") from error
    return path


def export_name(stored: Stored) -> str:
    """What a copy is called unless somebody names it."""
    route = stored.statement.predicate.plan.route.name
    plain = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in route)
    return f"evidence-{plain[:80]}-{stored.digest[:SHORT_DIGEST]}.json"


def _speaking_against(stored: Stored, trusted: set[str], at_ns: int, digests: RouteDigests) -> Iterator[ReasonCode]:
    predicate = stored.statement.predicate
    if not set(stored.signers) or not set(stored.signers) <= trusted:
        yield ReasonCode.UNKNOWN_KEY
    for reason in check_time(predicate, at_ns):
        yield reason.code
    now = digests.of(predicate.plan.route)
    if now is not None and now != predicate.plan.route.digest:
        yield ReasonCode.ROUTE_CHANGED
