"""Which signals stop the admin plane."""

import signal

import uvicorn

from routeproof.admin.serving import _Server


def test_only_sigterm_stops_it() -> None:
    """Ctrl-C reaches every process of a terminal, and health has to answer until the parent has drained."""
    server = _Server(uvicorn.Config("unused:app", log_config=None), parent_pid=1)

    server.handle_exit(signal.SIGINT, None)
    assert not server.should_exit

    server.handle_exit(signal.SIGTERM, None)
    assert server.should_exit
