"""X01: what goes upstream is what the client sent, after the declared changes: nothing lost, added or rewritten.

The request carries members of every kind, one of them unknown to anybody, text that can be escaped in several ways and
a number in an unusual spelling: whatever reads and writes JSON anew shows in the bytes.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation, Transcript
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, stream, system, user
from routeproof.prover.check import Check
from routeproof.prover.judges.declared_changes import request_differences
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.tapped import gateways_fault, on_gateway, rule_tapped
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

_TEXT: Final = 'Say the word @@nonce@@ and nothing else. "Ünïcode" 汉字 \N{GRINNING FACE} \\ / \t end.'
_CONTROLS: Final = {"temperature": 1.0, "top_p": 0.9, "stop": ["\n\n\n\n"], "x_routeproof_probe": {"a": [1, None]}}


def cases(setup: Setup) -> Sequence[Case]:
    """The same question plain and streamed, with members that a careless gateway loses or rewrites."""
    messages = [system("Be brief."), user(_TEXT)]
    bodies = {"fidelity": chat(setup, messages, **_CONTROLS), "fidelity-stream": stream(setup, messages, **_CONTROLS)}
    bodies["fidelity-no-usage"] = stream(setup, messages, include_usage=False, **_CONTROLS)
    return on_gateway(case(setup, name, "X01", body) for name, body in bodies.items())


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Member by member, byte by byte."""

    def look(seen: Observation, upstream: Transcript) -> Iterator[Trouble]:
        sent, given = upstream.request.body, seen.transcript.request.body
        for words in request_differences(given.data, sent.data, plan.route.model):
            yield gateways_fault(seen, f"on the way upstream {words}", body=sent)

    held = "Every member of every request went upstream with its bytes, but for what the dialect declares."
    return rule_tapped(plan, check, observations, look, held=held)


CHECK = Check(
    id="X01",
    title="request-fidelity",
    proves="nothing is lost or added on the way there",
    severity=Severity.B,
    method=Method.TAP,
    packs=FIRST,
    cases=cases,
    judge=judge,
    needs_tap=True,
)
