"""Starts the admin plane as a process of its own, so that nothing it does can slow a request.

This module stays free of the admin plane's libraries: the data plane imports it, and each costs memory.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from routeproof.config.settings import ListenAddress, LogLevel, LogStyle
from routeproof.errors import OperatorError

SHUTDOWN_S: Final = 3
"""What requests in flight get when it stops."""

_NEEDED: Final = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV")
_NEEDED_PREFIXES: Final = ("PYTHON", "LC_", "LD_")


@contextmanager
def admin_process(
    listen: ListenAddress, database_path: Path, *, log_level: LogLevel = "info", log_style: LogStyle = "auto"
) -> Iterator[ListenAddress]:
    """The admin plane while the block runs; gives the address it listens on, the port being the real one.

    The socket is opened here, so that an address that can't be had stops the start. Raises OperatorError for that.
    """
    with _listening(listen) as listener:
        host, port = listener.getsockname()[:2]
        arguments = (str(listener.fileno()), str(database_path), str(os.getpid()), log_level, log_style)
        process = subprocess.Popen(
            # -P: a folder that happens to be the working directory must not provide modules.
            [sys.executable, "-P", "-m", "routeproof.admin", *arguments],
            stdin=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            process_group=0,  # Ctrl-C asks the data plane to drain, and health has to answer meanwhile
            env=needed_environment(os.environ),
        )
    try:
        yield ListenAddress(host, port)
    finally:
        process.terminate()
        try:
            process.wait(SHUTDOWN_S + 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def needed_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What of an environment the process gets: no provider's key reaches the plane that has no use for it."""
    return {name: value for name, value in environment.items() if name in _NEEDED or name.startswith(_NEEDED_PREFIXES)}


def _listening(listen: ListenAddress) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        return socket.create_server((listen.host, listen.port), family=family)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else str(error)
        raise OperatorError(
            f"can't listen on {listen} ({why}); stop what uses it, or change server.admin_listen"
        ) from error
