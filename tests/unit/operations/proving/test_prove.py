"""Proves routes from plan to evidence, over real sockets."""

import json
import os
import signal
from pathlib import Path

import msgspec
import pytest
from tests.support.route_to_prove import KEY, RouteToProve
from tests.support.running_gateway import AGELESS

from routeproof.clock import NS_PER_S, FixedClock
from routeproof.config.loading import parse_settings
from routeproof.config.settings import EvidenceSettings
from routeproof.errors import OperatorError
from routeproof.evidence.dsse import Signer
from routeproof.evidence.expiry import ExpiryCause
from routeproof.evidence.observations import Arm, Ending, Observation
from routeproof.evidence.plan import SelfTest
from routeproof.evidence.reasons import ReasonCode
from routeproof.evidence.results import Spent
from routeproof.evidence.verdicts import Verdict
from routeproof.evidence.verification import Verification, verify
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.proving.planning import PlannedRun
from routeproof.operations.proving.running import ProvenRun, ProveOptions, plan_route, run_to_the_end
from routeproof.operations.proving.targets import identity_of
from routeproof.prover.engine.judging import judges_of
from routeproof.prover.engine.running import RunSettings
from routeproof.prover.engine.watching import Unwatched
from routeproof.prover.packs import Pack
from routeproof.prover.prices import tariffs_ahead
from routeproof.secret import Secret

CONFIG = """
server.direct_routes = true
[providers.deepseek]
dialect = "deepseek"
api_key = "none"
"""
AGEING = PriceDesk(None)
DESK = PriceDesk(msgspec.structs.replace(parse_settings(CONFIG, Path("routeproof.toml"), {}), staleness=AGELESS))
NOW_NS = max(fact.checked_at_ns for fact in AGEING.facts) + 86_400 * NS_PER_S
"""Every fact has been checked by now, and on the desk without age none is stale, whenever it was."""
CLOCK = FixedClock(NOW_NS)
SIGNER = Signer(bytes(range(32)))
ONE_BY_ONE = RunSettings(concurrency=1, ask_again=False)
CHECKS = ("P01", "U01", "U09")


def planned_for(route: RouteToProve, data_dir: Path | None = None, **options: object) -> PlannedRun:
    """The plan of a few checks, made at a fixed instant."""
    wanted = ProveOptions(**{"checks": CHECKS, "run": ONE_BY_ONE, **options})  # type: ignore[arg-type]
    return plan_route(route.target, wanted, desk=DESK, data_dir=data_dir, clock=CLOCK)


def proven_by(planned: PlannedRun, **more: object) -> ProvenRun:
    """The run, signed."""
    return run_to_the_end(planned, signer=SIGNER, clock=CLOCK, **more)  # type: ignore[arg-type]


def verified(proven: ProvenRun, planned: PlannedRun) -> Verification:
    """What somebody comes to who has the file alone."""
    bundle = proven.bundle()
    assert bundle is not None
    return verify(
        bundle,
        trusted_keys=[SIGNER.key_id],
        at_ns=NOW_NS,
        route_digest=identity_of(planned.target, DESK).digest,
        judges=judges_of(planned.checks),
    )


class Signalling(Unwatched):
    """Sends this process a signal after so many observations."""

    def __init__(self, after: int) -> None:
        self.left = after

    def observed(self, observation: Observation, spent: Spent) -> None:
        """Count down."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(
    ("kind", "model"), [("deepseek", "deepseek-flash"), ("qwen", "qwen-plus"), ("qwen", "qwen3-max")]
)
def test_a_good_route_passes_and_anyone_can_reach_that_again(kind: str, model: str) -> None:
    """From the file alone, with no reason against it."""
    with RouteToProve(kind, model) as route:
        planned = planned_for(route)
        proven = proven_by(planned)

    assert {one.check: one.verdict for one in proven.run.results} == dict.fromkeys(CHECKS, Verdict.PASS)
    assert (proven.verdict, proven.exit_code, proven.stopped) == (Verdict.PASS, 0, None)
    assert verified(proven, planned).reasons == ()


def test_a_bad_route_fails_with_the_bytes_that_show_it() -> None:
    """And with an exit code that says so."""
    with RouteToProve() as route:
        route.server.faults.add("html_200", times=None)
        planned = planned_for(route)
        proven = proven_by(planned)
    failed = next(one for one in proven.run.results if one.check == "P01")

    assert (failed.verdict, proven.exit_code) == (Verdict.FAIL, 1)
    assert "<html" in failed.exhibits[0].excerpt
    assert verified(proven, planned).reasons == ()


def test_a_dead_route_is_an_error_and_never_a_pass() -> None:
    """Nothing was shown."""
    with RouteToProve() as route:
        planned = planned_for(route)
    proven = proven_by(planned)
    verdicts = {one.check: one.verdict for one in proven.run.results}

    assert (verdicts["P01"], verdicts["U01"]) == (Verdict.ERROR, Verdict.ERROR)
    assert proven.exit_code == 2
    assert proven.run.spent.requests == len(proven.observations)
    assert proven.run.spent.money_nanousd == 0


def test_the_plan_knows_what_is_known_of_the_route() -> None:
    """Limits, names, prices with their sources, and what the run may cost."""
    with RouteToProve() as route:
        plan = planned_for(route).plan

    assert plan.declared["context-tokens"] == 1_048_576
    assert plan.prices
    assert {"price", "limit", "control"} <= {fact.kind for fact in plan.facts}
    assert plan.ceilings.money_nanousd
    assert plan.route.price_facts_digest
    assert plan.route.name.endswith("/deepseek-flash")


def test_what_was_spent_is_within_what_was_agreed_to() -> None:
    """And is the sum of the usages, at the price in force."""
    with RouteToProve() as route:
        proven = proven_by(planned_for(route))
    spent, ceilings = proven.run.spent, proven.plan.ceilings
    usages = [json.loads(one.transcript.body.data)["usage"] for one in proven.observations if not _streamed(one)]

    assert spent.input_tokens is not None
    assert spent.money_nanousd is not None
    assert ceilings.money_nanousd is not None
    assert spent.input_tokens >= sum(usage["prompt_tokens"] for usage in usages)
    assert 0 < spent.money_nanousd <= ceilings.money_nanousd


def _streamed(observation: Observation) -> bool:
    return b'"stream":true' in observation.transcript.request.body.data


def test_money_can_be_held_to_less_than_the_worst_case() -> None:
    """What could go over is not sent, counts all the same, and is no pass."""
    with RouteToProve() as route:
        proven = proven_by(planned_for(route, money_max_nanousd=1))

    assert {one.transcript.ending for one in proven.observations} == {Ending.NOT_SENT}
    assert proven.run.spent.requests == 0
    assert proven.verdict is Verdict.ERROR


def test_an_amount_of_money_needs_a_known_price() -> None:
    """It could not be held to."""
    with RouteToProve(model="nobody-knows") as route, pytest.raises(OperatorError, match="leave the amount out"):
        planned_for(route, money_max_nanousd=1)


def test_ctrl_c_keeps_what_was_measured_and_the_same_words_go_on(tmp_path: Path) -> None:
    """The second run has the first one's plan, asks only what is missing, and is signed."""
    with RouteToProve() as route:
        first = planned_for(route, tmp_path)
        stopped = proven_by(first, watcher=Signalling(after=2))
        answered = [one for one in stopped.observations if one.transcript.ending is Ending.COMPLETE]
        second = planned_for(route, tmp_path)
        whole = proven_by(second)
        third = planned_for(route, tmp_path)

    assert stopped.stopped == "the run was interrupted"
    assert stopped.bundle() is None
    assert len(answered) >= 2
    assert (first.resumes, second.resumes, third.resumes) == (False, True, False)
    assert second.plan == first.plan
    assert set(answered) <= set(whole.observations)
    assert verified(whole, second).reasons == ()
    assert third.plan.seed != first.plan.seed or third.plan.digest != first.plan.digest


def test_an_interrupted_run_is_left_alone_where_anything_differs(tmp_path: Path) -> None:
    """Other checks, another way, or the wish to begin anew."""
    with RouteToProve() as route:
        proven_by(planned_for(route, tmp_path), watcher=Signalling(after=1))

        assert not planned_for(route, tmp_path, checks=("P01",)).resumes
        assert not planned_for(route, tmp_path, begin_anew=True).resumes
        assert not planned_for(route, tmp_path, seed=12345).resumes
        assert planned_for(route, tmp_path).resumes


def test_no_key_is_in_anything_that_is_kept(tmp_path: Path) -> None:
    """Neither in the evidence nor in the journal."""
    with RouteToProve() as route:
        planned = planned_for(route, tmp_path, checks=("P01", "R05"))
        proven = proven_by(planned)
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]

    assert kept
    for data in (proven.bundle() or b"", *kept):
        assert KEY.encode() not in data
    assert not any(
        KEY.encode() in body
        for one in proven.observations
        for body in (one.transcript.body.data, one.transcript.request.body.data)
    )


def test_bodies_that_are_not_to_be_kept_are_judged_first(tmp_path: Path) -> None:
    """Then the evidence has their digests, and nothing of them is left on disk."""
    with RouteToProve() as route:
        planned = planned_for(route, tmp_path)
        proven = proven_by(planned, evidence=EvidenceSettings(keep_bodies=False))

    assert proven.verdict is Verdict.PASS
    assert all(one.transcript.body.size and not one.transcript.body.data for one in proven.observations)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert {reason.code for reason in verified(proven, planned).reasons} == {ReasonCode.BODIES_DROPPED}


def test_evidence_ends_with_the_facts_that_it_rests_on() -> None:
    """A mutable name within a week, else within a month, but never later than a price is stale."""
    with RouteToProve("qwen", "qwen-plus") as alias, RouteToProve() as model:
        ways = [proven_by(planned_for(route)).expiry for route in (alias, model)]
        planned = plan_route(model.target, ProveOptions(checks=("P01",)), desk=AGEING, clock=CLOCK)
        ageing = proven_by(planned).expiry
    tariffs = tariffs_ahead(planned.target.sheet(AGEING), NOW_NS)
    stale_ns = min(tariff.stale_from_ns for tariff in tariffs)

    assert [one.because for one in ways] == [ExpiryCause.MUTABLE_ALIAS, ExpiryCause.AGE]
    assert (ageing.because, ageing.at_ns) == (ExpiryCause.PRICE_STALE, stale_ns)


def test_what_was_stale_when_it_was_proven_ends_evidence_once_it_is_held() -> None:
    """A price that nobody has checked for a month is told of by U09; only one that may not be quoted is no evidence."""
    with RouteToProve() as model:
        stale_ns = min(one.stale_from_ns for one in tariffs_ahead(model.target.sheet(AGEING), NOW_NS))
        clock = FixedClock(stale_ns)
        planned = plan_route(model.target, ProveOptions(checks=("P01",)), desk=AGEING, clock=clock)
        expiry = run_to_the_end(planned, signer=SIGNER, clock=clock).expiry
        held_ns = min(one.held_from_ns for one in tariffs_ahead(planned.target.sheet(AGEING), stale_ns))

    assert expiry is not None
    assert stale_ns < held_ns
    assert expiry.at_ns == min(held_ns, stale_ns + 30 * 86_400 * NS_PER_S)


def test_without_a_signer_there_is_nothing_to_store() -> None:
    """The results are there all the same."""
    with RouteToProve() as route:
        proven = run_to_the_end(planned_for(route), clock=CLOCK)

    assert (proven.bundle(), proven.envelope, proven.verdict) == (None, None, Verdict.PASS)


def test_the_self_test_is_in_the_plan_and_in_the_statement() -> None:
    """Which prover it was decides what a pass is worth."""
    record = SelfTest(digest="ab" * 32, complete=True, check_hashes={})
    with RouteToProve() as route:
        proven = proven_by(planned_for(route, checks=("P01",), self_test=record))

    assert proven.plan.self_test == record
    assert proven.statement.predicate.prover.self_test_sha256 == record.digest


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"checks": ("Q99",)}, "there is no check Q99"),
        ({"checks": ("U07",)}, "add --via gateway"),
        ({"arms": (Arm.GATEWAY,)}, "none is named"),
    ],
)
def test_what_can_not_be_planned_is_told_with_its_remedy(options: dict[str, object], words: str) -> None:
    """Before anything is sent."""
    with RouteToProve() as route:
        with pytest.raises(OperatorError, match=words):
            planned_for(route, **options)
        assert route.server.log.total == 0


def test_another_price_makes_another_route() -> None:
    """And another key, address or model; a name decides nothing."""
    with RouteToProve() as route:
        target = route.target
    provider = target.provider
    others = [
        msgspec.structs.replace(target, provider=msgspec.structs.replace(provider, **{field: value}))
        for field, value in (
            ("prices", None),
            ("api_key", Secret("another")),
            ("base_url", "https://api.example.com"),
            ("region", "elsewhere"),
        )
    ]
    digests = {identity_of(one, DESK).digest for one in (target, *others)}

    assert len(digests) == 5
    assert identity_of(msgspec.structs.replace(target, name="else/where"), DESK).digest in digests
    assert ProveOptions(pack=Pack.SMOKE).seen_pack is Pack.SMOKE
