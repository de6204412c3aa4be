"""The admin plane's application, without a server."""

import msgspec
import pytest
from starlette.testclient import TestClient

from routeproof.admin.app import build_app, judge_readiness
from routeproof.admin.headers import SECURITY_HEADERS
from routeproof.clock import NS_PER_S, FixedClock
from routeproof.errors import StoreError

NOW_NS = 1_788_825_600 * NS_PER_S


class Beat(msgspec.Struct):
    """A heartbeat."""

    worker: int = 0
    state: str = "serving"
    beat_ns: int = NOW_NS
    counters: dict[str, int] = {}


STALE = Beat(beat_ns=NOW_NS - 6 * NS_PER_S)


def unreadable() -> list[Beat]:
    """A database that is gone."""
    raise StoreError("the database 'x.db' can't be read; check the disk")


def client(*beats: Beat) -> TestClient:
    """A client of an application that reads these heartbeats."""
    return TestClient(build_app(lambda: beats, FixedClock(NOW_NS)))


@pytest.mark.parametrize(
    ("beats", "ready", "reason"),
    [
        ([Beat()], True, "a worker is serving"),
        ([Beat(0, "draining"), Beat(1)], True, "a worker is serving"),
        ([STALE, Beat(1)], True, "a worker is serving"),
        ([], False, "no worker has been heard of within 5 seconds"),
        ([STALE], False, "no worker has been heard of within 5 seconds"),
        ([Beat(0, "draining")], False, "no worker is serving: draining"),
        (
            [Beat(0, "draining"), Beat(1, "starting"), STALE],
            False,
            "no worker is serving: draining, starting",
        ),
    ],
)
def test_ready_means_that_a_worker_heard_of_lately_is_serving(beats: list[Beat], ready: bool, reason: str) -> None:
    """One is enough; a stale word is none."""
    reply = client(*beats).get("/readyz")

    assert reply.status_code == (200 if ready else 503)
    assert reply.json() == {"ready": ready, "reason": reason}


def test_a_database_that_is_gone_is_not_ready() -> None:
    """Not knowing is not being ready; the reason names no file."""
    assert not judge_readiness(unreadable, NOW_NS).ready
    reply = TestClient(build_app(unreadable, FixedClock(NOW_NS))).get("/readyz")

    assert reply.status_code == 503
    assert "x.db" not in reply.text


def test_healthy_means_that_the_admin_process_answers() -> None:
    """Without looking at the workers: restarting the admin process would not help them."""
    reply = TestClient(build_app(unreadable, FixedClock(NOW_NS))).get("/healthz")

    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


def test_metrics_are_prometheus_text() -> None:
    """With the content type that scrapers negotiate."""
    reply = client(Beat(counters={"ok": 3})).get("/metrics")

    assert reply.headers["content-type"].startswith("text/plain; version=")
    assert 'routeproof_exchanges_total{outcome="ok"} 3.0' in reply.text


def test_metrics_without_a_database_are_an_error() -> None:
    """A scrape fails rather than showing zeros."""
    reply = TestClient(build_app(unreadable, FixedClock(NOW_NS))).get("/metrics")

    assert reply.status_code == 503
    assert reply.json()["error"]["code"] == "store_error"


@pytest.mark.parametrize(
    "path", ["/", "/metrics/", "/v1/models", "/docs", "/healthz/x", "//healthz", "/%2e%2e/healthz"]
)
def test_there_is_nothing_else(path: str) -> None:
    """Any other address is 404 in the one error shape."""
    reply = client(Beat()).get(path, follow_redirects=False)

    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_only_get_and_head_are_allowed(method: str, path: str) -> None:
    """Other methods are told which are."""
    reply = client(Beat()).request(method, path)

    assert reply.status_code == 405
    assert {word.strip() for word in reply.headers["allow"].split(",")} == {"GET", "HEAD"}
    assert reply.json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/nowhere"])
def test_every_answer_has_the_security_headers(path: str) -> None:
    """Errors included."""
    headers = client(Beat()).get(path).headers

    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "server" not in headers
