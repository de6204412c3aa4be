"""Whether a request asks for thinking: by its controls, else by its model."""

import json

import msgspec
import pytest

from routeproof.dialects.registry import DIALECT_NAMES, dialect_named


def thinks(dialect: str, model: str, **controls: object) -> bool:
    """What the dialect says of a request with these controls."""
    fields = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in controls.items()}
    return dialect_named(dialect).thinking(fields, model)


@pytest.mark.parametrize(
    ("dialect", "model", "default"),
    [
        ("deepseek", "deepseek-flash", True),
        ("deepseek", "deepseek-v4-flash", True),
        ("deepseek", "deepseek-v4-pro", True),
        ("deepseek", "deepseek-reasoner", True),
        ("deepseek", "deepseek-chat", False),
        ("qwen", "qwen-plus", False),
        ("qwen", "qwen-plus-2025-12-01", False),
        ("qwen", "qwen-flash", False),
        ("qwen", "qwen-turbo", False),
        ("qwen", "qwen-max", False),
        ("qwen", "qwen3-max", False),
        ("qwen", "qwen3-max-2026-01-23", False),
        ("qwen", "qwen3-coder-plus", False),
        ("qwen", "qwen2.5-72b-instruct", False),
        ("qwen", "qwen3-next-80b-a3b-instruct", False),
        ("qwen", "text-embedding-v4", False),
        ("qwen", "", False),
        ("qwen", "qwen3." + "0" * 5000, False),
        ("qwen", "qwen3.5-plus", True),
        ("qwen", "qwen3.6-max-preview", True),
        ("qwen", "qwen3.7-plus", True),
        ("qwen", "qwen3.8-max", True),
        ("qwen", "qwen3.10-max", True),
        ("qwen", "qwen4-max", True),
        ("qwen", "qwen3-235b-a22b", True),
        ("qwen", "qwen3-0.6b", True),
        ("qwen", "qwen3-235b-a22b-thinking-2507", True),
        ("qwen", "qwq-plus", True),
        ("qwen", "deepseek-r1-0528", True),
        ("newapi", "deepseek/deepseek-v4-pro", True),
        ("newapi", "Qwen/Qwen3.7-Plus", True),
        ("newapi", "qwen-plus", False),
        ("openai", "gpt-5", False),
    ],
)
def test_the_models_default(dialect: str, model: str, default: bool) -> None:
    """A request that says nothing thinks where its model does so by default."""
    assert thinks(dialect, model, temperature=1) is default
    assert thinks(dialect, model, thinking=None, enable_thinking=None, reasoning_effort=None) is default


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
@pytest.mark.parametrize("model", ["deepseek-flash", "deepseek-chat", "qwen-plus", "qwen3.7-max", "some-model"])
@pytest.mark.parametrize("asked", [True, False])
def test_an_explicit_control_decides(dialect: str, model: str, asked: bool) -> None:
    """A switch in the request outweighs the model; a mapped foreign switch counts like the own one."""
    switch = {"type": "enabled" if asked else "disabled"}

    assert thinks(dialect, model, thinking=switch) is asked
    assert thinks(dialect, model, enable_thinking=asked) is asked


def test_the_own_control_outweighs_the_foreign_one() -> None:
    """Where both stand, each provider reads its own."""
    both = {"thinking": {"type": "enabled"}, "enable_thinking": False}

    assert thinks("deepseek", "deepseek-flash", **both) is True
    assert thinks("qwen", "qwen-plus", **both) is False


@pytest.mark.parametrize(
    ("dialect", "model", "effort", "expected"),
    [
        ("deepseek", "deepseek-flash", "none", False),
        ("deepseek", "deepseek-flash", "low", True),
        ("deepseek", "deepseek-chat", "high", False),
        ("qwen", "qwen3.8-max", "none", False),
        ("qwen", "qwen3.8-max", "low", True),
        ("qwen", "qwen3.7-max", "none", True),
        ("openai", "gpt-5", "high", True),
        ("openai", "gpt-5", "none", False),
    ],
)
def test_reasoning_effort(dialect: str, model: str, effort: str, expected: bool) -> None:
    """An effort of none switches thinking off where the model reads efforts."""
    assert thinks(dialect, model, reasoning_effort=effort) is expected


@pytest.mark.parametrize("value", ["on", True, {"type": "auto"}, {"type": 1}, [], {"budget": 1}])
def test_an_unreadable_control_leaves_the_default(value: object) -> None:
    """A malformed switch is the provider's to refuse; the price goes by the model."""
    assert thinks("deepseek", "deepseek-flash", thinking=value) is True
    assert thinks("qwen", "qwen-plus", enable_thinking={"x": value}) is False
