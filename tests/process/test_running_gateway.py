"""`routeproof serve` as a process: how it stops, and what it takes over while it runs."""

import json
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.program import Serving, run
from tests.support.raw_client import RawClient, ask, chat, request
from tests.support.site import MODELS, PROMPT_CANARY, Site
from tests.support.waiting import until

from routeproof.ledger.entries import ExchangeRow
from routeproof.store.reading import LedgerFilter, LedgerReader

SOON_S = 3.0
PACE = "[[sim:event_interval_ms=20]]"
ENDLESS = f"{PROMPT_CANARY} [[sim:events=100000]] {PACE}"
SECONDS = f"{PROMPT_CANARY} [[sim:events=150]] {PACE}"
NEW_MODEL = '[models."new"]\nroutes = ["deepseek/deepseek-flash"]\n'
BROKEN = [  # what of a good file is replaced, by what, and a word of the message
    ("[server]", "[server", "TOML"),
    ("[server]", "[server]\nlissen = 1", "server.lissen"),
    ("deepseek/deepseek-flash", "nobody/deepseek-flash", "nobody"),
    ("env:PROVIDER_KEY", "env:NOT_SET", "NOT_SET"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One folder for all tests of this file; each serves in it by itself."""
    folder: Path = tmp_path_factory.mktemp("serving")
    with Site(folder) as running:
        yield running


def begun(gateway: Serving, site: Site, text: str) -> RawClient:
    """A stream whose first event has come."""
    client = RawClient(gateway.port)
    client.send(chat(site.key, text, model="deepseek", stream=True))
    assert client.head().startswith(b"HTTP/1.1 200 ")
    assert client.event().startswith(b"data: ")
    return client


def newest(site: Site, count: int) -> list[ExchangeRow]:
    """The last exchanges of the ledger, the newest first."""
    return [entry.exchange for entry in LedgerReader(site.database).page(LedgerFilter(), count).entries]


def listens(port: int) -> bool:
    """Whether anybody accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def not_reloaded(gateway: Serving) -> list[str]:
    """The log's messages of reloads that failed."""
    return [message for message in gateway.messages() if message.startswith("the configuration was not reloaded")]


# -- stopping


def test_sigterm_lets_a_stream_finish(site: Site) -> None:
    """Not ready at once, on both planes; accepting a little longer; and gone after the last stream, with 0."""
    site.configure(drain_accept_s=2.0)
    with site.serve().wait_ready() as gateway, begun(gateway, site, SECONDS) as client:
        admin = gateway.admin_port()
        until(lambda: ask(admin, request("GET", "/readyz")).status == 200, "the admin plane is ready")
        gateway.signal(signal.SIGTERM)
        until(lambda: gateway.readiness() == 503, "the data plane is not ready")
        late = ask(gateway.port, chat(site.key, model="deepseek"))
        assert (late.status, late.fields["connection"]) == (200, "close")
        until(lambda: ask(admin, request("GET", "/readyz")).status == 503, "the admin plane is not ready")
        until(lambda: not listens(gateway.port), "the listener is closed")
        assert not gateway.ended
        answer = client.rest_of_chunks()
        assert answer.complete and answer.events[-1] == b"[DONE]"
        client.socket.close()
        assert gateway.wait() == 0
    assert [row.outcome for row in newest(site, 2)] == ["ok", "ok"]


def test_what_is_over_the_drain_limit_ends_visibly(site: Site) -> None:
    """A stream by an error event without [DONE], a plain answer that had not begun by 503; the end is in order."""
    site.configure(drain_streams_s=0.2)
    with (
        site.serve().wait_ready() as gateway,
        begun(gateway, site, ENDLESS) as client,
        RawClient(gateway.port) as other,
    ):
        site.seen()
        other.send(chat(site.key, f"{PROMPT_CANARY} [[sim:stall_before_headers]]", model="deepseek"))
        until(lambda: len(site.seen()) == 1, "the provider has both")
        gateway.signal(signal.SIGTERM)
        answer, refusal = client.rest_of_chunks(), other.answer()
        assert answer.error_event is not None and answer.error_event["code"] == "shutting_down"
        assert not answer.complete and b"[DONE]" not in answer.body
        assert (refusal.status, refusal.error["code"]) == (503, "shutting_down")
        client.socket.close()
        other.socket.close()
        assert gateway.wait() == 0
    for row in newest(site, 2):
        assert (row.outcome, row.error_code, row.cost_nanousd) == ("interrupted", "shutting_down", None)


def test_a_second_signal_ends_the_drain(site: Site) -> None:
    """Whoever asks twice does not want to wait."""
    site.configure(drain_streams_s=600)
    with site.serve().wait_ready() as gateway, begun(gateway, site, ENDLESS) as client:
        gateway.signal(signal.SIGTERM)
        until(lambda: not listens(gateway.port), "the listener is closed")
        gateway.signal(signal.SIGTERM)
        answer = client.rest_of_chunks()
        assert answer.error_event is not None and answer.error_event["code"] == "shutting_down"
        client.socket.close()
        assert gateway.wait() == 0


# -- while it runs


def test_a_good_configuration_is_taken_over(site: Site) -> None:
    """New requests go by it; a stream that began before goes on, although its model is gone."""
    site.configure()
    with site.serve().wait_ready() as gateway, begun(gateway, site, SECONDS) as client:
        assert ask(gateway.port, chat(site.key, model="new")).status == 404
        site.configure(NEW_MODEL)
        gateway.signal(signal.SIGHUP)
        until(lambda: ask(gateway.port, chat(site.key, model="new")).status == 200, "the new model is served")
        assert ask(gateway.port, chat(site.key, model="deepseek")).status == 404
        answer = client.rest_of_chunks()
        assert answer.complete and answer.events[-1] == b"[DONE]"


def test_a_reload_during_the_start(site: Site) -> None:
    """It waits until the gateway serves, instead of ending it."""
    site.configure()
    with site.serve() as gateway:
        until(lambda: gateway.ended or blocks_sighup(gateway.pid), "the signal is held back")
        gateway.signal(signal.SIGHUP)
        gateway.wait_ready()
        until(lambda: "the configuration was reloaded" in gateway.messages(), "it is reloaded")


def blocks_sighup(pid: int) -> bool:
    """Whether the process lets the signal wait."""
    (mask,) = re.findall(r"^SigBlk:\t([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return bool(int(mask, 16) & 1 << (signal.SIGHUP - 1))


def test_a_broken_configuration_leaves_the_old_one(site: Site) -> None:
    """The log names what is wrong each time, requests go on, and the next good one is taken."""
    site.configure()
    good = site.config.read_text()
    with site.serve().wait_ready() as gateway:
        for old, new, word in BROKEN:
            told = len(not_reloaded(gateway))
            site.config.write_text(good.replace(old, new, 1))
            gateway.signal(signal.SIGHUP)
            until(lambda told=told: len(not_reloaded(gateway)) > told, "the log says why")  # type: ignore[misc]
            assert word in not_reloaded(gateway)[-1]
            assert ask(gateway.port, chat(site.key, model="deepseek")).status == 200
        site.configure(MODELS + NEW_MODEL)
        gateway.signal(signal.SIGHUP)
        until(lambda: ask(gateway.port, chat(site.key, model="new")).status == 200, "the new model is served")


def test_keys_count_within_a_second(site: Site) -> None:
    """Created and revoked by another process; a connection that is kept open changes nothing."""
    site.configure()
    with site.serve().wait_ready() as gateway, RawClient(gateway.port) as client:
        created = json.loads(run(site.folder, "keys", "create", "--owner", "o", "--json", environ=site.environ).stdout)
        raw = chat(created["key"], model="deepseek")
        until(lambda: client.ask(raw).status == 200, "the new key is accepted", SOON_S)
        revoked = run(site.folder, "keys", "revoke", created["key_id"], environ=site.environ)
        assert revoked.returncode == 0
        until(lambda: client.ask(raw).status == 401, "the revoked key is refused", SOON_S)
        assert client.ask(raw).error["code"] == "api_key_revoked"
        assert client.ask(chat(site.key, model="deepseek")).status == 200
