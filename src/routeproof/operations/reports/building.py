"""Builds the report of one evidence from its bundle."""

from collections.abc import Iterator, Mapping

from routeproof.evidence.bundle import Bundle
from routeproof.evidence.observations import bodies_of
from routeproof.evidence.reasons import Reason
from routeproof.evidence.results import judged
from routeproof.evidence.statement import Statement, evidence_digest
from routeproof.evidence.verdicts import overall
from routeproof.operations.reports.appendix import appendix_section, facts_table, run_cost_table
from routeproof.operations.reports.changes import changes_section
from routeproof.operations.reports.controls import controls_section
from routeproof.operations.reports.cost_pictures import cost_blocks
from routeproof.operations.reports.findings import findings_section
from routeproof.operations.reports.model import Points, Report, Section, Text
from routeproof.operations.reports.overview import overview_sections
from routeproof.operations.reports.samples import Charge, Timing, charges_of, timings_of
from routeproof.operations.reports.speed_pictures import speed_blocks
from routeproof.prover.controls.measuring import Reading, measure_controls


def build_report(
    bundle: Bundle,
    statement: Statement,
    *,
    reasons: tuple[Reason, ...] = (),
    before: Statement | None = None,
    proves: Mapping[str, str] | None = None,
) -> Report:
    """The report of a bundle and the statement that is signed in it.

    `reasons` speak against the evidence, `before` is the last one of the same route, `proves` says in plain words what
    a check is about, by its id.
    """
    plan, run = statement.predicate.plan, statement.predicate.run
    timings = timings_of(plan, bundle.observations)
    charges = charges_of(plan, bundle.observations, run.started)
    sections = (
        *_doubts(reasons),
        *overview_sections(statement, timings, charges),
        findings_section(statement, proves or {}),
        *_measured(statement, timings, charges),
        controls_section(plan.declared, _readings(statement, bundle)),
        changes_section(statement, before),
        appendix_section(
            statement, evidence_digest(bundle.envelope), [one.keyid for one in bundle.envelope.signatures]
        ),
    )
    return Report(
        title=f"{plan.route.name}: what was proven",
        subtitle=f"{plan.pack} pack, {run.ended}",
        verdict=overall(judged(plan, run.results)),
        sections=sections,
    )


def _readings(statement: Statement, bundle: Bundle) -> tuple[Reading, ...]:
    """What the run measured of controls; nothing where the bodies that show it were not kept."""
    kept = all(body.kept for one in bundle.observations for body in bodies_of(one))
    return measure_controls(statement.predicate.plan, bundle.observations) if kept else ()


def _doubts(reasons: tuple[Reason, ...]) -> Iterator[Section]:
    if reasons:
        points = Points(tuple(f"{reason.code}: {reason.detail}." for reason in reasons))
        words = Text("The evidence behind this page was verified when the page was made. This speaks against it:")
        yield Section("doubts", "Do not rely on this page", (words, points))


def _measured(statement: Statement, timings: list[Timing], charges: list[Charge]) -> Iterator[Section]:
    plan, run = statement.predicate.plan, statement.predicate.run
    yield Section("speed", "How fast it answered", tuple(speed_blocks(timings)))
    yield Section(
        "costs",
        "What it costs",
        (*cost_blocks(plan, charges), run_cost_table(plan, run.spent), facts_table(plan)),
    )
