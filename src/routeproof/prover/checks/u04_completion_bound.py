"""U04: as many output tokens are reported as the answer can have.

Three things that hold for any tokenizer, each for every trial:

    limit    completion_tokens are no more than `max_tokens`.
    bytes    Of the text that came (reasoning, answer, calls) there are no more tokens than bytes, plus `closing` for
             the marks around it: a byte-level vocabulary has no token shorter than a byte.
    recount  The answer is sent back as the assistant's turn of a second request. By how much that prompt is longer
             than the first is the provider's own count of the same text. A pair of requests with a known answer shows
             what the turns around it count. The output count must be the input count of the same text, within
             `recount-slack` and `recount-band`.

The recount trusts the input count, which U02 and U03 look into. Thinking is switched off where the dialect has a
switch, because reasoning is not always shown and not counted again; where reasoning comes all the same, its
reasoning_tokens are taken off. A trial is a pass or a fail; the check is a rate, because an answer may be cut oddly.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import Cause, CheckResult, refers_to
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.chat_bodies import MAX_TOKENS, Message, case, chat, user
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of
from routeproof.prover.judges.rulings import Trouble, gather, not_run, rule_stat
from routeproof.prover.judges.trials import Trial
from routeproof.prover.oracle.messages import AnsweredMessage
from routeproof.prover.oracle.usage_arithmetic import count_of
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup
from routeproof.prover.statistics import PPM, trials_needed

RATE: Final = 800_000
TRIALS: Final = trials_needed(RATE)
_KNOWN: Final = "recount-known"
_RECOUNT: Final = "recount"
_KNOWN_TEXT: Final = "the"
"""One token: see reference_text.py."""
_NO_COUNT: Final = "the answer reports no completion_tokens"
_NO_BASE: Final = "the turns around an answer could not be counted"
_NEXT: Final = "Compare completion_tokens with the provider's own record of the request."


def cases(setup: Setup) -> Sequence[Case]:
    """A pair of requests with a known answer, and pairs with the model's own."""
    ask, more = user("Write five short sentences about rivers. Begin with the word @@nonce@@."), user("And now?")
    known: Message = {"role": "assistant", "content": _KNOWN_TEXT}
    off = thinking_off(setup.dialect)
    first = chat(setup, [ask], **off)
    return (
        case(setup, _KNOWN, "U04", first, chat(setup, [ask, known, more], max_tokens=16, **off), repeats=1),
        case(
            setup,
            _RECOUNT,
            "U04",
            first,
            chat(setup, [ask, "@@message:1@@", more], max_tokens=16, **off),
            repeats=TRIALS,
        ),
    )


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """A rate of trials, each by limit, bytes and recount."""
    base = [one for one in observations if one.case == _KNOWN]
    own = [one for one in observations if one.case != _KNOWN]
    around = _around(plan, base)

    def look(trial: Trial) -> Iterator[Trouble]:
        yield from _look(plan, check, trial, around.get(trial.arm))

    result = rule_stat(plan, check, own, look, rate="answers whose count holds", threshold="rate")
    seen = gather(plan, base)
    if seen.obstacles and not around and result.verdict is not Verdict.FAIL:
        return not_run(check, observations, seen.obstacles)
    return refers_to(result, observations)


def _around(plan: Plan, base: Sequence[Observation]) -> dict[str, int]:
    """What the turns around an answer count by each arm: the known answer's growth less its one token."""
    found: dict[str, int] = {}
    for trial in gather(plan, base).trials:
        growth = _growth(plan, trial)
        if growth is not None:
            found[trial.arm] = growth - 1
    return found


def _growth(plan: Plan, trial: Trial) -> int | None:
    first, second = (_count(plan, step, "prompt_tokens") for step in trial.steps[:2])
    return None if first is None or second is None else second - first


def _look(plan: Plan, check: PlannedCheck, trial: Trial, around: int | None) -> Iterator[Trouble]:
    first = trial.steps[0]
    answer = answer_of(plan, first)
    reported = count_of(answer.usage, "completion_tokens")
    growth = _growth(plan, trial)
    if reported is None or growth is None:
        yield _trouble(first, _NO_COUNT)
        return
    if reported > MAX_TOKENS:
        yield _trouble(first, f"{reported} completion tokens are reported, though max_tokens was {MAX_TOKENS}")
    reasoning = count_of(answer.usage, "completion_tokens_details", "reasoning_tokens") or 0
    shown = reported - reasoning
    size = sum(_bytes_of(message) for message in answer.messages)
    if shown > size + check.threshold("closing"):
        yield _trouble(first, f"{shown} tokens are reported for {size} bytes of text")
    if around is None:
        yield _trouble(first, _NO_BASE)
        return
    recount = growth - around
    if abs(shown - recount) > check.threshold("recount-slack") + recount * check.threshold("recount-band") // PPM:
        words = f"{shown} completion tokens are reported; the same text counts {recount} when it is sent back"
        yield _trouble(first, words)


def _bytes_of(message: AnsweredMessage) -> int:
    calls = "".join(call.name + call.arguments for call in message.tool_calls)
    return len((message.content + message.reasoning + message.refusal + calls).encode("utf-8", "surrogatepass"))


def _count(plan: Plan, step: Observation, name: str) -> int | None:
    return count_of(answer_of(plan, step).usage, name)


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.PROVIDER, next_step=_NEXT)


CHECK = Check(
    id="U04",
    title="completion-bound",
    proves="honest output count",
    severity=Severity.M,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(
        Threshold(name="rate", value=RATE, unit="ppm"),
        Threshold(name="closing", value=8, unit="tokens"),
        Threshold(name="recount-slack", value=4, unit="tokens"),
        Threshold(name="recount-band", value=100_000, unit="ppm"),
    ),
)
