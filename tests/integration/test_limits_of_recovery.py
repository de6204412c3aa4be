"""Every bound on trying again and on what is in flight, each by its name."""

import pytest
from tests.support.loop_thread import LoopThread
from tests.support.memory_ledger import MemoryLedger
from tests.support.raw_client import RawClient, ask, chat, request
from tests.support.running_gateway import RunningGateway
from tests.support.several_providers import ask_for, break_provider, three_providers, tried
from tests.support.waiting import until

from routeproof.net.deadlines import Deadlines
from routeproof.routing.breaker import Breaker

STALL = "[[sim:stall_before_headers]]"


@pytest.mark.parametrize(("most", "attempts", "status"), [(0, 1, 500), (1, 2, 500), (2, 3, 200)])
def test_retries_max(most: int, attempts: int, status: int) -> None:
    """After its first attempt an exchange makes so many more, and the client gets the last one's answer."""
    with three_providers(limits=f"retries_max = {most}") as gateway:
        break_provider(gateway, "one", "status_500")
        break_provider(gateway, "two", "status_500")
        answer = ask_for(gateway)

        assert answer.status == status
        assert answer.fields["x-routeproof-attempts"] == str(attempts)
        assert sum(tried(gateway)) == attempts


def denied(limits: str) -> tuple[int, int]:
    """With one retry in flight and a second one due: the second client's status, and the retries denied."""
    with three_providers(limits=limits) as gateway:
        break_provider(gateway, "one", "status_500")
        break_provider(gateway, "two", "stall_before_headers", times=1)
        with RawClient(gateway.port) as first:
            first.send(chat(gateway.key, model="pair"))
            until(lambda: tried(gateway) == (1, 1, 0), "the first one's retry")
            second = ask_for(gateway, "pair")
            counted = gateway.plane.hub.counters["retries_denied"]
            first.reset()
            gateway.ledger.wait(2)
        return second.status, counted


def test_retry_budget_min() -> None:
    """So many retries may be in flight however little traffic there is; one more is not made."""
    assert denied("retry_budget_min = 1\nretry_budget_percent = 1") == (500, 1)
    assert denied("retry_budget_min = 2\nretry_budget_percent = 1") == (200, 0)


def test_retry_budget_percent() -> None:
    """Or so many percent of the exchanges in flight, where that is more."""
    assert denied("retry_budget_min = 1\nretry_budget_percent = 99") == (500, 1)
    assert denied("retry_budget_min = 1\nretry_budget_percent = 100") == (200, 0)


def test_a_retry_is_given_back_when_its_exchange_ends() -> None:
    """The budget is of retries in flight: any number may follow one another."""
    with three_providers(limits="retry_budget_min = 1\nretry_budget_percent = 1\nbreaker_failures = 1_000") as gateway:
        break_provider(gateway, "one", "status_500")
        assert [ask_for(gateway).status for _ in range(20)] == [200] * 20


def test_breaker_failures() -> None:
    """After so many failures in a row a route is left out; one success in between starts the count again."""
    limits = "breaker_failures = 3\nbreaker_eject_s = 1_000\nbreaker_eject_max_s = 1_000"
    with three_providers(limits=limits) as gateway:
        break_provider(gateway, "one", "status_500", times=2)
        assert [ask_for(gateway).status for _ in range(3)] == [200] * 3
        assert tried(gateway) == (3, 2, 0)
        break_provider(gateway, "one", "status_500", times=3)
        assert [ask_for(gateway).status for _ in range(5)] == [200] * 5
        assert tried(gateway) == (6, 7, 0)


def test_breaker_eject_s() -> None:
    """An ejected route is asked again after this long, by one exchange; where that succeeds, by all."""
    with three_providers(limits="breaker_failures = 1\nbreaker_eject_s = 0.1") as gateway:
        break_provider(gateway, "one", "status_500", times=1)
        assert ask_for(gateway).fields["x-routeproof-attempts"] == "2"
        until(lambda: ask_for(gateway).fields["x-routeproof-route"].startswith("one/"), "the route's return")
        assert ask_for(gateway).fields["x-routeproof-route"] == "one/deepseek-flash"


def test_breaker_eject_max_s() -> None:
    """Each ejection in a row is longer than the one before, but never longer than this."""
    limits = "breaker_failures = 1\nbreaker_eject_s = 10\nbreaker_eject_max_s = 25"
    with three_providers(limits=limits) as gateway:
        route = gateway.plane.gateway.snapshot.routes.named("one/deepseek-flash")
        assert route is not None
        assert [ejected_for(route.breaker) for _ in range(4)] == [10, 20, 25, 25]


def ejected_for(breaker: Breaker) -> int:
    """Fail, and ask every second until the route is admitted for its next probe; returns the seconds."""
    breaker.failed(0.0)
    return next(second for second in range(1, 1_000) if breaker.admits(float(second)))


def test_recorder_slots() -> None:
    """Without a free slot nothing is dispatched: the client is told 503, and may come back when one is free."""
    gateway = RunningGateway()
    gateway.ledger = MemoryLedger(slots=1)
    with gateway, RawClient(gateway.port) as first:
        first.send(chat(gateway.key, STALL))
        until(lambda: gateway.ledger.open, "the first one's slot")
        until(lambda: gateway.simulator.server("deepseek").log.total == 1, "the first one's request")
        refused = ask(gateway.port, chat(gateway.key))
        row = gateway.ledger.entry(refused.fields["x-request-id"])
        assert (refused.status, refused.error["code"]) == (503, "overloaded")
        assert refused.fields["retry-after"] == "1"
        assert (row.exchange.outcome, row.exchange.cost_nanousd, row.attempts) == ("gateway_error", 0, [])
        assert gateway.simulator.server("deepseek").log.total == 1
        first.reset()
        gateway.ledger.wait(2)
        assert ask(gateway.port, chat(gateway.key)).status == 200


def test_recorder_slots_that_wait_for_their_commit() -> None:
    """A writer that is further behind than half of the slots stops new exchanges before the slots run out."""
    with RunningGateway(limits="recorder_slots = 10") as gateway:
        for backlog, status in ((5, 200), (6, 503), (0, 200)):
            gateway.ledger.backlog = backlog
            assert ask(gateway.port, chat(gateway.key)).status == status


def test_a_ledger_that_cannot_be_written_stops_paid_traffic() -> None:
    """Nothing is sent that could not be recorded, and the gateway is not ready; health is still answered."""
    with RunningGateway() as gateway:
        gateway.ledger.healthy = False
        refused = ask(gateway.port, chat(gateway.key))
        ready, health = (ask(gateway.port, request("GET", path)) for path in ("/readyz", "/healthz"))
        assert gateway.simulator.server("deepseek").log.total == 0

    assert (refused.status, refused.error["code"]) == (503, "ledger_unavailable")
    assert (ready.status, health.status) == (503, 200)


def test_sweep_interval_s() -> None:
    """Deadlines are looked at this often: many times here before once there."""
    with LoopThread() as thread:
        often, seldom = (Deadlines(thread.loop, interval_s) for interval_s in (0.001, 1_000.0))
        counts = [Count(), Count()]
        for deadlines, count in zip((often, seldom), counts, strict=True):
            thread.loop.call_soon_threadsafe(deadlines.add, count)
            thread.loop.call_soon_threadsafe(deadlines.start)
        until(lambda: counts[0].looks > 10, "ten looks")
        assert counts[1].looks == 0
        thread.loop.call_soon_threadsafe(seldom.stop)
        thread.loop.call_soon_threadsafe(often.stop)


class Count:
    """Counts the looks."""

    def __init__(self) -> None:
        self.looks = 0

    def check_deadlines(self, _now_s: float) -> None:
        """One more."""
        self.looks += 1
