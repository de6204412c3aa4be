"""`docs/dependencies.md` gives each direct dependency its reason."""

import re
import tomllib

from tests.support.documents import ROOT, bare, document, rows_of, section

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEXT = document("docs/dependencies.md")


def test_every_dependency_at_run_time_is_listed() -> None:
    """In the order of pyproject.toml, and no other."""
    assert _listed("At run time") == _names(PROJECT["dependencies"])


def test_every_dependency_of_development_is_listed() -> None:
    """In the order of pyproject.toml, and no other."""
    assert _listed("To develop and test") == _names(PROJECT["optional-dependencies"]["dev"])


def test_every_dependency_has_a_reason() -> None:
    """A sentence."""
    assert [row for row in rows_of(TEXT, "package") if not row["reason"].endswith(".")] == []


def _listed(heading: str) -> list[str]:
    return [bare(row["package"]) for row in rows_of(section(TEXT, heading), "package")]


def _names(requirements: list[str]) -> list[str]:
    return [re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in requirements]
