"""What the report's sections say: to each reader the truth, and unknown is never zero."""

from collections.abc import Iterable

import msgspec
import pytest
from tests.support.prover_runs import SimulatedRun
from tests.support.report_evidence import simulated_run, statement_of_run
from tests.support.sample_evidence import PLAN, STRANGER, observations_of, run_of, statement_of

from routeproof.catalog.comparing.workload import RequestType
from routeproof.evidence.results import Attempts, Figure, facets_of
from routeproof.evidence.statement import Statement
from routeproof.evidence.verdicts import Verdict
from routeproof.operations.reports.appendix import appendix_section, facts_table, run_cost_table
from routeproof.operations.reports.changes import changes_section
from routeproof.operations.reports.controls import controls_section
from routeproof.operations.reports.cost_pictures import cost_blocks
from routeproof.operations.reports.findings import findings_section
from routeproof.operations.reports.model import Cell, Code, Finding, Picture, Points, Section, Table, Text
from routeproof.operations.reports.overview import overview_sections
from routeproof.operations.reports.samples import Charge, charges_of, percentile, timings_of
from routeproof.operations.reports.speed_pictures import shown_ms, speed_blocks
from routeproof.prover.controls.effects import Effect
from routeproof.prover.controls.measuring import Reading
from routeproof.prover.judges.usage_counts import counts_of, reported_usage


@pytest.fixture(scope="module")
def run() -> SimulatedRun:
    """Plain answers, streams, tools and JSON of a provider that does all that it must."""
    return simulated_run(("P01", "M01", "U12"))


def words_of(sections: Iterable[Section]) -> str:
    """All sentences of these sections."""
    blocks = [block for section in sections for block in section.blocks]
    texts = [block.words for block in blocks if isinstance(block, Text)]
    return " ".join(texts + [line for block in blocks if isinstance(block, Points) for line in block.lines])


def with_results(statement: Statement, **verdicts: Verdict) -> Statement:
    """The statement with other verdicts, and the facets that follow from them."""
    run, plan = statement.predicate.run, statement.predicate.plan
    results = tuple(
        msgspec.structs.replace(one, verdict=verdicts.get(one.check, one.verdict), next_step="Do this.")
        for one in run.results
    )
    changed = msgspec.structs.replace(run, results=results, facets=facets_of(plan, results))
    return msgspec.structs.replace(statement, predicate=msgspec.structs.replace(statement.predicate, run=changed))


def rows_of(section: Section) -> dict[Cell, tuple[Cell, ...]]:
    """The rows of a section's tables by their first cell."""
    tables = [block for block in section.blocks if isinstance(block, Table)]
    return {row[0]: row[1:] for table in tables for row in table.rows}


def test_product_is_told_what_is_proven_and_what_was_not_looked_at() -> None:
    """Every facet has its place, and a weak foundation is named."""
    good = words_of(overview_sections(statement_of(), [], []))
    bad = words_of(overview_sections(with_results(statement_of(), R04=Verdict.FAIL), [], []))

    assert "Proven: json (JSON output)." in good
    assert "Not looked at by this pack, and so not proven: chat" in good
    assert "Failed: json" in bad
    assert "What everything rests on is FAIL (R04)" in bad


def test_finance_is_told_what_is_unknown() -> None:
    """Never as zero."""
    said = words_of(overview_sections(statement_of(), [], []))

    assert "This run cost unknown; the most that it was allowed to cost was 0.001 USD." in said


def test_platform_is_told_of_rate_limits() -> None:
    """First attempts and second ones apart."""
    statement = statement_of()
    attempts = Attempts(planned=6, sent=6, rate_limited=3, asked_again=3, got_through_then=2)
    run = msgspec.structs.replace(statement.predicate.run, attempts=attempts)
    limited = msgspec.structs.replace(statement, predicate=msgspec.structs.replace(statement.predicate, run=run))

    assert "3 of 6 first attempts met a rate limit; 2 of the 3" in words_of(overview_sections(limited, [], []))


def test_findings_stand_in_the_order_of_their_weight() -> None:
    """FAIL before ERROR and INCONCLUSIVE; what was left out has its reason; a clean run says so."""
    statement = with_results(statement_of(), R04=Verdict.INCONCLUSIVE, J01=Verdict.FAIL)
    found = [one for one in findings_section(statement, {"J01": "it parses"}).blocks if isinstance(one, Finding)]

    assert [(one.heading, one.verdict) for one in found] == [
        ("J01 json-object", Verdict.FAIL),
        ("R04 model-echo", Verdict.INCONCLUSIVE),
    ]
    assert (found[0].proves, found[0].next_step) == ("it parses", "Do this.")
    assert "Failed. Objects come. Objects: " in found[0].words
    (text,) = findings_section(statement_of(), {}).blocks
    assert text == Text("Every check that ran has passed.")
    skipped = findings_section(with_results(statement_of(), J01=Verdict.SKIP), {})
    assert rows_of(skipped) == {"J01": ("Objects come.",)}


def test_timings_are_those_of_the_answers(run: SimulatedRun) -> None:
    """Each answered request has one; streams know their first piece of content and their gaps."""
    timings = timings_of(run.plan, run.observations)

    assert len(timings) == sum(one.transcript.status == 200 for one in run.observations)
    assert all(0 <= one.first_byte_ns <= one.total_ns for one in timings)
    streams = [one for one in timings if one.first_delta_ns is not None]
    assert streams
    assert all(one.first_byte_ns <= (one.first_delta_ns or 0) <= one.total_ns and one.gaps_ns for one in streams)


def test_charges_are_usage_times_planned_prices(run: SimulatedRun) -> None:
    """Each by the type that its request shows; without prices the cost is unknown, not zero."""
    charges = charges_of(run.plan, run.observations, "2026-11-24T12:00:30.000Z")
    usages = [counts_of(reported_usage(run.plan, one)) for one in run.observations]

    assert {RequestType.THINKING, RequestType.TOOLS, RequestType.JSON} <= {one.type for one in charges}
    assert [one.usage for one in charges] == [usage for usage in usages if usage is not None]
    assert all(one.cost_nanousd for one in charges)
    bare = msgspec.structs.replace(run.plan, prices=())
    assert {one.cost_nanousd for one in charges_of(bare, run.observations, "2026-11-24T12:00:30.000Z")} == {None}


def test_pictures_have_the_numbers_that_they_draw(run: SimulatedRun) -> None:
    """Means by type, and the price of the plan's own facts."""
    charges = charges_of(run.plan, run.observations, "2026-11-24T12:00:30.000Z")
    by_type, by_context = (one for one in cost_blocks(run.plan, charges) if isinstance(one, Picture))

    assert sum(int(str(row[1])) for row in by_type.numbers.rows) == len(charges)
    assert by_context.numbers.rows[0][0] == "any"
    speeds = [one for one in speed_blocks(timings_of(run.plan, run.observations)) if isinstance(one, Picture)]
    assert [one.title for one in speeds] == ["How long requests took", "Gaps between the pieces of streams"]


def test_what_can_not_be_drawn_is_said() -> None:
    """Nothing answered, nothing priced, no usage."""
    usage = counts_of({"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2})
    assert usage is not None
    unpriced = list(cost_blocks(PLAN, [Charge(RequestType.PLAIN, usage, None)]))

    assert [type(one) for one in unpriced] == [Text, Text]
    assert "Unknown is not zero" in unpriced[0].words  # type: ignore[union-attr]
    assert [type(one) for one in cost_blocks(PLAN, [])] == [Text, Text]
    assert [type(one) for one in speed_blocks([])] == [Text]


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [(80_000, "80 µs"), (400_000, "0.4 ms"), (38_000_000, "38 ms"), (2_140_000_000, "2.1 s")],
)
def test_times_are_readable(nanoseconds: int, shown: str) -> None:
    """In the unit that people would choose."""
    assert shown_ms(nanoseconds) == shown


def test_percentiles_are_samples() -> None:
    """The smallest that reaches far enough."""
    assert [percentile([5, 1, 4, 2, 3], percent) for percent in (1, 20, 50, 95, 100)] == [1, 1, 3, 5, 5]


def test_changes_name_what_differs() -> None:
    """Verdicts, pack, the route's parts, rules of checks, facts; and nothing where nothing does."""
    before = statement_of()
    now = with_results(statement_of(msgspec.structs.replace(PLAN, pack="qualify")), J01=Verdict.FAIL)
    rows = rows_of(changes_section(now, before))

    assert rows["the pack"] == ("custom", "qualify")
    assert rows["check J01"] == (Verdict.PASS, Verdict.FAIL)
    assert rows["facet json"] == (Verdict.PASS, Verdict.FAIL)
    assert "check R04" not in rows
    assert rows_of(changes_section(before, before)) == {}
    assert "Nothing, since" in words_of([changes_section(before, before)])
    assert "no earlier evidence" in words_of([changes_section(before, None)])


def test_a_changed_route_is_told_part_by_part() -> None:
    """And a check that judges by other rules."""
    route = msgspec.structs.replace(PLAN.route, region="us", key_fingerprint=None)
    checks = (msgspec.structs.replace(PLAN.checks[0], sha256="99" * 32), *PLAN.checks[1:])
    now = statement_of(msgspec.structs.replace(PLAN, route=route, checks=checks))
    rows = rows_of(changes_section(now, statement_of()))

    assert rows["the route's region"] == ("cn", "us")
    assert rows["the route's key fingerprint"][1] == "-"
    assert rows["checks that judge differently"] == ("-", "R04")


def test_figures_count_as_changed_where_their_intervals_are_apart() -> None:
    """What differs by less may be chance."""

    def measured(value: int, lower: int, upper: int) -> Statement:
        figure = Figure(name="total p50", value=value, unit="us", samples=9, lower=lower, upper=upper)
        statement = statement_of()
        run = statement.predicate.run
        first = msgspec.structs.replace(run.results[0], figures=(figure,))
        changed = msgspec.structs.replace(run, results=(first, *run.results[1:]))
        return msgspec.structs.replace(statement, predicate=msgspec.structs.replace(statement.predicate, run=changed))

    assert rows_of(changes_section(measured(90, 80, 100), measured(50, 40, 60))) == {
        "R04 total p50": ("50 us", "90 us")
    }
    assert rows_of(changes_section(measured(70, 55, 100), measured(50, 40, 60))) == {}


def test_controls_show_what_is_declared_and_measured() -> None:
    """Also those of which one of the two says nothing."""
    declared = {"control.seed": "ignored", "control.n": "effective", "control.n.values": "1,2", "facet.tools": True}
    shown = observations_of(PLAN)[0]
    readings = (
        Reading(control="seed", effect=Effect.IGNORED, words="Answers differ.", shown=shown),
        Reading(control="stop", effect=None, words="It broke off.", shown=shown),
    )

    assert rows_of(controls_section(declared, readings)) == {
        "n": ("effective (1,2)", "not measured", "-"),
        "seed": ("ignored", "ignored", "Answers differ."),
        "stop": ("nothing", "can't be told", "It broke off."),
    }
    assert "Nothing is declared" in words_of([controls_section({}, ())])


def test_the_appendix_has_every_digest(run: SimulatedRun) -> None:
    """Of evidence, plan, route, signers and each check; thresholds are those of the plan."""
    statement = statement_of_run(run)
    rows = rows_of(appendix_section(statement, "ab" * 32, [STRANGER.key_id]))

    assert rows["this evidence"] == (Code("ab" * 32),)
    assert rows["the plan"] == (Code(run.plan.digest),)
    assert rows["the route"] == (Code(run.plan.route.digest),)
    assert rows["signing key"] == (Code(STRANGER.key_id),)
    assert all(rows[f"check {check.id}"] == (Code(check.sha256),) for check in run.plan.checks)
    case = run.plan.cases[0]
    assert rows[case.id][:2] == (str(len(case.steps)), str(case.repeats))


def test_the_cost_of_a_run_stands_beside_its_ceilings() -> None:
    """Unknown amounts are called that."""
    spent = msgspec.structs.replace(run_of(PLAN, observations_of(PLAN)).spent, input_tokens=None)
    rows = {row[0]: row[1:] for row in run_cost_table(PLAN, spent).rows}

    assert rows["input tokens"] == ("unknown", "600")
    assert rows["money"] == ("unknown", "0.001 USD")
    assert isinstance(facts_table(PLAN), Text)
