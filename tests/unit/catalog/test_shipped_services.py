"""The shipped facts about addresses and controls agree with what the dialects do."""

from urllib.parse import urlsplit

import pytest

from routeproof.catalog.kinds import ControlFact, Facts
from routeproof.dialects.addresses import DEEPSEEK_BASE_URL, QWEN_REGIONS, qwen_base_url
from routeproof.dialects.thinking import deepseek_default, qwen_default

QWEN_PATH = "/compatible-mode/v1"


def qwen_hosts(facts: Facts) -> dict[str, tuple[str | None, str | None]]:
    """Shared host and workspace host of each region, pay as you go."""
    return {
        fact.region: (fact.shared_host, fact.workspace_host)
        for fact in facts.regions
        if fact.subject.family == "qwen" and fact.plan is None
    }


def test_qwen_s_regions_are_those_that_can_be_configured(shipped_facts: Facts) -> None:
    """No more and no less."""
    assert set(qwen_hosts(shipped_facts)) == set(QWEN_REGIONS)


@pytest.mark.parametrize("region", QWEN_REGIONS)
def test_a_region_s_hosts_are_those_that_are_called(region: str, shipped_facts: Facts) -> None:
    """The workspace's, and the shared one where the region has one."""
    shared, workspace = qwen_hosts(shipped_facts)[region]
    assert workspace is not None

    assert qwen_base_url(region, "ws-1") == f"https://{workspace.format(workspace='ws-1')}{QWEN_PATH}"
    if shared is None:
        with pytest.raises(ValueError, match="no shared host"):
            qwen_base_url(region, None)
    else:
        assert urlsplit(qwen_base_url(region, None)).netloc == shared


def test_the_paths_that_are_called_are_served(shipped_facts: Facts) -> None:
    """DeepSeek's base and Qwen's path are facts too."""
    openai = {
        (fact.subject.family, fact.base or fact.path) for fact in shipped_facts.endpoints if fact.format == "openai"
    }

    assert ("deepseek", DEEPSEEK_BASE_URL) in openai
    assert ("qwen", QWEN_PATH) in openai


def test_defaults_of_thinking_are_those_that_the_dialects_assume(shipped_facts: Facts) -> None:
    """Per model for Qwen, for all models for DeepSeek."""
    qwen = [fact for fact in shipped_facts.controls if fact.control == "enable_thinking" and fact.default]
    (deepseek,) = [fact for fact in shipped_facts.controls if fact.control == "thinking"]

    assert len(qwen) == 11
    assert {_model(fact): fact.default == "true" for fact in qwen} == {
        _model(fact): qwen_default(_model(fact)) for fact in qwen
    }
    assert deepseek.default == '{"type":"enabled"}'
    assert deepseek_default("deepseek-flash")


def _model(fact: ControlFact) -> str:
    return fact.subject.model or ""


def test_no_rate_of_exchange_is_assumed(shipped_facts: Facts) -> None:
    """Dollars and yuan are price lists of their own, and no source states a rate."""
    assert shipped_facts.exchange_rates == ()


def test_every_contradiction_is_about_the_same_family(shipped_facts: Facts) -> None:
    """What a rival contradicts is a fact to go by."""
    by_id = {fact.id: fact for fact in shipped_facts}

    assert shipped_facts.rivals
    for rival in shipped_facts.rivals:
        for other in rival.contradicts:
            assert by_id[other].id.split("/")[0] == rival.id.split("/")[0]
