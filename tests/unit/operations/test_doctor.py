"""What the doctor finds."""

import resource
import shutil
import ssl
import sys
from collections import namedtuple
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.support.sample_entries import START_NS, sample_entry, sample_open

from routeproof.clock import FixedClock, format_instant
from routeproof.errors import StoreError
from routeproof.limits import Limits
from routeproof.operations import doctor
from routeproof.operations.doctor import Finding, diagnose
from routeproof.store.connecting import connect, open_current
from routeproof.store.data_dir import DataDirLock, database_path, recorder_path, recorder_paths
from routeproof.store.migrating import ensure_schema
from routeproof.store.recorder import FlightRecorder
from routeproof.store.recovery import recover_all
from routeproof.store.rows import insert_entries

LATER = FixedClock(START_NS + 10**12)
SMALL = Limits(connections_max=10, upstream_connections_max=10)
NAMES = [
    "python",
    "build",
    "sqlite",
    "data_dir",
    "disk",
    "database",
    "ledger",
    "recorder",
    "recovery",
    "clock",
    "descriptors",
    "trust_store",
]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one entry and a recorder that was closed cleanly."""
    data_dir = tmp_path_factory.mktemp("made")
    ensure_schema(database_path(data_dir))
    connection = connect(database_path(data_dir))
    insert_entries(connection, [sample_entry(1)])
    connection.close()
    FlightRecorder(recorder_path(data_dir, 0), 8, 0).close()
    return data_dir


@pytest.fixture
def data_dir(made: Path, tmp_path: Path) -> Path:
    """This test's own copy of it."""
    return shutil.copytree(made, tmp_path / "data")


def finding(name: str, data_dir: Path, **options: Any) -> Finding:
    found = {found.name: found for found in diagnose(data_dir, **({"limits": SMALL, "clock": LATER} | options))}
    return found[name]


def test_a_gateway_in_order_has_no_complaint(data_dir: Path) -> None:
    """Everything is looked at, in one order, and nothing is changed by it."""
    before = sorted(path.name for path in data_dir.iterdir())
    found = diagnose(data_dir, limits=SMALL, clock=LATER)

    assert [one.name for one in found] == NAMES
    assert [one for one in found if not one.ok or one.remedy] == []
    assert sorted(path.name for path in data_dir.iterdir() if path.name != "routeproof.lock") == before


def test_before_the_first_start_nothing_is_amiss(tmp_path: Path) -> None:
    """A directory that does not exist yet is no fault, and is not made."""
    found = diagnose(tmp_path / "a" / "b", limits=SMALL, clock=LATER)

    assert [one.name for one in found if not one.ok] == []
    assert list(tmp_path.iterdir()) == []


def test_findings_are_for_machines_too(data_dir: Path) -> None:
    """They read back from JSON."""
    found = diagnose(data_dir, clock=LATER)

    assert msgspec.json.decode(msgspec.json.encode(found), type=list[Finding]) == found


def test_an_unsafe_sqlite_is_found(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy is the one that the program itself gives when it refuses."""

    def unsafe() -> None:
        raise StoreError("install another")

    monkeypatch.setattr(doctor, "check_linked_version", unsafe)
    found = finding("sqlite", data_dir)

    assert (found.ok, found.remedy) == (False, "install another")


def test_an_old_python_is_found(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version that is needed is named."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 9))

    assert finding("python", data_dir).remedy == "install Python 3.11 or newer"


def test_a_directory_that_is_a_file_is_found(tmp_path: Path) -> None:
    """Nothing can be written there."""
    (tmp_path / "data").touch()
    found = finding("data_dir", tmp_path / "data")

    assert not found.ok
    assert found.remedy is not None
    assert "server.data_dir" in found.remedy


def test_a_disk_that_is_nearly_full_is_found(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With how much is left, and how much is needed."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12 - 2**20, 2**20))
    found = finding("disk", data_dir)

    assert (found.ok, found.detail) == (False, "1 MiB free")


def test_a_database_that_is_none_is_found(data_dir: Path) -> None:
    """It is named, and the ledger's own finding points there."""
    database_path(data_dir).write_text("not a database, but long enough to be looked at as one" * 10)

    assert not finding("database", data_dir).ok
    assert finding("ledger", data_dir).remedy == "see the finding on the database"
    assert finding("recovery", data_dir).remedy == "see the finding on the database"
    assert finding("clock", data_dir).ok


def test_rows_that_were_deleted_by_hand_are_found(data_dir: Path) -> None:
    """Attempts without their exchange."""
    with open_current(database_path(data_dir)) as connection:
        connection.execute("DELETE FROM exchanges")
    found = finding("database", data_dir)

    assert (found.ok, found.detail) == (False, "1 attempts without their exchange")


def test_rows_that_do_not_add_up_are_found(data_dir: Path) -> None:
    """The audit runs over the newest entries and names the first violations."""
    with open_current(database_path(data_dir)) as connection:
        connection.execute("UPDATE exchanges SET cost_nanousd = 1")
    found = finding("ledger", data_dir)

    assert not found.ok
    assert "1 violations" in found.detail
    assert "cost_is_the_sum" in found.detail


def test_an_unclean_stop_is_told(data_dir: Path) -> None:
    """It is no fault: the next start writes the rows."""
    leave_in_flight(data_dir)
    found = finding("recorder", data_dir)

    assert found.ok
    assert found.detail == "1 exchanges of an unclean stop; the next start writes their rows"


def test_a_serving_gateway_is_told(data_dir: Path) -> None:
    """Its exchanges in flight are not taken for leftovers."""
    recorder = FlightRecorder(recorder_path(data_dir, 0), 8, 0)
    recorder.claim(sample_open(2))
    with DataDirLock(data_dir):
        found = finding("recorder", data_dir)
    recorder.close()

    assert found.detail == "a gateway is serving; 1 exchanges in flight or uncommitted"


def test_a_recorder_that_is_none_is_found(data_dir: Path) -> None:
    """The file is named."""
    recorder_path(data_dir, 0).write_text("something else")
    found = finding("recorder", data_dir)

    assert not found.ok
    assert "flight-recorder-0" in found.detail


def test_a_directory_without_a_recorder_is_no_fault(data_dir: Path) -> None:
    """A key may be made before the first start."""
    recorder_path(data_dir, 0).unlink()

    assert finding("recorder", data_dir).detail == "no flight recorder yet"


def test_the_last_recovery_is_told(data_dir: Path) -> None:
    """Whatever was in flight has its row now, so it is no fault."""
    assert finding("recovery", data_dir).detail == "there was nothing to recover yet"
    leave_in_flight(data_dir)
    recover_all(database_path(data_dir), recorder_paths(data_dir), lambda _: None, START_NS)
    found = finding("recovery", data_dir)

    assert found.ok
    assert found.detail == (
        f"{format_instant(START_NS)}: 0 exchanges written as they ended, 1 as interrupted, 0 known, 0 unreadable"
    )


def test_a_recovery_that_could_not_read_everything_is_found(data_dir: Path) -> None:
    """A loss of power can leave that; the rows are missing."""
    leave_in_flight(data_dir)
    path = recorder_path(data_dir, 0)
    path.write_bytes(path.read_bytes().replace(b"research", b"rese\0rch"))
    recover_all(database_path(data_dir), [path], lambda _: None, START_NS)
    found = finding("recovery", data_dir)

    assert (found.ok, found.detail.rpartition(", ")[2]) == (False, "1 unreadable")
    assert found.remedy is not None
    assert "providers' bills" in found.remedy


def leave_in_flight(data_dir: Path) -> None:
    """One exchange in the flight recorder, as a killed process leaves it."""
    recorder = FlightRecorder(recorder_path(data_dir, 0), 8, 0)
    recorder.claim(sample_open(2))
    recorder.close()


def test_a_clock_that_lost_its_battery_is_found(data_dir: Path) -> None:
    """It shows a time before this program existed."""
    found = finding("clock", data_dir, clock=FixedClock(0))

    assert (found.ok, found.detail) == (False, "1970-01-01T00:00:00.000Z is in the past")


def test_a_clock_that_went_back_is_found(data_dir: Path) -> None:
    """It shows a time before the newest row."""
    connection = connect(database_path(data_dir))
    insert_entries(connection, [sample_entry(60_000)])
    connection.close()
    found = finding("clock", data_dir, clock=FixedClock(START_NS))

    assert not found.ok
    assert "before the newest row" in found.detail


def test_a_limit_on_files_that_is_too_low_is_found(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is needed follows from the limits that are configured."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 4_096))
    found = finding("descriptors", data_dir, limits=Limits(connections_max=10_000, upstream_connections_max=1_024))

    assert (found.ok, found.detail) == (
        False,
        "1024 open files allowed, 11280 needed for 10000 client connections",
    )
    assert found.remedy is not None
    assert "ulimit -n 11280" in found.remedy


def test_no_limit_on_files_is_enough(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Infinity is -1 to the kernel."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    assert finding("descriptors", data_dir).ok


class TestTrustStore:
    """The system's certificate authorities."""

    def context(self, monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
        """A system whose file of certificates is empty, and whose directory of them is this one."""
        monkeypatch.setattr(ssl, "create_default_context", lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        paths = ssl.get_default_verify_paths()._replace(capath=None if folder is None else str(folder))
        monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)

    def test_a_directory_of_certificates_counts(
        self, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """They are read only when one is needed."""
        (tmp_path / "certs").mkdir()
        (tmp_path / "certs" / "12345678.0").touch()
        self.context(monkeypatch, tmp_path / "certs")

        assert finding("trust_store", data_dir).ok

    def test_none_at_all_is_found(self, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The remedy names the package."""
        (tmp_path / "certs").mkdir()
        for folder in (None, tmp_path / "certs"):
            self.context(monkeypatch, folder)
            found = finding("trust_store", data_dir)
            assert not found.ok
            assert found.remedy is not None
            assert "ca-certificates" in found.remedy

    def test_one_that_cannot_be_loaded_is_found(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The reason is told."""

        def broken() -> ssl.SSLContext:
            raise ssl.SSLError("no trust today")

        monkeypatch.setattr(ssl, "create_default_context", broken)

        assert "no trust today" in finding("trust_store", data_dir).detail
