"""The order of a run, and what it does where a target fails."""

from pathlib import Path
from typing import ClassVar

import pytest
from bench.arguments import Options, read_options
from bench.errors import BenchError, PeerError
from bench.run import Run, within_file_limit
from bench.targets import Call
from bench.upstreams import Upstream


class Target:
    """Notes when it is started and stopped."""

    name: ClassVar[str] = "nginx"
    is_peer: ClassVar[bool] = False

    def __init__(self, failure: BenchError | None = None) -> None:
        self.starts = 0
        self.stops = 0
        self._failure = failure

    def start(self) -> None:
        self.starts += 1
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        self.stops += 1

    def call(self, upstream: Upstream) -> Call:
        return Call(port=1, model=upstream, headers={})

    def pids(self) -> list[int]:
        return []

    def pids_beside(self) -> list[int]:
        return []


class Ours(Target):
    name = "routeproof"


class Peer(Target):
    name = "litellm"
    is_peer = True


class Meter:
    """Gives a figure, or fails for one target in one scenario."""

    def __init__(self, failing: tuple[str, str] | None = None) -> None:
        self.order: list[tuple[str, str]] = []
        self.warmed: list[str] = []
        self._failing = failing

    def warm_up(self, target: Target) -> None:
        self.warmed.append(target.name)

    def measure(self, scenario: str, target: Target) -> dict[str, float] | None:
        self.order.append((scenario, target.name))
        if (scenario, target.name) == self._failing:
            raise BenchError("answered with 502")
        return None if scenario == "large" else {"requests_per_s": 1.0}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs here that could be busy."""
    monkeypatch.setattr("bench.proc.wait_quiet", lambda _pids: True)


def options(*scenarios: str, rounds: int = 1) -> Options:
    chosen = [word for scenario in scenarios for word in ("--only", scenario)]
    return read_options([*chosen, "--rounds", str(rounds)], Path("results"))


def run(asked: Options, targets: list[Target], meter: Meter) -> Run:
    return Run(asked, list(targets), meter, lambda _line: None)


def test_targets_take_turns_within_each_scenario() -> None:
    """And another one begins in each round."""
    meter = Meter()

    run(options("plain-1", "tls-1", rounds=2), [Target(), Ours()], meter).execute()

    assert meter.order == [
        ("plain-1", "routeproof"),
        ("plain-1", "nginx"),
        ("tls-1", "routeproof"),
        ("tls-1", "nginx"),
        ("plain-1", "nginx"),
        ("plain-1", "routeproof"),
        ("tls-1", "nginx"),
        ("tls-1", "routeproof"),
    ]


def test_every_round_begins_with_fresh_and_warm_processes() -> None:
    """So that memory does not depend on the rounds before."""
    meter, target = Meter(), Target()

    outcome = run(options("idle-memory", rounds=3), [target], meter).execute()

    assert target.starts == 3
    assert meter.warmed == ["nginx"] * 3
    assert [sample.round for sample in outcome.samples] == [1, 2, 3]


def test_a_scenario_that_says_nothing_gives_no_sample() -> None:
    """As 4 MB bodies with no target between."""
    assert run(options("large"), [Target()], Meter()).execute().samples == []


def test_a_broken_measurement_is_told_once_and_the_rest_goes_on() -> None:
    """In every round the same thing breaks."""
    meter = Meter(failing=("plain-1", "routeproof"))

    outcome = run(options("plain-1", "tls-1", rounds=2), [Target(), Ours()], meter).execute()

    assert outcome.broken == ["routeproof, plain-1: answered with 502"]
    assert len(outcome.samples) == 6


def test_a_target_that_does_not_start_is_left_out() -> None:
    """That is something broken."""
    meter, ours = Meter(), Ours(BenchError("no such command"))

    outcome = run(options("plain-1", rounds=2), [Target(), ours], meter).execute()

    assert outcome.broken == ["routeproof, start: no such command"]
    assert (ours.starts, ours.stops) == (1, 1)
    assert {name for _, name in meter.order} == {"nginx"}


def test_a_peer_that_fails_is_only_noted() -> None:
    """The run is not about it."""
    peer = Peer(PeerError("LiteLLM can't be installed: no network"))

    outcome = run(options("plain-1"), [Target(), peer], Meter()).execute()

    assert outcome.broken == []
    assert outcome.notes == ["litellm, start: LiteLLM can't be installed: no network"]


def test_without_any_target_nothing_is_measured() -> None:
    """All may have failed to start."""
    assert run(options("plain-1"), [Ours(BenchError("gone"))], Meter()).execute().samples == []


def test_streams_are_capped_by_the_open_files_of_the_user() -> None:
    """With a note that says so."""
    capped, notes = within_file_limit(options("stream-memory"), 4_096)

    assert (capped.sizes.streams, capped.sizes.open_few, capped.sizes.open_many) == (500, 500, 1_792)
    assert notes == ["at most 1,792 streams: this user may open 4,096 files (ulimit -Hn)"]


def test_enough_open_files_change_nothing() -> None:
    """And need no note."""
    asked = options("stream-memory")

    assert within_file_limit(asked, 20_000) == (asked, [])
