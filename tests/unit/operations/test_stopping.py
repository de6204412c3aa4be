"""A signal ends the block, and nothing but the block."""

import asyncio
import os
import signal

import pytest
import uvloop

from routeproof.operations.stopping import UntilStopped


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_block_and_the_code_after_it_runs(number: signal.Signals) -> None:
    """What the block cleans up may still wait."""
    cleaned: list[bool] = []

    async def main() -> bool:
        with UntilStopped() as block:
            try:
                os.kill(os.getpid(), number)
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                cleaned.append(True)
        await asyncio.sleep(0)
        return block.stopped

    assert uvloop.run(main()) is True
    assert cleaned == [True]


def test_a_second_signal_does_not_cut_the_cleaning_short() -> None:
    """It is taken and changes nothing."""

    async def main() -> str:
        with UntilStopped():
            try:
                os.kill(os.getpid(), signal.SIGTERM)
                await asyncio.Event().wait()
            finally:
                os.kill(os.getpid(), signal.SIGTERM)
                for _ in range(5):
                    await asyncio.sleep(0)
                cleaned = "whole"
        return cleaned

    assert uvloop.run(main()) == "whole"


def test_without_a_signal_nothing_changes() -> None:
    """The block's own end, and its errors, pass."""

    async def main() -> bool:
        with UntilStopped() as block:
            await asyncio.sleep(0)
        with pytest.raises(KeyError), UntilStopped():
            raise KeyError
        return block.stopped

    assert uvloop.run(main()) is False


def test_a_cancellation_from_elsewhere_passes() -> None:
    """It is not swallowed, with or without a signal."""

    async def wait(signalled: bool) -> None:
        with UntilStopped():
            if signalled:
                os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()

    async def main(signalled: bool) -> bool:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(wait(signalled))
            await asyncio.sleep(0)
            task.cancel()
        return task.cancelled()

    assert uvloop.run(main(False)) is True
    assert uvloop.run(main(True)) is True
