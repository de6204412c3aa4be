"""Child processes are started, waited for and ended as groups."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import proc
from bench.children import Children
from bench.errors import BenchError

# A parent that starts a child of its own and tells when both are there.
FAMILY = """\
import pathlib, subprocess, sys
grandchild = subprocess.Popen(["sleep", "600"])
pathlib.Path(sys.argv[1]).write_text(str(grandchild.pid))
grandchild.wait()
"""
WAIT_S = 60.0


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    started = Children(tmp_path)
    yield started
    started.close()


@pytest.fixture
def core() -> int:
    return min(os.sched_getaffinity(0))


def is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in (proc.PROC / str(pid) / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_stopping_ends_the_whole_group(children: Children, core: int, tmp_path: Path) -> None:
    """A child's own children go too."""
    told = tmp_path / "grandchild"
    child = children.start("family", [sys.executable, "-c", FAMILY, str(told)], core=core)
    child.wait_ready(lambda: told.exists() and bool(told.read_text()), WAIT_S)
    grandchild = int(told.read_text())
    assert is_running(grandchild)

    children.stop(child)

    assert not is_running(child.pid)
    while is_running(grandchild):  # the kernel takes a moment; the test's own timeout bounds it
        os.sched_yield()


def test_a_child_runs_on_its_core(children: Children, core: int) -> None:
    """And nowhere else."""
    child = children.start("sleeper", ["sleep", "600"], core=core)
    child.wait_ready(lambda: "sleep" in (proc.PROC / str(child.pid) / "comm").read_text(), WAIT_S)

    assert os.sched_getaffinity(child.pid) == {core}


def test_a_child_that_ends_before_it_is_ready_is_told_with_its_output(children: Children, core: int) -> None:
    """The reason is usually in its last words."""
    child = children.start("hasty", [sys.executable, "-c", "raise SystemExit('no port')"], core=core)

    with pytest.raises(BenchError, match=r"hasty ended before it was ready[\s\S]*no port"):
        child.wait_ready(lambda: False, WAIT_S)


def test_a_child_that_is_not_ready_in_time_is_an_error(children: Children, core: int) -> None:
    """It is not waited for without end."""
    child = children.start("slow", ["sleep", "600"], core=core)

    with pytest.raises(BenchError, match="slow was not ready in 0 s"):
        child.wait_ready(lambda: False, 0)


def test_stopping_twice_is_harmless(children: Children, core: int) -> None:
    """An exit may follow a stop."""
    child = children.start("sleeper", ["sleep", "600"], core=core)
    children.stop(child)
    children.stop(child)
    children.stop_all()

    assert not is_running(child.pid)
