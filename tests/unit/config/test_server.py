"""`[server]`: the gateway's own settings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from routeproof.config.settings import ListenAddress, ServerSettings, Settings

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]


def test_defaults(read: Read, minimal: str, tmp_path: Path) -> None:
    """Loopback, two ports, and a data folder beside the configuration."""
    assert read(minimal).server == ServerSettings(data_dir=tmp_path / "routeproof-data")


def test_everything_can_be_set(read: Read, minimal: str, tmp_path: Path) -> None:
    """Each setting ends up in its field; relative paths start at the configuration's folder."""
    for name in ("server.crt", "server.key", "facts.toml"):
        (tmp_path / name).touch()
    server = read(
        """
        [server]
        listen = "0.0.0.0:443"
        admin_listen = "[::1]:9000"
        data_dir = "/var/lib/routeproof"
        direct_routes = true
        tls_cert = "server.crt"
        tls_key = "server.key"
        durability = "power"
        facts = ["facts.toml"]
        log_level = "debug"
        log_style = "json"
        """
        + minimal
    ).server

    assert server == ServerSettings(
        data_dir=Path("/var/lib/routeproof"),
        listen=ListenAddress("0.0.0.0", 443),
        admin_listen=ListenAddress("::1", 9000),
        direct_routes=True,
        tls_cert=tmp_path / "server.crt",
        tls_key=tmp_path / "server.key",
        durability="power",
        facts=(tmp_path / "facts.toml",),
        log_level="debug",
        log_style="json",
    )


@pytest.mark.parametrize(
    ("line", "key", "why"),
    [
        ('listen = ":8400"', "server.listen", "':8400' names no host or no port; write"),
        ("listen = 8400", "server.listen", "8400 has the wrong type"),
        ('listen = "::1:80"', "server.listen", "is ambiguous; write an IPv6 address in brackets"),
        ('admin_listen = "x:y"', "server.admin_listen", "'x:y' has no valid port"),
        ('admin_listen = "127.0.0.1:8400"', "server.admin_listen", "is taken by `listen`"),
        ('data_dir = ""', "server.data_dir", "is empty"),
        ('direct_routes = "yes"', "server.direct_routes", "'yes' has the wrong type; write true or false"),
        ('tls_cert = "absent.crt"', "server.tls_cert", "'absent.crt' is no file"),
        ('durability = "disk"', "server.durability", "use one of process, power"),
        ('facts = ["absent.toml"]', "server.facts", "'absent.toml' is no file"),
        ('facts = "x.toml"', "server.facts", "write a list"),
        ("facts = [1]", "server.facts[0]", "1 is not a string"),
        ('log_level = "trace"', "server.log_level", "use one of debug, info, warning, error"),
        ('log_style = "xml"', "server.log_style", "use one of auto, json, text"),
        ('lisen = "x"', "server.lisen", "did you mean 'listen'?"),
    ],
)
def test_every_mistake_is_told(problems_of: ProblemsOf, minimal: str, line: str, key: str, why: str) -> None:
    """Key, value found, what is wrong, the remedy."""
    problems = problems_of(f"[server]\n{line}\n{minimal}")

    assert any(problem.startswith(f"{key}: ") and why in problem for problem in problems), problems


@pytest.mark.parametrize(("present", "missing"), [("tls_cert", "tls_key"), ("tls_key", "tls_cert")])
def test_certificate_and_key_come_together(
    problems_of: ProblemsOf, minimal: str, tmp_path: Path, present: str, missing: str
) -> None:
    """One without the other would silently serve plain http."""
    (tmp_path / "file").touch()

    assert problems_of(f'[server]\n{present} = "file"\n{minimal}') == [
        f"server.{missing}: is missing; set it too, or remove `{present}`"
    ]


def test_any_free_port_may_be_asked_for_twice(problems_of: ProblemsOf, minimal: str) -> None:
    """Port 0 is a different one each time."""
    text = '[server]\nlisten = "127.0.0.1:0"\nadmin_listen = "127.0.0.1:0"\n'

    assert problems_of(text + minimal) == []
