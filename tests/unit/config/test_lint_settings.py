"""`[lint]`: findings that are not told, by codes that exist."""

from collections.abc import Callable
from pathlib import Path

from routeproof.config.key_places import KeyPlace, key_places
from routeproof.config.lint_codes import LintCode
from routeproof.config.settings import Settings

Read = Callable[..., Settings]
ProblemsOf = Callable[..., list[str]]


def test_codes_to_ignore_are_read(minimal: str, read: Read) -> None:
    """Each once; none unless they are written."""
    some = minimal + '[lint]\nignore = ["no_fallback", "no_price", "no_price"]\n'

    assert read(some).lint_ignored == {LintCode.NO_FALLBACK, LintCode.NO_PRICE}
    assert read(minimal).lint_ignored == frozenset()


def test_a_code_that_does_not_exist_is_a_mistake(minimal: str, problems_of: ProblemsOf) -> None:
    """With the one that was meant."""
    problems = problems_of(minimal + '[lint]\nignore = ["no_price", "no_fallbak"]\n')

    assert problems == ["lint.ignore[1]: 'no_fallbak' is no code of a finding; did you mean 'no_fallback'?"]


def test_there_is_no_other_setting(minimal: str, problems_of: ProblemsOf) -> None:
    """And `ignore` is a list."""
    assert problems_of(minimal + '[lint]\nignored = ["no_price"]\n') == [
        "lint.ignored: there is no such setting; did you mean 'ignore'?"
    ]
    assert problems_of(minimal + '[lint]\nignore = "no_price"\n') == [
        "lint.ignore: 'no_price' has the wrong type; write a list in square brackets"
    ]


def test_where_each_key_is_kept_is_known(tmp_path: Path) -> None:
    """Whether or not it is there; two ways to write one path are one place."""
    tables = {
        "a": {"api_key": "env:A_KEY"},
        "b": {"api_key": "file:keys/b"},
        "c": {"api_key": "file:keys/../keys/b"},
        "d": {"api_key": "none"},
        "e": {},
    }
    places = key_places(tables, tmp_path)

    assert places == {
        "a": KeyPlace("env", "A_KEY"),
        "b": KeyPlace("file", str(tmp_path / "keys" / "b")),
        "c": places["b"],
        "d": KeyPlace("none"),
    }
