"""The starter configuration is valid, and stays valid when its comments are tried."""

import re
from collections.abc import Callable
from pathlib import Path

from routeproof.config.settings import Settings
from routeproof.config.starter import STARTER, STARTER_VARIABLES

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]

ENVIRONMENT = dict.fromkeys(STARTER_VARIABLES, "sk-starter")


def test_the_starter_is_valid_once_its_variables_are_set(read: Read) -> None:
    """A newcomer sets two variables and can serve."""
    settings = read(STARTER, ENVIRONMENT)

    assert list(settings.providers) == ["deepseek", "qwen"]
    assert list(settings.models) == ["assistant"]


def test_without_the_variables_they_are_what_is_missing(problems_of: ProblemsOf) -> None:
    """Nothing else is wrong with it."""
    problems = problems_of(STARTER)

    assert len(problems) == len(STARTER_VARIABLES)
    assert all(any(name in problem for problem in problems) for name in STARTER_VARIABLES)


def test_every_commented_setting_is_valid_too(read: Read, tmp_path: Path) -> None:
    """Whoever uncomments a line gets a setting that exists."""
    for name in ("server.crt", "server.key", "my-prices.toml"):
        (tmp_path / name).touch()
    setting = re.compile(r"^# (?=(?:\[|\]|\w+ = |  \{))", re.MULTILINE)

    settings = read(setting.sub("", STARTER), ENVIRONMENT)

    assert settings.server.durability == "power"
    assert [entry.weight for entry in settings.models["assistant-canary"].routes] == [90, 10]
    assert settings.providers["qwen"].workspace == "ws-your-id"
