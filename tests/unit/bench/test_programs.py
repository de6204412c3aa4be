"""The programs that are needed: found, or named with the remedy."""

import sys

import pytest
from bench import programs
from bench.errors import BenchError


def test_a_program_is_found_by_its_name() -> None:
    """Wherever the system keeps it."""
    assert programs.require(["sh"])["sh"].endswith("/sh")


def test_what_is_missing_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user is told what to install; nothing is tried."""
    monkeypatch.setattr("bench.programs.find", lambda _program: None)
    monkeypatch.setattr("bench.programs.os.geteuid", lambda: 1000)

    with pytest.raises(BenchError, match=r"nginx, wrk missing; .*apt-get install nginx-light wrk"):
        programs.require(["nginx", "wrk"])


def test_root_installs_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """And only that."""
    present = {"apt-get", "openssl"}
    installed: list[list[str]] = []

    def install(names: list[str]) -> None:
        installed.append(names)
        present.update(names)

    monkeypatch.setattr("bench.programs.find", lambda program: program if program in present else None)
    monkeypatch.setattr("bench.programs.os.geteuid", lambda: 0)
    monkeypatch.setattr("bench.programs._install", install)

    assert programs.require(["openssl", "wrk"]) == {"openssl": "openssl", "wrk": "wrk"}
    assert installed == [["wrk"]]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_version_is_the_first_line_on_either_output(stream: str) -> None:
    """nginx prints it as an error."""
    code = f"import sys; sys.{stream}.write('thing 1.2\\nmore\\n')"

    assert programs.version([sys.executable, "-c", code]) == "thing 1.2"


def test_a_silent_program_has_an_unknown_version() -> None:
    """It is no reason to stop."""
    assert programs.version([sys.executable, "-c", ""]) == "unknown"
