"""Accounts in several regions: keys, addresses, plans and prices that are taken for one."""

import pytest
from tests.unit.operations.lint.lint_scene import DEEPSEEK, QWEN, found, only, provider, scene_of

from routeproof.config.lint_codes import LintCode

MODEL = '[models.m]\nroutes = ["qwen/qwen-plus"]\n'


def qwen(name: str, region: str | None = "beijing", key: str = "env:OTHER", **more: str) -> str:
    """One more provider of this dialect."""
    return provider(name, dialect="qwen", api_key=key, **({} if region is None else {"region": region}), **more)


@pytest.mark.parametrize(
    "table", [qwen("qwen", key="none"), provider("qwen", dialect="deepseek"), provider("qwen", dialect="openai")]
)
def test_a_hosted_api_without_a_key_is_an_error(table: str) -> None:
    """Whichever it is."""
    assert only(scene_of(table + MODEL), LintCode.KEY_UNSET).where == ["providers.qwen.api_key"]


@pytest.mark.parametrize(
    "table",
    [
        provider("qwen", base_url="http://127.0.0.1:8000/v1", allow_plain=True),
        provider("qwen", base_url="https://llm.example.com/v1"),
        qwen("qwen", base_url="https://llm.example.com/v1", key="none"),
        QWEN,
    ],
)
def test_a_server_of_ones_own_may_want_none(table: str) -> None:
    """And a key that is only not here, on this machine, is not unset."""
    assert found(scene_of(table + MODEL), LintCode.KEY_UNSET) == []


def test_a_region_that_is_not_named_is_told() -> None:
    """Only a base URL lets it be left out; families that are priced alike everywhere need none."""
    nowhere = qwen("qwen", None, base_url="https://llm.example.com/v1")

    assert only(scene_of(nowhere + MODEL), LintCode.REGION_UNSET).where == ["providers.qwen.region"]
    assert found(scene_of(QWEN + DEEPSEEK + MODEL), LintCode.REGION_UNSET) == []


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", True),
        ("https://ws-1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1", True),
        ("https://token-plan.ap-southeast-1.maas.aliyuncs.com/v1", True),
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", False),
        ("https://ws-1.cn-beijing.maas.aliyuncs.com/compatible-mode/v1", False),
        ("https://proxy.example.com/v1", False),
    ],
)
def test_a_host_of_another_region_is_an_error(url: str, wrong: bool) -> None:
    """As far as facts know the host."""
    findings = found(scene_of(qwen("qwen", base_url=url) + MODEL), LintCode.REGION_MISMATCH)

    assert [list(finding.where[:2]) for finding in findings] == [
        ["providers.qwen.region", "providers.qwen.base_url"]
    ] * wrong


@pytest.mark.parametrize(
    ("second", "shared"),
    [
        (qwen("two", "beijing", "env:QWEN"), True),
        (qwen("two", "beijing", "env:SAME"), True),
        (qwen("two", "beijing", "env:OTHER"), False),
        (qwen("two", "singapore", "env:QWEN", workspace="ws-1"), False),
        (provider("two", api_key="env:QWEN", base_url="https://llm.example.com/v1"), False),
    ],
)
def test_one_key_for_two_regions_is_an_error(second: str, shared: bool) -> None:
    """By its value, or by where it is kept; a workspace of one region takes the region's key."""
    environ = {"QWEN": "sk-one-and-only", "SAME": "sk-one-and-only", "OTHER": "sk-another-one"}
    findings = found(scene_of(QWEN + second + MODEL, environ=environ), LintCode.REGIONS_SHARE_KEY)

    assert [list(finding.where) for finding in findings] == [
        ["providers.qwen.api_key", "providers.two.api_key"]
    ] * shared
    assert not [finding for finding in findings if "sk-one" in str(finding)]


def test_one_key_is_known_by_its_place_where_the_key_is_not_here() -> None:
    """Whoever lints has no business with keys."""
    second = qwen("two", "beijing", "env:QWEN")

    assert only(scene_of(QWEN + second + MODEL), LintCode.REGIONS_SHARE_KEY)
    assert (
        found(scene_of(qwen("qwen", "singapore", "none") + qwen("two", key="none") + MODEL), LintCode.REGIONS_SHARE_KEY)
        == []
    )


def test_one_key_for_two_workspaces_is_an_error() -> None:
    """Also in one region: a workspace's host takes its own keys only."""
    tables = [qwen(name, "beijing", "env:QWEN", workspace=f"ws-{name}") for name in ("qwen", "two")]

    assert (
        "their workspaces are ws-qwen and ws-two"
        in only(scene_of("".join(tables) + MODEL), LintCode.REGIONS_SHARE_KEY).found
    )


@pytest.mark.parametrize(("region", "shared"), [("beijing", True), ("singapore", False)])
def test_one_address_for_two_regions_is_an_error(region: str, shared: bool) -> None:
    """Two accounts in one region may share theirs."""
    url = "https://proxy.example.com/v1"
    tables = qwen("qwen", "singapore", "env:A", base_url=url) + qwen("two", region, "env:B", base_url=url)

    assert [row.code for row in found(scene_of(tables + MODEL), LintCode.REGIONS_SHARE_ADDRESS)] == [
        "regions_share_address"
    ] * shared


@pytest.mark.parametrize(
    ("key", "url", "wrong"),
    [
        ("sk-sp-abcdefgh", None, True),
        ("sk-abcdefgh", None, False),
        ("sk-abcdefgh", "https://coding.dashscope.aliyuncs.com/v1", True),
        ("sk-sp-abcdefgh", "https://coding.dashscope.aliyuncs.com/v1", False),
        ("sk-sp-abcdefgh", "https://proxy.example.com/v1", False),
        ("other-abcdefgh", None, False),
    ],
)
def test_a_key_of_another_plan_is_an_error(key: str, url: str | None, wrong: bool) -> None:
    """By how it begins; no more of it is shown."""
    table = qwen("qwen", key="env:KEY", **({} if url is None else {"base_url": url}))
    findings = found(scene_of(table + MODEL, environ={"KEY": key}), LintCode.KEY_OF_ANOTHER_PLAN)

    assert len(findings) == wrong
    assert not [finding for finding in findings if key in str(finding)]


def test_a_key_that_goes_to_two_hosts_is_told() -> None:
    """Such as a reseller's and the provider's own; two providers at one host may share theirs."""
    reseller = provider("two", dialect="newapi", api_key="env:DEEPSEEK", base_url="https://reseller.example.com/v1")
    again = provider("two", dialect="deepseek", api_key="env:DEEPSEEK")
    model = '[models.m]\nroutes = ["deepseek/deepseek-flash"]\n'

    assert only(scene_of(DEEPSEEK + reseller + model), LintCode.KEY_AT_TWO_HOSTS).where == [
        "providers.deepseek.api_key",
        "providers.two.api_key",
    ]
    assert found(scene_of(DEEPSEEK + again + model), LintCode.KEY_AT_TWO_HOSTS) == []


def test_a_key_for_two_regions_is_told_once() -> None:
    """As the error that it is; a region's shared host and its workspaces' are one place."""
    regions = scene_of(QWEN + qwen("two", "beijing", "env:QWEN") + MODEL)
    one_region = scene_of(QWEN + qwen("two", "singapore", "env:QWEN", workspace="ws-1") + MODEL)

    assert found(regions, LintCode.KEY_AT_TWO_HOSTS) == found(one_region, LintCode.KEY_AT_TWO_HOSTS) == []
