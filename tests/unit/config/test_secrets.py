"""Secrets by reference, and that no error ever shows one."""

from pathlib import Path

import pytest

from routeproof.config.problems import Problems
from routeproof.config.secrets import SECRET_BYTES_MAX, read_secret
from routeproof.config.table import Table
from routeproof.errors import ConfigError
from routeproof.secret import Secret

CANARY = "canary-7Qx"
"""Short and of no known shape: nothing but care keeps it out of errors."""


def secret_of(value: object, folder: Path, environ: dict[str, str] | None = None) -> Secret | None:
    """Read `api_key = value`; raises ConfigError where it is refused."""
    problems = Problems("f")
    secret = read_secret(Table({"api_key": value}, "t", problems), "api_key", environ or {}, folder)
    problems.raise_if_any()
    return secret


def refusal_of(value: object, folder: Path, environ: dict[str, str] | None = None) -> str:
    """Why a value is refused."""
    with pytest.raises(ConfigError) as caught:
        secret_of(value, folder, environ)
    return str(caught.value)


def test_a_secret_comes_from_the_environment(tmp_path: Path) -> None:
    """`env:NAME` is read from the environment that is handed in."""
    secret = secret_of("env:MY_KEY", tmp_path, {"MY_KEY": CANARY})

    assert secret is not None
    assert secret.reveal() == CANARY


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"])
def test_a_secret_comes_from_a_file_without_its_line_end(tmp_path: Path, line_end: str) -> None:
    """`file:PATH` starts at the configuration's folder, and one line end is no part of the key."""
    (tmp_path / "key").write_bytes(f"{CANARY}{line_end}".encode())

    secret = secret_of("file:key", tmp_path)

    assert secret is not None
    assert secret.reveal() == CANARY


def test_a_file_may_be_named_absolutely(tmp_path: Path) -> None:
    """Secret stores mount files at fixed places."""
    (tmp_path / "key").write_text(CANARY)

    assert secret_of(f"file:{tmp_path / 'key'}", Path("/nowhere")) == Secret(CANARY)


def test_none_is_written_out(tmp_path: Path) -> None:
    """Only the word 'none' means that there is no key."""
    assert secret_of("none", tmp_path) is None


def test_a_missing_setting_is_no_none(tmp_path: Path) -> None:
    """Leaving the key out is refused: it may have been forgotten."""
    problems = Problems("f")
    read_secret(Table({}, "t", problems), "api_key", {}, tmp_path)

    with pytest.raises(ConfigError, match=r"t\.api_key: is missing; write 'env:NAME'"):
        problems.raise_if_any()


@pytest.mark.parametrize(
    "value",
    [CANARY, f"ENV:{CANARY}", f"env :{CANARY}", f"env:{CANARY} x", 7_777_777, [CANARY], {"a": CANARY}, True],
)
def test_a_literal_key_is_refused_without_showing_it(tmp_path: Path, value: object) -> None:
    """What is no reference may be a key, so no part of it is repeated."""
    refusal = refusal_of(value, tmp_path)

    assert CANARY not in refusal
    assert "7777777" not in refusal
    assert "'file:PATH'" in refusal


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    """The operator learns which variable to set."""
    assert "the environment variable DEEPSEEK_API_KEY is not set" in refusal_of("env:DEEPSEEK_API_KEY", tmp_path)


def test_an_empty_variable_is_refused(tmp_path: Path) -> None:
    """An empty key would turn into a request without one."""
    assert "the environment variable MY_KEY is empty" in refusal_of("env:MY_KEY", tmp_path, {"MY_KEY": ""})


@pytest.mark.parametrize(
    "value",
    [
        f"{CANARY} ",
        f" {CANARY}",
        f"{CANARY}\n",
        f"{CANARY}\r\nX-Evil: 1",
        f"{CANARY}\x00",
        f"{CANARY}\u00e9",
        "\u200b" + CANARY,
    ],
)
def test_a_secret_that_no_header_can_carry_is_refused_without_showing_it(tmp_path: Path, value: str) -> None:
    """Blanks, control and non-ASCII characters are mistakes at best and header injection at worst."""
    refusal = refusal_of("env:MY_KEY", tmp_path, {"MY_KEY": value})

    assert "holds blanks, control or non-ASCII characters" in refusal
    assert CANARY not in refusal


def test_a_file_with_a_second_line_is_refused(tmp_path: Path) -> None:
    """Only one line end is forgiven."""
    (tmp_path / "key").write_text(f"{CANARY}\n\n")

    assert CANARY not in refusal_of("file:key", tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The error names the path as written and what the system said."""
    assert "the file 'absent' can't be read (No such file or directory)" in refusal_of("file:absent", tmp_path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A directory gives an error of ours, not a traceback."""
    assert "can't be read" in refusal_of("file:.", tmp_path)


@pytest.mark.parametrize("value", ["file:", "file:a\x00b", "file:a\nb"])
def test_a_path_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    """Paths with control characters are never opened."""
    assert "is no path" in refusal_of(value, tmp_path)


def test_a_huge_file_is_read_up_to_its_bound_only(tmp_path: Path) -> None:
    """Pointing at the wrong file does not load it."""
    (tmp_path / "key").write_bytes(b"x" * (SECRET_BYTES_MAX + 1))

    assert "is no API key" in refusal_of("file:key", tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A binary file is a mistake, not a crash."""
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")

    assert "non-ASCII" in refusal_of("file:key", tmp_path)


@pytest.mark.parametrize("value", ["env:NOT_SET", "file:not-there"])
def test_a_secret_that_nobody_needs_may_be_absent(value: str, tmp_path: Path) -> None:
    """Whoever asks no provider is not stopped for want of its key."""
    problems = Problems("f")
    secret = read_secret(Table({"api_key": value}, "t", problems), "api_key", {}, tmp_path, needed=False)
    problems.raise_if_any()

    assert secret is None


def test_a_secret_that_nobody_needs_must_still_be_well_written(tmp_path: Path) -> None:
    """A key in the file itself is a mistake, whoever reads it."""
    problems = Problems("f")
    read_secret(Table({"api_key": CANARY}, "t", problems), "api_key", {}, tmp_path, needed=False)

    with pytest.raises(ConfigError, match="a key may not be written here"):
        problems.raise_if_any()
