"""The thinking that a name implied, said by the control of the family that answers instead."""

import msgspec
import pytest

from routeproof.dialects.base import Fields
from routeproof.dialects.implied_thinking import imply_thinking
from routeproof.dialects.registry import DIALECT_NAMES, dialect_named

PLAIN: Fields = {"model": msgspec.Raw(b'"m"'), "messages": msgspec.Raw(b"[]")}


@pytest.mark.parametrize("thinking", [True, False])
@pytest.mark.parametrize(("dialect", "model"), [("deepseek", "deepseek-flash"), ("qwen", "qwen3.8-max")])
def test_the_control_says_what_the_name_implied(dialect: str, model: str, thinking: bool) -> None:
    """The family reads it so, and the client's fields stay as they were."""
    before = dict(PLAIN)
    fields = imply_thinking(dialect, PLAIN, thinking)

    assert dialect_named(dialect).thinking(fields, model) is thinking
    assert {name: value for name, value in fields.items() if name in PLAIN} == PLAIN == before
    assert len(fields) == len(PLAIN) + 1


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
@pytest.mark.parametrize(
    ("control", "value"),
    [("thinking", b'{"type":"enabled"}'), ("enable_thinking", b"true"), ("reasoning_effort", b'"high"')],
)
def test_what_the_client_says_is_left_alone(dialect: str, control: str, value: bytes) -> None:
    """Whatever control it uses."""
    fields = {**PLAIN, control: msgspec.Raw(value)}

    assert imply_thinking(dialect, fields, False) is fields


@pytest.mark.parametrize("control", ["thinking", "enable_thinking", "reasoning_effort"])
def test_a_null_says_nothing(control: str) -> None:
    """So the control is added."""
    fields = imply_thinking("deepseek", {**PLAIN, control: msgspec.Raw(b"null")}, False)

    assert fields["thinking"] == msgspec.Raw(b'{"type":"disabled"}')


@pytest.mark.parametrize("dialect", ["openai", "newapi"])
def test_a_family_without_a_control_gets_none(dialect: str) -> None:
    """Nothing that its server may not know is added."""
    assert imply_thinking(dialect, PLAIN, True) is PLAIN
