"""Controls of another family: refused by name, or mapped where the operator said so."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.dialects.base import ControlPolicy, Fields
from routeproof.dialects.registry import dialect_named
from routeproof.errors import InvalidBody, UnsupportedControl

MODEL = msgspec.Raw(b'"m"')
REFUSE = ControlPolicy()
MAP = ControlPolicy(map_foreign_controls=True)
ON = {"type": "enabled"}
OFF = {"type": "disabled"}


def prepare(dialect: str, policy: ControlPolicy, **controls: object) -> dict[str, object]:
    """The controls that go upstream."""
    fields: Fields = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in controls.items()}
    before = dict(fields)
    sent = dialect_named(dialect).prepare(fields, MODEL, stream=False, policy=policy)
    assert fields == before
    return {name: json.loads(bytes(value)) for name, value in sent.items() if name != "model"}


@pytest.mark.parametrize(
    ("dialect", "control", "value", "remedy"),
    [
        ("deepseek", "enable_thinking", False, 'send thinking: {"type": "enabled"} or {"type": "disabled"}'),
        ("deepseek", "thinking_budget", 512, "reasoning_effort or max_tokens"),
        ("deepseek", "preserve_thinking", True, "send reasoning_content back"),
        ("qwen", "thinking", OFF, "send enable_thinking: true or false"),
    ],
)
def test_a_control_that_would_be_ignored_is_refused(dialect: str, control: str, value: object, remedy: str) -> None:
    """The refusal is a 400 that names the control and the right one."""
    with pytest.raises(UnsupportedControl, match=control) as caught:
        prepare(dialect, REFUSE, **{control: value})

    assert (caught.value.status, caught.value.code, caught.value.param) == (
        400,
        "unsupported_control",
        control,
    )
    assert remedy in caught.value.message


@pytest.mark.parametrize("control", ["thinking_budget", "preserve_thinking"])
def test_what_has_no_counterpart_is_refused_even_where_controls_are_mapped(control: str) -> None:
    """Mapping is only for a control that means the same on the other side."""
    with pytest.raises(UnsupportedControl, match=control):
        prepare("deepseek", MAP, **{control: 1})


@pytest.mark.parametrize(
    ("dialect", "own"),
    [
        ("deepseek", {"thinking": OFF, "reasoning_effort": "high"}),
        ("qwen", {"enable_thinking": True, "thinking_budget": 5, "preserve_thinking": False}),
        ("openai", {"thinking": ON, "enable_thinking": False, "thinking_budget": 1}),
        ("newapi", {"thinking": ON, "enable_thinking": False, "thinking_budget": 1}),
    ],
)
def test_own_controls_pass(dialect: str, own: dict[str, object]) -> None:
    """What the family reads, or may read, goes through untouched."""
    assert prepare(dialect, REFUSE, **own) == own


@pytest.mark.parametrize("policy", [REFUSE, MAP])
@pytest.mark.parametrize(
    ("dialect", "control"),
    [
        ("deepseek", "enable_thinking"),
        ("deepseek", "thinking_budget"),
        ("deepseek", "preserve_thinking"),
        ("qwen", "thinking"),
    ],
)
def test_a_null_control_says_nothing(dialect: str, control: str, policy: ControlPolicy) -> None:
    """A control whose value is null asks for nothing that could be ignored."""
    assert prepare(dialect, policy, **{control: None}) == {control: None}


@pytest.mark.parametrize(("flag", "switch"), [(True, ON), (False, OFF)])
def test_enable_thinking_becomes_thinking(flag: bool, switch: dict[str, str]) -> None:
    """On DeepSeek's side the mapped request holds `thinking` and no longer `enable_thinking`."""
    assert prepare("deepseek", MAP, enable_thinking=flag) == {"thinking": switch}
    assert prepare("deepseek", MAP, enable_thinking=flag, thinking=switch) == {"thinking": switch}
    assert prepare("deepseek", MAP, enable_thinking=flag, thinking=None) == {"thinking": switch}


@pytest.mark.parametrize(("switch", "flag"), [(ON, True), (OFF, False)])
def test_thinking_becomes_enable_thinking(switch: dict[str, str], flag: bool) -> None:
    """On Qwen's side the mapped request holds `enable_thinking` and no longer `thinking`."""
    assert prepare("qwen", MAP, thinking=switch) == {"enable_thinking": flag}
    assert prepare("qwen", MAP, thinking=switch, enable_thinking=flag) == {"enable_thinking": flag}
    assert prepare("qwen", MAP, thinking=switch, enable_thinking=None) == {"enable_thinking": flag}


@pytest.mark.parametrize(
    ("dialect", "thinking", "flag"),
    [
        ("deepseek", ON, False),
        ("deepseek", OFF, True),
        ("deepseek", {"type": "auto"}, True),
        ("deepseek", "on", True),
        ("qwen", ON, False),
        ("qwen", OFF, True),
        ("qwen", ON, "true"),
    ],
)
def test_controls_that_contradict_each_other_are_refused(dialect: str, thinking: object, flag: object) -> None:
    """Where both are given and don't say the same, no guess is made."""
    with pytest.raises(UnsupportedControl, match="contradict each other"):
        prepare(dialect, MAP, thinking=thinking, enable_thinking=flag)


@pytest.mark.parametrize(
    ("dialect", "control", "value"),
    [
        ("deepseek", "enable_thinking", "true"),
        ("deepseek", "enable_thinking", 1),
        ("qwen", "thinking", True),
        ("qwen", "thinking", {"type": "auto"}),
        ("qwen", "thinking", {"type": "enabled", "budget_tokens": 1024}),
        ("qwen", "thinking", {}),
    ],
)
def test_what_can_not_be_mapped_whole_is_refused(dialect: str, control: str, value: object) -> None:
    """A value that is malformed, or of which a part would be lost, is named as the client's mistake."""
    with pytest.raises(InvalidBody, match=control) as caught:
        prepare(dialect, MAP, **{control: value})
    assert caught.value.param == control


@given(
    dialect=st.sampled_from(["deepseek", "qwen"]),
    policy=st.sampled_from([REFUSE, MAP]),
    values=st.dictionaries(
        st.sampled_from(["thinking", "enable_thinking", "thinking_budget", "preserve_thinking"]),
        st.binary(max_size=20) | st.sampled_from([b'{"type":"enabled"}', b"true", b"false", b"null"]),
    ),
)
def test_controls_of_any_bytes_are_passed_or_refused(
    dialect: str, policy: ControlPolicy, values: dict[str, bytes]
) -> None:
    """No value of a control can raise anything but a client's error."""
    fields = {name: msgspec.Raw(value) for name, value in values.items()}

    try:
        dialect_named(dialect).prepare(fields, MODEL, stream=False, policy=policy)
    except (UnsupportedControl, InvalidBody) as error:
        assert error.param in values
