"""Problems: what an error line looks like."""

import pytest

from routeproof.config.problems import Problems, did_you_mean, dotted, shown_value
from routeproof.errors import ConfigError

PASTED_KEY = "sk-3f9a77c1d2e84b5690aa"


def test_no_problem_raises_nothing() -> None:
    """A configuration without mistakes passes."""
    Problems("f.toml").raise_if_any()


def test_all_problems_come_in_one_error() -> None:
    """Every mistake is a line of its own, in the order found."""
    problems = Problems("f.toml")
    problems.add("a.b", "is wrong")
    problems.add("", "is empty")

    with pytest.raises(ConfigError) as caught:
        problems.raise_if_any()

    assert caught.value.problems == ["f.toml: a.b: is wrong", "f.toml: is empty"]


def test_a_credential_in_a_line_is_masked() -> None:
    """A key that was pasted into any value does not reach the terminal."""
    problems = Problems("f.toml")
    problems.add("a.b", f"'{PASTED_KEY}' is no region")

    with pytest.raises(ConfigError) as caught:
        problems.raise_if_any()

    assert PASTED_KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("parent", "name", "expected"),
    [
        ("", "server", "server"),
        ("models", "gpt-4_1", "models.gpt-4_1"),
        ("models", "gpt 4.1", "models.'gpt 4.1'"),
        ("models", "", "models.''"),
        ("models", "a\nb", r"models.'a\nb'"),
    ],
)
def test_dotted_keys_are_quoted_where_toml_needs_it(parent: str, name: str, expected: str) -> None:
    """A key can be found in the file as the error writes it."""
    assert dotted(parent, name) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (1.5, "1.5"),
        ("us", "'us'"),
        ("a\x1b[31mb\n", r"'a\x1b[31mb\n'"),
        ([1], "a list"),
        ({"a": 1}, "a table"),
        pytest.param(16**5000, "a huge number", id="huge"),
        pytest.param(-(16**5000), "a huge number", id="minus-huge"),
        ("x" * 100, "'" + "x" * 60 + "...'"),
        (PASTED_KEY, "'****'"),
        ("x" * 50 + " " + PASTED_KEY, "'" + "x" * 50 + " ****'"),
    ],
)
def test_values_are_shown_short_and_on_one_line(value: object, expected: str) -> None:
    """No value can break a line, fill a screen, or show a credential by being cut."""
    assert shown_value(value) == expected


def test_a_near_miss_gets_a_suggestion() -> None:
    """A misspelt name is answered with the one that was meant."""
    assert did_you_mean("lissten", ["listen", "facts"]) == "did you mean 'listen'?"


def test_a_far_miss_lists_what_there_is() -> None:
    """A name like no other is answered with all of them."""
    assert did_you_mean("zzz", ["listen", "facts"]) == "use one of facts, listen"
    assert did_you_mean("zzz", []) == "there are none"
