"""The process that ends what a killed benchmark leaves behind."""

import signal
import subprocess
import sys

from bench.children import ROOT
from bench.guardian import groups_left


def test_groups_that_have_ended_are_left_alone() -> None:
    """The others are ended from the last started to the first."""
    assert groups_left(["+11\n", "+12\n", "+13\n", "-12\n"]) == [13, 11]


def test_nothing_started_leaves_nothing() -> None:
    """A run that broke at once."""
    assert groups_left([]) == []


def test_a_closed_input_ends_what_is_left() -> None:
    """As when the benchmark is killed."""
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        subprocess.run(
            [sys.executable, "-m", "bench.guardian"], input=b"+%d\n" % child.pid, check=True, cwd=ROOT, timeout=60
        )

        assert child.wait(timeout=60) == -signal.SIGKILL
    finally:
        child.kill()
        child.wait()
