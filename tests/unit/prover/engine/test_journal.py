"""What a run has done so far is on disk, and outlives a crash."""

from pathlib import Path

import msgspec
import pytest
from tests.support.sample_evidence import PLAN, observations_of

from routeproof.errors import StoreError
from routeproof.prover.engine.journal import (
    JOURNAL_NAME,
    PLAN_NAME,
    Journal,
    clear_finished,
    journal_folder,
    unfinished_plans,
)

SEEN = observations_of(PLAN)
KEYS = [one.key for one in SEEN]


def begun(folder: Path) -> Journal:
    """The journal of the sample plan."""
    return Journal(folder, PLAN)


def interrupted(folder: Path) -> Path:
    """A journal with two requests sent and one over; gives the file."""
    with begun(folder) as journal:
        journal.start("2026-11-24T12:00:30.000Z")
        journal.sending(KEYS[0])
        journal.keep(SEEN[0])
        journal.sending(KEYS[1])
    return folder / JOURNAL_NAME


def test_what_was_noted_is_there_again(tmp_path: Path) -> None:
    """Observations whole, requests in their order, and the instant of the beginning."""
    interrupted(tmp_path)
    with begun(tmp_path) as journal:
        journal.start("2026-11-24T13:00:00.000Z")

        assert journal.kept == {KEYS[0]: SEEN[0]}
        assert journal.sent == KEYS[:2]
        assert journal.started == "2026-11-24T12:00:30.000Z"
        assert not journal.finished


@pytest.mark.parametrize("cut", [1, 2, 40])
def test_a_torn_last_line_is_dropped(tmp_path: Path, cut: int) -> None:
    """And what is noted next stands on a line of its own."""
    path = interrupted(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])
    with begun(tmp_path) as journal:
        assert journal.sent == KEYS[:1]
        journal.sending(KEYS[2])
    with begun(tmp_path) as journal:
        assert journal.sent == [KEYS[0], KEYS[2]]


def test_damage_in_the_middle_is_told_with_its_line(tmp_path: Path) -> None:
    """It is no torn line, so it is not passed over."""
    path = interrupted(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"{}\n", *lines[2:]]))

    with pytest.raises(StoreError, match=r"journal\.jsonl:2 can't be read .* remove"):
        begun(tmp_path)


def test_two_processes_do_not_run_one_plan(tmp_path: Path) -> None:
    """The second is told to wait."""
    with begun(tmp_path), pytest.raises(StoreError, match="another process runs this plan"):
        begun(tmp_path)
    begun(tmp_path).close()


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """Answers are in it."""
    interrupted(tmp_path / "deep")

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "deep").iterdir()}
    assert modes == {JOURNAL_NAME: 0o600, PLAN_NAME: 0o600}
    assert (tmp_path / "deep").stat().st_mode & 0o777 == 0o700


def test_interrupted_runs_are_found_again_and_finished_ones_are_removed(tmp_path: Path) -> None:
    """The newest first; the observations of a finished run are in its evidence."""
    newer = msgspec.structs.replace(PLAN, created="2026-11-24T13:00:00.000Z")
    done = msgspec.structs.replace(PLAN, seed=8)
    for plan in (PLAN, newer, done):
        with Journal(journal_folder(tmp_path, plan), plan) as journal:
            journal.start(plan.created)
            if plan is done:
                journal.finish()

    assert list(unfinished_plans(tmp_path)) == [newer, PLAN]
    clear_finished(tmp_path)
    assert sorted(path.name for path in (tmp_path / "prover").iterdir()) == sorted([PLAN.digest, newer.digest])


def test_a_plan_of_another_version_is_left_alone(tmp_path: Path) -> None:
    """It can't be carried out here, and is no reason to stop."""
    folder = journal_folder(tmp_path, PLAN)
    interrupted(folder)
    (folder / PLAN_NAME).write_bytes(b'{"format":"routeproof-plan/9"}')

    assert list(unfinished_plans(tmp_path)) == []
    clear_finished(tmp_path)
    assert folder.exists()


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="make its folder writable"):
        begun(tmp_path / "file")
