"""New settings and keys under load: every exchange is served by the old ones or by the new ones, never by a mixture."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from tests.support.inside import busy_upstream
from tests.support.raw_client import RawClient, ask, chat
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

from routeproof.access.keys import KeyRing
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.facts_files import load_facts
from routeproof.config.loading import parse_settings
from routeproof.config.settings import Settings
from routeproof.errors import ConfigError

PRICES = PriceBook.compile(load_facts())
OLD = '[models."assistant"]\nroutes = ["deepseek/deepseek-flash"]\nrollback = "qwen/old"\n'
NEW = """
[models."assistant"]
routes = ["qwen/qwen-plus"]
rollback = "qwen/new"
[models."more"]
routes = ["qwen/qwen-plus"]
"""
RELOADS = 20
REVOKED_NS = 1


def settings_of(gateway: RunningGateway, models: str, **changed: str) -> Settings:
    """The gateway's settings with other models, and with other words in the whole configuration."""
    text = gateway.config().replace(OLD, models)
    for before, after in changed.items():
        text = text.replace(before, after)
    return parse_settings(text, Path("routeproof.toml"), gateway.environ())


def on_loop(gateway: RunningGateway, call: Callable[[], None]) -> None:
    """Call it where the gateway runs."""

    async def run() -> None:
        call()
        await asyncio.sleep(0)

    gateway.loop.run(run())


def reload(gateway: RunningGateway, settings: Settings) -> None:
    """As SIGHUP does."""
    on_loop(gateway, lambda: gateway.plane.reload(settings, PRICES))


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """A gateway with the old settings."""
    with RunningGateway(models=OLD) as running:
        yield running


def route_of(gateway: RunningGateway, model: str = "assistant") -> str:
    """Where a request goes now; the status where it goes nowhere."""
    answer = ask(gateway.port, chat(gateway.key, model=model))
    return answer.fields.get("x-routeproof-route", str(answer.status))


def test_new_settings_hold_from_the_next_request_on(gateway: RunningGateway) -> None:
    """Routes change and names come and go, also for a client that keeps its connection."""
    with RawClient(gateway.port) as client:
        before = client.ask(chat(gateway.key, model="assistant")).fields["x-routeproof-route"]
        assert route_of(gateway, "more") == "404"
        reload(gateway, settings_of(gateway, NEW))
        after = client.ask(chat(gateway.key, model="assistant")).fields["x-routeproof-route"]
        assert route_of(gateway, "more") == "qwen/qwen-plus"
        reload(gateway, settings_of(gateway, OLD))
        assert route_of(gateway, "more") == "404"

    assert (before, after) == ("deepseek/deepseek-flash", "qwen/qwen-plus")


def test_a_stream_in_flight_ends_by_the_old_settings(gateway: RunningGateway) -> None:
    """Taking its provider away lets an open stream come to its end."""
    with RawClient(gateway.port) as client:
        text = "[[sim:events=30]][[sim:event_interval_ms=5]]"
        client.send(chat(gateway.key, text, model="assistant", stream=True))
        client.head()
        only_qwen = gateway.config().replace(OLD, NEW)
        start, end = only_qwen.index("[providers.deepseek]"), only_qwen.index("[providers.qwen]")
        reload(gateway, parse_settings(only_qwen[:start] + only_qwen[end:], Path("a.toml"), gateway.environ()))
        assert client.rest_of_chunks().events[-1] == b"[DONE]"
        log = gateway.simulator.server("deepseek").log
        until(lambda: log.connections_open == 0, "an end of the connections to a provider that is gone")
        assert route_of(gateway, "deepseek/deepseek-flash") == "404"


def test_connections_to_a_provider_that_did_not_change_are_kept(gateway: RunningGateway) -> None:
    """A reload costs no new connection where nothing about the provider is new."""
    log = gateway.simulator.server("deepseek").log
    route_of(gateway)
    reload(gateway, settings_of(gateway, OLD + '[models."another"]\nroutes = ["deepseek/deepseek-flash"]\n'))
    route_of(gateway, "another")
    assert log.connections_opened == 1
    reload(gateway, settings_of(gateway, OLD, **{"[providers.deepseek]": "[providers.deepseek]\ntotal_timeout_s = 99"}))
    route_of(gateway)
    assert log.connections_opened == 2
    until(lambda: log.connections_open == 1, "the old connection's end")


@contextmanager
def load(gateway: RunningGateway) -> Iterator[list[int]]:
    """Three clients that ask all the time; gives the statuses of their answers."""
    statuses: list[int] = []
    over = threading.Event()

    def ask_on() -> None:
        with RawClient(gateway.port) as client:
            while not over.is_set():
                statuses.append(client.ask(chat(gateway.key, model="assistant")).status)

    threads = [threading.Thread(target=ask_on) for _ in range(3)]
    for thread in threads:
        thread.start()
    yield statuses
    over.set()
    for thread in threads:
        thread.join()


def test_no_request_sees_half_of_a_reload(gateway: RunningGateway) -> None:
    """Under load each row's route and rollback are of the same settings, and no request fails."""
    old, new = settings_of(gateway, OLD), settings_of(gateway, NEW)
    with load(gateway) as statuses:
        for number in range(RELOADS):
            wanted = len(statuses) + 20
            until(lambda wanted=wanted: len(statuses) >= wanted, "some answers")
            reload(gateway, (new, old)[number % 2])
    pairs = {(entry.attempts[0].route, entry.exchange.rollback_model) for entry in gateway.ledger.entries}

    assert set(statuses) == {200}
    assert pairs == {("deepseek/deepseek-flash", "qwen/old"), ("qwen/qwen-plus", "qwen/new")}
    until(lambda: busy_upstream(gateway) == 0, "an end of all attempts")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[limits]", "[limits]\nno_such_limit = 1"),
        ('dialect = "qwen"', 'dialect = "qwenn"'),
        ("env:SIM_QWEN", "env:SIM_NOT_SET"),
        ("[server]", "[server"),
    ],
)
def test_a_broken_file_changes_nothing(gateway: RunningGateway, before: str, after: str) -> None:
    """What can't be read never becomes settings; the old ones go on serving."""
    with pytest.raises(ConfigError):
        settings_of(gateway, NEW, **{before: after})

    assert route_of(gateway) == "deepseek/deepseek-flash"


def test_certificates_that_cannot_be_used_change_nothing(gateway: RunningGateway, tmp_path: Path) -> None:
    """Settings that can't be put in force leave the old ones serving, their connections included."""
    route_of(gateway)
    (tmp_path / "empty.pem").write_text("")
    tls = {"base_url": f'ca_file = "{tmp_path}/empty.pem"\nbase_url', "http://": "https://"}
    broken = settings_of(gateway, NEW, **tls)
    with pytest.raises((ssl.SSLError, OSError)):
        reload(gateway, broken)

    assert route_of(gateway) == "deepseek/deepseek-flash"
    assert gateway.simulator.server("deepseek").log.connections_opened == 1


def test_a_revoked_key_is_refused_at_once(gateway: RunningGateway) -> None:
    """Also on a connection that it was good on before; an answer that had begun is finished."""
    revoked = msgspec.structs.replace(gateway.key_record, revoked_ns=REVOKED_NS)
    with RawClient(gateway.port) as client, RawClient(gateway.port) as streaming:
        assert client.ask(chat(gateway.key, model="assistant")).status == 200
        text = "[[sim:events=20]][[sim:event_interval_ms=5]]"
        streaming.send(chat(gateway.key, text, model="assistant", stream=True))
        streaming.head()
        on_loop(gateway, lambda: gateway.plane.use_keys(KeyRing([revoked])))
        refused = client.ask(chat(gateway.key, model="assistant"))
        assert streaming.rest_of_chunks().events[-1] == b"[DONE]"
        on_loop(gateway, lambda: gateway.plane.use_keys(KeyRing([gateway.key_record])))
        assert client.ask(chat(gateway.key, model="assistant")).status == 200

    assert (refused.status, refused.error["code"]) == (401, "api_key_revoked")
    row = gateway.ledger.entry(refused.fields["x-request-id"]).exchange
    assert (row.outcome, row.error_code, row.cost_nanousd) == ("client_error", "api_key_revoked", 0)


def test_a_reload_keeps_the_keys_that_are_in_force(gateway: RunningGateway) -> None:
    """Settings hold no keys, so they bring none back."""
    on_loop(gateway, lambda: gateway.plane.use_keys(KeyRing([])))
    reload(gateway, settings_of(gateway, NEW))

    assert route_of(gateway) == "401"
