"""What a comparison asks both ways: the same questions in the same words, a few for each facet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Case, Credential, Step
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.cases.long_prompts import declared_context, filled_case
from routeproof.prover.cases.thinking_switches import thinking_off, thinking_on
from routeproof.prover.cases.tool_sets import WEATHER
from routeproof.prover.comparison.facets import ComparedFacet
from routeproof.prover.declared import declared_count, is_absent
from routeproof.prover.packs import Pack
from routeproof.prover.setup import Setup

ARMS: Final = (Arm.DIRECT, Arm.DIRECT_AGAIN, Arm.GATEWAY)
REPEATS: Final[Mapping[Pack, int]] = {Pack.SMOKE: 2, Pack.SENTINEL: 2, Pack.QUALIFY: 6, Pack.CUSTOM: 3}
STREAMS: Final[Mapping[Pack, int]] = {Pack.SMOKE: 6, Pack.SENTINEL: 6, Pack.QUALIFY: 30, Pack.CUSTOM: 6}
"""Of the case that latency is read from: six pairs are the fewest that bound a median."""
CONTEXT_TOKENS_MAX: Final = 200_000
"""A longer prompt is not sent to see it refused: a gateway that cuts it would have it answered, and billed."""
PREFIX: Final = "compare-"

_HELLO: Final = "Say the word @@nonce@@ and nothing else."
_LONGER: Final = "Write five short sentences about rivers. Begin with the word @@nonce@@."
_COUNT: Final = "Count from one to two hundred, in words."
_TOOL: Final = "What will the weather be in Lisbon, in degrees Celsius? Use the tool."
_JSON: Final = 'Reply in JSON: one object with the member "word", which is the word @@nonce@@.'
_RIDDLE: Final = "Which is heavier, a kilogram of feathers or a pound of iron? The word @@nonce@@ means nothing."
_EXCESS_TOKENS: Final = 2_000

_FACETS: Final[Mapping[str, ComparedFacet]] = {
    "plain": ComparedFacet.PLAIN,
    "stream": ComparedFacet.STREAMING,
    "stream-without-usage": ComparedFacet.STREAMING,
    "tools": ComparedFacet.TOOLS,
    "tools-stream": ComparedFacet.TOOLS,
    "json": ComparedFacet.JSON,
    "reasoning": ComparedFacet.REASONING,
    "reasoning-stream": ComparedFacet.REASONING,
    "cap": ComparedFacet.LIMITS,
    "stop": ComparedFacet.LIMITS,
    "context": ComparedFacet.CONTEXT,
    "bad-value": ComparedFacet.ERRORS,
    "bad-body": ComparedFacet.ERRORS,
    "bad-key": ComparedFacet.ERRORS,
    "unknown-model": ComparedFacet.ERRORS,
    "rate-limit": ComparedFacet.RATE_LIMITS,
    "timeout": ComparedFacet.TIMEOUTS,
    "models": ComparedFacet.MODELS,
}
_MEANT_TO_FAIL: Final = frozenset(
    ("context", "bad-value", "bad-body", "bad-key", "unknown-model", "rate-limit", "timeout")
)
_ANSWERED_ON_THE_WAY: Final = frozenset(("bad-body", "bad-key", "unknown-model", "models", "timeout"))


def comparison_cases(setup: Setup, check: str) -> Sequence[Case]:
    """The cases, each on the direct way twice and through the gateway once."""
    repeats = REPEATS[setup.pack]
    found = [
        *_answered(setup, check, repeats),
        *_refused(setup, check, repeats),
        _models_case(check, repeats),
    ]
    return tuple(msgspec.structs.replace(one, id=PREFIX + one.id, arms=ARMS) for one in found)


def all_cases(setup: Setup) -> Sequence[Case]:
    """Every question of a comparison, for X04."""
    return comparison_cases(setup, "X04")


def facet_of_case(case_id: str) -> ComparedFacet | None:
    """The facet that a case is about; None for what is no case of a comparison."""
    return _FACETS.get(case_id.removeprefix(PREFIX)) if case_id.startswith(PREFIX) else None


def asks_the_provider(case_id: str) -> bool:
    """Whether the answer is the provider's: of keys, names and failures a gateway speaks in words of its own."""
    return case_id.removeprefix(PREFIX) not in _ANSWERED_ON_THE_WAY


def is_meant_to_fail(case_id: str) -> bool:
    """Whether an error is the answer that the case is about."""
    return case_id.removeprefix(PREFIX) in _MEANT_TO_FAIL


def _answered(setup: Setup, check: str, repeats: int) -> Iterator[Case]:
    off = thinking_off(setup.dialect)
    streams = STREAMS[setup.pack]
    yield case(setup, "plain", check, chat(setup, [user(_HELLO)]), repeats=repeats)
    yield case(setup, "stream", check, stream(setup, [user(_LONGER)], **off), repeats=streams)
    without = stream(setup, [user(_LONGER)], include_usage=False, **off)
    yield case(setup, "stream-without-usage", check, without, repeats=repeats)
    yield case(setup, "cap", check, chat(setup, [user(_COUNT)], max_tokens=16, **off), repeats=repeats)
    yield case(setup, "stop", check, chat(setup, [user(_COUNT)], max_tokens=64, stop=["four"], **off), repeats=repeats)
    if not is_absent(setup.declared, "facet.tools"):
        tools = {"tools": [WEATHER], "tool_choice": "auto", **off}
        yield case(setup, "tools", check, chat(setup, [user(_TOOL)], **tools), repeats=repeats)
        yield case(setup, "tools-stream", check, stream(setup, [user(_TOOL)], **tools), repeats=repeats)
    if not is_absent(setup.declared, "facet.json"):
        body = chat(setup, [user(_JSON)], response_format={"type": "json_object"}, **off)
        yield case(setup, "json", check, body, repeats=repeats)
    if not is_absent(setup.declared, "facet.reasoning"):
        on = thinking_on(setup.dialect)
        if setup.dialect != "qwen":  # Qwen wants a stream with it
            yield case(setup, "reasoning", check, chat(setup, [user(_RIDDLE)], max_tokens=1024, **on), repeats=repeats)
        yield case(
            setup, "reasoning-stream", check, stream(setup, [user(_RIDDLE)], max_tokens=1024, **on), repeats=repeats
        )


def _refused(setup: Setup, check: str, repeats: int) -> Iterator[Case]:
    hello = [user(_HELLO)]
    unknown = msgspec.structs.replace(setup, model="no-such-model-@@nonce@@")
    yield case(setup, "bad-value", check, chat(setup, hello, temperature=-7.5), repeats=repeats)
    yield case(setup, "bad-body", check, b'{"model":', repeats=repeats)
    yield case(setup, "bad-key", check, chat(setup, hello), repeats=repeats, credential=Credential.WRONG)
    yield case(setup, "unknown-model", check, chat(unknown, hello), repeats=repeats)
    tokens = declared_context(setup.declared)
    if tokens is not None and tokens <= CONTEXT_TOKENS_MAX:
        yield filled_case(setup, "context", check, tokens + _EXCESS_TOKENS, repeats=1)
    if setup.simulated:
        yield case(setup, "rate-limit", check, chat(setup, [user("[[sim:status_429]]")]), repeats=repeats)
        yield case(setup, "timeout", check, chat(setup, [user("[[sim:status_504]]")]), repeats=repeats)


def _models_case(check: str, repeats: int) -> Case:
    return Case(id="models", checks=(check,), steps=(Step(method="GET", path="/models"),), repeats=repeats)


def why_not_asked(facet: ComparedFacet, declared: Mapping[str, str | int | bool | None]) -> str:
    """Why there is no case for a facet."""
    if facet is ComparedFacet.CONTEXT:
        tokens = declared_count(declared, "context-tokens")
        if tokens is None:
            return "nobody declares how long a prompt may be, so none can be too long on purpose"
        return f"a prompt of more than {tokens} tokens would be needed, and answered and billed where it is cut"
    return _WHY.get(facet, "the route declares that it has no such thing")


_WHY: Final[Mapping[ComparedFacet, str]] = {
    ComparedFacet.RATE_LIMITS: "no limit is run into on purpose; compare what the gateway says at its own limits",
    ComparedFacet.TIMEOUTS: "nobody can be made slow on purpose; compare the gateway's deadlines with the provider's",
}
