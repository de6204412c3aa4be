"""Small local HTTP: free ports, whether a server is ready, one call. For setting up only, never for measuring."""

import contextlib
import http.client
import socket
from typing import Final

HOST: Final = "127.0.0.1"
_TIMEOUT_S: Final = 30.0


def free_ports(count: int) -> list[int]:
    """Different ports that nothing listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for held in sockets:
            held.bind((HOST, 0))
        return [held.getsockname()[1] for held in sockets]


def listens(port: int) -> bool:
    """True if a connection to the port is accepted."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def call(
    port: int, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and body of one exchange. Raises OSError or HTTPException if there is no answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_TIMEOUT_S)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def answers_ok(port: int, path: str) -> bool:
    """True if a GET is answered with 200; False if with anything else, or with nothing."""
    try:
        return call(port, "GET", path)[0] == 200
    except (OSError, http.client.HTTPException):
        return False
