"""The prover's test of itself: run once for a build, its record kept, and put into every plan."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import uvloop

from routeproof.evidence.plan import SelfTest
from routeproof.operations.kill_matrix.gateways import StartGateway
from routeproof.operations.kill_matrix.running import Progress, run_matrix
from routeproof.prover.check import Check
from routeproof.prover.engine.check_hashes import check_hash
from routeproof.prover.kill_matrix import Report
from routeproof.prover.self_test import read_self_test, write_self_test
from routeproof.store.private_files import read_whole, write_private

SELF_TEST_NAME: Final = "self-test.json"
SELF_TEST_BYTES_MAX: Final = 4 * 1024 * 1024


def kept_self_test(data_dir: Path, checks: Iterable[Check]) -> SelfTest | None:
    """The record of a self-test of these checks as they are now; None where there is none. Raises StoreError."""
    try:
        record = read_self_test(read_whole(data_dir / SELF_TEST_NAME, SELF_TEST_BYTES_MAX))
    except (FileNotFoundError, ValueError):  # of another version: as good as none
        return None
    fits = all(record.check_hashes.get(check.id) == check_hash(check) for check in checks)
    return record if fits else None


def run_self_test(data_dir: Path, checks: Sequence[Check], start_gateway: StartGateway, progress: Progress) -> Report:
    """Put these checks before every seeded defect, and keep the record. Raises StoreError where it can't be kept.

    Takes less than two minutes, and sends nothing out of this machine.
    """
    report = uvloop.run(run_matrix(checks, start_gateway, progress))
    write_private(data_dir / SELF_TEST_NAME, write_self_test(report.self_test), overwrite=True)
    return report
