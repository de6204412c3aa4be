"""The one place that starts tasks."""

import asyncio

from routeproof.net.tasks import Tasks


def test_keeps_a_task_until_it_ends() -> None:
    """A running task counts; an ended one does not."""

    async def main() -> None:
        failures: list[tuple[str, BaseException]] = []
        tasks = Tasks(lambda name, error: failures.append((name, error)))
        gate = asyncio.Event()

        async def wait() -> None:
            await gate.wait()

        task = tasks.spawn(wait(), "waiter")
        assert len(tasks) == 1
        assert task.get_name() == "waiter"
        gate.set()
        await task
        await asyncio.sleep(0)
        assert len(tasks) == 0
        assert failures == []

    asyncio.run(main())


def test_reports_an_exception_with_the_name_of_its_task() -> None:
    """What a task raises reaches the handler."""

    async def main() -> None:
        failures: list[tuple[str, str]] = []
        tasks = Tasks(lambda name, error: failures.append((name, str(error))))

        async def fail() -> None:
            raise ValueError("broken")

        await asyncio.wait([tasks.spawn(fail(), "failing")])
        await asyncio.sleep(0)
        assert failures == [("failing", "broken")]

    asyncio.run(main())


def test_cancel_all_waits_for_the_end_of_each() -> None:
    """After it no task runs, not even one that a dying task started; a cancelled task is no failure."""

    async def main() -> None:
        failures: list[str] = []
        ended: list[str] = []
        tasks = Tasks(lambda name, _error: failures.append(name))

        async def hold(name: str) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(name)
                if name == "first":
                    tasks.spawn(hold("child"), "child")

        tasks.spawn(hold("first"), "first")
        tasks.spawn(hold("second"), "second")
        await asyncio.sleep(0)
        await tasks.cancel_all()
        assert len(tasks) == 0
        assert {"first", "second"} <= set(ended)
        assert failures == []

    asyncio.run(main())
