"""The prover's test of itself: run once for a build, its record kept, and put into every plan."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import uvloop

from routeproof.errors import OperatorError
from routeproof.evidence.plan import SelfTest
from routeproof.operations.kill_matrix.gateways import StartGateway
from routeproof.operations.kill_matrix.running import Progress, run_matrix
from routeproof.prover.check import Check
from routeproof.prover.checks.registry import all_checks
from routeproof.prover.engine.check_hashes import check_hash
from routeproof.prover.engine.planning import checks_of
from routeproof.prover.kill_matrix.matrix import Report
from routeproof.prover.kill_matrix.self_test import read_self_test, write_self_test
from routeproof.prover.packs import Pack
from routeproof.store.private_files import read_whole, write_private

SELF_TEST_NAME: Final = "self-test.json"
SELF_TEST_BYTES_MAX: Final = 4 * 1024 * 1024


def checks_to_test(ids: Sequence[str], pack: Pack | None) -> tuple[Check, ...]:
    """The checks with these ids; without any, those of the pack; without one, all. Raises OperatorError."""
    if not ids:
        return all_checks() if pack is None else checks_of(pack)
    try:
        return checks_of(Pack.CUSTOM, ids)
    except ValueError as error:
        raise OperatorError(str(error)) from error


def kept_self_test(data_dir: Path, checks: Iterable[Check]) -> SelfTest | None:
    """The record of a self-test of these checks as they are now; None where there is none. Raises StoreError."""
    record = _kept(data_dir)
    if record is None:
        return None
    fits = all(record.check_hashes.get(check.id) == check_hash(check) for check in checks)
    return record if fits else None


def run_self_test(data_dir: Path, checks: Sequence[Check], start_gateway: StartGateway, progress: Progress) -> Report:
    """Put these checks before their seeded defects, and keep the record. Raises StoreError where it can't be kept.

    Takes less than two minutes for all checks, and sends nothing out of this machine.
    """
    report = uvloop.run(run_matrix(checks, start_gateway, progress))
    if not _is_part_of(report.self_test, _kept(data_dir)):
        write_private(data_dir / SELF_TEST_NAME, write_self_test(report.self_test), overwrite=True)
    return report


def _kept(data_dir: Path) -> SelfTest | None:
    try:
        return read_self_test(read_whole(data_dir / SELF_TEST_NAME, SELF_TEST_BYTES_MAX))
    except (FileNotFoundError, ValueError):  # of another version: as good as none
        return None


def _is_part_of(record: SelfTest, kept: SelfTest | None) -> bool:
    """A complete record of more checks stays: to test a few again must not make a proof test all of them again."""
    if kept is None or not (record.complete and kept.complete):
        return False
    return record.check_hashes.items() < kept.check_hashes.items()
