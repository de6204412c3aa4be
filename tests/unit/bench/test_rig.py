"""Cores and file limits."""

import pytest
from bench.rig import Cores, choose_cores, streams_allowed


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [({0, 1}, Cores(0, 1)), ({6, 4, 5}, Cores(4, 5)), ({3}, Cores(3, 3))],
)
def test_the_first_two_cores_that_may_be_used_are_taken(allowed: set[int], expected: Cores) -> None:
    """One alone serves for both."""
    assert choose_cores(allowed) == expected


def test_a_single_core_is_shared() -> None:
    """The report has to say so."""
    assert choose_cores({3}).shared
    assert not choose_cores({0, 1}).shared


@pytest.mark.parametrize(("limit", "expected"), [(20_000, 9_744), (1_024, 256), (256, 0)])
def test_each_stream_takes_two_open_files(limit: int, expected: int) -> None:
    """Besides those that a process has anyway."""
    assert streams_allowed(limit) == expected
