"""`tests/support/npm_package.py`: what is not there is skipped with its reason, and what differs is a failure."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.support import npm_package
from tests.support.aimock import PACKAGE
from tests.support.npm_package import installed


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is installed yet."""
    monkeypatch.setattr(npm_package, "HOMES", tmp_path)
    return tmp_path


def test_without_npm_a_test_is_skipped(homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that npm is missing."""
    monkeypatch.setenv("PATH", str(homes))

    with pytest.raises(pytest.skip.Exception, match=r"Node\.js or npm is not installed"):
        installed(PACKAGE)


@pytest.mark.usefixtures("homes")
def test_without_a_registry_a_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """With npm's own code."""
    npm_package._require_node(PACKAGE)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_cache", str(npm_package.HOMES / "cache"))

    with pytest.raises(pytest.skip.Exception, match=r"does not give @copilotkit/aimock: ECONNREFUSED"):
        installed(PACKAGE)


def test_another_content_is_a_failure_and_not_kept(homes: Path) -> None:
    """Somebody changed what a version holds, which no test may pass over in silence."""
    digest = PACKAGE.integrity.removeprefix("sha512-")
    other = replace(PACKAGE, integrity="sha512-" + ("B" if digest[0] == "A" else "A") + digest[1:])

    with pytest.raises(pytest.fail.Exception, match="EINTEGRITY"):
        installed(other)
    assert not list(homes.rglob("installed"))
