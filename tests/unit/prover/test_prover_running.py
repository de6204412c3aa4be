"""Runs over real sockets: everything that was planned has its observation, whatever happens."""

import asyncio
from pathlib import Path

import msgspec
from tests.support.prover_runs import KEY, QUICK
from tests.support.prover_scene import ONE, ONE_BY_ONE, SETUP, Watching, against, endings, plan_of, ran
from tests.support.sample_checks import asks, check
from tests.support.sample_evidence import ROUTE

from routeproof.evidence.observations import Arm, Ending, Observation
from routeproof.evidence.plan import Credential, Step, planned_keys
from routeproof.evidence.results import Spent
from routeproof.prover.cases.chat_bodies import chat, user
from routeproof.prover.engine.endpoints import Deadlines, Endpoint, keys_for
from routeproof.prover.engine.journal import JOURNAL_NAME, Journal
from routeproof.prover.engine.running import Outcome, RunSettings, run_plan
from routeproof.prover.engine.sending import Sender
from routeproof.prover.engine.watching import Unwatched
from routeproof.simulator.simulator import start_simulator


def test_everything_that_was_planned_is_asked_once() -> None:
    """With the plan's digest, the provider's id, and the trial's own word in it."""
    plan = plan_of(check(cases=asks(repeats=5)))
    outcome = ran(plan)
    bodies = {one.transcript.request.body.data for one in outcome.observations}

    assert [one.key for one in outcome.observations] == list(planned_keys(plan))
    assert {one.plan for one in outcome.observations} == {plan.digest}
    assert all(one.provider_request_id for one in outcome.observations)
    assert len(bodies) == 5
    assert b"@@" not in b"".join(bodies)
    assert (outcome.spent.requests, outcome.stopped) == (5, None)
    assert outcome.spent.input_tokens
    assert outcome.spent.output_tokens


def test_a_step_goes_on_from_the_answer_before() -> None:
    """Its message is in the next request, whole or streamed."""
    for streamed in (False, True):
        first = Step(body=chat(SETUP, [user("first")], max_tokens=64, stream=streamed))
        second = Step(body=chat(SETUP, [user("first"), "@@message:1@@", user("second")], max_tokens=64))
        outcome = ran(plan_of(check(cases=asks(steps=[first, second], repeats=1))))
        (one, two) = outcome.observations
        messages = msgspec.json.decode(two.transcript.request.body.data)["messages"]

        assert (one.transcript.status, two.transcript.status) == (200, 200)
        assert messages[1]["role"] == "assistant"
        assert messages[1]["content"]


def test_a_step_whose_answer_never_came_is_not_sent_and_counts() -> None:
    """It has its observation, with the reason."""
    steps = [Step(body=chat(SETUP, [user("[[sim:status_500]]")])), Step(body=chat(SETUP, ["@@message:1@@"]))]
    outcome = ran(plan_of(check(cases=asks(steps=steps, repeats=2))))

    assert endings(outcome) == [Ending.COMPLETE, Ending.NOT_SENT] * 2
    assert outcome.observations[1].transcript.detail == "step 1 left no message to go on from"
    assert outcome.spent.requests == 2


def test_a_credential_that_nobody_gave_is_not_sent() -> None:
    """Another key than the one that was meant would prove nothing."""
    outcome = ran(plan_of(check(cases=asks(credential=Credential.OTHER, repeats=1))))

    assert endings(outcome) == [Ending.NOT_SENT]
    assert outcome.observations[0].transcript.detail == "no other key was given"


def test_never_more_at_once_than_was_said() -> None:
    """The bound holds over the whole run."""

    async def main() -> int:
        most = 0
        async with await start_simulator(ONE) as simulator:
            server = simulator.server("one")

            class Counting(Unwatched):
                def observed(self, observation: Observation, spent: Spent) -> None:
                    nonlocal most
                    most = max(most, server.log.connections_open)

            await against(
                simulator,
                plan_of(check(cases=asks(repeats=20))),
                settings=RunSettings(concurrency=3, ask_again=False),
                watcher=Counting(),
            )
        return most

    assert 1 <= asyncio.run(main()) <= 3


def test_what_does_not_fit_under_the_ceilings_is_not_sent_and_counts() -> None:
    """The budget is held to, and the denominator stays what was planned."""
    plan = plan_of(check(cases=asks(repeats=6)))
    each = plan.ceilings.output_tokens // 12
    less = msgspec.structs.replace(plan.ceilings, output_tokens=each)
    outcome = ran(msgspec.structs.replace(plan, ceilings=less), faults=[{"fault": "missing_usage", "times": None}])

    assert sorted(endings(outcome)) == [Ending.COMPLETE, *[Ending.NOT_SENT] * 5]
    unsent = [one for one in outcome.observations if one.transcript.ending is Ending.NOT_SENT]
    assert "ceiling of 64 tokens of output" in str(unsent[0].transcript.detail)
    assert outcome.spent.output_tokens is None


def test_a_small_budget_is_used_up_before_anything_is_left_out() -> None:
    """A request waits for what is under way to be settled: most use far less than they could."""
    plan = plan_of(check(cases=asks(repeats=6)))
    each = plan.ceilings.output_tokens // 12
    less = msgspec.structs.replace(plan.ceilings, output_tokens=each * 2)
    outcome = ran(msgspec.structs.replace(plan, ceilings=less), settings=RunSettings(concurrency=6, ask_again=False))

    assert endings(outcome).count(Ending.COMPLETE) > 2
    assert outcome.spent.output_tokens is not None
    assert outcome.spent.output_tokens <= each * 2


def test_the_watcher_is_told_of_each_request() -> None:
    """And of how many there are."""
    watcher = Watching()
    outcome = ran(plan_of(check()), watcher=watcher)

    assert watcher.told[0] == (3, 0)
    assert sorted(map(str, watcher.told[1:])) == [one.id for one in outcome.observations]


def test_stopping_keeps_what_was_measured() -> None:
    """What is under way is broken off, what was not sent counts all the same, and the run says why it ended."""
    watcher = Watching(stop_after=2)
    outcome = ran(plan_of(check(cases=asks(repeats=9))), watcher=watcher, settings=ONE_BY_ONE)

    assert outcome.stopped == "the run was interrupted"
    assert endings(outcome).count(Ending.COMPLETE) in (2, 3)
    assert endings(outcome).count(Ending.NOT_SENT) >= 6
    assert "the run was interrupted" in watcher.told


def test_stopping_does_not_wait_for_an_answer() -> None:
    """A provider that hangs holds nobody up."""

    async def main() -> Outcome:
        async with await start_simulator(ONE) as simulator:
            simulator.server("one").faults.add("stall_before_headers", times=None, seconds=3600)
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                task = group.create_task(against(simulator, plan_of(check()), stop=stop))
                await simulator.server("one").wait_seen(3)
                stop.set()
                return await task

    assert endings(asyncio.run(main())) == [Ending.INTERRUPTED] * 3


def test_a_run_ends_when_its_time_is_over() -> None:
    """Whatever the provider does."""
    settings = RunSettings(seconds_max=0.2, ask_again=False)
    outcome = ran(
        plan_of(check()), faults=[{"fault": "stall_before_headers", "times": None, "seconds": 60}], settings=settings
    )

    assert outcome.stopped == "the run's time of 0.2 s was over"
    assert set(endings(outcome)) == {Ending.INTERRUPTED}


def test_an_endpoint_that_never_says_a_word_is_given_up() -> None:
    """Waiting for each deadline of a long plan would take hours; once anything was answered, everything is asked."""
    quick = Deadlines(first_byte_s=0.05)
    stall: dict[str, object] = {"fault": "stall_before_headers", "times": None, "seconds": 60}
    fault_once: list[dict[str, object]] = [{"fault": "status_500", "times": 1}, stall]
    plan = plan_of(check(cases=asks(repeats=20)))
    settings = RunSettings(concurrency=4, ask_again=False)
    silent = ran(plan, faults=[stall], settings=settings, deadlines=quick)
    heard = ran(plan, faults=fault_once, settings=settings, deadlines=quick)

    assert silent.stopped == "the first 16 requests met silence"
    assert 16 <= endings(silent).count(Ending.TIMED_OUT) < 20
    assert heard.stopped is None
    assert endings(heard).count(Ending.TIMED_OUT) == 19


def test_no_key_is_in_the_journal_or_in_what_is_judged(tmp_path: Path) -> None:
    """Though a provider may send it back."""
    plan = plan_of(
        check(cases=asks(text=f"say {KEY}")), check(id="Z02", cases=asks("bad", credential=Credential.WRONG))
    )
    plan = msgspec.structs.replace(
        plan, cases=tuple(msgspec.structs.replace(case, checks=("Z01",)) for case in plan.cases)
    )

    async def main() -> Outcome:
        async with await start_simulator(ONE) as simulator:
            with Journal(tmp_path, plan) as journal:
                return await against(simulator, plan, journal=journal)

    outcome = asyncio.run(main())
    kept = (tmp_path / JOURNAL_NAME).read_bytes() + msgspec.json.encode(outcome.observations)
    wrong = keys_for(KEY)[Credential.WRONG].reveal()
    assert endings(outcome) == [Ending.COMPLETE] * 6
    for secret in (KEY, wrong):
        assert secret.encode() not in kept
        assert not any(secret.encode() in body for body in _bodies(outcome))


def _bodies(outcome: Outcome) -> list[bytes]:
    transcripts = [one.transcript for one in outcome.observations]
    return [body.data for one in transcripts for body in (one.body, one.request.body)]


def test_a_rate_limit_is_judged_as_it_was_and_asked_again_apart() -> None:
    """The observation stays a 429; that the second attempt got through is counted beside it."""
    limit = {"fault": "status_429", "times": 1, "seconds": 0}
    plan = plan_of(check())
    outcome = ran(plan, faults=[limit], settings=RunSettings(concurrency=1))
    alone = ran(plan, faults=[limit], settings=ONE_BY_ONE)

    assert sorted(one.transcript.status or 0 for one in outcome.observations) == [200, 200, 429]
    seen = outcome.attempts
    assert (seen.planned, seen.sent, seen.rate_limited, seen.asked_again, seen.got_through_then) == (3, 3, 1, 1, 1)
    assert outcome.spent.requests == 4
    assert (alone.attempts.rate_limited, alone.attempts.asked_again) == (1, 0)


def test_second_attempts_end_with_the_spare_requests() -> None:
    """They are within the ceilings like all else."""
    limit = {"fault": "status_429", "times": None, "seconds": 0}
    outcome = ran(plan_of(check(cases=asks(repeats=10))), faults=[limit], settings=RunSettings())
    seen = outcome.attempts

    assert (seen.rate_limited, seen.asked_again, seen.got_through_then) == (10, 8, 0)


def test_arms_go_where_they_are_sent() -> None:
    """The gateway's arm names the model as the gateway does, and keeps both ids."""
    setup = msgspec.structs.replace(SETUP, arms=(Arm.DIRECT, Arm.GATEWAY))
    plan = msgspec.structs.replace(
        plan_of(check(cases=asks(repeats=1)), setup=setup), route=msgspec.structs.replace(ROUTE, model="deepseek-flash")
    )

    async def main() -> Outcome:
        async with await start_simulator(ONE) as simulator, Sender(QUICK) as sender:
            url = simulator.base_url("one")
            ways = {
                Arm.DIRECT: Endpoint(base_url=url, keys=keys_for(KEY)),
                Arm.GATEWAY: Endpoint(base_url=url, keys=keys_for(KEY), model="deepseek-v4-pro", is_gateway=True),
            }
            return await run_plan(plan, ways, sender)

    direct, gateway = asyncio.run(main()).observations
    assert msgspec.json.decode(direct.transcript.request.body.data)["model"] == "deepseek-flash"
    assert msgspec.json.decode(gateway.transcript.request.body.data)["model"] == "deepseek-v4-pro"
