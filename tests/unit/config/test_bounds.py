"""Limits: every bound can be set, and none to nonsense."""

from collections.abc import Callable

import msgspec
import pytest

from routeproof.config.settings import Settings
from routeproof.limits import MAY_BE_ZERO, Limits

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]

BOUNDS = {field.name: field for field in msgspec.structs.fields(Limits)}


def test_defaults_are_those_of_limits(read: Read, minimal: str) -> None:
    """Nothing written down means the documented defaults."""
    assert read(minimal).limits == Limits()


@pytest.mark.parametrize("name", BOUNDS)
def test_every_bound_can_be_set(read: Read, minimal: str, name: str) -> None:
    """Each is a setting of the same name, and takes 1."""
    limits = read(f"{minimal}\n[limits]\n{name} = 1").limits

    assert getattr(limits, name) == 1
    assert type(getattr(limits, name)) is BOUNDS[name].type


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("value", ["-1", "1e400", "0x" + "f" * 4000, "true", "'1'", "nan", "inf", "[1]"])
def test_no_bound_takes_nonsense(problems_of: ProblemsOf, minimal: str, name: str, value: str) -> None:
    """Negative, endless, absurd and wrongly typed values are refused by name."""
    (problem,) = problems_of(f"{minimal}\n[limits]\n{name} = {value}")

    assert problem.startswith(f"limits.{name}: ")


@pytest.mark.parametrize("name", BOUNDS)
def test_zero_is_taken_only_where_it_has_a_meaning(problems_of: ProblemsOf, minimal: str, name: str) -> None:
    """0 switches a few bounds off; for all others it is a mistake."""
    problems = problems_of(f"{minimal}\n[limits]\n{name} = 0")

    assert bool(problems) == (name not in MAY_BE_ZERO)


def test_what_may_be_zero_exists() -> None:
    """The list of exceptions names real bounds."""
    assert set(BOUNDS) >= MAY_BE_ZERO


def test_a_fraction_of_a_count_is_refused(problems_of: ProblemsOf, minimal: str) -> None:
    """Bytes and counts are whole numbers."""
    assert problems_of(f"{minimal}\n[limits]\nretries_max = 1.5") == [
        "limits.retries_max: 1.5 has the wrong type; write a whole number"
    ]


def test_two_bounds_that_contradict_each_other_are_told(problems_of: ProblemsOf, minimal: str) -> None:
    """A deadline that could never be reached is a mistake where both were written."""
    assert problems_of(f"{minimal}\n[limits]\nfirst_byte_timeout_s = 100\ntotal_timeout_s = 60") == [
        "limits.first_byte_timeout_s: 100.0 is more than `total_timeout_s` (60.0); lower it"
    ]


def test_one_bound_alone_contradicts_no_default(problems_of: ProblemsOf, minimal: str) -> None:
    """Lowering the total does not oblige anyone to lower the rest."""
    assert problems_of(f"{minimal}\n[limits]\ntotal_timeout_s = 60") == []


def test_an_unknown_bound_gets_a_suggestion(problems_of: ProblemsOf, minimal: str) -> None:
    """A misspelt bound would leave the default in force unnoticed."""
    assert problems_of(f"{minimal}\n[limits]\nbody_byte_max = 1") == [
        "limits.body_byte_max: there is no such setting; did you mean 'body_bytes_max'?"
    ]
