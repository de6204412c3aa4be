"""Plans of one check and observations written by hand, for what no simulated provider can show."""

from collections.abc import Mapping, Sequence

import msgspec

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.evidence.observations import (
    Arm,
    Ending,
    LedgerRow,
    Observation,
    ObservationKey,
    Read,
    Request,
    Times,
    Transcript,
    body_of,
)
from routeproof.evidence.plan import Declared, Plan, PlannedPrices, SelfTest, planned_keys
from routeproof.evidence.results import CheckResult
from routeproof.evidence.route import RouteIdentity
from routeproof.prover.cases.templates import fill
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.engine.judging import judge_of
from routeproof.prover.engine.planning import make_plan
from routeproof.prover.packs import Pack
from routeproof.prover.prices import planned_prices
from routeproof.prover.setup import Setup

CREATED = "2026-11-24T12:00:00.000Z"
MODEL = "deepseek-flash"
OK = {"role": "assistant", "content": "the sun"}


def shipped_prices(
    family: str = "deepseek", model: str = MODEL, region: str | None = None
) -> tuple[PlannedPrices, ...]:
    """The package's prices of a model for a day from CREATED on."""
    return planned_prices(PriceBook.compile(load_facts()).sheet(family, model, region), parse_instant(CREATED))


def plan_of(
    *checks: str,
    dialect: str = "deepseek",
    arms: tuple[Arm, ...] = (Arm.DIRECT,),
    declared: Mapping[str, Declared] | None = None,
    prices: Sequence[PlannedPrices] = (),
    self_test: SelfTest | None = None,
    price_facts_digest: str | None = "ab" * 32,
    has_other_key: bool = False,
    simulated: bool = False,
) -> Plan:
    """A plan of these checks."""
    setup = Setup(
        model=MODEL,
        dialect=dialect,
        pack=Pack.CUSTOM,
        seed=7,
        arms=arms,
        declared=declared or {},
        over_our_gateway=Arm.GATEWAY in arms,
        has_other_key=has_other_key,
        simulated=simulated,
    )
    route = RouteIdentity(
        name=f"{dialect}/{MODEL}",
        base_url="https://api.example/v1",
        key_fingerprint=None,
        model=MODEL,
        dialect=dialect,
        overlay_digest="cd" * 32,
        price_facts_digest=price_facts_digest,
    )
    return make_plan(route, checks_named(checks), setup, created=CREATED, prices=prices, self_test=self_test)


def keys_of(plan: Plan) -> tuple[ObservationKey, ...]:
    """Every planned request."""
    return tuple(planned_keys(plan))


def observed(
    plan: Plan,
    key: ObservationKey,
    answer: bytes = b"",
    *,
    reads: Sequence[Read] | None = None,
    status: int | None = 200,
    ending: Ending = Ending.COMPLETE,
    content_type: str = "application/json",
    ended_ns: int = 100,
    ledger: tuple[LedgerRow, ...] = (),
) -> Observation:
    """A planned request that got this answer, in one read at 50 ns unless told otherwise."""
    case = next(case for case in plan.cases if case.id == key.case)
    step = case.steps[key.step - 1]
    answers = dict.fromkeys(range(1, key.step), OK)
    sent = fill(step.body, seed=plan.seed, case=key.case, trial=key.trial, answers=answers)
    transcript = Transcript(
        request=Request(method=step.method, path=step.path, headers=(), body=body_of([Read(5, sent)])),
        times=Times(begun_ns=0, ended_ns=ended_ns),
        status=status,
        headers=(("content-type", content_type),),
        body=body_of([Read(50, answer)] if reads is None else reads),
        ending=ending,
    )
    return Observation(plan=plan.digest, transcript=transcript, ledger=ledger, **key._asdict())


def usage(prompt: int = 10, completion: int = 2, cached: int = 0) -> dict[str, object]:
    """A usage object in DeepSeek's shape."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
        "prompt_cache_hit_tokens": cached,
        "prompt_cache_miss_tokens": prompt - cached,
    }


def completion(counts: Mapping[str, object] | None, content: str = "the sun", answer_id: str = "a-1") -> bytes:
    """A whole answer with this usage."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content},
        "logprobs": None,
        "finish_reason": "stop",
    }
    value = {
        "id": answer_id,
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [choice],
        "usage": counts,
        "system_fingerprint": "fp",
    }
    return msgspec.json.encode(value)


def judged(plan: Plan, check: str, observations: Sequence[Observation]) -> CheckResult:
    """What the check concludes."""
    (known,) = checks_named([check])
    planned = plan.check(check)
    assert planned is not None
    return judge_of(known)(plan, planned, observations)
