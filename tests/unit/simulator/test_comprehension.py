"""The sentences that a simulated model understands."""

import pytest

from routeproof.simulator.chat import Message
from routeproof.simulator.comprehension import REPETITIONS_MAX, UNKNOWN, Understood, understood


def user(text: str) -> Message:
    """A user's message."""
    return Message(role="user", content=text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Say the word xyzzy and nothing else.", Understood("xyzzy")),
        ("Begin with the word xyzzy.", Understood("xyzzy ", alone=False)),
        ("Repeat this line exactly: né 好 two", Understood("né 好 two")),
        ("Repeat this line exactly: one two [[sim:single_bytes]]", Understood("one two")),
        ("Repeat the word ab 3 times, separated by spaces.", Understood("ab ab ab")),
        ("What is the code of the door?", Understood(UNKNOWN)),
        ("Tell me a story.", None),
        ("", None),
    ],
)
def test_what_a_sentence_wants(text: str, wanted: Understood | None) -> None:
    """Directions to the simulator are no part of it."""
    assert understood([user(text)]) == wanted


def test_repetitions_are_bounded_and_fewer_where_they_cost() -> None:
    """A quarter as often under a penalty, once at least."""
    assert understood([user("Repeat the word a 9999 times")]) == Understood(" ".join("a" * REPETITIONS_MAX))
    assert understood([user("Repeat the word a 8 times")], penalised=True) == Understood("a a")
    assert understood([user("Repeat the word a 2 times")], penalised=True) == Understood("a")


@pytest.mark.parametrize("role", ["system", "developer", "user", "tool"])
def test_any_message_but_an_assistants_tells_a_code(role: str) -> None:
    """The latest one counts."""
    told = [
        Message(role=role, content="The code of the door is abc. The code of the lamp is def."),
        Message(role="assistant", content="The code of the door is wrong."),
        user("What is the code of the door? Answer briefly."),
    ]

    assert understood(told) == Understood("abc")
    assert understood([*told[:1], Message(role=role, content="The code of the door is xyz."), *told[1:]]) == Understood(
        "xyz"
    )


def test_the_last_user_message_asks() -> None:
    """Whatever stands behind it."""
    messages = [user("Say the word one and nothing else."), user("Say the word two and nothing else.")]

    assert understood([*messages, Message(role="assistant", content="two")]) == Understood("two")
