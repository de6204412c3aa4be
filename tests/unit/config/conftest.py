"""Ways to read a configuration in one call."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from routeproof.config.loading import parse_settings
from routeproof.config.settings import Settings
from routeproof.errors import ConfigError

MINIMAL = """
[providers.p]
dialect = "openai"
api_key = "none"
[models.m]
routes = ["p/x"]
"""

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]


@pytest.fixture
def minimal() -> str:
    """The least text that is a whole configuration."""
    return MINIMAL


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a text as the file `routeproof.toml` in an empty folder."""

    def read_text(text: str, environ: Mapping[str, str] | None = None) -> Settings:
        return parse_settings(text, tmp_path / "routeproof.toml", environ or {})

    return read_text


@pytest.fixture
def problems_of(read: Read, tmp_path: Path) -> ProblemsOf:
    """The mistakes in a text, each without the file's name; an empty list where there are none."""

    def collect(text: str, environ: Mapping[str, str] | None = None) -> list[str]:
        prefix = f"{tmp_path / 'routeproof.toml'}: "
        try:
            read(text, environ)
        except ConfigError as error:
            assert all(line.startswith(prefix) for line in error.problems)
            return [line.removeprefix(prefix) for line in error.problems]
        return []

    return collect
