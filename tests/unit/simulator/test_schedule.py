"""Which fault strikes when."""

import json

from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.schedule import FaultRule, FaultSchedule, Match

RESET = FaultRule(FaultCall(fault=Fault.RESET))


def body(model: str = "m", stream: bool | None = None) -> bytes:
    """What a rule can match on."""
    return json.dumps({"model": model} if stream is None else {"model": model, "stream": stream}).encode()


def struck(schedule: FaultSchedule, data: bytes, number: int = 0) -> str | None:
    """The name of the fault that strikes."""
    call = schedule.for_request(data, number)
    return None if call is None else call.fault.value


def test_a_rule_strikes_as_often_as_it_says() -> None:
    """Then the next rule has its turn."""
    schedule = FaultSchedule()
    schedule.add("reset", times=2)
    schedule.add("html_200")
    assert [struck(schedule, body()) for _ in range(4)] == ["reset", "reset", "html_200", None]


def test_a_rule_without_times_strikes_always() -> None:
    """Until the schedule is cleared."""
    schedule = FaultSchedule((RESET,))
    assert {struck(schedule, body(), number) for number in range(20)} == {"reset"}
    schedule.clear()
    assert struck(schedule, body()) is None


def test_a_rule_strikes_what_it_matches() -> None:
    """By model and by stream; a missing `stream` is no stream; a body that is no JSON has no model."""
    schedule = FaultSchedule()
    schedule.add("reset", times=None, model="a", stream=True)
    schedule.add("html_200", times=None, stream=False)
    assert struck(schedule, body("a", stream=True)) == "reset"
    assert struck(schedule, body("b", stream=True)) is None
    assert struck(schedule, body("a")) == "html_200"
    assert struck(schedule, b"{broken") == "html_200"


def test_a_scheduled_refusal_strikes_connections_only() -> None:
    """It has no request to match."""
    schedule = FaultSchedule()
    schedule.add("refuse", times=2)
    assert struck(schedule, body()) is None
    assert [schedule.strikes_connection(number) for number in range(3)] == [True, True, False]


def test_other_faults_leave_connections_alone() -> None:
    """They wait for a request."""
    assert not FaultSchedule((RESET,)).strikes_connection(0)


def test_chances_are_drawn_from_the_seed() -> None:
    """The same seed strikes the same requests; about the asked share of them; another seed others."""
    rule = FaultRule(FaultCall(fault=Fault.RESET), Match(), None, 300_000)

    def pattern(seed: int) -> list[bool]:
        schedule = FaultSchedule((rule,), seed)
        return [struck(schedule, body(), number) is not None for number in range(1_000)]

    assert pattern(1) == pattern(1)
    assert pattern(1) != pattern(2)
    assert 250 <= sum(pattern(1)) <= 350
