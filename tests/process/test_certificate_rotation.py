"""A running gateway whose TLS certificate is replaced: no restart, no connection lost."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.certificates import Certificate, make_certificate
from tests.support.program import Serving, run
from tests.support.raw_client import RawClient, ask, chat, request
from tests.support.site import MODELS, PROMPT_CANARY, Site
from tests.support.waiting import until

HEALTH = request("GET", "/healthz")
LONG = f"{PROMPT_CANARY} [[sim:events=150]] [[sim:event_interval_ms=10]]"
RELOADED = "the configuration was reloaded"
NEW_MODEL = '[models."new"]\nroutes = ["deepseek/deepseek-flash"]\n'


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """What is served with at first."""
    return make_certificate(tmp_path_factory.mktemp("old"), "old")


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """What comes in its place."""
    return make_certificate(tmp_path_factory.mktemp("new"), "new")


@pytest.fixture
def served(tmp_path: Path, old: Certificate) -> Certificate:
    """The two files that the configuration names, holding the old pair."""
    pair = Certificate(tmp_path / "server.pem", tmp_path / "server.key")
    put(old, pair)
    return pair


@pytest.fixture
def site(tmp_path: Path, served: Certificate) -> Iterator[Site]:
    """A folder whose gateway serves https."""
    with Site(tmp_path, server=f'tls_cert = "{served.certificate}"\ntls_key = "{served.key}"') as running:
        yield running


def put(pair: Certificate, served: Certificate) -> None:
    """Replace what the two files hold."""
    shutil.copy(pair.certificate, served.certificate)
    shutil.copy(pair.key, served.key)


def reload(gateway: Serving, told: str) -> str:
    """Ask for a reload; returns the log's line about it, which begins so."""
    before = len(lines(gateway, told))
    gateway.signal(signal.SIGHUP)
    until(lambda: len(lines(gateway, told)) > before, "the log tells of the reload")
    return lines(gateway, told)[-1]


def lines(gateway: Serving, told: str) -> list[str]:
    return [message for message in gateway.messages() if message.startswith(told)]


def trusted(gateway: Serving, pair: Certificate) -> bool:
    """Whether a new connection of who trusts that certificate alone is served."""
    try:
        return ask(gateway.port, HEALTH, tls=pair.client_context()).status == 200
    except OSError:
        return False


def test_a_certificate_is_replaced_while_a_stream_goes_on(
    site: Site, served: Certificate, old: Certificate, new: Certificate
) -> None:
    """New connections are shown the new one, the stream ends whole, and its connection serves on."""
    with (
        site.serve(tls=old.client_context()).wait_ready() as gateway,
        RawClient(gateway.port, tls=old.client_context()) as client,
    ):
        client.send(chat(site.key, LONG, model="deepseek", stream=True))
        assert client.head().startswith(b"HTTP/1.1 200 ")
        put(new, served)
        assert (trusted(gateway, old), trusted(gateway, new)) == (True, False)
        reload(gateway, RELOADED)
        assert (trusted(gateway, old), trusted(gateway, new)) == (False, True)
        answer = client.rest_of_chunks()
        assert answer.complete and answer.events[-1] == b"[DONE]"
        assert client.ask(HEALTH).status == 200


def test_a_certificate_in_another_place(site: Site, served: Certificate, new: Certificate, old: Certificate) -> None:
    """Where the configuration names other files, those are shown."""
    with site.serve(tls=old.client_context()).wait_ready() as gateway:
        text = site.config.read_text()
        text = text.replace(str(served.certificate), str(new.certificate)).replace(str(served.key), str(new.key))
        site.config.write_text(text)
        reload(gateway, RELOADED)
        assert (trusted(gateway, old), trusted(gateway, new)) == (False, True)


def test_a_broken_pair_leaves_the_old_one_serving(
    site: Site, served: Certificate, old: Certificate, new: Certificate
) -> None:
    """The log says why, nothing else of the reload is taken either, and the pair that is whole again is."""
    with site.serve(tls=old.client_context()).wait_ready() as gateway:
        site.configure(MODELS + NEW_MODEL)
        asked = chat(site.key, model="new")
        shutil.copy(new.certificate, served.certificate)  # and not yet its key
        told = reload(gateway, "the configuration was not reloaded, the old one stays in force")
        assert "KEY_VALUES_MISMATCH" in told and str(served.key) in told and "server.tls_cert" in told
        assert (trusted(gateway, old), trusted(gateway, new)) == (True, False)
        assert ask(gateway.port, asked, tls=old.client_context()).status == 404
        shutil.copy(new.key, served.key)
        reload(gateway, RELOADED)
        assert (trusted(gateway, old), trusted(gateway, new)) == (False, True)
        assert ask(gateway.port, asked, tls=new.client_context()).status == 200


def test_a_start_with_a_broken_pair(site: Site, served: Certificate, new: Certificate) -> None:
    """Nothing is served, and the message says what to correct."""
    shutil.copy(new.key, served.key)
    ended = run(site.folder, "serve", environ=site.environ)

    assert ended.returncode == 1
    assert "KEY_VALUES_MISMATCH" in ended.stderr and "correct server.tls_cert and server.tls_key" in ended.stderr
    assert "Traceback" not in ended.stderr
