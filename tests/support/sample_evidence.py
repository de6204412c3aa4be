"""A small run as evidence: a plan of two checks, its observations, their judges, and the signed file."""

from collections.abc import Sequence

import msgspec

from routeproof.clock import parse_instant
from routeproof.evidence.bundle import write_bundle
from routeproof.evidence.dsse import Envelope, Signer
from routeproof.evidence.expiry import expiry_of
from routeproof.evidence.observations import (
    Arm,
    Ending,
    Observation,
    ObservationKey,
    Read,
    Request,
    Times,
    Transcript,
    body_of,
)
from routeproof.evidence.plan import Case, Ceilings, Plan, PlannedCheck, Step, Threshold, planned_keys
from routeproof.evidence.results import CheckResult, Judge, RunResult, Spent, facets_of, observations_for, refers_to
from routeproof.evidence.route import RouteIdentity, key_fingerprint
from routeproof.evidence.statement import ProverBuild, Statement, seal, state
from routeproof.evidence.verdicts import Facet, Method, Severity, Verdict
from routeproof.prover.statistics import decide_rate, measure_rate

PROVIDER_KEY = "sk-canary-0123456789abcdef"
SIGNER = Signer(bytes(range(32)))
STRANGER = Signer(bytes(range(32, 64)))
ENDED_NS = parse_instant("2026-11-24T12:01:00Z")
NOW_NS = parse_instant("2026-11-25T00:00:00Z")
BUILD = ProverBuild(version="1.0", self_test_sha256="ab" * 32)

ROUTE = RouteIdentity(
    name="deepseek/deepseek-chat",
    base_url="https://api.deepseek.example/v1",
    region="cn",
    key_fingerprint=key_fingerprint(PROVIDER_KEY),
    model="deepseek-chat",
    dialect="deepseek",
    overlay_digest="cd" * 32,
    price_facts_digest="ef" * 32,
)

PLAN = Plan(
    route=ROUTE,
    pack="custom",
    via="direct",
    checks=(
        PlannedCheck(
            id="R04", title="model-echo", sha256="11" * 32, severity=Severity.B, method=Method.DET, facet=Facet.ROUTE
        ),
        PlannedCheck(
            id="J01",
            title="json-object",
            sha256="22" * 32,
            severity=Severity.B,
            method=Method.STAT,
            facet=Facet.JSON,
            thresholds=(Threshold(name="rate", value=400_000, unit="ppm"),),
        ),
    ),
    cases=(
        Case(id="plain", checks=("R04",), steps=(Step(body=b'{"model":"deepseek-chat"}'),), repeats=2),
        Case(id="object", checks=("J01", "R04"), steps=(Step(body=b'{"n":1}'),), repeats=4),
    ),
    declared={"facet.json": True},
    seed=7,
    ceilings=Ceilings(requests=6, input_tokens=600, output_tokens=600, money_nanousd=1_000_000),
    created="2026-11-24T12:00:00.000Z",
)


def observation(plan: Plan, key: ObservationKey, answer: bytes) -> Observation:
    """One that got this answer, in two reads."""
    middle = len(answer) // 2
    transcript = Transcript(
        request=Request(
            method="POST",
            path="/v1/chat/completions",
            headers=(("content-type", "application/json"), ("authorization", f"Bearer {PROVIDER_KEY}")),
            body=body_of([Read(40, b'{"model":"deepseek-chat"}')]),
        ),
        times=Times(begun_ns=10, connected_ns=30, sent_ns=40, first_byte_ns=90, ended_ns=120),
        status=200,
        headers=(("Content-Type", "application/json"), ("Set-Cookie", "session=1")),
        body=body_of([Read(100, answer[:middle]), Read(120, answer[middle:])]),
        ending=Ending.COMPLETE,
    )
    return Observation(plan=plan.digest, transcript=transcript, **key._asdict())


def observations_of(plan: Plan, answer: bytes = b'{"model":"deepseek-chat","ok":true}') -> tuple[Observation, ...]:
    """One for each planned request."""
    return tuple(observation(plan, key, answer) for key in planned_keys(plan))


def judge_echo(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """R04 in short: every answer names the model that was asked for."""
    echoed = [f'"model":"{plan.route.model}"'.encode() in one.transcript.body.data for one in observations]
    verdict = Verdict.PASS if all(echoed) else Verdict.FAIL
    return refers_to(CheckResult(check=check.id, verdict=verdict, summary="The model is echoed."), observations)


def judge_object(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """J01 in short: how many answers say that all is well."""
    passed = sum(b'"ok":true' in one.transcript.body.data for one in observations)
    rate = measure_rate(
        "objects",
        passed=passed,
        failed=len(observations) - passed,
        planned=plan.trials_of(check.id),
        threshold_ppm=check.threshold("rate"),
    )
    result = CheckResult(check=check.id, verdict=decide_rate(rate), summary="Objects come.", rates=(rate,))
    return refers_to(result, observations)


JUDGES: dict[str, Judge] = {"R04": judge_echo, "J01": judge_object}


def run_of(plan: Plan, observations: Sequence[Observation]) -> RunResult:
    """What the judges say."""
    results = tuple(
        JUDGES[check.id](plan, check, observations_for(plan, check.id, observations)) for check in plan.checks
    )
    return RunResult(
        plan=plan.digest,
        results=results,
        facets=facets_of(plan, results),
        spent=Spent(requests=len(observations), input_tokens=60, output_tokens=30, money_nanousd=None),
        started="2026-11-24T12:00:30.000Z",
        ended="2026-11-24T12:01:00.000Z",
    )


def statement_of(plan: Plan = PLAN, observations: Sequence[Observation] | None = None) -> Statement:
    """The honest statement about these observations."""
    seen = observations_of(plan) if observations is None else observations
    return state(plan, run_of(plan, seen), seen, BUILD, expiry_of(ENDED_NS))


def bundle_of(
    statement: Statement | None = None,
    observations: Sequence[Observation] | None = None,
    signer: Signer = SIGNER,
    envelope: Envelope | None = None,
) -> bytes:
    """The file of this statement, or of the honest one, signed; or of this envelope."""
    seen = observations_of(PLAN) if observations is None else observations
    told = statement_of(observations=seen) if statement is None else statement
    return write_bundle(seal(told, signer) if envelope is None else envelope, [signer.public_key], seen)


def arms_of(*arms: Arm) -> Plan:
    """The plan with its first case asked in these ways."""
    first, *rest = PLAN.cases
    return msgspec.structs.replace(PLAN, cases=(msgspec.structs.replace(first, arms=arms), *rest))
