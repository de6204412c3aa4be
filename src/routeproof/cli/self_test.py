"""`routeproof prove --self-test`, and the self-test that comes before a build's first proof."""

from collections.abc import Sequence
from typing import Final

from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.exits import Exit
from routeproof.cli.prove_progress import matrix_progress
from routeproof.evidence.plan import SelfTest
from routeproof.operations.evidence.kept import EvidencePlace
from routeproof.operations.kill_matrix.self_test import kept_self_test, run_self_test
from routeproof.operations.runtime import Runtime
from routeproof.operations.screen import Column
from routeproof.prover.check import Check
from routeproof.prover.kill_matrix.matrix import Report

_WRONG: Final[Sequence[Column]] = (
    ("check", "left"),
    ("kind", "left"),
    ("where", "left"),
    ("expected", "left"),
    ("verdict", "left"),
    ("said", "left"),
)


def self_test_for(runtime: Runtime, place: EvidencePlace, checks: tuple[Check, ...], *, make: bool) -> SelfTest | None:
    """The record of these checks' self-test; where this build has none, one is made now, or there is none."""
    record = kept_self_test(place.data_dir, checks)
    if record is None and make:
        tell("The prover of this build has not shown here that it sees the faults it looks for; it does so now.")
        with matrix_progress() as progress:
            record = run_self_test(place.data_dir, checks, runtime.tapped_gateway, progress).self_test
    return record


def show_self_test(runtime: Runtime, place: EvidencePlace, checks: Sequence[Check], *, as_json: bool) -> Exit:
    """Run these checks' part of the kill matrix and say what it showed; FAILED where one did not see what it must."""
    with matrix_progress() as progress:
        report = run_self_test(place.data_dir, checks, runtime.tapped_gateway, progress)
    record = report.self_test
    if as_json:
        json_line(
            {
                "complete": record.complete,
                "digest": record.digest,
                "checks": sorted(record.check_hashes),
                "rulings": len(report.rulings),
                "wrong": report.wrong,
                "without_defect": report.without_defect,
            }
        )
    else:
        _show(report)
    return Exit.OK if record.complete else Exit.FAILED


def _show(report: Report) -> None:
    if report.wrong:
        rows = [(one.check, one.kind, one.where, one.expected, one.verdict, one.summary) for one in report.wrong]
        table(_WRONG, rows)
        say()
    if report.without_defect:
        say(f"No seeded defect makes these fail: {', '.join(report.without_defect)}.")
    record = report.self_test
    right = len(report.rulings) - len(report.wrong)
    count = len(record.check_hashes)
    say(f"{count} check{'' if count == 1 else 's'}, {right} of {len(report.rulings)} rulings as they must be.")
    say(f"Self-test {record.digest}: {'complete' if record.complete else 'NOT complete'}.")
