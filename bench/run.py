"""The run: rounds of all scenarios, every target in turn within each."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec

from bench import proc
from bench.arguments import Options
from bench.errors import BenchError
from bench.medians import Sample
from bench.own_gateway import OwnGateway
from bench.peers import LiteLLM, Portkey
from bench.rig import RESULTS, Rig, streams_allowed
from bench.targets import Direct, NginxProxy, Target


class Outcome(msgspec.Struct):
    """What came of a run."""

    samples: list[Sample] = []
    notes: list[str] = []
    """What the reader of the figures should know."""
    broken: list[str] = []
    """What should have worked and did not."""


def make_target(name: str, rig: Rig) -> Target:
    """A target by its name, not yet started."""
    makers: dict[str, Callable[[], Target]] = {
        "direct": lambda: Direct(rig.site),
        "nginx": lambda: NginxProxy(rig.site, rig.programs["nginx"]),
        "routeproof": lambda: OwnGateway(rig.site, Path(sys.executable).parent / "routeproof"),
        "litellm": lambda: LiteLLM(rig.site, RESULTS / "peers" / "litellm"),
        "portkey": lambda: Portkey(rig.site, RESULTS / "peers" / "portkey"),
    }
    return makers[name]()


class Measuring(Protocol):
    """What a run needs of `Meter`."""

    def warm_up(self, target: Target) -> None:
        """Make a target load what it loads on first use. Raises BenchError."""
        ...

    def measure(self, scenario: str, target: Target) -> dict[str, float] | None:
        """One measurement; None where the scenario says nothing about the target. Raises BenchError."""
        ...


class Run:
    """Measures, and carries on where one target fails."""

    def __init__(self, options: Options, targets: list[Target], meter: Measuring, tell: Callable[[str], None]) -> None:
        self.outcome = Outcome()
        self._options = options
        self._targets = targets
        self._meter = meter
        self._tell = tell

    def execute(self) -> Outcome:
        """All rounds, each with fresh processes. Targets that can't be started are left out from then on."""
        for number in range(1, self._options.rounds + 1):
            for target in list(self._targets):
                self._tell(f"round {number}/{self._options.rounds}  starting {target.name}")
                self._guarded(target, "start", partial(self._start, target))
            for scenario in self._options.scenarios:
                self._scenario(number, scenario)
        return self.outcome

    def _start(self, target: Target) -> None:
        target.start()
        self._meter.warm_up(target)

    def _scenario(self, number: int, scenario: str) -> None:
        # Another target goes first in each round, so that none always follows the same one.
        first = number % len(self._targets) if self._targets else 0
        for target in self._targets[first:] + self._targets[:first]:
            self._guarded(target, scenario, partial(self._measure, number, scenario, target))

    def _measure(self, number: int, scenario: str, target: Target) -> None:
        for each in self._targets:
            proc.wait_quiet(each.pids())
        figures = self._meter.measure(scenario, target)
        if figures is not None:
            self.outcome.samples.append(Sample(number, scenario, target.name, figures))
            self._tell(f"round {number}/{self._options.rounds}  {scenario}  {target.name}  {_brief(figures)}")

    def _guarded(self, target: Target, doing: str, action: Callable[[], None]) -> None:
        try:
            action()
        except (BenchError, OSError) as error:
            message = f"{target.name}, {doing}: {error}"
            self._tell(message)
            places = self.outcome.notes if target.is_peer else self.outcome.broken
            if message not in places:
                places.append(message)
            if doing == "start":
                self._targets.remove(target)
                target.stop()


def within_file_limit(options: Options, file_limit: int) -> tuple[Options, list[str]]:
    """The options with no more streams than a process may hold open, and a note if that changed them."""
    allowed = streams_allowed(file_limit)
    sizes = options.sizes
    capped = msgspec.structs.replace(
        sizes,
        streams=min(sizes.streams, allowed),
        open_few=min(sizes.open_few, allowed),
        open_many=min(sizes.open_many, allowed),
    )
    if capped == sizes:
        return options, []
    note = f"at most {allowed:,} streams: this user may open {file_limit:,} files (ulimit -Hn)"
    return msgspec.structs.replace(options, sizes=capped), [note]


def _brief(figures: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:,.4g}" for name, value in figures.items())
