"""A proof in one object for machines: what was planned, what came of it, and where the evidence is."""

from collections.abc import Mapping

import msgspec

from routeproof.evidence.plan import Plan
from routeproof.operations.proving.running import ProvenRun
from routeproof.store.evidence_store import Stored


class CheckSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One check's result."""

    check: str
    title: str
    facet: str
    severity: str
    verdict: str
    summary: str
    failures: tuple[str, ...]
    cause: str | None
    next_step: str


class PlanSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What will be asked, and may be used."""

    route: str
    route_digest: str
    plan: str
    """Its digest."""
    pack: str
    via: str
    seed: int
    checks: tuple[str, ...]
    cases: int
    requests: int
    """Planned; the ceiling has some to spare."""
    requests_max: int
    input_tokens_max: int
    output_tokens_max: int
    money_max_nanousd: int | None
    money_unknown: str | None
    """Why the money is not known, where it is not."""


class ProofSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What `prove --json` writes."""

    plan: PlanSummary
    verdict: str | None
    """None where the run was interrupted: then nothing was concluded."""
    facets: dict[str, str]
    checks: tuple[CheckSummary, ...]
    requests: int
    input_tokens: int | None
    output_tokens: int | None
    cost_nanousd: int | None
    started: str
    ended: str
    stopped: str | None
    """Why it ended before all was asked; the same command goes on with it."""
    evidence: str | None
    """The digest of the evidence that was kept."""
    file: str | None
    expires: str | None


def plan_summary(plan: Plan) -> PlanSummary:
    """The plan in short."""
    ceilings = plan.ceilings
    return PlanSummary(
        route=plan.route.name,
        route_digest=plan.route.digest,
        plan=plan.digest,
        pack=plan.pack,
        via=plan.via,
        seed=plan.seed,
        checks=tuple(check.id for check in plan.checks),
        cases=len(plan.cases),
        requests=planned_requests(plan),
        requests_max=ceilings.requests,
        input_tokens_max=ceilings.input_tokens,
        output_tokens_max=ceilings.output_tokens,
        money_max_nanousd=ceilings.money_nanousd,
        money_unknown=ceilings.money_unknown,
    )


def planned_requests(plan: Plan) -> int:
    """How many requests the plan asks for."""
    return sum(case.repeats * len(case.steps) * len(case.arms) for case in plan.cases)


def proof_summary(proven: ProvenRun, stored: Stored | None) -> ProofSummary:
    """What a run came to, and where its evidence is kept (None: it is not)."""
    run, over = proven.run, proven.stopped is None
    return ProofSummary(
        plan=plan_summary(proven.plan),
        verdict=proven.verdict if over else None,
        facets={one.facet.value: one.verdict.value for one in run.facets} if over else {},
        checks=_checks(proven) if over else (),
        requests=run.spent.requests,
        input_tokens=run.spent.input_tokens,
        output_tokens=run.spent.output_tokens,
        cost_nanousd=run.spent.money_nanousd,
        started=run.started,
        ended=run.ended,
        stopped=proven.stopped,
        evidence=None if stored is None else stored.digest,
        file=None if stored is None else str(stored.path),
        expires=None if stored is None else stored.statement.predicate.expires,
    )


def _checks(proven: ProvenRun) -> tuple[CheckSummary, ...]:
    planned: Mapping[str, tuple[str, str, str]] = {
        check.id: (check.title, check.facet.value, check.severity.value) for check in proven.plan.checks
    }
    return tuple(
        CheckSummary(
            check=one.check,
            title=planned[one.check][0],
            facet=planned[one.check][1],
            severity=planned[one.check][2],
            verdict=one.verdict.value,
            summary=one.summary,
            failures=one.failures,
            cause=None if one.cause is None else one.cause.value,
            next_step=one.next_step,
        )
        for one in proven.run.results
    )
