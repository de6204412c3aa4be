"""Staleness: every kind of fact has its policy, and none takes nonsense."""

from collections.abc import Callable

import msgspec
import pytest

from routeproof.catalog.reading.readers import READERS
from routeproof.catalog.staleness import StalenessPolicies, StalenessPolicy
from routeproof.config.settings import Settings

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]

KINDS = [field.name for field in msgspec.structs.fields(StalenessPolicies)]


def test_without_a_section_the_defaults_hold(read: Read, minimal: str) -> None:
    """Those of the catalog."""
    assert read(minimal).staleness == StalenessPolicies()


def test_every_kind_of_fact_has_a_policy() -> None:
    """A kind without one would never age."""
    assert sorted(KINDS) == sorted(READERS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_set(read: Read, minimal: str, kind: str) -> None:
    """And the others stay as they are."""
    text = f"{minimal}\n[staleness]\n{kind} = {{ warn_after_days = 1, hold_after_days = 36500 }}"

    changed = {kind: StalenessPolicy(1, 36_500)}
    assert read(text).staleness == msgspec.structs.replace(StalenessPolicies(), **changed)


def test_what_is_left_out_of_a_policy_is_the_default(read: Read, minimal: str) -> None:
    """One figure can be changed alone."""
    staleness = read(f"{minimal}\n[staleness]\nprice = {{ warn_after_days = 14 }}").staleness

    assert staleness.price == StalenessPolicy(14, StalenessPolicies().price.hold_after_days)


def test_never_switches_a_consequence_off(read: Read, minimal: str) -> None:
    """Each on its own."""
    text = f"{minimal}\n[staleness]\nprice = {{ hold_after_days = 'never' }}\nfee = {{ warn_after_days = 'never' }}"
    staleness = read(text).staleness

    assert staleness.price.hold_after_days is None and staleness.price.warn_after_days is not None
    assert staleness.fee.warn_after_days is None and staleness.fee.hold_after_days is not None


@pytest.mark.parametrize("name", ["warn_after_days", "hold_after_days"])
@pytest.mark.parametrize("value", ["0", "-1", "36501", "1.5", "true", "'soon'", "[1]", "1979-05-27"])
def test_no_policy_takes_nonsense(problems_of: ProblemsOf, minimal: str, name: str, value: str) -> None:
    """What is no number of days is refused by name."""
    (problem,) = problems_of(f"{minimal}\n[staleness]\nprice = {{ {name} = {value} }}")

    assert problem.startswith(f"staleness.price.{name}: ")
    assert problem.endswith("is no number of days; write 1 to 36500, or 'never'")


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (
            "warn_after_days = 10, hold_after_days = 10",
            "warn_after_days: 10 is not less than `hold_after_days` (10); ",
        ),
        ("warn_after_days = 90", "warn_after_days: 90 is not less than `hold_after_days` (90, the default); "),
        ("hold_after_days = 30", "hold_after_days: 30 is not more than `warn_after_days` (30, the default); "),
    ],
)
def test_a_hold_before_the_warning_is_told(problems_of: ProblemsOf, minimal: str, policy: str, problem: str) -> None:
    """The warning would have no effect; a default on the other side is named as one."""
    assert problems_of(f"{minimal}\n[staleness]\nprice = {{ {policy} }}") == [
        f"staleness.price.{problem}let the warning come first, or write 'never' for one of them"
    ]


def test_every_mistake_is_told_at_once(problems_of: ProblemsOf, minimal: str) -> None:
    """With a suggestion for a misspelt kind or key."""
    text = f"{minimal}\n[staleness]\nprise = {{}}\ncalendar = 3\nalias = {{ warn_after_day = 1 }}"

    assert problems_of(text) == [
        "staleness.calendar: 3 has the wrong type; write a table: start it with [staleness.calendar]",
        "staleness.alias.warn_after_day: there is no such setting; did you mean 'warn_after_days'?",
        "staleness.prise: there is no such setting; did you mean 'price'?",
    ]
