"""How far a proof is, on a terminal, and what a log is told."""

from io import StringIO

import msgspec
import pytest
from rich.console import Console
from rich.progress import Progress
from tests.support.sample_evidence import PLAN, observations_of, run_of

from routeproof.cli.prove_progress import ProveProgress
from routeproof.evidence.observations import Ending, Observation

OBSERVATIONS = observations_of(PLAN)
SPENT = run_of(PLAN, OBSERVATIONS).spent


def ended(observation: Observation, ending: Ending) -> Observation:
    """The observation, ended so."""
    transcript = msgspec.structs.replace(observation.transcript, ending=ending)
    return msgspec.structs.replace(observation, transcript=transcript)


@pytest.fixture
def bars() -> Progress:
    """Bars that nobody sees."""
    return Progress(console=Console(file=StringIO()))


def test_every_check_has_its_own_bar(bars: Progress) -> None:
    """All that read an answer move with it, and one that is over makes room."""
    progress = ProveProgress(PLAN, bars)
    progress.began(len(OBSERVATIONS), 0)
    for observation in OBSERVATIONS[:3]:
        progress.observed(observation, SPENT)

    assert {task.description: (task.completed, task.total) for task in bars.tasks} == {
        "all requests": (3, 6),
        "R04 model-echo": (3, 6),
        "J01 json-object": (1, 4),
    }
    for observation in OBSERVATIONS[3:]:
        progress.observed(observation, SPENT)
    assert [task.description for task in bars.tasks if task.visible] == ["all requests"]
    assert progress.measured == 6


def test_a_resumed_run_begins_where_it_was(bars: Progress) -> None:
    """And what an interruption lost is not counted as measured."""
    progress = ProveProgress(PLAN, bars)
    progress.began(6, 4)
    progress.observed(OBSERVATIONS[4], SPENT)
    progress.observed(ended(OBSERVATIONS[5], Ending.CANCELLED), SPENT)
    progress.observed(ended(OBSERVATIONS[5], Ending.NOT_SENT), SPENT)

    assert progress.measured == 5
    assert bars.tasks[0].completed == 7


def test_what_a_reader_of_a_log_needs_is_told(bars: Progress, capsys: pytest.CaptureFixture[str]) -> None:
    """Why it stops, and what it waits for."""
    progress = ProveProgress(PLAN, bars)
    progress.stopping("the run was interrupted")
    progress.asking_again(3, 20.0)

    assert capsys.readouterr().err.splitlines() == [
        "Stopping: the run was interrupted.",
        "3 requests met a rate limit and are asked once more in 20 s; they are not judged.",
    ]
