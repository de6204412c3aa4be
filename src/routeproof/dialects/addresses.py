"""Where each family's API lives, by region and workspace.

Qwen: Alibaba Cloud Model Studio, page `base-url`, read 2026-10-11.
DeepSeek: API docs, "your first API call", read 2026-09-23.
"""

import re
from typing import Final

import msgspec

OPENAI_BASE_URL: Final = "https://api.openai.com/v1"
DEEPSEEK_BASE_URL: Final = "https://api.deepseek.com"
"""`/v1` is accepted there too and means the same; it is no version."""

_QWEN_PATH: Final = "/compatible-mode/v1"
_HOST_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)


class _QwenRegion(msgspec.Struct, frozen=True):
    shared_host: str | None
    """Takes any workspace's key of that region; not every region has one."""
    workspace_zone: str


_QWEN_REGIONS: Final = {
    "singapore": _QwenRegion("dashscope-intl.aliyuncs.com", "ap-southeast-1"),
    "beijing": _QwenRegion("dashscope.aliyuncs.com", "cn-beijing"),
    "us-virginia": _QwenRegion("dashscope-us.aliyuncs.com", "us-east-1"),
    "hong-kong": _QwenRegion("cn-hongkong.dashscope.aliyuncs.com", "cn-hongkong"),
    "frankfurt": _QwenRegion(None, "eu-central-1"),
    "tokyo": _QwenRegion(None, "ap-northeast-1"),
}

QWEN_REGIONS: Final = tuple(_QWEN_REGIONS)


def qwen_base_url(region: str | None, workspace: str | None) -> str:
    """The shared host of the region, or the workspace's own host there. Raises ValueError naming the remedy.

    There is no default region: a key is valid in one only, and elsewhere it is refused like a mistyped one.
    """
    if region is None:
        raise ValueError(f"qwen needs a region, the one that its key was made in: {', '.join(QWEN_REGIONS)}")
    found = _QWEN_REGIONS.get(region)
    if found is None:
        raise ValueError(f"qwen has no region {region!r}: use one of {', '.join(QWEN_REGIONS)}")
    if workspace is not None:
        return f"https://{_workspace_label(workspace)}.{found.workspace_zone}.maas.aliyuncs.com{_QWEN_PATH}"
    if found.shared_host is None:
        raise ValueError(f"qwen's region {region!r} has no shared host: set `workspace` to a workspace's id")
    return f"https://{found.shared_host}{_QWEN_PATH}"


def fixed_base_url(dialect: str, base_url: str, region: str | None, workspace: str | None) -> str:
    """The one address of a family without regions. Raises ValueError where a region or workspace is given."""
    for setting, value in (("region", region), ("workspace", workspace)):
        if value is not None:
            raise ValueError(f"{dialect} has no {setting}: remove `{setting}`, or set `base_url`")
    return base_url


def _workspace_label(workspace: str) -> str:
    if _HOST_LABEL.fullmatch(workspace) is None:
        raise ValueError(f"workspace {workspace!r} can't be part of a host name: use the id that the console shows")
    return workspace.lower()
