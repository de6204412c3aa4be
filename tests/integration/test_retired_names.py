"""A name's retirement over sockets: sent a nanosecond before; refused, mapped or failed over at that very instant."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.answer_checks import error_of
from tests.support.clocks import DatedClock
from tests.support.raw_client import Answer, ask, chat
from tests.support.running_gateway import SIM_KEYS, RunningGateway

from routeproof.clock import parse_instant
from routeproof.config.loading import parse_settings
from routeproof.ledger.entries import Entry
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings

RETIREMENT, BACK = "2026-07-24T15:59:00Z", "2026-08-10T19:22:57Z"
EDGE_NS = parse_instant(RETIREMENT)
DAY_NS = 86_400 * 10**9
CHAT, REASONER = "deepseek/deepseek-chat", "deepseek/deepseek-reasoner"
MODELS = f"""
[models."configured"]
routes = ["{CHAT}"]
[models."guarded"]
routes = ["{CHAT}"]
fallbacks = ["{REASONER}", "qwen/qwen-plus"]
[models."behind"]
routes = ["qwen/qwen-plus"]
fallbacks = ["{CHAT}", "deepseek/deepseek-v4-flash"]
[models."doomed"]
routes = ["{CHAT}"]
fallbacks = ["{REASONER}"]
"""
WARNING = "deepseek/deepseek-chat is to be retired at 2026-07-24T15:59:00.000Z; use deepseek/deepseek-v4-flash"
REFUSAL = "deepseek/deepseek-chat was retired at 2026-07-24T15:59:00.000Z; use deepseek/deepseek-v4-flash"
MAPPED = "deepseek/deepseek-chat was retired at 2026-07-24T15:59:00.000Z; deepseek/deepseek-v4-flash is asked instead"


def simulated(as_of: str) -> SimulatorSettings:
    """The simulated providers with the names of a day."""
    return SimulatorSettings(
        providers=tuple(
            ProviderSettings(name=kind.value, kind=kind, keys=(SIM_KEYS[kind.value],), as_of_ns=parse_instant(as_of))
            for kind in Kind
        )
    )


def running(clock: DatedClock, rules: str = "", *, as_of: str = "2026-07-24T15:00:00Z", **more: Any) -> RunningGateway:
    """A gateway that goes by the clock, with rules about names."""
    return RunningGateway(clock=clock, models=MODELS, more=rules, simulated=simulated(as_of), **more)


def asked(gateway: RunningGateway, model: str, **fields: Any) -> tuple[Answer, Entry]:
    """An answer and what it left in the ledger."""
    answer = ask(gateway.port, chat(gateway.key, model=model, **fields))
    return answer, gateway.ledger.entry(answer.fields["x-request-id"])


def sent(gateway: RunningGateway, provider: str = "deepseek") -> dict[str, Any]:
    """The body of the last request that a provider saw."""
    body = json.loads(gateway.simulator.server(provider).log.requests[-1].body)
    assert isinstance(body, dict)
    return body


@pytest.fixture
def clock() -> DatedClock:
    """One nanosecond before the retirement, until a test says otherwise."""
    clock = DatedClock(RETIREMENT)
    clock.set(EDGE_NS - 1)
    return clock


@pytest.fixture
def gateway(clock: DatedClock) -> Iterator[RunningGateway]:
    """A gateway without a rule: names follow the facts."""
    with running(clock) as gateway:
        yield gateway


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", [CHAT, "configured"])
def test_sent_with_a_warning_until_one_nanosecond_before(gateway: RunningGateway, model: str, stream: bool) -> None:
    """The header names the instant and the successor; row and body are as ever."""
    answer, entry = asked(gateway, model, stream=stream)

    assert answer.status == 200
    assert answer.fields["x-routeproof-warning"] == WARNING
    assert answer.fields["x-routeproof-route"] == CHAT
    assert (entry.exchange.outcome, entry.attempts[0].route) == ("ok", CHAT)
    assert sent(gateway)["model"] == "deepseek-chat"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", [CHAT, "configured"])
def test_refused_at_that_very_instant(gateway: RunningGateway, clock: DatedClock, model: str, stream: bool) -> None:
    """400 in OpenAI's shape, nothing sent, no reload needed; the row keeps the name that was asked for."""
    asked(gateway, model)
    seen = gateway.simulator.server("deepseek").log.total
    clock.set(EDGE_NS)
    answer, entry = asked(gateway, model, stream=stream)
    error = error_of(answer)

    assert (answer.status, error["code"], error["param"]) == (400, "model_retired", "model")
    assert (error["type"], error["message"]) == ("invalid_request_error", f"The model name {REFUSAL}.")
    assert answer.fields["x-routeproof-fault"] == "client"
    assert gateway.simulator.server("deepseek").log.total == seen
    assert (entry.exchange.outcome, entry.exchange.error_code) == ("client_error", "model_retired")
    assert (entry.exchange.model_asked, entry.exchange.status, entry.exchange.cost_nanousd) == (model, 400, 0)
    assert entry.attempts == []


def test_neither_warned_nor_refused_outside_of_its_time(clock: DatedClock) -> None:
    """Before the days of warning, and from the day on which the name was seen to answer again."""
    with running(clock, as_of=BACK) as gateway:
        for instant_ns, status, warned in (
            (EDGE_NS - 30 * DAY_NS - 1, 200, False),
            (EDGE_NS - 30 * DAY_NS, 200, True),
            (parse_instant(BACK) - 1, 400, False),
            (parse_instant(BACK), 200, False),
        ):
            clock.set(instant_ns)
            answer, _ = asked(gateway, CHAT)
            assert (answer.status, "x-routeproof-warning" in answer.fields) == (status, warned)


def test_a_clock_that_goes_back_is_followed(gateway: RunningGateway, clock: DatedClock) -> None:
    """What was refused is sent again, for then it is not retired yet."""
    statuses = []
    for instant_ns in (EDGE_NS, EDGE_NS - 1, EDGE_NS):
        clock.set(instant_ns)
        statuses.append(asked(gateway, CHAT)[0].status)

    assert statuses == [400, 200, 400]


@pytest.mark.parametrize("name", [CHAT, REASONER])
@pytest.mark.parametrize("stream", [False, True])
def test_mapped_at_that_very_instant(clock: DatedClock, name: str, stream: bool) -> None:
    """The successor is asked, with the thinking that the name implied; recorded as asked and as sent, and priced."""
    rules = f'[aliases."{name}"]\npolicy = "map"\n'
    with running(clock, rules, as_of=RETIREMENT) as gateway:
        before, _ = asked(gateway, name)
        clock.set(EDGE_NS)
        answer, entry = asked(gateway, name, stream=stream)
        body = sent(gateway)
    (attempt,) = entry.attempts

    assert before.status == 400  # the provider has retired it a nanosecond early, and says so itself
    assert before.fields["x-routeproof-error"].startswith("upstream_")
    assert answer.status == 200
    assert body["model"] == "deepseek-v4-flash"
    assert body["thinking"] == {"type": "enabled" if name == REASONER else "disabled"}
    assert answer.fields["x-routeproof-warning"] == MAPPED.replace(CHAT, name)
    assert (entry.exchange.model_asked, entry.exchange.outcome) == (name, "ok")
    assert (attempt.route, attempt.model_answered) == ("deepseek/deepseek-v4-flash", "deepseek-v4-flash")
    assert answer.fields["x-routeproof-route"] == attempt.route
    assert attempt.thinking == (name == REASONER)
    assert attempt.cost_nanousd


def test_a_mapped_request_keeps_its_own_controls(clock: DatedClock) -> None:
    """What the client says about thinking is not overruled by what the name implies."""
    clock.set(EDGE_NS)
    with running(clock, f'[aliases."{CHAT}"]\npolicy = "map"\n') as gateway:
        asked(gateway, CHAT, thinking={"type": "enabled"})
        told = sent(gateway)
        asked(gateway, CHAT, reasoning_effort="high")
        effort = sent(gateway)

    assert told["thinking"] == {"type": "enabled"}
    assert "thinking" not in effort


def test_mapped_to_what_the_operator_names_from_the_operators_instant(clock: DatedClock) -> None:
    """Earlier than the retirement, and for good: also where the name answers again."""
    own = "2026-07-01T00:00:00Z"
    rule = f'[aliases."{CHAT}"]\npolicy = "map"\nto = "deepseek-v4-pro"\nfrom = "{own}"\nwarn_days = 1\n'
    with running(clock, rule) as gateway:
        models = []
        for instant_ns in (parse_instant(own) - 1, parse_instant(own), EDGE_NS, parse_instant(BACK) + DAY_NS):
            clock.set(instant_ns)
            assert asked(gateway, CHAT)[0].status == 200
            models.append(sent(gateway)["model"])

    assert models == ["deepseek-chat", "deepseek-v4-pro", "deepseek-v4-pro", "deepseek-v4-pro"]


def test_refused_for_good_where_the_operator_is_stricter(clock: DatedClock) -> None:
    """The name answers again by then, but not here."""
    both_back = "2026-10-06T00:00:00Z"
    clock.set(parse_instant(both_back))
    with running(clock, f'[aliases."{CHAT}"]\npolicy = "refuse"\n', as_of=both_back) as gateway:
        refused, passed = asked(gateway, CHAT)[0], asked(gateway, REASONER)[0]

    assert (refused.status, error_of(refused)["code"]) == (400, "model_retired")
    assert "use deepseek/deepseek-flash" in error_of(refused)["message"]
    assert passed.status == 200


def test_ignored_where_the_operator_says_so(clock: DatedClock) -> None:
    """No warning before, and after it the provider's own word."""
    with running(clock, f'[aliases."{CHAT}"]\npolicy = "ignore"\n', as_of=RETIREMENT) as gateway:
        answers = [asked(gateway, CHAT)[0]]
        clock.set(EDGE_NS)
        answers += asked(gateway, CHAT)[:1]

    assert [answer.status for answer in answers] == [400, 400]
    assert [b"you passed deepseek-chat" in answer.body for answer in answers] == [True, True]
    assert ["x-routeproof-warning" in answer.fields for answer in answers] == [False, False]


def test_another_gateway_keeps_its_own_names(clock: DatedClock) -> None:
    """What a provider retires may live on behind a relay; a rule that names the route says otherwise."""
    clock.set(EDGE_NS)
    more: Any = {"provider_lines": {"newapi": 'prices = "deepseek"'}}
    with running(clock, **more) as gateway:
        kept = asked(gateway, "newapi/deepseek-chat")[0]
    with running(clock, '[aliases."newapi/deepseek-chat"]\npolicy = "refuse"\n', **more) as gateway:
        refused = asked(gateway, "newapi/deepseek-chat")[0]

    assert b"model_retired" not in kept.body
    assert b"model_retired" in refused.body


@pytest.mark.parametrize("stream", [False, True])
def test_a_retired_primary_fails_over(gateway: RunningGateway, clock: DatedClock, stream: bool) -> None:
    """As its provider's own refusal would, with a row for each route that was passed by, at no cost."""
    clock.set(EDGE_NS)
    answer, entry = asked(gateway, "guarded", stream=stream)

    assert (answer.status, answer.fields["x-routeproof-route"]) == (200, "qwen/qwen-plus")
    assert answer.fields["x-routeproof-attempts"] == "3"
    assert (entry.exchange.outcome, entry.exchange.attempts) == ("ok", 3)
    assert [(row.route, row.outcome, row.error_code) for row in entry.attempts[:2]] == [
        (CHAT, "client_error", "model_retired"),
        (REASONER, "client_error", "model_retired"),
    ]
    assert [(row.cost_nanousd, row.cost_note, row.status) for row in entry.attempts[:2]] == [(0, "not_sent", None)] * 2
    assert entry.attempts[2].outcome == "ok"
    assert gateway.simulator.server("deepseek").log.total == 0


def test_a_failover_takes_no_part_of_the_retry_budget(clock: DatedClock) -> None:
    """Nothing was sent to the retired route, so providers see no more requests than there are."""
    clock.set(EDGE_NS)
    with running(clock, limits="retry_budget_percent = 1\nretry_budget_min = 1") as gateway:
        answers = [asked(gateway, "guarded")[0] for _ in range(5)]
        denied = gateway.plane.hub.counters["retries_denied"]

    assert [answer.status for answer in answers] == [200] * 5
    assert denied == 0


def test_no_failover_where_there_is_to_be_none(clock: DatedClock) -> None:
    """With `retries_max = 0` another route is never tried."""
    clock.set(EDGE_NS)
    with running(clock, limits="retries_max = 0") as gateway:
        answer, entry = asked(gateway, "guarded")
    assert (answer.status, entry.exchange.error_code, entry.attempts) == (400, "model_retired", [])


def test_a_retired_fallback_is_passed_by(gateway: RunningGateway, clock: DatedClock) -> None:
    """And the next one is tried."""
    clock.set(EDGE_NS)
    gateway.simulator.server("qwen").faults.add("status_500")
    answer, entry = asked(gateway, "behind")

    assert (answer.status, answer.fields["x-routeproof-attempts"]) == (200, "3")
    assert [row.route for row in entry.attempts] == ["qwen/qwen-plus", CHAT, "deepseek/deepseek-v4-flash"]
    assert [row.error_code for row in entry.attempts] == ["upstream_server_error", "model_retired", None]


def test_a_model_whose_routes_are_all_retired_is_refused(gateway: RunningGateway, clock: DatedClock) -> None:
    """For the first of them."""
    clock.set(EDGE_NS)
    answer, entry = asked(gateway, "doomed")
    assert error_of(answer)["message"] == f"The model name {REFUSAL}."
    assert (entry.exchange.outcome, entry.attempts) == ("client_error", [])


def test_a_fallback_that_can_not_take_the_request_is_none(gateway: RunningGateway, clock: DatedClock) -> None:
    """The client is told of the retired name, not of a control that it never sent to the fallback."""
    clock.set(EDGE_NS)
    answer, entry = asked(gateway, "guarded", thinking={"type": "disabled"})

    assert (answer.status, error_of(answer)["code"]) == (400, "model_retired")
    assert entry.attempts == []


def test_each_key_is_logged_once_a_day(
    gateway: RunningGateway, clock: DatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """With the route, the key's id and its owner, and never the key."""
    caplog.set_level(logging.WARNING, "routeproof.aliases")
    for day in (3, 2):
        clock.set(EDGE_NS - day * DAY_NS)
        for model in (CHAT, "configured", REASONER):
            asked(gateway, model)
    lines = [record for record in caplog.records if record.name == "routeproof.aliases"]

    assert [vars(line)["route"] for line in lines] == [CHAT, REASONER] * 2
    assert lines[0].getMessage() == WARNING
    assert (vars(lines[0])["key_id"], vars(lines[0])["key_owner"]) == (gateway.key_record.key_id, "owner-1")
    assert gateway.key not in caplog.text


def test_a_reload_takes_a_new_rule(gateway: RunningGateway, clock: DatedClock) -> None:
    """From the next request on."""
    clock.set(EDGE_NS)
    refused = asked(gateway, CHAT)[0].status
    text = gateway.config() + f'\n[aliases."{CHAT}"]\npolicy = "map"\n'
    settings = parse_settings(text, Path("routeproof.toml"), gateway.environ())
    gateway.loop.loop.call_soon_threadsafe(gateway.plane.reload, settings, gateway.plane._prices)
    gateway.turn()

    assert (refused, asked(gateway, CHAT)[0].status) == (400, 200)
