"""Base URLs by dialect, region and workspace."""

import pytest

from routeproof.dialects.registry import dialect_named

QWEN_SHARED = {
    "singapore": "dashscope-intl.aliyuncs.com",
    "beijing": "dashscope.aliyuncs.com",
    "us-virginia": "dashscope-us.aliyuncs.com",
    "hong-kong": "cn-hongkong.dashscope.aliyuncs.com",
}
QWEN_WORKSPACE = {
    "singapore": "ap-southeast-1",
    "beijing": "cn-beijing",
    "us-virginia": "us-east-1",
    "hong-kong": "cn-hongkong",
    "frankfurt": "eu-central-1",
    "tokyo": "ap-northeast-1",
}


@pytest.mark.parametrize(
    ("dialect", "url"), [("openai", "https://api.openai.com/v1"), ("deepseek", "https://api.deepseek.com")]
)
def test_single_addresses(dialect: str, url: str) -> None:
    """A family with one address needs neither region nor workspace."""
    assert dialect_named(dialect).base_url(None, None) == url


@pytest.mark.parametrize(("region", "host"), QWEN_SHARED.items())
def test_qwen_shared_host(region: str, host: str) -> None:
    """A region with a shared host is addressed by its name alone."""
    assert dialect_named("qwen").base_url(region, None) == f"https://{host}/compatible-mode/v1"


@pytest.mark.parametrize(("region", "zone"), QWEN_WORKSPACE.items())
def test_qwen_workspace_host(region: str, zone: str) -> None:
    """A workspace has a host of its own in every region."""
    url = dialect_named("qwen").base_url(region, "ws-1a2B")

    assert url == f"https://ws-1a2b.{zone}.maas.aliyuncs.com/compatible-mode/v1"


@pytest.mark.parametrize("region", ["frankfurt", "tokyo"])
def test_regions_without_a_shared_host_need_a_workspace(region: str) -> None:
    """Where no shared host exists the error names the setting to add."""
    with pytest.raises(ValueError, match="set `workspace`"):
        dialect_named("qwen").base_url(region, None)


@pytest.mark.parametrize("region", [None, "mars", "", "Singapore"])
def test_qwen_without_a_known_region_lists_the_regions(region: str | None) -> None:
    """A missing or misspelt region is answered with the names there are."""
    with pytest.raises(ValueError, match=r"singapore, beijing, us-virginia, hong-kong, frankfurt, tokyo"):
        dialect_named("qwen").base_url(region, "ws-1")


@pytest.mark.parametrize("workspace", ["", "a.b", "evil.com/", "-x", "x-", "a" * 64, "wörk", "a\n"])
def test_a_workspace_can_not_change_the_host(workspace: str) -> None:
    """A workspace is one label of the host name and nothing else."""
    with pytest.raises(ValueError, match="workspace"):
        dialect_named("qwen").base_url("beijing", workspace)


@pytest.mark.parametrize("dialect", ["openai", "deepseek"])
@pytest.mark.parametrize(("region", "workspace", "setting"), [("tokyo", None, "region"), (None, "w", "workspace")])
def test_a_setting_the_family_does_not_have_is_refused(
    dialect: str, region: str | None, workspace: str | None, setting: str
) -> None:
    """A region that would change nothing is a mistake, and the error names the setting to remove."""
    with pytest.raises(ValueError, match=f"remove `{setting}`"):
        dialect_named(dialect).base_url(region, workspace)


def test_newapi_has_no_address() -> None:
    """A gateway's address is always the operator's to give."""
    with pytest.raises(ValueError, match="set `base_url`"):
        dialect_named("newapi").base_url(None, None)
