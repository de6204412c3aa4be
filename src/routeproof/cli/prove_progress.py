"""How far a proof is, on a terminal: all requests, and each check that is under way."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from routeproof.cli.console import live_console, tell
from routeproof.evidence.observations import Ending, Observation
from routeproof.evidence.plan import Plan, planned_keys
from routeproof.evidence.results import Spent
from routeproof.operations.reports.words import money_words
from routeproof.prover.kill_matrix.matrix import Ruling

_LOST: Final = (Ending.NOT_SENT, Ending.CANCELLED)
"""What an interruption leaves of a request is not kept."""


class ProveProgress:
    """A `Watcher`: bars on stderr where that is a terminal, else only what a reader of a log needs to know."""

    def __init__(self, plan: Plan, bars: Progress) -> None:
        self._bars = bars
        self._names = {check.id: f"{check.id} {check.title}" for check in plan.checks}
        self._checks_of = {case.id: case.checks for case in plan.cases}
        self._left = Counter({check.id: sum(1 for _ in planned_keys(plan, check.id)) for check in plan.checks})
        self._planned = Counter(self._left)
        self._tasks: dict[str, TaskID] = {}
        self._all: TaskID | None = None
        self.measured = 0
        """Requests that are over and kept."""

    def began(self, planned: int, already: int) -> None:
        """Show how much there is to do."""
        self._all = self._bars.add_task("all requests", total=planned, completed=already, cost="")
        self.measured = already

    def observed(self, observation: Observation, spent: Spent) -> None:
        """Move the bars of everything that reads this answer."""
        self.measured += observation.transcript.ending not in _LOST
        if self._all is not None:
            self._bars.update(self._all, advance=1, cost=money_words(spent.money_nanousd))
        for check in self._checks_of.get(observation.case, ()):
            self._advance(check)

    def stopping(self, why: str) -> None:
        """Say why it ends early."""
        tell(f"Stopping: {why}.")

    def asking_again(self, requests: int, wait_s: float) -> None:
        """Say what is waited for."""
        tell(f"{requests} requests met a rate limit and are asked once more in {wait_s:.0f} s; they are not judged.")

    def _advance(self, check: str) -> None:
        self._left[check] -= 1
        task = self._tasks.get(check)
        if task is None:
            task = self._bars.add_task(self._names[check], total=self._planned[check], cost="")
            self._tasks[check] = task
        self._bars.update(task, completed=self._planned[check] - self._left[check])
        if self._left[check] <= 0:
            # A finished check makes room: a terminal has few lines, and its verdict comes at the end.
            self._bars.update(task, visible=False)


@contextmanager
def prove_progress(plan: Plan) -> Iterator[ProveProgress]:
    """Shown while a plan is carried out."""
    with _bars() as bars:
        yield ProveProgress(plan, bars)


class MatrixProgress:
    """Follows the prover's self-test."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def began(self, rulings: int) -> None:
        """Show how much there is to do."""
        self._task = self._bars.add_task("self-test", total=rulings, cost="")

    def ruled(self, ruling: Ruling) -> None:
        """One more is done."""
        if self._task is not None:
            self._bars.update(self._task, advance=1, cost=ruling.check)


@contextmanager
def matrix_progress() -> Iterator[MatrixProgress]:
    """Shown while the prover tests itself."""
    with _bars() as bars:
        yield MatrixProgress(bars)


@contextmanager
def _bars() -> Iterator[Progress]:
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[cost]}"),
        console=live_console(),
        transient=True,
    )
    bars.disable = not bars.console.is_terminal
    with bars:
        yield bars
