"""The benchmark's command line."""

from pathlib import Path

import pytest
from bench.arguments import PEERS, SCENARIOS, TARGETS, Options, read_options

RESULTS = Path("bench-results")


def options(*argv: str) -> Options:
    return read_options(argv, RESULTS)


def test_by_default_everything_but_the_peers_runs_in_five_rounds() -> None:
    """Two seconds each, the raw figures in the results folder."""
    found = options()

    assert (found.rounds, found.sizes.seconds, found.quick) == (5, 2, False)
    assert (found.scenarios, found.targets) == (SCENARIOS, TARGETS)
    assert found.json_path == RESULTS / "latest.json"


def test_peers_are_asked_for() -> None:
    """They are installed, so never by default."""
    assert options("--peers").targets == TARGETS + PEERS


def test_quick_is_one_short_round_in_small_sizes() -> None:
    """What is given beside it still counts."""
    found = options("--quick")

    assert (found.rounds, found.sizes.seconds, found.sizes.open_many) == (1, 1, 500)
    assert options("--quick", "--rounds", "3", "--seconds", "4").rounds == 3


def test_only_narrows_scenarios_or_targets() -> None:
    """Whichever the name is of; the other stays whole."""
    assert options("--only", "streams").scenarios == ("streams",)
    assert options("--only", "streams").targets == TARGETS
    assert options("--only", "nginx").targets == ("nginx",)
    assert options("--only", "nginx").scenarios == SCENARIOS


def test_only_keeps_the_order_and_may_name_a_peer() -> None:
    """Naming a peer asks for it."""
    found = options("--only", "litellm", "--only", "nginx", "--only", "tls-32", "--only", "plain-1")

    assert found.targets == ("nginx", "litellm")
    assert found.scenarios == ("plain-1", "tls-32")


@pytest.mark.parametrize("argv", [("--rounds", "0"), ("--seconds", "0"), ("--only", "apache")])
def test_what_makes_no_sense_is_refused(argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """With a message that names the option."""
    with pytest.raises(SystemExit):
        options(*argv)

    assert argv[0] in capsys.readouterr().err
