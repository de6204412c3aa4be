"""Table: typed look-ups that note what is wrong and go on."""

import pytest

from routeproof.config.problems import Problems
from routeproof.config.table import Table
from routeproof.errors import ConfigError


def lines_of(problems: Problems) -> list[str]:
    """The noted problems without the file's name."""
    with pytest.raises(ConfigError) as caught:
        problems.raise_if_any()
    return [line.removeprefix("f: ") for line in caught.value.problems]


@pytest.fixture
def problems() -> Problems:
    """An empty collection."""
    return Problems("f")


def table(problems: Problems, **values: object) -> Table:
    """A table called `t`."""
    return Table(values, "t", problems)


def test_values_of_the_right_type_are_given(problems: Problems) -> None:
    """What is right comes through unchanged, and nothing is noted."""
    given = table(problems, a="x", b=True, c=3, d=1.5, e=["y"], f={"g": "z"}, h="process")

    assert given.text("a") == "x"
    assert given.flag("b", False) is True
    assert given.number("c", whole=True) == 3
    assert given.number("d", whole=False) == 1.5
    assert given.texts("e") == ["y"]
    assert given.table("f").text("g") == "z"
    assert given.choice("h", ["process", "power"], "power") == "process"
    given.close()
    problems.raise_if_any()


def test_absent_values_give_defaults(problems: Problems) -> None:
    """What is not written down is not a mistake."""
    given = table(problems)

    assert given.text("a") is None
    assert given.flag("b", True) is True
    assert given.number("c", whole=True) is None
    assert given.texts("e") == []
    assert given.choice("h", ["process", "power"], "power") == "power"
    assert list(given.table("f").tables()) == []
    problems.raise_if_any()


@pytest.mark.parametrize("value", [3, True, ["x"], {"x": 1}, "", "  ", "a\nb", "a\x00b"])
def test_text_refuses_all_else(problems: Problems, value: object) -> None:
    """Only a string with something on one line is text."""
    assert table(problems, a=value).text("a") is None
    assert lines_of(problems)[0].startswith("t.a: ")


@pytest.mark.parametrize("value", ["true", 1, 0, []])
def test_flag_refuses_all_else(problems: Problems, value: object) -> None:
    """Neither numbers nor words are flags."""
    assert table(problems, a=value).flag("a", False) is False
    assert "write true or false" in lines_of(problems)[0]


@pytest.mark.parametrize(("value", "whole"), [("3", True), (True, True), (1.5, True), (False, False), ([3], False)])
def test_number_refuses_all_else(problems: Problems, value: object, whole: bool) -> None:
    """A flag is no number, and a fraction is no whole number."""
    assert table(problems, a=value).number("a", whole=whole) is None
    assert "has the wrong type" in lines_of(problems)[0]


@pytest.mark.parametrize("value", ["other", 3, ["process"], True])
def test_choice_lists_the_words(problems: Problems, value: object) -> None:
    """A word that is not offered is answered with those that are."""
    assert table(problems, a=value).choice("a", ["process", "power"], "process") == "process"
    assert "use one of process, power" in lines_of(problems)[0]


def test_items_of_a_list_are_judged_one_by_one(problems: Problems) -> None:
    """The error names the item."""
    assert table(problems, a=["x", 3, "y"]).texts("a") == ["x", "y"]
    assert lines_of(problems) == ["t.a[1]: 3 is not a string of plain text"]


def test_a_list_and_a_table_are_not_taken_for_another(problems: Problems) -> None:
    """A wrong shape gives an empty one, so that reading goes on."""
    given = table(problems, a="x", b="x")

    assert given.texts("a") == []
    assert list(given.table("b").tables()) == []
    assert lines_of(problems) == [
        "t.a: 'x' has the wrong type; write a list in square brackets",
        "t.b: 'x' has the wrong type; write a table: start it with [t.b]",
    ]


def test_what_nobody_asked_for_is_reported_with_a_suggestion(problems: Problems) -> None:
    """A misspelt key never passes silently."""
    given = table(problems, listn="x")
    given.text("listen")
    given.close()

    assert lines_of(problems) == ["t.listn: there is no such setting; did you mean 'listen'?"]
