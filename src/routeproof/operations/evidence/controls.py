"""Request parameters of a route: what facts say, what is declared, and what the newest evidence measured."""

from collections.abc import Iterator
from typing import Final

import msgspec

from routeproof.catalog.kinds import AnyFact, ControlFact
from routeproof.errors import OperatorError
from routeproof.evidence.bundle import read_bundle
from routeproof.evidence.plan import Declared
from routeproof.operations.evidence.kept import EvidencePlace, evidence_named
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.proving.targets import configured_target
from routeproof.prover.controls.effects import Effect, declared_effect
from routeproof.prover.controls.measuring import Reading, measure_controls
from routeproof.prover.controls.table import CONTROLS
from routeproof.prover.engine.declaring import Route, declare, facts_about
from routeproof.store.evidence_store import Stored, list_evidence, read_bundle_file

CHECK: Final = "P03"
"""The check whose observations show what controls do."""


class ControlRow(msgspec.Struct, frozen=True, kw_only=True):
    """One control."""

    control: str
    declared: str | None
    """`effective`, `ignored`, `rejected` or `unsupported`; None where nothing is declared."""
    measured: str | None
    """The same; None where nothing was measured, or it could not be told."""
    agrees: bool | None
    """Whether it does what is declared; None where one of the two is missing."""
    shown_by: str
    """What showed it, or why it could not be told; how it would show, where nothing was measured."""
    facts: tuple[str, ...]
    """What facts say of it, the cases that they are limited to included."""


class Controls(msgspec.Struct, frozen=True, kw_only=True):
    """All controls of a route."""

    route: str
    evidence: str | None
    """The digest of what was measured; None where no evidence holds any of it."""
    ended: str | None
    """When that run ended."""
    rows: tuple[ControlRow, ...]

    @property
    def differ(self) -> tuple[ControlRow, ...]:
        """Those that don't do what is declared."""
        return tuple(row for row in self.rows if row.agrees is False)


def controls_of(place: EvidencePlace, route: str, at_ns: int, *, evidence: str | None = None) -> Controls:
    """The controls of a route at an instant; measured by this evidence, or by the newest that did.

    A route that is not configured is known by its evidence alone. Raises OperatorError where there is neither, or
    where the evidence that was named is of another route or measured no controls; StoreError where it can't be read.
    """
    stored = _newest(place, route) if evidence is None else _named(place, route, evidence)
    facts, declared = _known(place, route, at_ns, stored)
    readings = {} if stored is None else _readings(stored)
    return Controls(
        route=route,
        evidence=None if stored is None else stored.digest,
        ended=None if stored is None else stored.statement.predicate.run.ended,
        rows=tuple(_row(one.name, one.shown_by, facts, declared, readings) for one in CONTROLS),
    )


def _known(
    place: EvidencePlace, route: str, at_ns: int, stored: Stored | None
) -> tuple[tuple[AnyFact, ...], dict[str, Declared]]:
    """The facts about a route and what is declared of it: as configured now, else as its evidence has it."""
    settings = place.settings
    try:
        if settings is None:
            raise OperatorError("there is no configuration here that names it")
        target = configured_target(settings, route)
    except OperatorError as error:
        if stored is None:
            raise OperatorError(f"nothing is known of {route!r}: {error}; nor is there evidence of it") from error
        return (), dict(stored.statement.predicate.plan.declared)
    about: Route = target.in_facts
    known = PriceDesk(settings).facts
    return facts_about(known, about, at_ns), declare(known, about, at_ns)


def _newest(place: EvidencePlace, route: str) -> Stored | None:
    found = (one for one in list_evidence(place.data_dir).stored if one.statement.predicate.plan.route.name == route)
    return next((one for one in found if one.statement.predicate.plan.check(CHECK) is not None), None)


def _named(place: EvidencePlace, route: str, evidence: str) -> Stored:
    stored = evidence_named(place, evidence)
    plan = stored.statement.predicate.plan
    if plan.route.name != route:
        raise OperatorError(f"this evidence is about {plan.route.name}, not about {route}; name evidence of the route")
    if plan.check(CHECK) is None:
        raise OperatorError(f"no controls were measured for it; run `routeproof prove {route} --checks {CHECK}`")
    return stored


def _readings(stored: Stored) -> dict[str, Reading]:
    observations = read_bundle(read_bundle_file(stored.path)).observations
    return {one.control: one for one in measure_controls(stored.statement.predicate.plan, observations)}


def _row(
    name: str,
    shown_by: str,
    facts: tuple[AnyFact, ...],
    declared: dict[str, Declared],
    readings: dict[str, Reading],
) -> ControlRow:
    wanted, reading = declared_effect(declared, name), readings.get(name)
    return ControlRow(
        control=name,
        declared=None if wanted is None else wanted.value,
        measured=None if reading is None or reading.effect is None else reading.effect.value,
        agrees=_agrees(wanted, reading),
        shown_by=shown_by if reading is None else reading.words,
        facts=tuple(_said(name, facts)),
    )


def _agrees(wanted: Effect | None, reading: Reading | None) -> bool | None:
    if wanted is None or reading is None:
        return None
    if reading.effect is None and not reading.unsteady:
        return None
    return reading.meets(wanted)


def _said(name: str, facts: tuple[AnyFact, ...]) -> Iterator[str]:
    for fact in facts:
        if isinstance(fact, ControlFact) and (fact.control == name or fact.control.startswith(f"{name}.")):
            part = "" if fact.control == name else f"{fact.control}: "
            yield f"{part}{fact.support.value}" + ("" if fact.when is None else f" when {fact.when}")
