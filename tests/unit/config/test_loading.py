"""Whole configurations: what is read from a file, and that nothing but ConfigError ever comes of bad text."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.config.loading import FILE_BYTES_MAX, load_settings, parse_settings
from routeproof.config.settings import Settings
from routeproof.errors import ConfigError

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]

CONTRACT = """
[server]
listen = "127.0.0.1:8400"
admin_listen = "127.0.0.1:8401"
data_dir = "routeproof-data"

[providers.deepseek]
dialect = "deepseek"
api_key = "env:DEEPSEEK_API_KEY"

[providers.qwen-us]
dialect = "qwen"
region = "us-virginia"
api_key = "env:DASHSCOPE_US_API_KEY"

[providers.local]
dialect = "openai"
base_url = "http://127.0.0.1:8000/v1"
allow_plain = true
api_key = "none"

[models."assistant"]
routes = ["deepseek/deepseek-flash"]
fallbacks = ["qwen-us/qwen-plus"]
rollback = "deepseek/deepseek-v4-pro"
"""


def test_the_documented_shape_is_read(read: Read, tmp_path: Path) -> None:
    """The shape that operators are promised."""
    settings = read(CONTRACT, {"DEEPSEEK_API_KEY": "sk-d", "DASHSCOPE_US_API_KEY": "sk-q"})

    assert list(settings.providers) == ["deepseek", "qwen-us", "local"]
    assert settings.models["assistant"].fallbacks == ("qwen-us/qwen-plus",)
    assert settings.source_path == tmp_path / "routeproof.toml"


def test_every_missing_variable_is_named_at_once(problems_of: ProblemsOf) -> None:
    """Nobody has to run the check twice."""
    problems = problems_of(CONTRACT)

    assert [problem.split(":")[0] for problem in problems] == [
        "providers.deepseek.api_key",
        "providers.qwen-us.api_key",
    ]
    assert "DEEPSEEK_API_KEY" in problems[0]
    assert "DASHSCOPE_US_API_KEY" in problems[1]


def test_mistakes_of_all_sections_come_at_once(problems_of: ProblemsOf) -> None:
    """One run shows them all."""
    problems = problems_of(
        """
        [serer]
        [server]
        listen = "x"
        [providers.p]
        dialect = "openai"
        [models.m]
        routes = ["q/x"]
        [limits]
        retries_max = -1
        """
    )

    assert {problem.split(":")[0] for problem in problems} == {
        "serer",
        "server.listen",
        "providers.p.api_key",
        "models.m.routes[0]",
        "limits.retries_max",
    }


def test_secrets_are_masked_in_settings(read: Read) -> None:
    """Settings can be logged whole."""
    canary = "canary-7Qx"
    settings = read(CONTRACT, {"DEEPSEEK_API_KEY": canary, "DASHSCOPE_US_API_KEY": canary})

    assert canary not in repr(settings)
    assert canary not in f"{settings}"


def test_an_empty_file_is_no_configuration(problems_of: ProblemsOf) -> None:
    """There is nothing to serve without a provider and a model."""
    assert [problem.split(":")[0] for problem in problems_of("")] == ["providers", "models"]


def test_models_may_be_left_out_where_clients_name_routes(problems_of: ProblemsOf) -> None:
    """With `direct_routes` a provider is enough."""
    text = 'server.direct_routes = true\n[providers.p]\ndialect = "openai"\napi_key = "none"'

    assert problems_of(text) == []


@pytest.mark.parametrize("section", ["server", "providers", "models", "limits"])
def test_a_section_that_is_no_table_is_told(problems_of: ProblemsOf, section: str) -> None:
    """`server = 3` is answered at its key."""
    assert any(problem.startswith(f"{section}: 3 has the wrong type") for problem in problems_of(f"{section} = 3"))


@pytest.mark.parametrize(
    "text",
    [
        "[server",
        "listen",
        'a = "\\ud800"',
        "a = 1\na = 2",
        "a = " + "9" * 5000,
        "a = " + "[" * 5000,
        "a" + ".a" * 5000 + " = 1",
        "\x00",
        "a = 2026-13-45",
    ],
)
def test_what_is_no_toml_is_told_in_one_line(problems_of: ProblemsOf, text: str) -> None:
    """No text reaches the operator as a traceback."""
    assert len(problems_of(text)) >= 1


def test_a_key_that_breaks_the_syntax_is_not_shown(problems_of: ProblemsOf) -> None:
    """A forgotten quote does not put the key on the screen."""
    (problem,) = problems_of("[providers.p]\napi_key = canary-7Qx-sk")

    assert "canary" not in problem
    assert "line 2" in problem


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path, minimal: str) -> None:
    """Some editors write one."""
    path = tmp_path / "routeproof.toml"
    path.write_text(minimal, encoding="utf-8-sig")

    assert list(load_settings(path, {}).models) == ["m"]


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    """The first error that a newcomer may meet."""
    with pytest.raises(ConfigError, match="run `routeproof init` to write one"):
        load_settings(tmp_path / "routeproof.toml", {})


def test_a_file_that_is_not_utf8_says_where(tmp_path: Path) -> None:
    """The offset finds the character."""
    path = tmp_path / "routeproof.toml"
    path.write_bytes(b"# caf\xe9\n")

    with pytest.raises(ConfigError, match=r"is not UTF-8 \(at byte 5\)"):
        load_settings(path, {})


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    """Naming the wrong file does not fill the memory."""
    path = tmp_path / "routeproof.toml"
    path.touch()
    os.truncate(path, FILE_BYTES_MAX + 1)

    with pytest.raises(ConfigError, match="is larger than"):
        load_settings(path, {})


VALUES = st.sampled_from(
    [
        "0",
        "-1",
        "1.5",
        "nan",
        "true",
        '""',
        '"x"',
        '"p/x"',
        '"env:K"',
        '"none"',
        "[]",
        '["p/x", 3]',
        "{}",
        "{a = 1}",
        '"http://[::1"',
        '"a\\u0000b"',
        "1979-05-27",
        '[{route = "p/x", weight = 2}]',
        "0x" + "f" * 5000,
        "'10.0.0.0/8'",
    ]
)
KEYS = st.sampled_from(
    [
        "server",
        "server.listen",
        "server.facts",
        "server.data_dir",
        "server.tls_cert",
        "providers",
        "models",
        "limits",
        "providers.p",
        "providers.p.dialect",
        "providers.p.base_url",
        "providers.p.api_key",
        "providers.p.region",
        "providers.p.allow_networks",
        "providers.p.total_timeout_s",
        "models.m",
        "models.m.routes",
        "models.'p/x'",
        "models.m.fallbacks",
        "models.m.rollback",
        "limits.retries_max",
        "limits.total_timeout_s",
        "x",
        "''",
    ]
)
TOML_LIKE = st.lists(st.tuples(KEYS, VALUES), max_size=8, unique_by=lambda line: line[0]).map(
    lambda lines: "\n".join(f"{key} = {value}" for key, value in lines)
)


@given(text=st.one_of(TOML_LIKE, st.text(max_size=200)))
def test_no_text_raises_anything_but_config_error(text: str) -> None:
    """Whatever the file holds, the operator gets lines to act on."""
    try:
        parse_settings(text, Path("routeproof.toml"), {"K": "canary-7Qx"})
    except ConfigError as error:
        assert error.problems
        assert all("\n" not in problem and "canary" not in problem for problem in error.problems)


@given(
    key=st.text(st.characters(categories=["Lu", "Ll", "Nd", "Po"], exclude_characters='"\\'), min_size=8, max_size=60)
)
def test_no_literal_key_is_ever_repeated(key: str) -> None:
    """Whatever a key looks like, no part of the text it stands in is repeated."""
    reference = key.startswith(("env:", "file:"))
    text = f'[providers.p]\ndialect = "openai"\napi_key = "{key}"\n[models.m]\nroutes = ["p/x"]'
    with pytest.raises(ConfigError) as caught:
        parse_settings(text, Path("routeproof.toml"), {})

    assert reference or key not in str(caught.value)
