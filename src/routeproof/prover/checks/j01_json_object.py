"""J01: JSON mode gives JSON: whole, not empty, and with the documented answer to a prompt that never says so."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.json_cases import JSON_OBJECT, stream_case, whole_case
from routeproof.prover.cases.refused_cases import gather_refusals
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.json_answers import json_fault
from routeproof.prover.judges.refusals import in_the_way, refusal_faults
from routeproof.prover.judges.rulings import Trouble, failed, not_run, rule_stat
from routeproof.prover.judges.tool_answers import message_in
from routeproof.prover.judges.trials import Obstacle, Trial, trials_of
from routeproof.prover.packs import FIRST, Pack
from routeproof.prover.setup import Setup

_WITHOUT_WORD: Final = "json-without-word"
_PROMPT: Final = "Name the colour of the word @@nonce@@ and its length."
_DECLARED: Final = "control.response_format.type.when.without_json"
_WORDLESS: Final = "JSON mode without the word JSON in any message"
_NEXT: Final = "Check every answer before it is used, and ask again where it is no object."


def cases(setup: Setup) -> Sequence[Case]:
    """JSON mode streamed and not, as a rate; and a prompt that does not hold the word."""
    controls = {"response_format": JSON_OBJECT, "max_tokens": 64, **thinking_off(setup.dialect)}
    wordless = case(setup, _WITHOUT_WORD, "J01", chat(setup, [user(_PROMPT)], **controls))
    return [whole_case(setup, "J01"), stream_case(setup, "J01"), wordless]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The share of answers that are an object and ended by themselves; a few trials can show less than many."""

    def look(trial: Trial) -> Iterator[Trouble]:
        fault = json_fault(message_in(plan, trial.last))
        if fault is not None:
            yield Trouble(observation=trial.last, words=fault, next_step=_NEXT)

    asked = [one for one in observations if one.case != _WITHOUT_WORD]
    threshold = "rate-smoke" if plan.pack == Pack.SMOKE else "rate"
    result = rule_stat(plan, check, asked, look, rate="answers that are one JSON object", threshold=threshold)
    troubles, obstacles = _wordless(plan, [one for one in observations if one.case == _WITHOUT_WORD])
    if troubles and not result.failures:
        return msgspec.structs.replace(failed(check, observations, troubles), rates=result.rates)
    if obstacles and not result.failures:
        return msgspec.structs.replace(not_run(check, observations, obstacles), rates=result.rates)
    return result


def _wordless(plan: Plan, observations: Sequence[Observation]) -> tuple[list[Trouble], list[Obstacle]]:
    """Refused where that is declared; elsewhere answered, too, with anything: blanks up to the limit are documented."""
    if plan.declared.get(_DECLARED) == "rejected":
        seen = gather_refusals(plan, observations, lambda _case: _WORDLESS)
        return seen.troubles, seen.obstacles
    troubles: list[Trouble] = []
    obstacles: list[Obstacle] = []
    for trial in trials_of(observations):
        obstacle = in_the_way(plan, trial.last)
        if obstacle is not None:
            obstacles.append(obstacle)
        elif trial.last.transcript.status != 200:
            troubles += refusal_faults(plan, trial.last, _WORDLESS)
        elif message_in(plan, trial.last) is None:
            troubles.append(Trouble(observation=trial.last, words=f"{_WORDLESS}: no message that can be read"))
    return troubles, obstacles


CHECK = Check(
    id="J01",
    title="json-object",
    proves="JSON mode gives JSON",
    severity=Severity.B,
    method=Method.STAT,
    packs=FIRST,
    cases=cases,
    judge=judge,
    thresholds=(
        Threshold(name="rate", value=950_000, unit="ppm"),
        Threshold(name="rate-smoke", value=500_000, unit="ppm"),
    ),
    needs=("facet.json",),
)
