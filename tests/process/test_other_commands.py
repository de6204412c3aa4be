"""What the other commands, and the admin plane, read of a gateway that serves or has served."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.program import Serving, run
from tests.support.raw_client import RawClient, ask, chat, request
from tests.support.site import Site
from tests.support.waiting import until

from routeproof.store.connecting import connect
from routeproof.store.workers import WorkerBeat, read_workers, write_beat

REQUESTS, REFUSED = 25, 5


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A folder whose ledger has some rows."""
    folder: Path = tmp_path_factory.mktemp("reading")
    with Site(folder, limits={"connections_max": 100, "upstream_connections_max": 100}) as running:
        yield running


@pytest.fixture(scope="module")
def gateway(site: Site) -> Serving:
    """A gateway that has answered a number of requests, every fifth with an error."""
    gateway = site.serve().wait_ready()
    with RawClient(gateway.port) as client:
        for number in range(REQUESTS):
            answer = client.ask(chat(site.key, model="deepseek" if number % 5 else "absent", stream=number % 2 == 0))
            assert answer.status == (200 if number % 5 else 404)
    until(lambda: f'outcome="client_error"}} {REFUSED}.0' in metrics(gateway), "all of them are counted")
    return gateway


def metrics(gateway: Serving) -> str:
    """What the admin plane tells Prometheus."""
    return ask(gateway.admin_port(), request("GET", "/metrics")).body.decode()


def doctor(folder: Path, site: Site) -> tuple[int, dict[str, Any]]:
    """Exit code, and the findings by name."""
    done = run(folder, "doctor", "--json", environ=site.environ)
    report = json.loads(done.stdout)
    assert report["ok"] == all(finding["ok"] for finding in report["findings"])
    return done.returncode, {finding["name"]: finding for finding in report["findings"]}


def test_the_ledger_can_be_recomputed_while_the_gateway_serves(site: Site, gateway: Serving) -> None:
    """Every answered request from its usage object and the facts that were pinned with it: nothing differs."""
    done = run(site.folder, "ledger", "recompute", "--json", environ=site.environ)
    *told, summary = [json.loads(line) for line in done.stdout.splitlines()]

    assert (done.returncode, [record for record in told if record["record"] == "difference"]) == (0, [])
    assert summary["ok"]
    assert summary["exchanges"] >= REQUESTS
    assert summary["usage_read"] == summary["repriced"] >= REQUESTS - REFUSED


def test_paging_shows_every_row_once(site: Site, gateway: Serving) -> None:
    """By the cursor that each page ends with, the newest first, while the gateway serves."""
    pages: list[list[str]] = []
    cursor: tuple[str, ...] | None = ()
    while cursor is not None:
        done = run(site.folder, "log", "--json", "--limit", "10", *cursor, environ=site.environ)
        assert done.returncode == 0
        pages.append([json.loads(line)["request_id"] for line in done.stdout.splitlines()])
        more = re.search(r"More with (--cursor) (req_[0-9a-f]{16})\n", done.stderr)
        cursor = None if more is None else more.groups()

    ids = [request_id for page in pages for request_id in page]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert len(set(ids)) == REQUESTS and ids == sorted(ids, reverse=True)


def test_metrics_add_up_over_workers(site: Site, gateway: Serving) -> None:
    """The gateway's own counters, and those of a second worker with a heartbeat in the same database."""
    answered = REQUESTS - REFUSED
    assert f'routeproof_exchanges_total{{outcome="ok"}} {answered}.0' in metrics(gateway)
    assert 'routeproof_workers{state="serving"} 1.0' in metrics(gateway)
    (own,) = read_workers(site.database)
    now_ns = time.time_ns()
    other = connect(site.database)
    # An hour ahead, so that the test may take its time: only age is judged.
    write_beat(other, WorkerBeat(1, own.pid, now_ns, now_ns + 3_600 * 10**9, "serving", {"ok": 7}))
    other.close()

    assert f'routeproof_exchanges_total{{outcome="ok"}} {answered + 7}.0' in metrics(gateway)
    assert 'routeproof_workers{state="serving"} 2.0' in metrics(gateway)


def test_the_doctor_looks_at_a_serving_gateway(site: Site, gateway: Serving) -> None:
    """All is in order but what may be wrong with the machine that the tests run on; the exit code says so."""
    code, findings = doctor(site.folder, site)

    for name in ("config", "python", "sqlite", "data_dir", "database", "ledger", "recorder"):
        assert findings[name]["ok"], findings[name]
    assert findings["recorder"]["detail"].startswith("a gateway is serving")
    assert code == (0 if all(finding["ok"] for finding in findings.values()) else 1)


def test_the_doctor_finds_a_damaged_database(site: Site, gateway: Serving, tmp_path: Path) -> None:
    """Exit code 1, the finding with what to do about it; and the other checks all the same."""
    shutil.copy(site.config, tmp_path)
    damaged = tmp_path / site.data_dir.name / site.database.name
    damaged.parent.mkdir()
    damaged.write_bytes(b"SQLite format 3\0" + b"damage" * 10_000)
    code, findings = doctor(tmp_path, site)

    assert code == 1
    assert not findings["database"]["ok"] and findings["database"]["remedy"]
    assert findings["config"]["ok"]


def test_the_doctor_finds_a_broken_configuration(site: Site, tmp_path: Path) -> None:
    """Exit code 1; what can be looked at without it is."""
    (tmp_path / "routeproof.toml").write_text(site.config.read_text().replace("[server]", "[sever]"))
    code, findings = doctor(tmp_path, site)

    assert code == 1
    assert not findings["config"]["ok"] and "sever" in findings["config"]["detail"]
    assert findings["sqlite"]["ok"]
