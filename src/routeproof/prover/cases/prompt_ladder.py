"""The ladder of prompts that differ in one thing alone: how often a unit of known tokens is repeated."""

from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, Threshold
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.reference_text import LEAD, UNIT_TOKENS, units
from routeproof.prover.declared import declared_count
from routeproof.prover.judges.usage_counts import reported_usage
from routeproof.prover.oracle.usage_arithmetic import count_of
from routeproof.prover.setup import Setup

RUNGS: Final = (1, 2, 4, 8, 16, 32, 64)
"""How often the unit stands in each prompt."""
LEAD_BYTES: Final = len(LEAD)
OVERHEAD: Final = Threshold(name="overhead", value=64, unit="tokens")
"""What a chat template may put around one message: families' own take 4 to 30, a default system prompt included."""
_PREFIX: Final = "count-"


def rung(setup: Setup, check: str, repeated: int) -> Case:
    """The case of one rung. Little is answered: only the prompt is looked at."""
    return case(setup, f"{_PREFIX}{repeated}", check, chat(setup, [user(LEAD + units(repeated))], max_tokens=16))


def repeated_in(case_id: str) -> int:
    """How often the unit stands in the prompt of this case."""
    return int(case_id.removeprefix(_PREFIX))


def declared_unit_tokens(plan: Plan) -> int:
    """What one unit has: the words' number, unless the route declares otherwise."""
    return declared_count(plan.declared, "unit-tokens") or UNIT_TOKENS


def prompt_tokens(plan: Plan, observation: Observation) -> int | None:
    """What an answer reports; None where it does not."""
    count = count_of(reported_usage(plan, observation), "prompt_tokens")
    return None if count is None or count < 0 else count
