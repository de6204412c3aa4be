"""The report's end: what the run cost, the facts behind its prices, the plan, and every digest."""

from collections.abc import Iterator, Sequence

from routeproof.evidence.canonical import digest_of
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import Spent
from routeproof.evidence.statement import Statement
from routeproof.operations.reports.model import Block, Cell, Code, Section, Table, Text
from routeproof.operations.reports.words import money_words


def run_cost_table(plan: Plan, spent: Spent) -> Table:
    """What the run used, beside what it was allowed to use."""
    most = plan.ceilings
    rows = (
        ("requests", f"{spent.requests:,}", f"{most.requests:,}"),
        ("input tokens", _count(spent.input_tokens), f"{most.input_tokens:,}"),
        ("output tokens", _count(spent.output_tokens), f"{most.output_tokens:,}"),
        ("money", money_words(spent.money_nanousd), money_words(most.money_nanousd)),
    )
    return Table("What this run used", (("of", "left"), ("used", "right"), ("allowed", "right")), rows)


def facts_table(plan: Plan) -> Table | Text:
    """The facts in force when the plan was made, with their sources."""
    if not plan.facts:
        return Text("No facts were in force for this route when the run was planned.")
    rows = tuple(
        (fact.id, fact.kind, fact.source, fact.checked, fact.effective_until or "no end known") for fact in plan.facts
    )
    columns = ("fact", "kind", "source", "last looked at", "holds until")
    return Table("Facts that the verdicts rest on", tuple((name, "left") for name in columns), rows)


def appendix_section(statement: Statement, evidence_digest: str, signers: Sequence[str]) -> Section:
    """Plan, thresholds and digests, so that anybody can compare them."""
    return Section("plan", "Plan and digests", tuple(_blocks(statement, evidence_digest, signers)))


def _blocks(statement: Statement, evidence_digest: str, signers: Sequence[str]) -> Iterator[Block]:
    predicate = statement.predicate
    plan = predicate.plan
    yield Text(
        "The plan was made and hashed before the first request. "
        "The command routeproof evidence verify reaches every verdict again from its file, without a network."
    )
    yield Table("Digests", (("of", "left"), ("SHA-256", "left")), tuple(_digests(statement, evidence_digest, signers)))
    yield Table("The route as it was configured", (("part", "left"), ("value", "left")), tuple(_route_rows(plan)))
    yield Table(
        "What was asked",
        (("case", "left"), ("requests each", "right"), ("repeats", "right"), ("ways", "left"), ("read by", "left")),
        tuple(
            (one.id, str(len(one.steps)), str(one.repeats), ", ".join(one.arms), ", ".join(one.checks))
            for one in plan.cases
        ),
    )
    thresholds = tuple(
        (check.id, one.name, f"{one.value:,}", one.unit) for check in plan.checks for one in check.thresholds
    )
    if thresholds:
        columns = ("check", "threshold", "value", "unit")
        yield Table("What counts as a pass", tuple((name, "left") for name in columns), thresholds)


def _digests(statement: Statement, evidence_digest: str, signers: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    predicate = statement.predicate
    plan = predicate.plan
    yield "this evidence", Code(evidence_digest)
    yield "the plan", Code(plan.digest)
    yield "the route", Code(plan.route.digest)
    yield "all observations", Code(digest_of(predicate.observations))
    for signer in signers:
        yield "signing key", Code(signer)
    if plan.self_test is not None:
        complete = "complete" if plan.self_test.complete else "not complete"
        yield f"the prover's own test ({complete})", Code(plan.self_test.digest)
    for check in plan.checks:
        yield f"check {check.id}", Code(check.sha256)


def _route_rows(plan: Plan) -> Iterator[tuple[Cell, ...]]:
    for name in plan.route.__struct_fields__:
        value = getattr(plan.route, name)
        yield name.replace("_", " "), "-" if value is None else Code(str(value))
    yield "pack", plan.pack
    yield "seed", str(plan.seed)
    yield "planned at", plan.created


def _count(tokens: int | None) -> str:
    return "unknown" if tokens is None else f"{tokens:,}"
