"""J02: structured answers fit the schema that was asked for."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.cases.schema_set import STRICT_SCHEMAS, SchemaCase
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.json_answers import json_fault, object_in
from routeproof.prover.judges.rulings import Trouble, rule_stat
from routeproof.prover.judges.tool_answers import message_in, misfits
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_PREFIX: Final = "structured-"
_SCHEMAS: Final = {one.stratum: one.schema for one in STRICT_SCHEMAS}
_REPEATS: Final = 4
"""Of nine schemas, streamed and not: 72 trials."""
_NEXT: Final = "Check every answer against its schema before it is used, or give the schema in the prompt of JSON mode."


def cases(setup: Setup) -> Sequence[Case]:
    """Every schema within the strict subset, streamed and not."""
    return [_case(setup, one, streamed=streamed) for one in STRICT_SCHEMAS for streamed in (False, True)]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The share of answers that are an object which fits."""

    def look(trial: Trial) -> Iterator[Trouble]:
        stratum = trial.case.removeprefix(_PREFIX).rpartition(".")[0]
        message = message_in(plan, trial.last)
        fault = json_fault(message)
        if fault is None and message is not None:
            fault = next(misfits(object_in(message), _SCHEMAS[stratum]), None)
        if fault is not None:
            yield Trouble(observation=trial.last, words=f"{stratum}: {fault}", next_step=_NEXT)

    return rule_stat(plan, check, observations, look, rate="answers that fit their schema", threshold="rate")


def _case(setup: Setup, one: SchemaCase, *, streamed: bool) -> Case:
    wanted = {"type": "json_schema", "json_schema": {"name": one.noun, "strict": True, "schema": one.schema}}
    build = stream if streamed else chat
    prompt = user(f"{one.task} Answer in JSON.")
    body = build(setup, [prompt], response_format=wanted, **thinking_off(setup.dialect))
    return case(setup, f"{_PREFIX}{one.stratum}.{'stream' if streamed else 'whole'}", "J02", body, repeats=_REPEATS)


CHECK = Check(
    id="J02",
    title="json-schema",
    proves="structured answers fit their schema",
    severity=Severity.B,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="rate", value=950_000, unit="ppm"),),
    needs=("facet.json-schema",),
)
