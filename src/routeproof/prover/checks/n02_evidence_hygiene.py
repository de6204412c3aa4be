"""N02: the evidence holds no secret, so it can be shared; and the endpoint gave none away.

Reads every observation of the run. Redaction has masked and counted the known secrets before anybody judges: a count
in an answer means that the endpoint sent a key back, a count in a request's body that we asked with one; either way
the mask is kept and the check fails, because who received it once may receive it again. Then everything that is
kept as text is searched for whatever has the shape of a credential: redaction must have left nothing.
Ids and random words that look like credentials are masked and counted apart, and fail nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Body, Observation, Transcript, transcripts_of
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Figure, Part
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of, stream_of, was_streamed
from routeproof.prover.judges.rulings import Gathered, Trouble, conclude, gather, not_run
from routeproof.prover.judges.trials import Obstacle
from routeproof.prover.packs import EVERYWHERE
from routeproof.prover.setup import Setup
from routeproof.secret import credential_spans

_ENDPOINT_NEXT: Final = "Check the base URL and the key: something else than the chat API answers there."
_NEXT: Final = "Revoke the key: it has left your hands. Then ask who sent it back, and why."


def cases(setup: Setup) -> Sequence[Case]:
    """One of its own, for a run of this check alone; the plan lets it read all others."""
    return (plain_case(setup, "N02"),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Every body, head and row."""
    answered = [one for one in observations if one.transcript.status is not None]
    if not answered:
        return not_run(check, observations, gather(plan, observations).obstacles)
    if not any(_is_of_an_api(plan, one) for one in answered):
        words = "no answer of a chat API came, so none could give anything away"
        unknown = Obstacle(answered[0], Cause.ENDPOINT, words, _ENDPOINT_NEXT, False)
        return not_run(check, observations, gather(plan, observations).obstacles or [unknown])
    troubles = [trouble for one in observations for trouble in _troubles(one)]
    bodies = [body for one in observations for transcript in transcripts_of(one) for _, body in _bodies(transcript)]
    masked = sum(body.shapes_masked for body in bodies)
    figures = (Figure(name="masked for their shape", value=masked, unit="stretches", samples=len(bodies)),)
    seen = Gathered(gather(plan, answered, answers_expected=False).trials, troubles, [])
    return conclude(check, observations, seen, held="No secret came back, and none is kept.", figures=figures)


def _is_of_an_api(plan: Plan, observation: Observation) -> bool:
    examination = stream_of(plan, observation) if was_streamed(observation) else answer_of(plan, observation)
    return bool(examination.messages)


def _troubles(observation: Observation) -> Iterator[Trouble]:
    for number, transcript in enumerate(transcripts_of(observation)):
        for part, body in _bodies(transcript):
            if body.secrets_masked:
                whose = "an answer" if part is Part.RESPONSE else "a request's body"
                words = f"a secret was in {whose}, {body.secrets_masked} times"
                yield _trouble(observation, words, part if number == 0 else _at_tap(part))
        if any(credential_spans(text) for text in _texts(transcript)):
            yield _trouble(observation, "something of a credential's shape was kept", Part.RESPONSE_HEAD)
    rows = (str(value) for row in observation.ledger for value in row.columns.values())
    if any(credential_spans(text) for text in rows):
        yield _trouble(observation, "a ledger row holds something of a credential's shape", Part.LEDGER)


def _bodies(transcript: Transcript) -> tuple[tuple[Part, Body], ...]:
    return ((Part.REQUEST, transcript.request.body), (Part.RESPONSE, transcript.body))


def _texts(transcript: Transcript) -> Iterator[str]:
    yield transcript.request.path
    yield transcript.detail or ""
    for name, value in (*transcript.request.headers, *transcript.headers):
        yield name
        yield value
    for _, body in _bodies(transcript):
        yield body.data.decode("latin-1")


def _at_tap(part: Part) -> Part:
    return Part.TAP_REQUEST if part is Part.REQUEST else Part.TAP_RESPONSE


def _trouble(observation: Observation, words: str, part: Part) -> Trouble:
    return Trouble(
        observation=observation, words=words, cause=Cause.PROVIDER, next_step=_NEXT, part=part, excerpt="****"
    )


CHECK = Check(
    id="N02",
    title="evidence-hygiene",
    proves="evidence can be shared",
    severity=Severity.B,
    method=Method.DET,
    packs=EVERYWHERE,
    cases=cases,
    judge=judge,
    reads_all=True,
)
