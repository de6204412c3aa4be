"""When an exchange goes on to the next route and when it must not, and what both leave in the ledger."""

import json

import pytest
from tests.support.raw_client import RawClient, ask, chat
from tests.support.running_gateway import RunningGateway
from tests.support.several_providers import NAMES, ask_for, break_provider, heal, three_providers, tried
from tests.support.waiting import until

from routeproof.clock import parse_instant
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings

PATIENCE = "first_byte_timeout_s = 0.3"
FAILS_OVER = {
    "reset": "upstream_reset",
    "stall_before_headers": "upstream_first_byte_timeout",
    "status_402": "upstream_billing",
    "billing": "upstream_billing",
    "status_408": "upstream_timeout",
    "status_429": "upstream_rate_limited",
    "status_500": "upstream_server_error",
    "status_502": "upstream_server_error",
    "status_503": "upstream_busy",
    "status_504": "upstream_timeout",
    "error_in_200": "upstream_stream_error",
    "html_200": "upstream_invalid_response",
    "gzip_body": "upstream_invalid_response",
}
STAYS = ("status_400", "status_401", "status_403", "status_404", "status_422", "content_policy", "context_length")
plain_and_streamed = pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])


@plain_and_streamed
@pytest.mark.parametrize("fault", FAILS_OVER)
def test_the_next_route_answers(fault: str, stream: bool) -> None:
    """Before the first byte such a failure costs the client nothing but time; each attempt leaves a row of its own."""
    with three_providers(limits=PATIENCE) as gateway:
        break_provider(gateway, "one", fault)
        answer = ask_for(gateway, stream=stream)
        row = gateway.ledger.entry(answer.fields["x-request-id"])

    assert (answer.status, answer.complete) == (200, True)
    assert answer.fields["x-routeproof-route"] == "two/deepseek-flash"
    assert answer.fields["x-routeproof-attempts"] == "2"
    assert (row.exchange.outcome, row.exchange.error_code, row.exchange.attempts) == ("ok", None, 2)
    assert [(attempt.ordinal, attempt.route, attempt.error_code) for attempt in row.attempts] == [
        (1, "one/deepseek-flash", FAILS_OVER[fault]),
        (2, "two/deepseek-flash", None),
    ]


@pytest.mark.parametrize("fault", ["cut_mid_event", "malformed_chunk", "half_close", "end_mid_event"])
def test_a_first_event_that_never_comes_whole(fault: str) -> None:
    """A stream that breaks before its first whole event has shown the client nothing yet."""
    with three_providers() as gateway:
        gateway.simulator.server("one").faults.add(fault, times=None, after_events=0)
        answer = ask_for(gateway, stream=True)

    assert (answer.status, answer.complete, answer.fields["x-routeproof-attempts"]) == (200, True, "2")


def test_a_provider_that_cannot_be_reached() -> None:
    """Nobody listening there: the next route answers, and nothing was sent to bill."""
    with three_providers() as gateway:
        gateway.loop.run(gateway.simulator.server("one").stop())
        answer = ask_for(gateway)
        row = gateway.ledger.entry(answer.fields["x-request-id"]).attempts[0]

    assert answer.fields["x-routeproof-route"] == "two/deepseek-flash"
    assert (row.error_code, row.cost_nanousd, row.cost_note) == ("upstream_connect_failed", 0, "not_sent")


def test_an_unpaid_account_in_qwens_words() -> None:
    """Arrearage comes as a 400; it is no fault of the request."""
    models = '[models."either"]\nroutes = ["qwen/qwen-plus"]\nfallbacks = ["deepseek/deepseek-flash"]\n'
    with RunningGateway(models=models) as gateway:
        break_provider(gateway, "qwen", "billing")
        answer = ask(gateway.port, chat(gateway.key, model="either"))
        rows = gateway.ledger.entry(answer.fields["x-request-id"]).attempts

    assert (answer.status, answer.fields["x-routeproof-route"]) == (200, "deepseek/deepseek-flash")
    assert (rows[0].status, rows[0].error_code) == (400, "upstream_billing")


def test_a_retired_name() -> None:
    """A model name that its provider has retired is answered by the next route."""
    retired_ns = parse_instant("2026-07-25T00:00:00Z")
    providers = tuple(
        ProviderSettings(name=name, kind=Kind.DEEPSEEK, keys=("sk-sim-other",), as_of_ns=as_of_ns)
        for name, as_of_ns in (("one", retired_ns), ("two", None))
    )
    models = '[models."old"]\nroutes = ["one/deepseek-chat"]\nfallbacks = ["two/deepseek-flash"]\n'
    with RunningGateway(models=models, simulated=SimulatorSettings(providers=providers)) as gateway:
        answer = ask(gateway.port, chat(gateway.key, model="old"))
        rows = gateway.ledger.entry(answer.fields["x-request-id"]).attempts

    assert (answer.status, answer.fields["x-routeproof-route"]) == (200, "two/deepseek-flash")
    assert rows[0].error_code == "upstream_model_retired"


@plain_and_streamed
@pytest.mark.parametrize("fault", STAYS)
def test_what_no_other_route_would_answer_better(fault: str, stream: bool) -> None:
    """A refusal of the request itself, or of our own key, goes to the client as it is."""
    with three_providers() as gateway:
        break_provider(gateway, "one", fault)
        answer = ask_for(gateway, stream=stream)

        assert answer.status in (400, 401, 403, 404, 422)
        assert answer.fields["x-routeproof-attempts"] == "1"
        assert tried(gateway) == (1, 0, 0)


@pytest.mark.parametrize("fault", ["reset_mid_stream", "cut_mid_event", "error_event", "malformed_chunk", "half_close"])
def test_never_after_the_first_byte(fault: str) -> None:
    """Once the client has heard something no other provider may go on: the stream breaks off visibly."""
    with three_providers() as gateway:
        break_provider(gateway, "one", fault)
        answer = ask_for(gateway, text="[[sim:event_interval_ms=4]]", stream=True)

        assert (answer.status, answer.complete) == (200, False)
        assert answer.error_event is not None
        assert tried(gateway) == (1, 0, 0)


def test_never_after_a_keep_alive() -> None:
    """A comment is a first byte, too."""
    with three_providers() as gateway:
        gateway.simulator.server("one").faults.add("cut_mid_event", after_events=0)
        answer = ask_for(gateway, text="[[sim:keepalives=2]]", stream=True)

        assert (answer.status, answer.complete) == (200, False)
        assert answer.body.startswith(b": keep-alive\n\n: keep-alive\n\ndata: ")
        assert answer.error_event is not None
        assert tried(gateway) == (1, 0, 0)


def test_every_route_fails() -> None:
    """The client gets the last one's answer, and each attempt has its row."""
    with three_providers() as gateway:
        for name, fault in zip(NAMES, ("status_500", "reset", "status_429"), strict=True):
            break_provider(gateway, name, fault)
        answer = ask_for(gateway)
        row = gateway.ledger.entry(answer.fields["x-request-id"])

    assert (answer.status, answer.fields["retry-after"]) == (429, "1")
    assert answer.fields["x-routeproof-error"] == "upstream_rate_limited"
    assert [attempt.error_code for attempt in row.attempts] == [
        "upstream_server_error",
        "upstream_reset",
        "upstream_rate_limited",
    ]
    assert (row.exchange.outcome, row.exchange.status) == ("upstream_error", 429)
    assert row.exchange.cost_nanousd is None  # what the reset one has cost nobody knows


def test_each_route_gets_the_request_in_its_own_words() -> None:
    """The body is the client's, with the model's name of each route in it."""
    models = '[models."old"]\nroutes = ["one/first-name"]\nfallbacks = ["two/deepseek-flash"]\n'
    with three_providers(models=models) as gateway:
        break_provider(gateway, "one", "status_500")
        assert ask(gateway.port, chat(gateway.key, model="old", unknown_field=[1, {"a": None}])).status == 200
        bodies = [json.loads(gateway.simulator.server(name).seen[0].body) for name in ("one", "two")]

    assert [body.pop("model") for body in bodies] == ["first-name", "deepseek-flash"]
    assert bodies[0] == bodies[1]
    assert bodies[0]["unknown_field"] == [1, {"a": None}]


def test_a_fallback_that_would_ignore_a_control_is_left_out() -> None:
    """Where the next route's family refuses what the client asks for, the one after it is asked."""
    fallbacks = '["deepseek/deepseek-flash", "newapi/deepseek-flash"]'
    models = f'[models."m"]\nroutes = ["qwen/qwen-plus"]\nfallbacks = {fallbacks}\n'
    with RunningGateway(models=models) as gateway:
        break_provider(gateway, "qwen", "status_500")
        answer = ask(gateway.port, chat(gateway.key, model="m", enable_thinking=False))
        assert gateway.simulator.server("deepseek").log.total == 0

    assert (answer.status, answer.fields["x-routeproof-attempts"]) == (200, "2")
    assert answer.fields["x-routeproof-route"] == "newapi/deepseek-flash"


def test_no_fallback_is_left() -> None:
    """Where every fallback would have to refuse, the client gets the failure itself, not the refusal."""
    models = '[models."m"]\nroutes = ["qwen/qwen-plus"]\nfallbacks = ["deepseek/deepseek-flash"]\n'
    with RunningGateway(models=models) as gateway:
        break_provider(gateway, "qwen", "status_500")
        answer = ask(gateway.port, chat(gateway.key, model="m", enable_thinking=False))

    assert (answer.status, answer.fields["x-routeproof-attempts"]) == (500, "1")


def test_weights_give_shares() -> None:
    """Seventy to thirty, over some hundred requests, within five standard deviations."""
    with three_providers() as gateway, RawClient(gateway.port) as client:
        for _ in range(600):
            assert client.ask(chat(gateway.key, model="shared")).status == 200
        first, second, third = tried(gateway)

    assert (first + second, third) == (600, 0)
    assert 420 - 56 < first < 420 + 56


def test_the_breaker_never_leaves_out_the_last_route() -> None:
    """A route that failed is asked again where there is no other, or where the others have failed, too."""
    with three_providers(limits="breaker_failures = 1\nbreaker_eject_s = 300") as gateway:
        break_provider(gateway, "one", "status_500")
        break_provider(gateway, "two", "status_500")
        assert [ask_for(gateway, "one/deepseek-flash").status for _ in range(3)] == [500] * 3
        assert tried(gateway) == (3, 0, 0)
        assert [ask_for(gateway, "pair").status for _ in range(3)] == [500] * 3
        heal(gateway, "two")
        assert ask_for(gateway, "pair").status == 200


def test_a_failover_goes_past_an_ejected_route() -> None:
    """A route that has just failed others is not the next to be tried while a healthy one is left."""
    with three_providers(limits="breaker_failures = 1\nbreaker_eject_s = 300") as gateway:
        break_provider(gateway, "two", "status_500", times=1)
        assert ask_for(gateway, "two/deepseek-flash").status == 500
        break_provider(gateway, "one", "status_500")
        answer = ask_for(gateway)

        assert (answer.status, answer.fields["x-routeproof-route"]) == (200, "three/deepseek-flash")
        assert tried(gateway) == (1, 1, 1)


def test_an_ejected_route_is_tried_where_the_others_fail() -> None:
    """What was passed over stays in the plan: a breaker must not turn a failing provider into a certain failure."""
    with three_providers(limits="breaker_failures = 1\nbreaker_eject_s = 300") as gateway:
        break_provider(gateway, "two", "status_500", times=1)
        assert ask_for(gateway, "two/deepseek-flash").status == 500
        break_provider(gateway, "one", "status_500")
        break_provider(gateway, "three", "status_500")
        answer = ask_for(gateway)

        assert (answer.status, answer.fields["x-routeproof-route"]) == (200, "two/deepseek-flash")
        assert tried(gateway) == (1, 2, 1)


def test_one_probe_at_a_time() -> None:
    """While one exchange probes an ejected route the others stay away from it."""
    with three_providers(limits="breaker_failures = 1\nbreaker_eject_s = 0.4\nbreaker_eject_max_s = 0.4") as gateway:
        break_provider(gateway, "one", "status_500", times=1)
        assert ask_for(gateway).status == 200
        heal(gateway, "one")
        break_provider(gateway, "one", "stall_before_headers", times=1)
        with RawClient(gateway.port) as probing:
            until(lambda: begins_to_probe(gateway, probing), "a probe")
            before = tried(gateway)[0]
            assert ask_for(gateway).fields["x-routeproof-route"] == "two/deepseek-flash"
            assert tried(gateway)[0] == before


def begins_to_probe(gateway: RunningGateway, client: RawClient) -> bool:
    """Ask; True where the request went to the ejected route, where it waits."""
    before = tried(gateway)
    client.send(chat(gateway.key, model="many"))
    until(lambda: tried(gateway) != before, "the request")
    if tried(gateway)[0] > before[0]:
        return True
    assert client.answer().status == 200
    return False
