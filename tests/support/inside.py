"""What no client can see of a running gateway: what it holds, what it has not sent, whether it has looked again."""

import asyncio
from collections.abc import Callable

from tests.support.running_gateway import RunningGateway


class _Looks:
    """Counts the sweeps of the deadlines."""

    def __init__(self) -> None:
        self.count = 0

    def check_deadlines(self, _now_s: float) -> None:
        """One more."""
        self.count += 1


def swept(gateway: RunningGateway, times: int) -> Callable[[], bool]:
    """A condition that holds once the deadlines have been looked at so many more times."""
    looks = _Looks()
    gateway.loop.loop.call_soon_threadsafe(gateway.plane.hub.deadlines.add, looks)
    return lambda: looks.count >= times


def held_bytes(gateway: RunningGateway) -> int:
    """Bytes of requests that have been read and not been looked at yet."""
    return sum(len(connection._buffer) for connection in tuple(gateway.plane.listener._connections))


def unsent_bytes(gateway: RunningGateway) -> int:
    """Bytes of answers that wait in the process for clients to read."""
    connections = tuple(gateway.plane.listener._connections)
    return sum(connection._transport.get_write_buffer_size() for connection in connections)


def tasks(gateway: RunningGateway) -> int:
    """Tasks on the gateway's loop, the one that looks left out."""

    async def count() -> int:
        return len(asyncio.all_tasks()) - 1

    return gateway.loop.run(count())


def busy_upstream(gateway: RunningGateway) -> int:
    """Connections to providers that are in use or being dialled."""
    return sum(len(pool._open) - len(pool._idle) + pool._dialling for pool in gateway.plane._assembly.pools)
