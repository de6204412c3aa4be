"""What is read of /proc."""

import os

import pytest
from bench.proc import (
    children_of,
    cpu_seconds,
    parse_cpu_model,
    parse_cpu_ticks,
    parse_parent,
    parse_rss_bytes,
    rss_bytes,
    tree_of,
    wait_quiet,
)

STAT = "4711 (ngi) nx: worker) S 4700 4711 4711 0 -1 4194624 812 0 0 0 1250 317 5 6 20 0 1 0 209672 313344 40"
STATUS = "Name:\tnginx\nVmHWM:\t   20480 kB\nVmRSS:\t   11264 kB\nRssAnon:\t    1024 kB\n"


def test_cpu_time_is_user_and_system() -> None:
    """A name with blanks and parentheses shifts no field; waited-for children don't count."""
    assert parse_cpu_ticks(STAT) == 1250 + 317


def test_the_parent_is_read() -> None:
    """Behind the state."""
    assert parse_parent(STAT) == 4700


def test_resident_memory_is_in_bytes() -> None:
    """The present value, not the peak."""
    assert parse_rss_bytes(STATUS) == 11 * 1024 * 1024


def test_a_process_that_has_ended_has_no_memory_to_read() -> None:
    """It is an error, not zero."""
    with pytest.raises(ValueError, match="has ended"):
        parse_rss_bytes("Name:\tnginx\nState:\tZ (zombie)\n")


def test_another_unit_is_refused() -> None:
    """Rather than misread."""
    with pytest.raises(ValueError, match="'MB'"):
        parse_rss_bytes("VmRSS:\t 11 MB\n")


def test_the_cpu_model_is_the_first() -> None:
    """Each core repeats it."""
    assert parse_cpu_model("processor\t: 0\nmodel name\t: Fast One\nmodel name\t: Other\n") == "Fast One"


def test_a_machine_without_a_model_name_is_unknown() -> None:
    """As on ARM."""
    assert parse_cpu_model("processor\t: 0\nBogoMIPS\t: 50.00\n") == "unknown"


def test_this_process_can_be_read() -> None:
    """The kernel's files have the shape that is expected."""
    me = os.getpid()

    assert cpu_seconds([me]) > 0
    assert rss_bytes([me]) > 1024 * 1024
    assert me in children_of(os.getppid())
    assert me in tree_of(os.getppid())


def test_no_process_is_always_quiet() -> None:
    """The direct target has none."""
    assert cpu_seconds([]) == 0
    assert rss_bytes([]) == 0
    assert wait_quiet([], window_s=0.001)
