"""The admin plane as a process: it answers over a real socket, and lives and dies by its parent."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from routeproof.admin.process import admin_process, needed_environment
from routeproof.config.settings import ListenAddress
from routeproof.errors import OperatorError
from routeproof.store.connecting import connect
from routeproof.store.data_dir import database_path
from routeproof.store.migrating import ensure_schema
from routeproof.store.workers import WorkerBeat, write_beat

LOOPBACK = ListenAddress("127.0.0.1", 0)
PARENT = """
import sys
from pathlib import Path
from routeproof.admin.process import admin_process
from routeproof.config.settings import ListenAddress

with admin_process(ListenAddress("127.0.0.1", 0), Path(sys.argv[1])) as address:
    print(address.port, flush=True)
    sys.stdin.read()
"""


def get(address: ListenAddress, path: str) -> tuple[int, str]:
    """Status and body of one request."""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=20)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database as a worker leaves it that serves right now."""
    path = database_path(tmp_path)
    ensure_schema(path)
    connection = connect(path)
    now_ns = time.time_ns()
    # An hour ahead, so that the test may take its time: only age is judged.
    write_beat(connection, WorkerBeat(0, os.getpid(), now_ns, now_ns + 3_600 * 10**9, "serving", {"ok": 3}))
    connection.close()
    return path


@contextmanager
def started_parent(database: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that runs the admin plane and waits; gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_answers_from_the_heartbeats_in_the_database(database: Path, host: str) -> None:
    """IPv4 and IPv6, on any free port, which is given back."""
    with admin_process(ListenAddress(host, 0), database) as address:
        assert address.port != 0
        assert get(address, "/healthz") == (200, '{"status":"ok"}')
        assert get(address, "/readyz") == (200, '{"ready":true,"reason":"a worker is serving"}')
        assert 'routeproof_exchanges_total{outcome="ok"} 3.0' in get(address, "/metrics")[1]


def test_without_a_database_it_is_healthy_but_not_ready(tmp_path: Path) -> None:
    """The data plane may not have made it yet."""
    with admin_process(LOOPBACK, tmp_path / "absent.db") as address:
        assert get(address, "/healthz")[0] == 200
        assert get(address, "/readyz")[0] == 503
        assert get(address, "/metrics")[0] == 503


def test_it_is_gone_after_the_block(database: Path) -> None:
    """Its port is free again."""
    with admin_process(LOOPBACK, database) as address:
        assert get(address, "/healthz")[0] == 200

    with pytest.raises(ConnectionRefusedError):
        get(address, "/healthz")


def test_it_ends_when_its_parent_is_killed(database: Path) -> None:
    """Nothing is left to hold the port of the next start."""
    with started_parent(database) as parent:
        assert parent.stdout is not None
        address = ListenAddress("127.0.0.1", int(parent.stdout.readline()))
        assert get(address, "/healthz")[0] == 200
        parent.send_signal(signal.SIGKILL)
        parent.stdout.read()  # ends when the admin process, the last to hold the pipe, has ended

        with pytest.raises(ConnectionRefusedError):
            get(address, "/healthz")


def test_a_reload_signal_leaves_it_answering(database: Path) -> None:
    """SIGHUP to all processes of the program asks the data plane for a reload; by default it would end this one."""
    with admin_process(LOOPBACK, database) as address:
        assert get(address, "/healthz")[0] == 200
        (child,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        os.kill(int(child), signal.SIGHUP)

        assert get(address, "/healthz")[0] == 200


def test_an_address_in_use_is_told_with_the_remedy(database: Path) -> None:
    """In the process that starts it, which can then say so."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = ListenAddress("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(OperatorError) as caught, admin_process(listen, database):
            pass

    assert caught.value.message == (
        f"can't listen on {listen} (Address already in use); stop what uses it, or change server.admin_listen"
    )


def test_a_host_that_does_not_resolve_is_told(database: Path) -> None:
    """Without a number that means nothing."""
    with (
        pytest.raises(OperatorError, match=r"can't listen on nowhere\.invalid:0 \("),
        admin_process(ListenAddress("nowhere.invalid", 0), database),
    ):
        pass


def test_the_providers_keys_stay_out_of_the_process() -> None:
    """It gets what a Python process needs and nothing else."""
    environment = {
        "PATH": "/bin",
        "LC_ALL": "C",
        "PYTHONPATH": "src",
        "DEEPSEEK_API_KEY": "canary",
        "ROUTEPROOF_X": "y",
    }

    assert needed_environment(environment) == {"PATH": "/bin", "LC_ALL": "C", "PYTHONPATH": "src"}
