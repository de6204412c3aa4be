"""U02: as many input tokens are reported as the prompt can have.

Nobody has the provider's tokenizer here, so the reference is what must be so for any of them:

    bounds   A text of drawn words has at least the tokens that its bits need in the largest vocabulary there is, and
             at most as many as it has bytes (reference_text.py). Outside of these no tokenizer can be.
    band     Words of one token each, 512 of them: within `band` of that number, plus the lead's bytes and `overhead`
             for the chat template. This rests on the vocabularies that reference_text.py names; a route with another
             declares `unit-tokens`.
    arms     Where there is more than one arm, the same bytes count the same on each.

Too few tokens fail as well as too many: a count that is too low hides that the prompt was cut.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck, Threshold
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.prompt_ladder import LEAD_BYTES, OVERHEAD, declared_unit_tokens, prompt_tokens, rung
from routeproof.prover.cases.reference_text import LEAD, drawn_words, fewest_tokens
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Gathered, Trouble, conclude, gather
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup
from routeproof.prover.statistics import PPM

WORDS: Final = 60
UNITS: Final = 64
_DRAWN: Final = "count-drawn"
_DRAWN_BYTES: Final = LEAD_BYTES + WORDS * 11
"""Each word of ten letters after a space."""
_NO_COUNT: Final = "the answer reports no prompt_tokens"
_NEXT: Final = (
    "Compare with the provider's own count of this prompt; a gateway in between may add to it or multiply it."
)


def cases(setup: Setup) -> Sequence[Case]:
    """Drawn words, and the ladder's highest rung."""
    drawn = chat(setup, [user(LEAD + drawn_words(WORDS))], max_tokens=16)
    return (case(setup, _DRAWN, "U02", drawn), rung(setup, "U02", UNITS))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Within the bounds, within the band, equal over the arms."""
    seen = gather(plan, observations)
    counts: dict[tuple[str, int], dict[str, int]] = {}
    for trial in seen.trials:
        count = prompt_tokens(plan, trial.last)
        if count is None:
            seen.troubles.append(_trouble(trial.last, _NO_COUNT))
            continue
        counts.setdefault((trial.case, trial.number), {})[trial.arm] = count
        lowest, highest = _range(plan, check, trial.case)
        if not lowest <= count <= highest:
            words = f"{count} prompt tokens are reported where {lowest} to {highest} are possible"
            seen.troubles.append(_trouble(trial.last, words))
    seen.troubles.extend(_differences(seen, counts))
    return conclude(check, observations, seen, held="The reported prompt tokens are what the prompts can have.")


def _range(plan: Plan, check: PlannedCheck, case_id: str) -> tuple[int, int]:
    overhead = check.threshold("overhead")
    if case_id == _DRAWN:
        return fewest_tokens(WORDS), _DRAWN_BYTES + overhead
    exact, band = UNITS * declared_unit_tokens(plan), check.threshold("band")
    return exact * (PPM - band) // PPM, exact * (PPM + band) // PPM + LEAD_BYTES + overhead


def _differences(seen: Gathered, counts: dict[tuple[str, int], dict[str, int]]) -> Iterator[Trouble]:
    for trial in seen.trials:
        by_arm = counts.get((trial.case, trial.number), {})
        if len(set(by_arm.values())) > 1 and trial.arm == list(by_arm)[-1]:
            told = ", ".join(f"{arm} {count}" for arm, count in by_arm.items())
            yield _trouble(trial.last, f"the same prompt has different counts: {told}")


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.PROVIDER, next_step=_NEXT)


CHECK = Check(
    id="U02",
    title="prompt-truth",
    proves="honest input count",
    severity=Severity.M,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
    thresholds=(OVERHEAD, Threshold(name="band", value=20_000, unit="ppm")),
)
