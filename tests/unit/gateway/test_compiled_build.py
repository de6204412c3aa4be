"""The compiled build is what it says it is, wherever a test asks for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOT = ("routeproof.wire.head", "routeproof.net.client", "routeproof.gateway.relay", "routeproof.store.recorder")
TELL = f"import importlib; print(*(importlib.import_module(name).__file__ for name in {HOT!r}), sep='\\n')"


def files_of(where: Path) -> list[str]:
    """Where a process started in `where` takes the hot modules from."""
    shown = subprocess.run([sys.executable, "-c", TELL], cwd=where, capture_output=True, text=True, check=True)
    return shown.stdout.split()


@pytest.mark.skipif("ROUTEPROOF_COMPILED" not in os.environ, reason="this run tests the sources")
def test_a_run_on_the_compiled_package_takes_it_in_every_process(tmp_path: Path) -> None:
    """Also in children that are started in another folder."""
    assert all(Path(name).suffix == ".so" for name in files_of(tmp_path))


@pytest.mark.skipif("ROUTEPROOF_COMPILED" in os.environ, reason="this run tests the compiled package")
def test_a_run_on_the_sources_meets_no_extension(tmp_path: Path) -> None:
    """An extension left among the sources would shadow them."""
    assert all(Path(name).suffix == ".py" for name in files_of(tmp_path))
