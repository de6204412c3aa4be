"""Whether a chat request asks its model to think: by its controls, else by the model's default.

DeepSeek: API docs "thinking mode" and "updates" (read to 2026-11): V4 and later think by default;
`deepseek-chat` and `deepseek-reasoner` are the non-thinking and the thinking name of one model.
Qwen: Model Studio "deep thinking" (read 2026-10-11): on for Qwen3.5 and newer, off for qwen-plus, qwen-flash,
qwen-turbo, qwen-max and qwen3-max; models that only think say so in their name, or are QwQ, QVQ, DeepSeek R1.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from routeproof.dialects.controls import (
    effort_is_none,
    enable_thinking_switch,
    given,
    thinking_object_switch,
)

_CONTROLS: Final = frozenset({"thinking", "enable_thinking", "reasoning_effort"})
_CACHED_MODELS_MAX: Final = 512

_QWEN_VERSION: Final = re.compile(r"qwen(\d{1,4})(?:\.(\d{1,4}))?", re.ASCII)
_QWEN_THINKS_SINCE: Final = (3, 5)
_QWEN_READS_EFFORT_SINCE: Final = (3, 8)
_QWEN_OPEN_HYBRID: Final = re.compile(r"qwen3-\d+(?:\.\d+)?b(?:-a\d+b)?", re.ASCII)
"""Qwen3's first open models, such as qwen3-235b-a22b; the later ones end in -thinking or -instruct."""
_QWEN_ONLY_THINKS: Final = ("qwq", "qvq", "deepseek-r1")
_QWEN_FAMILY: Final = ("qwen", "qwq", "qvq")


def deepseek_thinks(fields: Mapping[str, msgspec.Raw], model: str) -> bool:
    """At DeepSeek's API. A mapped `enable_thinking` counts like the `thinking` it becomes."""
    if _CONTROLS.isdisjoint(fields):
        return deepseek_default(model)
    asked = _asked(thinking_object_switch(fields), enable_thinking_switch(fields))
    if asked is not None:
        return asked
    return not effort_is_none(fields) and deepseek_default(model)


def qwen_thinks(fields: Mapping[str, msgspec.Raw], model: str) -> bool:
    """At Model Studio. A mapped `thinking` counts like the `enable_thinking` it becomes."""
    if _CONTROLS.isdisjoint(fields):
        return qwen_default(model)
    asked = _asked(enable_thinking_switch(fields), thinking_object_switch(fields))
    if asked is not None:
        return asked
    if effort_is_none(fields) and _qwen_version(model) >= _QWEN_READS_EFFORT_SINCE:
        return False
    return qwen_default(model)


def any_family_thinks(fields: Mapping[str, msgspec.Raw], model: str) -> bool:
    """Behind a server of any family: by the family that the model's name shows, else by any control."""
    name = plain_name(model)
    if name.startswith("deepseek"):
        return deepseek_thinks(fields, model)
    if name.startswith(_QWEN_FAMILY):
        return qwen_thinks(fields, model)
    if _CONTROLS.isdisjoint(fields):
        return False
    asked = _asked(thinking_object_switch(fields), enable_thinking_switch(fields))
    if asked is not None:
        return asked
    return given(fields, "reasoning_effort") is not None and not effort_is_none(fields)


@lru_cache(_CACHED_MODELS_MAX)
def deepseek_default(model: str) -> bool:
    """Whether DeepSeek's model thinks when not told."""
    name = plain_name(model)
    return name == "deepseek-reasoner" or name.startswith(("deepseek-v4", "deepseek-flash"))


@lru_cache(_CACHED_MODELS_MAX)
def qwen_default(model: str) -> bool:
    """Whether Model Studio's model thinks when not told. A name that tells nothing counts as not thinking."""
    name = plain_name(model)
    if name.startswith(_QWEN_ONLY_THINKS) or "-thinking" in name:
        return True
    return _QWEN_OPEN_HYBRID.fullmatch(name) is not None or _qwen_version(model) >= _QWEN_THINKS_SINCE


@lru_cache(_CACHED_MODELS_MAX)
def plain_name(model: str) -> str:
    """The name in lower case, without the vendor that gateways put before it (`deepseek/deepseek-flash`)."""
    return model.rpartition("/")[2].lower()


def _qwen_version(model: str) -> tuple[int, int]:
    found = _QWEN_VERSION.match(plain_name(model))
    return (0, 0) if found is None else (int(found[1]), int(found[2] or 0))


def _asked(own: bool | None, foreign: bool | None) -> bool | None:
    return foreign if own is None else own
