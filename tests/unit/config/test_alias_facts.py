"""Alias rules against facts: a rule speaks of names that there are, and which facts speak of a provider's names."""

from collections.abc import Callable

import msgspec
import pytest
from tests.support.alias_facts import alias

from routeproof.catalog.kinds import AliasFact, Subject
from routeproof.config.alias_facts import names_of, require_alias_facts
from routeproof.config.facts_files import load_facts
from routeproof.config.settings import ProviderSettings, Settings
from routeproof.errors import ConfigError

Read = Callable[..., Settings]
FACTS = load_facts()
CONFIG = """
[providers.ds]
dialect = "deepseek"
api_key = "none"
[providers.relay]
dialect = "newapi"
base_url = "https://relay.example/v1"
api_key = "none"
[providers.own]
dialect = "openai"
api_key = "none"
[models.m]
routes = ["ds/deepseek-flash"]
"""


def with_rule(name: str, lines: str) -> str:
    """A configuration with one rule."""
    return f"{CONFIG}[aliases.'{name}']\n{lines}\n"


def provider(dialect: str, prices: str | None = None, region: str | None = None) -> ProviderSettings:
    """One that speaks this dialect."""
    return ProviderSettings("p", dialect, "https://p.example", None, prices=prices, region=region)


def about(family: str, name: str, *regions: str) -> AliasFact:
    """A fact about a name of a family."""
    return msgspec.structs.replace(alias(name, "new"), subject=Subject(family, name, regions))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("ds/deepseek-chat", ""),
        ("ds/deepseek-chat", 'policy = "ignore"'),
        ("ds/deepseek-chat", 'policy = "map"'),
        ("ds/deepseek-chat", 'policy = "map"\nto = "deepseek-v4-pro"'),
        ("ds/deepseek-v4-flash", 'policy = "map"\nto = "deepseek-flash"\nfrom = "2027-01-01T00:00:00Z"'),
        ("own/anything", 'policy = "map"\nto = "whatever"\nfrom = "2027-01-01T00:00:00Z"'),
    ],
)
def test_rules_that_can_be_carried_out_pass(read: Read, name: str, lines: str) -> None:
    """Names and targets that facts know; any at all where there are no facts to go by."""
    require_alias_facts(read(with_rule(name, lines)), FACTS)


@pytest.mark.parametrize(
    ("name", "lines", "problem"),
    [
        ("ds/deepseek-chad", "", "no fact is about the name 'deepseek-chad'; did you mean 'deepseek-chat'?"),
        ("own/anything", 'policy = "ignore"', "no fact is about the name 'anything'; there are none"),
        ("ds/deepseek-v4-flash", 'policy = "refuse"', "no fact retires 'deepseek-v4-flash'; say when with `from`"),
        ("own/anything", 'policy = "map"\nto = "x"', "no fact retires 'anything'; say when with `from`"),
        (
            "ds/deepseek-v4-flash",
            'policy = "map"\nfrom = "2027-01-01T00:00:00Z"',
            "no fact names a successor of 'deepseek-v4-flash'; name the model with `to`",
        ),
        (
            "ds/deepseek-chat",
            'policy = "map"\nto = "deepseek-flush"',
            "no fact knows the model 'deepseek-flush'; did you mean 'deepseek-flash'?",
        ),
    ],
)
def test_rules_that_can_not_are_told(read: Read, name: str, lines: str, problem: str) -> None:
    """With the key and the remedy."""
    with pytest.raises(ConfigError) as caught:
        require_alias_facts(read(with_rule(name, lines)), FACTS)

    (line,) = caught.value.problems
    assert f"aliases.'{name}'" in line
    assert problem in line


def test_a_providers_own_price_list_comes_first() -> None:
    """Its family's facts are taken where there are any, else those of the dialect, never both."""
    facts = (about("deepseek", "chat"), about("house", "ours"))

    assert names_of(provider("deepseek", "house"), facts, has_rule=False).names() == ["ours"]
    assert names_of(provider("deepseek", "other"), facts, has_rule=False).names() == ["chat"]
    assert names_of(provider("openai"), facts, has_rule=False).names() == []


def test_another_gateways_names_are_its_own() -> None:
    """Unless a rule names the route."""
    facts = (about("deepseek", "chat"),)

    assert names_of(provider("newapi", "deepseek"), facts, has_rule=False).names() == []
    assert names_of(provider("newapi", "deepseek"), facts, has_rule=True).names() == ["chat"]


def test_only_facts_of_the_providers_region_count() -> None:
    """Those that name no region count everywhere."""
    facts = (about("qwen", "plus", "singapore"), about("qwen", "max"))

    assert names_of(provider("qwen", region="singapore"), facts, has_rule=False).names() == ["max", "plus"]
    assert names_of(provider("qwen", region="beijing"), facts, has_rule=False).names() == ["max"]
