"""A provider's prices have to be known."""

from collections.abc import Callable

import pytest

from routeproof.config.facts_files import load_facts
from routeproof.config.families import require_price_families
from routeproof.config.settings import Settings
from routeproof.errors import ConfigError

Read = Callable[..., Settings]


def with_prices(line: str) -> str:
    """A configuration whose only provider has this line."""
    return f'[providers.p]\ndialect = "openai"\napi_key = "none"\n{line}\n[models.m]\nroutes = ["p/x"]\n'


@pytest.mark.parametrize("line", ['prices = "deepseek"', 'prices = "qwen"', ""])
def test_families_with_facts_pass(read: Read, line: str) -> None:
    """The shipped facts know both; no family is a choice too."""
    require_price_families(read(with_prices(line)), load_facts())


def test_a_family_without_facts_is_told(read: Read) -> None:
    """A misspelt family would make every cost unknown."""
    with pytest.raises(ConfigError) as caught:
        require_price_families(read(with_prices('prices = "depseek"')), load_facts())

    (problem,) = caught.value.problems
    assert "providers.p.prices: there are no price facts for 'depseek'; did you mean 'deepseek'?" in problem
