"""K01: reasoning has its own field: none in the content, none when it is off, never instead of an answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.cases.thinking_switches import thinking_off, thinking_on
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, rule_stat, troubles_of
from routeproof.prover.judges.tool_answers import examined
from routeproof.prover.judges.trials import Trial
from routeproof.prover.oracle.messages import AnsweredMessage
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_PROMPT: Final = "How many letters has the word @@nonce@@, and which is its third? Answer in one short sentence."
_ON, _OFF_WHOLE, _OFF_STREAM = "reasoning-on", "reasoning-off-whole", "reasoning-off-stream"
_AS_IT_IS: Final = "reasoning-as-it-is"
_REPEATS: Final[Mapping[str, int]] = {_ON: 32, _OFF_WHOLE: 16, _OFF_STREAM: 16, _AS_IT_IS: 64}
"""64 trials in all, which must pass to show 95 %."""
_TOKENS_ON: Final = 2_048
"""Room for thoughts and for the answer behind them."""
_NEXT_LEAK: Final = "Ask who serves the model to parse its reasoning; until then answers show thoughts to users."
_NEXT_ON: Final = "Give max_tokens room for thoughts, or declare facet.reasoning absent if the model has none."


def cases(setup: Setup) -> Sequence[Case]:
    """A question with thinking switched on, in a stream; the same with thinking off, streamed and not.

    Where the dialect has no switch the question is asked as it is, and nothing can be said of thinking that is off.
    """
    on, off = thinking_on(setup.dialect), thinking_off(setup.dialect)
    asked = [user(_PROMPT)]
    bodies = {_AS_IT_IS: stream(setup, asked, max_tokens=_TOKENS_ON)}
    if on and off:
        bodies = {
            _ON: stream(setup, asked, max_tokens=_TOKENS_ON, **on),
            _OFF_WHOLE: chat(setup, asked, **off),
            _OFF_STREAM: stream(setup, asked, **off),
        }
    return [case(setup, name, "K01", body, repeats=_REPEATS[name]) for name, body in bodies.items()]


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The share of answers whose reasoning, if any was asked for, stands where it belongs."""

    def look(trial: Trial) -> Iterator[Trouble]:
        messages, findings = examined(plan, trial.last)
        leaks = [one for one in findings if one.check == "K01"]
        yield from troubles_of(trial.last, leaks, _NEXT_LEAK)
        thinks = trial.case == _ON or (trial.case == _AS_IT_IS and plan.declared.get("thinking-default") is True)
        for words in _wrong(messages, thinks=thinks):
            yield Trouble(observation=trial.last, words=words, next_step=_NEXT_ON)

    return rule_stat(plan, check, observations, look, rate="answers with reasoning in its place", threshold="rate")


def _wrong(messages: Sequence[AnsweredMessage], *, thinks: bool) -> Iterator[str]:
    if not messages:
        yield "no message that can be read"
        return
    message = messages[0]
    if not message.content.strip():
        yield f"no answer in words (finish reason {message.finish_reason!r})"
    if thinks and not message.reasoning:
        yield "thinking is on, and no reasoning came in its field"


CHECK = Check(
    id="K01",
    title="reasoning-channel",
    proves="reasoning does not leak into answers",
    severity=Severity.M,
    method=Method.STAT,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(Threshold(name="rate", value=950_000, unit="ppm"),),
    needs=("facet.reasoning",),
)
