"""A process that is killed for real while it records and writes."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.sample_entries import START_NS, sample_id

from routeproof.ledger.audit import audit_entries
from routeproof.store.data_dir import database_path, recorder_path
from routeproof.store.health import check_database
from routeproof.store.reading import LedgerFilter, LedgerReader
from routeproof.store.recovery import recover_exchanges

# Each number is told only after its claim, as an exchange is dispatched only after it: what the parent read of it
# must have a row. Every third exchange stays in flight.
_CHILD = """
import sys
from pathlib import Path
from routeproof.clock import SystemClock
from routeproof.store.fitting import pack_entry
from routeproof.store.opening import OpenLedger
from tests.support.sample_entries import sample_entry, sample_open

ledger = OpenLedger(Path(sys.argv[1]), slots=9_000, durability="process", bound=lambda _: 1, clock=SystemClock(),
                    on_failure=lambda error: None)
for number in range(1, 9_000):
    slot = ledger.recorder.claim(sample_open(number))
    print(number, flush=True)
    if number % 3:
        ledger.recorder.finish(slot, sample_entry(number))
        ledger.writer.append(pack_entry(sample_entry(number)), slot)
"""


@pytest.mark.parametrize("killed_after", [1, 700, 3_000])
def test_every_exchange_that_was_dispatched_has_one_row(
    tmp_path: Path, killed_after: int, pytestconfig: pytest.Config
) -> None:
    """Killed with SIGKILL at whatever instant: none is lost, none stands twice, the database is sound."""
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=pytestconfig.rootpath
    ) as child:
        assert child.stdout is not None
        while int(child.stdout.readline()) < killed_after:
            pass
        child.kill()
    database = database_path(tmp_path)
    recover_exchanges(database, recorder_path(tmp_path, 0), lambda _: 1, START_NS)
    entries = LedgerReader(database).page(LedgerFilter(), 10_000).entries
    outcomes = {entry.exchange.id: entry.exchange.outcome for entry in entries}
    dispatched = {number: outcomes.pop(sample_id(number)) for number in range(1, killed_after + 1)}

    # The kill may have come between the telling and the end of the last one.
    assert dispatched.pop(killed_after) in ("ok", "interrupted")
    assert dispatched == {number: "ok" if number % 3 else "interrupted" for number in range(1, killed_after)}
    assert audit_entries(entries) == []
    assert check_database(database).problems == []
