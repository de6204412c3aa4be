"""Where a provider's API is."""

from collections.abc import Callable

import pytest

from routeproof.config.settings import Settings

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]


def provider(lines: str) -> str:
    """A configuration whose only provider has these lines, and no key."""
    return f'[providers.p]\napi_key = "none"\n{lines}\n[models.m]\nroutes = ["p/x"]\n'


@pytest.mark.parametrize(
    ("lines", "base_url"),
    [
        ('dialect = "deepseek"', "https://api.deepseek.com"),
        ('dialect = "openai"', "https://api.openai.com/v1"),
        ('dialect = "qwen"\nregion = "us-virginia"', "https://dashscope-us.aliyuncs.com/compatible-mode/v1"),
        (
            'dialect = "qwen"\nregion = "frankfurt"\nworkspace = "ws-1"',
            "https://ws-1.eu-central-1.maas.aliyuncs.com/compatible-mode/v1",
        ),
        ('dialect = "newapi"\nbase_url = "https://router.flatkey.ai/v1/"', "https://router.flatkey.ai/v1"),
        (
            'dialect = "qwen"\nregion = "beijing"\nbase_url = "https://proxy.example/v1"',
            "https://proxy.example/v1",
        ),
        (
            'dialect = "openai"\nbase_url = "http://127.0.0.1:1/v1"\nallow_plain = true',
            "http://127.0.0.1:1/v1",
        ),
    ],
)
def test_the_address_is_given_or_known_from_the_dialect(read: Read, lines: str, base_url: str) -> None:
    """A written `base_url` wins; else dialect, region and workspace decide."""
    assert read(provider(lines)).providers["p"].base_url == base_url


@pytest.mark.parametrize(
    ("lines", "key", "why"),
    [
        ('dialect = "qwen"', "region", "singapore, beijing, us-virginia, hong-kong, frankfurt, tokyo"),
        ('dialect = "qwen"\nregion = "us"', "region", "no region 'us'"),
        ('dialect = "qwen"\nregion = "us"\nbase_url = "https://h/v1"', "region", "'us' is no region of qwen"),
        ('dialect = "qwen"\nregion = "tokyo"', "workspace", "set `workspace`"),
        ('dialect = "qwen"\nregion = "tokyo"\nworkspace = "a.b"', "workspace", "'a.b'"),
        ('dialect = "deepseek"\nregion = "us"', "region", "remove `region`"),
        ('dialect = "deepseek"\nworkspace = "ws"', "workspace", "remove `workspace`"),
        ('dialect = "newapi"', "base_url", "base_url"),
        ('dialect = "openai"\nbase_url = "http://h/v1"', "base_url", "'http://h/v1' is plain http"),
        ('dialect = "openai"\nbase_url = 3', "base_url", "3 has the wrong type"),
        ('dialect = "qwen"\nregion = 3', "region", "3 has the wrong type"),
        ('dialect = "openai"\nbase_url = "https://10.0.0.1/v1"', "base_url", "`allow_networks`"),
        (
            'dialect = "openai"\nallow_networks = ["10.0.0.1/8"]',
            "allow_networks",
            "'10.0.0.1/8' is no network",
        ),
        ('dialect = "openai"\nallow_networks = [8]', "allow_networks[0]", "8 is not a string"),
    ],
)
def test_every_mistake_is_told_once(problems_of: ProblemsOf, lines: str, key: str, why: str) -> None:
    """At the key whose change puts it right."""
    (problem,) = problems_of(provider(lines))

    assert problem.startswith(f"providers.p.{key}: ")
    assert why in problem


@pytest.mark.parametrize("url", ["https://u:canary-7Qx@h/v1", "https://h/v1?key=canary-7Qx", "https://h/v1#canary-7Qx"])
def test_a_credential_in_a_base_url_is_not_shown(problems_of: ProblemsOf, url: str) -> None:
    """The address is left out of the error where it may hold a key."""
    (problem,) = problems_of(provider(f'dialect = "openai"\nbase_url = "{url}"'))

    assert "canary" not in problem
