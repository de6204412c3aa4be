"""What one probe's answer says, streamed or not, as far as controls show in it."""

import json
from typing import Final, NamedTuple

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.controls.effects import Effect
from routeproof.prover.judges.answers import answer_of, stream_of, was_streamed
from routeproof.prover.judges.refusals import error_of
from routeproof.prover.judges.trials import obstacle_of
from routeproof.prover.oracle.messages import AnsweredMessage
from routeproof.prover.oracle.usage_arithmetic import count_of

_UNKNOWN_PARAMETER: Final = ("unsupported_parameter", "unknown_parameter")
"""OpenAI's codes for a parameter that the model does not have: https://platform.openai.com/docs/guides/error-codes"""


class Answered(NamedTuple):
    """A probe's answer with status 200."""

    messages: tuple[AnsweredMessage, ...]
    usage: dict[str, object] | None
    has_logprobs: bool

    @property
    def content(self) -> str:
        """The first choice's text."""
        return self.messages[0].content if self.messages else ""

    @property
    def reasoning(self) -> str:
        """The first choice's reasoning."""
        return self.messages[0].reasoning if self.messages else ""

    @property
    def calls(self) -> int:
        """How many tools the first choice calls."""
        return len(self.messages[0].tool_calls) if self.messages else 0

    @property
    def is_cut(self) -> bool:
        """Whether the answer says that it ended for its length."""
        return any(message.finish_reason == "length" for message in self.messages)

    @property
    def thinks(self) -> bool:
        """Whether there is any reasoning, shown or counted."""
        counted = count_of(self.usage, "completion_tokens_details", "reasoning_tokens")
        return any(message.reasoning for message in self.messages) or bool(counted)

    def tokens(self, name: str) -> int | None:
        """A count of the usage."""
        return count_of(self.usage, name)


def answered(plan: Plan, observation: Observation) -> Answered | None:
    """The answer; None where there is none, or where it says nothing."""
    if observation.transcript.status != 200:
        return None
    if was_streamed(observation):
        examined = stream_of(plan, observation)
        found = Answered(examined.messages, examined.usage, has_logprobs=False)
    else:
        answer = answer_of(plan, observation)
        found = Answered(answer.messages, answer.usage, _has_logprobs(observation.transcript.body.data))
    return found if found.messages else None


def refused(plan: Plan, observation: Observation) -> Effect | None:
    """How the request was refused for what it asks; None where it was not, or for another reason."""
    obstacle = obstacle_of(plan, observation)
    if obstacle is None or not obstacle.about_the_route:
        return None
    return Effect.UNSUPPORTED if error_of(plan, observation).code in _UNKNOWN_PARAMETER else Effect.REJECTED


def _has_logprobs(body: bytes) -> bool:
    try:
        choice = json.loads(body)["choices"][0]
        return bool(choice["logprobs"]["content"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
