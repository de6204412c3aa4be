"""A gateway before simulated providers that the documents' examples can be tried out on."""

from collections.abc import Iterator

import pytest
from tests.support.clocks import DatedClock
from tests.support.running_gateway import RunningGateway

DAY = "2026-11-24T12:00:00Z"
"""A Tuesday noon in UTC: outside DeepSeek's peak hours."""


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway for all tests of a module, on a day whose prices are known."""
    with RunningGateway(clock=DatedClock(DAY)) as running:
        yield running
