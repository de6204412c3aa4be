"""`[aliases.ROUTE]`: what the operator wants done with names, and every mistake in it."""

from collections.abc import Callable

import pytest

from routeproof.catalog.alias_policy import AliasPolicy, AliasRule
from routeproof.clock import parse_instant
from routeproof.config.settings import Settings

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]
OTHER = "p/b"


def with_rule(minimal: str, lines: str, name: str = "p/a") -> str:
    """The least configuration, with one rule."""
    return f"{minimal}\n[aliases.'{name}']\n{lines}\n"


def test_without_rules_there_are_none(read: Read, minimal: str) -> None:
    """Names follow the facts."""
    assert read(minimal).aliases == {}


def test_an_empty_rule_follows_the_facts(read: Read, minimal: str) -> None:
    """With thirty days of warning."""
    assert read(with_rule(minimal, "")).aliases == {"p/a": AliasRule(AliasPolicy.FOLLOW, None, None, 30)}


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ('policy = "ignore"', AliasRule(AliasPolicy.IGNORE)),
        ('policy = "refuse"\nwarn_days = 0', AliasRule(AliasPolicy.REFUSE, warn_days=0)),
        ('policy = "map"', AliasRule(AliasPolicy.MAP)),
        (
            'policy = "map"\nto = "org/b:free"\nfrom = "2026-12-31T00:00:00.000001Z"\nwarn_days = 7',
            AliasRule(AliasPolicy.MAP, "org/b:free", parse_instant("2026-12-31T00:00:00.000001Z"), 7),
        ),
    ],
)
def test_rules_as_written(read: Read, minimal: str, lines: str, rule: AliasRule) -> None:
    """Every policy and every key."""
    assert read(with_rule(minimal, lines)).aliases == {"p/a": rule}


@pytest.mark.parametrize(
    ("lines", "key", "problem"),
    [
        ('policy = "warn"', ".policy", "'warn' is not allowed; use one of follow, refuse, map, ignore"),
        ('policy = "refuse"\nto = "b"', ".to", 'has no meaning with policy "refuse"; set policy = "map", or remove it'),
        ('policy = "map"\nto = "b c"', ".to", "'b c' is no model id of 1 to 200 printable ASCII characters"),
        ('policy = "map"\nto = "a"', ".to", "'a' is the name itself; write the model to send instead"),
        ('from = "2026-12-31T00:00:00Z"', ".from", 'has no meaning with policy "follow"'),
        ('policy = "map"\nfrom = "2026-12-31"', ".from", "'2026-12-31' is no instant; write one such as"),
        ('policy = "map"\nfrom = 2026-12-31', ".from", "has the wrong type; write a string in quotes"),
        ("warn_days = -1", ".warn_days", "-1 is not 0 to 3650; write a number of days"),
        ("warn_days = 1.5", ".warn_days", "has the wrong type; write a whole number"),
        ('policy = "ignore"\nwarn_days = 3', ".warn_days", 'has no meaning with policy "ignore"; remove it'),
        ("warn = 3", ".warn", "there is no such setting; did you mean 'warn_days'?"),
    ],
)
def test_mistakes_are_told(problems_of: ProblemsOf, minimal: str, lines: str, key: str, problem: str) -> None:
    """With the key, the value and the remedy."""
    (line,) = problems_of(with_rule(minimal, lines))

    assert line.startswith(f"aliases.'p/a'{key}: ")
    assert problem in line


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a c", "is no route; write [aliases.'provider/model-id']"),
        ("p/a b", "has a model id that is not 1 to 200 printable ASCII characters"),
        ("q/a", "names an unknown provider; use one of p"),
    ],
)
def test_a_rule_is_about_a_route(problems_of: ProblemsOf, minimal: str, name: str, problem: str) -> None:
    """Of a provider that there is."""
    assert problems_of(with_rule(minimal, "", name)) == [f"aliases.'{name}': {problem}"]


@pytest.mark.parametrize("policy", ["refuse", "map"])
def test_a_target_has_no_end_of_its_own(problems_of: ProblemsOf, minimal: str, policy: str) -> None:
    """What is mapped is sent as it is, so a second rule would be passed over in silence."""
    text = with_rule(minimal, 'policy = "map"\nto = "b"') + with_rule("", f'policy = "{policy}"', OTHER)

    assert problems_of(text) == [
        f"""aliases.'p/a'.to: 'b' has the policy "{policy}" itself; write the model that answers"""
    ]


def test_a_target_may_be_warned_of(read: Read, minimal: str) -> None:
    """A rule that only follows the facts ends nothing."""
    assert read(with_rule(minimal, 'policy = "map"\nto = "b"') + with_rule("", "", OTHER)).aliases[OTHER]  # type: ignore[index]
