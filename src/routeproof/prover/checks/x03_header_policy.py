"""X03: headers cross the gateway by allow-list, and the client's key never goes upstream.

Upstream only the gateway's own fields go, with the provider's credential: its fingerprint is the route's. Downstream
go the gateway's own fields and what says when to come back; nothing else of a provider's head.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Observation, Transcript
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble
from routeproof.prover.judges.tapped import gateways_fault, on_gateway, rule_tapped
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup
from routeproof.secret import MASK

_UPSTREAM: Final = frozenset(
    ("host", "user-agent", "accept", "accept-encoding", "authorization", "content-type", "content-length")
)
_DOWNSTREAM: Final = frozenset(
    (
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "retry-after",
        "transfer-encoding",
        "www-authenticate",
        "x-accel-buffering",
        "x-request-id",
        "x-upstream-request-id",
    )
)
_DOWNSTREAM_PREFIXES: Final = ("x-ratelimit-", "x-routeproof-")
_PROBES: Final = (
    ("cookie", "probe=1"),
    ("x-forwarded-for", "192.0.2.1"),
    ("x-routeproof-probe", "1"),
    ("te", "trailers"),
    ("openai-organization", "probe"),
)
"""What a client may send, and a provider has no business to see."""


def cases(setup: Setup) -> Sequence[Case]:
    """A plain and a streamed request with headers that must stay behind."""
    messages = [user("Say the word @@nonce@@ and nothing else.")]
    bodies = {"headers": chat(setup, messages), "headers-stream": stream(setup, messages)}
    return tuple(
        _with_probes(one) for one in on_gateway(case(setup, name, "X03", body) for name, body in bodies.items())
    )


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Names against the two lists, and whose credential it was."""

    def look(seen: Observation, upstream: Transcript) -> Iterator[Trouble]:
        yield from _upstream_troubles(seen, upstream, plan.route.key_fingerprint)
        stray = sorted({name.lower() for name, _ in seen.transcript.headers if not _may_go_down(name.lower())})
        if stray:
            yield gateways_fault(seen, f"headers reached the client that should not: {', '.join(stray)}", excerpt="")

    held = "Only listed headers crossed the gateway, and the provider was sent its own key and no other."
    return rule_tapped(plan, check, observations, look, held=held)


def _upstream_troubles(seen: Observation, upstream: Transcript, fingerprint: str | None) -> Iterator[Trouble]:
    headers = {name.lower(): value for name, value in upstream.request.headers}
    stray = sorted(headers.keys() - _UPSTREAM)
    if stray:
        yield gateways_fault(seen, f"headers went upstream that should not: {', '.join(stray)}", excerpt="")
    if "authorization" in headers and headers["authorization"] != f"{MASK} {fingerprint}":
        yield gateways_fault(seen, "the provider was sent a credential that is not the route's", excerpt="")
    if _masks(upstream) > _masks(seen.transcript):
        yield gateways_fault(
            seen, "the body that went upstream holds a credential that the client's did not", excerpt=""
        )


def _masks(transcript: Transcript) -> int:
    body = transcript.request.body
    return body.secrets_masked + body.shapes_masked


def _may_go_down(name: str) -> bool:
    return name in _DOWNSTREAM or name.startswith(_DOWNSTREAM_PREFIXES)


def _with_probes(one: Case) -> Case:
    steps = tuple(msgspec.structs.replace(step, headers=_PROBES) for step in one.steps)
    return msgspec.structs.replace(one, steps=steps)


CHECK = Check(
    id="X03",
    title="header-policy",
    proves="headers and keys stay on their side",
    severity=Severity.B,
    method=Method.TAP,
    packs=FIRST,
    cases=cases,
    judge=judge,
    needs_tap=True,
)
