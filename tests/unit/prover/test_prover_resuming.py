"""A run that was interrupted goes on from its journal, within the same budget."""

import asyncio
from pathlib import Path

import pytest
from tests.support.prover_scene import ONE, ONE_BY_ONE, SETUP, Watching, against, endings, plan_of
from tests.support.sample_checks import asks, check

from routeproof.errors import StoreError
from routeproof.evidence.observations import Ending
from routeproof.evidence.plan import Step, planned_keys
from routeproof.prover.cases.chat_bodies import chat, user
from routeproof.prover.engine.journal import Journal
from routeproof.prover.engine.running import Outcome
from routeproof.simulator.simulator import start_simulator


def test_an_interrupted_run_goes_on_and_asks_only_what_is_missing(tmp_path: Path) -> None:
    """Together both parts are the whole run, within one budget."""
    plan = plan_of(check(cases=asks(repeats=9)))

    async def main() -> tuple[Outcome, Outcome, int]:
        async with await start_simulator(ONE) as simulator:
            watcher = Watching(stop_after=3)
            with Journal(tmp_path, plan) as journal:
                first = await against(
                    simulator, plan, journal=journal, watcher=watcher, stop=watcher.stop, settings=ONE_BY_ONE
                )
            with Journal(tmp_path, plan) as journal:
                second = await against(simulator, plan, journal=journal, settings=ONE_BY_ONE)
                assert journal.finished
            return first, second, simulator.server("one").log.total

    first, second, asked = asyncio.run(main())
    answered = [one for one in first.observations if one.transcript.ending is Ending.COMPLETE]
    lost = endings(first).count(Ending.INTERRUPTED)

    assert 3 <= len(answered) < 9
    assert set(answered) <= set(second.observations)
    assert set(endings(second)) == {Ending.COMPLETE}
    assert second.spent.requests == 9 + lost
    assert 9 <= asked <= 9 + lost
    assert second.started == first.started
    assert second.stopped is None


def test_a_trial_that_broke_off_between_its_steps_begins_anew(tmp_path: Path) -> None:
    """Its later steps go on from an answer that is not kept as it came."""
    first = Step(body=chat(SETUP, [user("first")], max_tokens=64))
    second = Step(body=chat(SETUP, [user("first"), "@@message:1@@", user("second")], max_tokens=64))
    plan = plan_of(check(cases=asks(steps=[first, second], repeats=1)))

    async def main() -> tuple[Outcome, Outcome]:
        async with await start_simulator(ONE) as simulator:
            watcher = Watching(stop_after=1)
            with Journal(tmp_path, plan) as journal:
                part = await against(simulator, plan, journal=journal, watcher=watcher, stop=watcher.stop)
            with Journal(tmp_path, plan) as journal:
                return part, await against(simulator, plan, journal=journal)

    part, whole = asyncio.run(main())
    assert part.observations[0].transcript.ending is Ending.COMPLETE
    assert endings(whole) == [Ending.COMPLETE] * 2
    assert whole.observations[0] != part.observations[0]


def test_a_request_that_a_crash_lost_still_counts_as_spent(tmp_path: Path) -> None:
    """At its worst case: the ceilings hold over both parts of the run."""
    plan = plan_of(check(cases=asks(repeats=2)))
    with Journal(tmp_path, plan) as journal:
        journal.start("2026-11-24T12:00:30.000Z")
        for _ in range(4):
            journal.sending(next(planned_keys(plan)))

    async def main() -> Outcome:
        async with await start_simulator(ONE) as simulator:
            with Journal(tmp_path, plan) as journal:
                return await against(simulator, plan, journal=journal)

    outcome = asyncio.run(main())
    assert plan.ceilings.requests == 4
    assert endings(outcome) == [Ending.NOT_SENT] * 2
    assert "ceiling of 4 requests" in str(outcome.observations[0].transcript.detail)


def test_a_journal_that_can_not_be_written_ends_the_run(tmp_path: Path) -> None:
    """What could not be accounted for is not sent."""
    plan = plan_of(check())

    async def main() -> None:
        async with await start_simulator(ONE) as simulator:
            with Journal(tmp_path, plan) as journal:
                journal.start("2026-11-24T12:00:30.000Z")
                journal.close()
                try:
                    await against(simulator, plan, journal=journal)
                finally:
                    assert simulator.server("one").log.total == 0

    with pytest.raises(StoreError, match=r"journal\.jsonl"):
        asyncio.run(main())
