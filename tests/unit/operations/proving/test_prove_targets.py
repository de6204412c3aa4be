"""What can be proven, and what is said of words that name nothing."""

from pathlib import Path

import pytest

from routeproof.config.loading import parse_settings
from routeproof.config.settings import Settings
from routeproof.errors import ConfigError, OperatorError
from routeproof.evidence.plan import Credential
from routeproof.operations.proving.targets import EndpointWords, Target, configured_target, endpoint_target
from routeproof.prover.engine.endpoints import keys_for

CONFIG = """
[providers.deepseek]
dialect = "deepseek"
api_key = "env:KEY"
first_byte_timeout_s = 7
[providers.qwen]
dialect = "qwen"
region = "singapore"
workspace = "ws"
api_key = "env:KEY"
[models."assistant"]
routes = ["deepseek/deepseek-flash", "qwen/qwen-plus"]
"""
KEY = "sk-canary-0123456789abcdef"


def settings() -> Settings:
    """A configuration of two providers."""
    return parse_settings(CONFIG, Path("routeproof.toml"), {"KEY": KEY})


def described(**words: object) -> Target:
    """An endpoint of no configuration."""
    given = {"base_url": "https://api.example.com/v1/", "api_key": "env:KEY", "model": "m-1", "dialect": "openai"}
    return endpoint_target(EndpointWords(**{**given, **words}), {"KEY": KEY}, Path())  # type: ignore[arg-type]


def test_a_configured_route_is_reached_as_the_gateway_would() -> None:
    """Its address, its key, its patience."""
    target = configured_target(settings(), "deepseek/deepseek-flash")
    endpoint = target.endpoint(keys_for(KEY))

    assert (target.model, target.configured) == ("deepseek-flash", True)
    assert endpoint.base_url == "https://api.deepseek.com"
    assert endpoint.keys[Credential.ROUTE].reveal() == KEY
    assert endpoint.request_id_headers == ("x-ds-trace-id",)
    assert target.deadlines.first_byte_s == 7


def test_an_endpoint_needs_no_configuration() -> None:
    """It is called by its host, and the dialect gives the address where none is given."""
    target = described()

    assert (target.name, target.configured) == ("api.example.com/m-1", False)
    assert target.provider.base_url == "https://api.example.com/v1"
    assert described(dialect="deepseek", base_url=None).provider.base_url == "https://api.deepseek.com"
    assert described(api_key="none").key is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"api_key": KEY}, "may not be written here"),
        ({"api_key": "env:MISSING"}, "MISSING is not set"),
        ({"dialect": "klingon"}, "use one of openai"),
        ({"base_url": "http://api.example.com/v1"}, "is plain http"),
        ({"base_url": "https://user:pass@api.example.com"}, "holds credentials"),
        ({"dialect": "qwen", "base_url": None}, "region"),
    ],
)
def test_words_that_describe_no_endpoint_are_told_and_no_secret_is_shown(words: dict[str, object], told: str) -> None:
    """As a configuration's mistakes are."""
    with pytest.raises(ConfigError) as refusal:
        described(**words)

    assert told in str(refusal.value)
    assert KEY not in str(refusal.value)
    assert "pass@" not in str(refusal.value)


@pytest.mark.parametrize(
    ("route", "told"),
    [
        ("assistant", "name one of its routes: deepseek/deepseek-flash, qwen/qwen-plus"),
        ("nothing", "write it as 'provider/model-id'"),
        ("deepsek/deepseek-flash", "did you mean 'deepseek'?"),
        ("deepseek/two words", "is no model id"),
    ],
)
def test_a_name_that_is_no_route_is_told_with_its_remedy(route: str, told: str) -> None:
    """A model's name leads to its routes."""
    with pytest.raises(OperatorError) as refusal:
        configured_target(settings(), route)

    assert told in str(refusal.value)
