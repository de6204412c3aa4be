"""What sampling controls do to a simulated answer."""

import json
from typing import Any

import pytest
from tests.unit.simulator.sim_support import chat

from routeproof.simulator.chat import ChatBody, read_chat
from routeproof.simulator.sampling import Sampling, logprobs_of, sampling_of, stopped

ALL = frozenset({"temperature", "top_p", "seed", "stop", "logprobs", "presence_penalty", "frequency_penalty"})


def body(**controls: Any) -> ChatBody:
    """A request with these controls."""
    return read_chat(json.dumps(chat(**controls)).encode())


def test_without_a_temperature_nothing_is_drawn_anew() -> None:
    """The same question has the same answer."""
    assert sampling_of(body(top_p=0.5, seed=3), ALL, served=9) == Sampling()


@pytest.mark.parametrize(
    ("controls", "honoured", "salt"),
    [
        ({"temperature": 1}, ALL, ("served", 9)),
        ({"temperature": 0}, ALL, None),
        ({"temperature": 0}, ALL - {"temperature"}, ("served", 9)),
        ({"temperature": 1, "seed": 4}, ALL, ("seed", 4)),
        ({"temperature": 1, "seed": 4}, ALL - {"seed"}, ("served", 9)),
        ({"temperature": 1, "top_p": 0.01}, ALL, None),
        ({"temperature": 1, "top_p": 0.01}, ALL - {"top_p"}, ("served", 9)),
        ({"temperature": 1, "top_p": 0.9}, ALL, ("served", 9)),
    ],
)
def test_what_a_temperature_does(controls: dict[str, Any], honoured: frozenset[str], salt: object) -> None:
    """Drawn anew, unless what is honoured narrows it."""
    assert sampling_of(body(**controls), honoured, served=9).salt == salt


@pytest.mark.parametrize("name", ["presence_penalty", "frequency_penalty"])
def test_only_a_positive_penalty_that_is_honoured_costs(name: str) -> None:
    """Below zero repetitions are welcome."""
    assert sampling_of(body(**{name: 1.5}), ALL, served=0).penalised
    assert not sampling_of(body(**{name: -1}), ALL, served=0).penalised
    assert not sampling_of(body(**{name: 1.5}), ALL - {name}, served=0).penalised


@pytest.mark.parametrize(
    ("stops", "kept"),
    [
        ((), ("ab", "cd", "ef")),
        (("x",), ("ab", "cd", "ef")),
        (("d",), ("ab", "c")),
        (("bc",), ("a",)),
        (("f", "c"), ("ab",)),
        (("a",), ()),
        (("",), ("ab", "cd", "ef")),
    ],
)
def test_the_first_stop_sequence_ends_the_text(stops: tuple[str, ...], kept: tuple[str, ...]) -> None:
    """It is not said itself, however the pieces lie."""
    assert stopped(["ab", "cd", "ef"], stops) == kept


def test_stops_come_as_text_or_as_a_list() -> None:
    """And not at all where the family ignores them."""
    assert sampling_of(body(stop="x"), ALL, served=0).stops == ("x",)
    assert sampling_of(body(stop=["x", "y"]), ALL, served=0).stops == ("x", "y")
    assert sampling_of(body(stop="x"), ALL - {"stop"}, served=0).stops == ()


def test_probabilities_have_openais_shape() -> None:
    """A token, its bytes, a logarithm that is not above zero, and so many others."""
    told = logprobs_of(("né ",), 2)
    assert told is not None
    (row,) = told["content"]  # type: ignore[misc]

    assert (row["token"], row["bytes"]) == ("né ", list("né ".encode()))
    assert row["logprob"] <= 0
    assert len(row["top_logprobs"]) == 2
    assert logprobs_of(("né ",), None) is None
    assert sampling_of(body(logprobs=True, top_logprobs=3), ALL, served=0).top_logprobs == 3
    assert sampling_of(body(logprobs=True), ALL - {"logprobs"}, served=0).top_logprobs is None
