"""A start that can't succeed says why and what to do, and leaves those alone that serve already."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.ports import free_port
from tests.support.program import run
from tests.support.raw_client import ask, chat, request
from tests.support.site import Site
from tests.support.waiting import until


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One folder for all tests of this file."""
    folder: Path = tmp_path_factory.mktemp("starting")
    with Site(folder) as running:
        yield running


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def refused(site: Site, environ: dict[str, str] | None = None) -> tuple[int, str]:
    """The exit code of a start, and what it says besides log lines."""
    done = run(site.folder, "serve", environ=site.environ if environ is None else environ)
    assert done.stdout == ""
    return done.returncode, "\n".join(line for line in done.stderr.splitlines() if not line.startswith("{"))


def test_a_second_gateway_on_the_same_data(site: Site) -> None:
    """It is refused before it takes an address, and the first one goes on."""
    site.configure()
    with site.serve().wait_ready() as gateway:
        code, message = refused(site)
        lock = site.data_dir / "routeproof.lock"
        assert message == (
            f"error: another process serves on {site.data_dir} (it holds {lock}); "
            "stop it, or set another server.data_dir"
        )
        assert code == 1
        assert ask(gateway.port, chat(site.key, model="deepseek")).status == 200


@pytest.mark.parametrize("name", ["listen", "admin_listen"])
def test_an_address_that_is_taken(site: Site, taken: int, name: str) -> None:
    """Of either plane; the message names the setting."""
    site.configure(port=taken if name == "listen" else 0, admin_port=taken if name == "admin_listen" else 0)
    why = f"can't listen on 127.0.0.1:{taken} (Address already in use)"

    assert refused(site) == (1, f"error: {why}; stop what uses it, or change server.{name}")


def test_a_missing_variable(site: Site) -> None:
    """Each place that needs it is named, with the variable; the exit code says that nothing was done."""
    site.configure()
    code, message = refused(site, environ={})

    assert code == 2
    for provider in ("deepseek", "qwen", "busy"):
        assert f"providers.{provider}.api_key: the environment variable PROVIDER_KEY is not set; set it" in message
    assert message.splitlines()[-1] == "3 mistakes in the configuration; nothing was done."


def test_a_start_right_after_a_kill_on_the_same_addresses(site: Site) -> None:
    """Nothing of the killed one, its admin plane included, stands in the way of the next."""
    site.configure(port=free_port(), admin_port=free_port())
    for _ in range(2):
        with site.serve().wait_ready() as gateway:
            gateway.admin_port()
            gateway.kill()
    with site.serve().wait_ready() as gateway:
        admin = gateway.admin_port()
        until(lambda: ask(admin, request("GET", "/readyz")).status == 200, "the admin plane is ready")
