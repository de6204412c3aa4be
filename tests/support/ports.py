"""Ports for servers that are started again on the same address."""

import itertools
import os
import socket

_FIRST, _LAST = 20_000, 32_000  # below those that the kernel gives to clients (ip_local_port_range)
_PORTS = itertools.cycle(range(_FIRST + os.getpid() * 61 % (_LAST - _FIRST), _LAST))


def free_port() -> int:
    """A port of the loopback that nobody listens on; each call gives another one."""
    for port in _PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("unreachable: the ports never end")
