"""Every recorded answer, served in replay mode over real sockets, passes the checks that can be judged from it.

The recordings' folder is named by ROUTEPROOF_RECORDINGS; they are not part of this repository.
"""

import json
import os
from collections import defaultdict
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import uvloop

from routeproof.clock import NS_PER_S, format_instant
from routeproof.config.facts_files import load_facts
from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Ceilings, Plan, PlannedCheck, Step
from routeproof.evidence.results import CheckResult
from routeproof.evidence.route import RouteIdentity
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.engine.check_hashes import check_hash
from routeproof.prover.engine.declaring import Route, declare
from routeproof.prover.engine.endpoints import Endpoint, keys_for
from routeproof.prover.engine.judging import judge_all, judges_of
from routeproof.prover.engine.running import RunSettings, run_plan
from routeproof.prover.engine.sending import Sender
from routeproof.prover.oracle.overlays import overlay_digest
from routeproof.simulator.recordings import Recording, load_recording
from routeproof.simulator.replay import ReplayProvider
from routeproof.simulator.simulator import start_behaviour

FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")
DIALECT_OF = {"deepseek": "deepseek", "alibaba": "qwen"}
WHOLE = ("N02", "P01", "R04", "U01")
STREAMED = ("N02", "R04", "S01", "S02", "S03", "S04", "U01")
FACTS = load_facts()
_DAY_S = 86_400


class Served(NamedTuple):
    """Recordings that one plan can be about: a provider's, of one model, of one day, with an answer."""

    provider: str
    model: str
    until_ns: int
    """The end of the day, so that all that is known of it applies."""

    def __str__(self) -> str:
        return f"{self.provider}-{self.model}-{format_instant(self.until_ns)[:10]}"


def recorded() -> dict[Served, list[Recording]]:
    """All recorded answers of the chat endpoint."""
    found: dict[Served, list[Recording]] = defaultdict(list)
    for path in sorted(Path(FOLDER).glob("*__[0-9][0-9].json")) if FOLDER is not None else []:
        one = load_recording(path)
        if one.url.endswith("/chat/completions") and one.status == 200:
            moment = parsedate_to_datetime(json.loads(path.read_text())["recorded_at"])
            until_ns = ((int(moment.timestamp()) // _DAY_S + 1) * _DAY_S - 1) * NS_PER_S
            found[Served(one.provider, str(one.request_body["model"]), until_ns)].append(one)
    return found


RECORDED = recorded()
pytestmark = pytest.mark.skipif(not RECORDED, reason="ROUTEPROOF_RECORDINGS names no folder with recordings")


def plan_for(served: Served, recordings: list[Recording], base_url: str) -> Plan:
    """A case for each recording, which asks what was asked then."""
    dialect = DIALECT_OF[served.provider]
    cases = tuple(
        Case(
            id=f"recording-{number}",
            checks=STREAMED if one.is_stream else WHOLE,
            steps=(Step(body=json.dumps(one.request_body).encode()),),
            repeats=1,
        )
        for number, one in enumerate(recordings)
    )
    used = {check for case in cases for check in case.checks}
    return Plan(
        route=RouteIdentity(
            name=f"{served.provider}/{served.model}",
            base_url=base_url,
            key_fingerprint=None,
            model=served.model,
            dialect=dialect,
            overlay_digest=overlay_digest(dialect),
            price_facts_digest=None,
        ),
        pack="custom",
        via="direct",
        checks=tuple(
            PlannedCheck(
                id=check.id,
                title=check.title,
                sha256=check_hash(check),
                severity=check.severity,
                method=check.method,
                facet=check.facet,
                thresholds=check.thresholds,
            )
            for check in checks_named(used)
        ),
        cases=cases,
        declared=declare(
            FACTS, Route(family=dialect, model=served.model, region=None, dialect=dialect), served.until_ns
        ),
        seed=0,
        ceilings=Ceilings(
            requests=len(cases), input_tokens=10**9, output_tokens=10**9, money_nanousd=None, money_unknown="recorded"
        ),
        created=format_instant(served.until_ns),
    )


async def replayed(served: Served, recordings: list[Recording]) -> tuple[Plan, tuple[Observation, ...]]:
    """What the prover sees when the recordings are served again."""
    server = await start_behaviour("replay", ReplayProvider(recordings))
    plan = plan_for(served, recordings, server.base_url)
    async with Sender() as sender:
        endpoint = Endpoint(base_url=server.base_url, keys=keys_for("sk-any"))
        outcome = await run_plan(plan, {Arm.DIRECT: endpoint}, sender, settings=RunSettings(concurrency=1))
    await server.stop()
    return plan, outcome.observations


def judged(plan: Plan, observations: tuple[Observation, ...]) -> dict[str, CheckResult]:
    """By check."""
    judges = judges_of(checks_named(check.id for check in plan.checks))
    return {result.check: result for result in judge_all(plan, judges, observations)}


@pytest.mark.parametrize("served", RECORDED or [None], ids=str)
def test_recorded_answers_pass(served: Served) -> None:
    """Every case got the recorded bytes, and every check that reads them passes."""
    recordings = RECORDED[served]
    plan, observations = uvloop.run(replayed(served, recordings))

    assert sorted(one.transcript.body.data for one in observations) == sorted(one.body_bytes for one in recordings)
    failures = {check: result.failures for check, result in judged(plan, observations).items() if result.failures}
    assert failures == {}
    assert {result.verdict for result in judged(plan, observations).values()} == {Verdict.PASS}


def test_there_are_answers_of_both_families() -> None:
    """The folder is the one that is meant: both families, streamed and whole."""
    kinds = {(served.provider, one.is_stream) for served, found in RECORDED.items() for one in found}

    assert kinds == {("deepseek", True), ("deepseek", False), ("alibaba", True), ("alibaba", False)}
    assert sum(map(len, RECORDED.values())) >= 70


def test_another_names_answer_fails() -> None:
    """The same recordings under a plan for another model: an echo is only right where it is expected."""
    served = next(one for one in RECORDED if one.provider == "alibaba")
    plan, observations = uvloop.run(replayed(served._replace(model="qwen-max"), RECORDED[served]))

    assert judged(plan, observations)["R04"].verdict is Verdict.FAIL
