"""The admin plane as a process: it answers over a real socket, and lives and dies by its parent."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

ADMIN = """
import os, sys
from routeproof.admin.serving import serve_admin
from routeproof.config.settings import ListenAddress
from routeproof.errors import OperatorError
from routeproof.observe.logs import configure_logging

configure_logging("info", "json")
try:
    serve_admin(ListenAddress(sys.argv[1], int(sys.argv[2])), list, os.getppid())
except OperatorError as error:
    sys.exit(f"refused: {error}")
"""
# A parent that starts the admin process and then waits to be killed.
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {ADMIN!r}, "127.0.0.1", "0"])
"""


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is gone afterwards."""
    process = subprocess.Popen([sys.executable, "-c", *command], stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def port_of(process: subprocess.Popen[str]) -> int:
    """Waits for the line that says where the admin plane listens."""
    assert process.stderr is not None
    for line in process.stderr:
        message = json.loads(line)["message"]
        if message.startswith("admin plane listens on "):
            return int(message.rpartition(":")[2])
    pytest.fail("the admin process ended before it listened")


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    """Status and body of one request."""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_answers_over_a_socket(host: str) -> None:
    """IPv4 and IPv6, on any free port."""
    with started(ADMIN, host, "0") as process:
        port = port_of(process)

        assert get(port, "/healthz", host) == (200, '{"status":"ok"}')
        assert get(port, "/readyz", host)[0] == 503
        assert get(port, "/metrics", host)[0] == 200


def test_sigterm_ends_it_in_good_order() -> None:
    """Exit code 0."""
    with started(ADMIN, "127.0.0.1", "0") as process:
        port_of(process)
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_signals_for_the_data_plane_leave_it_answering(number: signal.Signals) -> None:
    """Ctrl-C starts a drain during which health must answer; SIGHUP means reload."""
    with started(ADMIN, "127.0.0.1", "0") as process:
        port = port_of(process)
        process.send_signal(number)

        assert get(port, "/healthz")[0] == 200
        assert process.poll() is None


def test_it_ends_when_its_parent_is_killed() -> None:
    """Nothing is left to hold the port of the next start."""
    with started(PARENT) as parent:
        port = port_of(parent)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait(timeout=20)
        assert parent.stderr is not None
        parent.stderr.read()  # ends when the admin process, the last to hold the pipe, has ended

        with pytest.raises(ConnectionRefusedError):
            get(port, "/healthz")


def test_an_address_in_use_is_told_with_the_remedy() -> None:
    """The operator learns which setting to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(ADMIN, "127.0.0.1", str(port)) as process:
            _, errors = process.communicate(timeout=20)

    assert process.returncode == 1
    assert f"refused: can't listen on 127.0.0.1:{port} (Address already in use)" in errors
    assert "server.admin_listen" in errors
