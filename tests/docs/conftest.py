"""A gateway before simulated providers that the documents' examples can be tried out on."""

from collections.abc import Iterator

import pytest
from tests.support.clocks import DatedClock
from tests.support.documents import EXAMPLE_DAY
from tests.support.running_gateway import RunningGateway


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway for all tests of a module, on a day whose prices are known."""
    with RunningGateway(clock=DatedClock(EXAMPLE_DAY)) as running:
        yield running
