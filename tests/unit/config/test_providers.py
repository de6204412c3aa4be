"""`[providers.NAME]`: the accounts at upstream APIs."""

import ipaddress
from collections.abc import Callable
from pathlib import Path

import pytest

from routeproof.config.settings import ProviderSettings, Settings
from routeproof.limits import Limits
from routeproof.secret import Secret

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]


def with_provider(lines: str, name: str = "p") -> str:
    """A configuration whose only provider has these lines."""
    return f'[providers.{name}]\n{lines}\n[models.m]\nroutes = ["p/x"]\n'


def test_defaults_come_from_the_dialect_and_the_limits(read: Read) -> None:
    """A dialect and a key are enough where the dialect has one address."""
    settings = read(with_provider('dialect = "deepseek"\napi_key = "env:K"'), {"K": "sk-1"})

    assert settings.providers == {
        "p": ProviderSettings(
            name="p",
            dialect="deepseek",
            base_url="https://api.deepseek.com",
            api_key=Secret("sk-1"),
            prices="deepseek",
        )
    }


def test_everything_can_be_set(read: Read, tmp_path: Path) -> None:
    """Each setting ends up in its field."""
    (tmp_path / "ca.pem").touch()
    lines = """
        dialect = "openai"
        base_url = "http://10.1.2.3:8000/v1"
        api_key = "none"
        region = "here"
        workspace = "ws"
        prices = "qwen"
        allow_plain = true
        allow_networks = ["10.1.0.0/16", "fd00::/8"]
        ca_file = "ca.pem"
        map_foreign_controls = true
        on_disconnect = "drain"
        connect_timeout_s = 1
        first_byte_timeout_s = 2.5
        idle_event_timeout_s = 3
        total_timeout_s = 4
    """

    assert read(with_provider(lines)).providers["p"] == ProviderSettings(
        name="p",
        dialect="openai",
        base_url="http://10.1.2.3:8000/v1",
        api_key=None,
        region="here",
        workspace="ws",
        prices="qwen",
        allow_plain=True,
        allow_networks=(ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00::/8")),
        ca_file=tmp_path / "ca.pem",
        map_foreign_controls=True,
        on_disconnect="drain",
        connect_timeout_s=1.0,
        first_byte_timeout_s=2.5,
        idle_event_timeout_s=3.0,
        total_timeout_s=4.0,
    )


def test_timeouts_follow_the_limits_unless_a_provider_has_its_own(read: Read) -> None:
    """`[limits]` is the default for all providers."""
    text = with_provider('dialect = "openai"\napi_key = "none"\ntotal_timeout_s = 70')

    provider = read(f"{text}\n[limits]\ntotal_timeout_s = 60\nfirst_byte_timeout_s = 30").providers["p"]

    assert (provider.total_timeout_s, provider.first_byte_timeout_s) == (70.0, 30.0)
    assert provider.connect_timeout_s == Limits().connect_timeout_s


@pytest.mark.parametrize(("dialect", "prices"), [("deepseek", "deepseek"), ("openai", None)])
def test_prices_follow_the_dialect_where_it_has_any(read: Read, dialect: str, prices: str | None) -> None:
    """A foreign API that speaks OpenAI's dialect has no prices that we know of."""
    settings = read(with_provider(f'dialect = "{dialect}"\napi_key = "none"'))

    assert settings.providers["p"].prices == prices


@pytest.mark.parametrize(
    ("lines", "key", "why"),
    [
        ('api_key = "none"', "dialect", "is missing; use one of openai, deepseek, qwen, newapi"),
        ('dialect = "qwenn"\napi_key = "none"', "dialect", "'qwenn' is not allowed; use one of openai"),
        ('dialect = "openai"', "api_key", "is missing; write 'env:NAME'"),
        ('dialect = "openai"\napi_key = "sk"', "api_key", "a key may not be written here"),
        ('dialect = "openai"\napi_key = "env:ABSENT"', "api_key", "ABSENT is not set"),
        ('dialect = "openai"\napi_key = "none"\nprices = "Deep Seek"', "prices", "no family's name"),
        ('dialect = "openai"\napi_key = "none"\nca_file = "absent.pem"', "ca_file", "is no file"),
        ('dialect = "openai"\napi_key = "none"\non_disconnect = "hold"', "on_disconnect", "close, drain"),
        ('dialect = "openai"\napi_key = "none"\nconnect_timeout_s = 0', "connect_timeout_s", "more than 0"),
        ('dialect = "openai"\napi_key = "none"\ntotal_timeout_s = "60"', "total_timeout_s", "write a number"),
        ('dialect = "openai"\napi_key = "none"\nallow_plain = 1', "allow_plain", "true or false"),
        ('dialect = "openai"\napi_key = "none"\napikey = "x"', "apikey", "did you mean 'api_key'?"),
    ],
)
def test_every_mistake_is_told(problems_of: ProblemsOf, lines: str, key: str, why: str) -> None:
    """Key, value found, what is wrong, the remedy; and nothing else is complained about."""
    (problem,) = problems_of(with_provider(lines))

    assert problem.startswith(f"providers.p.{key}: ")
    assert why in problem


@pytest.mark.parametrize("name", ['"a b"', '"a/b"', '"-a"', '""', '"' + "a" * 65 + '"', '"\\u00e9"'])
def test_a_provider_needs_a_name_that_a_route_can_hold(problems_of: ProblemsOf, name: str) -> None:
    """Names appear in routes, rows and headers."""
    problems = problems_of(with_provider('dialect = "openai"\napi_key = "none"', name))

    assert any("is no provider's name" in problem for problem in problems)


def test_a_provider_that_is_no_table_is_told(problems_of: ProblemsOf) -> None:
    """`providers.p = "x"` is a mistake of its own kind."""
    problems = problems_of('providers.p = "x"\n[models.m]\nroutes = ["p/x"]')

    assert "write a table: start it with [providers.p]" in problems[0]
