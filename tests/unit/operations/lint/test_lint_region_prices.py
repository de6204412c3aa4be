"""Models that go to one model id in two regions."""

from pathlib import Path

import pytest
from tests.unit.operations.lint.lint_scene import QWEN, found, gathered, only, provider

from routeproof.config.lint_codes import LintCode


def site(region: str, model: str, fallback: str | None = None) -> str:
    """A model in Singapore, and its fallback in another place."""
    other = provider("other", dialect="qwen", region=region, api_key="env:OTHER")
    return f'{QWEN}{other}[models.m]\nroutes = ["qwen/{model}"]\nfallbacks = ["other/{fallback or model}"]\n'


def test_two_regions_that_charge_otherwise_are_told(tmp_path: Path) -> None:
    """At the fallback, where somebody took the prices for the same."""
    finding = only(gathered(tmp_path, site("beijing", "qwen3.8-max")), LintCode.REGIONS_ROUTED_ALIKE)

    assert finding.found == "'m' leads to qwen3.8-max in singapore and beijing, whose prices differ"
    assert finding.where == ["models.m.fallbacks"]


def test_a_region_where_nothing_prices_the_model_is_told(tmp_path: Path) -> None:
    """As that."""
    finding = only(gathered(tmp_path, site("hong-kong", "qwen3-coder-plus")), LintCode.REGIONS_ROUTED_ALIKE)

    assert finding.found.endswith("in singapore and hong-kong, and nothing prices it in hong-kong")


@pytest.mark.parametrize(
    "text", [site("singapore", "qwen3.8-max"), site("beijing", "qwen3.8-max", "qwen3-max"), site("hong-kong", "nobody")]
)
def test_one_region_or_another_model_is_no_such_mistake(text: str, tmp_path: Path) -> None:
    """Nor is one that is unpriced in both: that is told by itself."""
    assert found(gathered(tmp_path, text), LintCode.REGIONS_ROUTED_ALIKE) == []
