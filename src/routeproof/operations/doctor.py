"""Looks for what would keep the gateway from serving, or from serving safely, and says what to do about it."""

import platform
import resource
import shutil
import ssl
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from routeproof import native
from routeproof.clock import NS_PER_S, Clock, SystemClock, format_instant
from routeproof.errors import StoreError
from routeproof.ledger.audit import audit_entries
from routeproof.limits import MIB, Limits
from routeproof.store.data_dir import database_path, is_locked, recorder_paths
from routeproof.store.driver import check_linked_version, linked_version
from routeproof.store.health import check_database, last_recovery
from routeproof.store.packed_rows import EXTENSION
from routeproof.store.reading import LedgerFilter, LedgerReader
from routeproof.store.slot_file import open_slot_file
from routeproof.wire import head

PYTHON_MIN: Final = (3, 11)
FREE_BYTES_MIN: Final = 1024 * MIB
"""Room for the flight recorder, some days of rows, and a checkpoint."""
AUDITED_ENTRIES: Final = 1_000
DESCRIPTORS_SPARE: Final = 256
"""Files, pipes and connections to come and go, besides clients and providers."""
EPOCH_NS: Final = 1_790_000_000 * NS_PER_S
"""2026-09-21T14:13:20Z: before this version existed, so no right clock shows less."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    """Stable, such as `sqlite`."""
    ok: bool
    detail: str
    """What was found."""
    remedy: str | None = None
    """What to do, where it is not ok."""


def diagnose(data_dir: Path, *, limits: Limits | None = None, clock: Clock | None = None) -> list[Finding]:
    """Look at everything; changes nothing but for a temporary file that is gone at once."""
    limits = limits or Limits()
    now_ns = (clock or SystemClock()).wall_ns()
    checks: tuple[Callable[[], Finding], ...] = (
        _python,
        _build,
        _sqlite,
        lambda: _data_dir(data_dir),
        lambda: _disk(data_dir),
        lambda: _database(data_dir),
        lambda: _ledger(data_dir),
        lambda: _recorder(data_dir),
        lambda: _recovery(data_dir),
        lambda: _clock(data_dir, now_ns),
        lambda: _descriptors(limits),
        _trust_store,
    )
    return [check() for check in checks]


def _python() -> Finding:
    detail = f"Python {platform.python_version()}"
    return _judged("python", sys.version_info >= PYTHON_MIN, detail, "install Python 3.11 or newer")


def _build() -> Finding:
    by_mypyc = not str(head.__file__).endswith(".py")
    from_c = native.COMPILED and EXTENSION.exists()
    kinds = [kind for kind, there in (("hot path compiled", by_mypyc), ("plain cases from C", from_c)) if there]
    return Finding("build", True, ", ".join(kinds) or "not compiled: it works, and serves fewer requests a second")


def _sqlite() -> Finding:
    try:
        check_linked_version()
    except StoreError as error:
        return Finding("sqlite", False, f"SQLite {linked_version()}", error.message)
    return Finding("sqlite", True, f"SQLite {linked_version()}")


def _data_dir(data_dir: Path) -> Finding:
    place = _nearest(data_dir)
    remedy = f"make {place} a directory that this user may write to, or correct server.data_dir"
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return Finding("data_dir", False, f"can't write to {place} ({error.strerror})", remedy)
    if place != data_dir:
        return Finding("data_dir", True, f"{data_dir} does not exist yet; it will be made")
    return Finding("data_dir", True, f"{data_dir} is writable")


def _disk(data_dir: Path) -> Finding:
    free = shutil.disk_usage(_nearest(data_dir)).free
    return _judged(
        "disk",
        free >= FREE_BYTES_MIN,
        f"{free // MIB} MiB free",
        f"free some space, {FREE_BYTES_MIN // MIB} MiB at least: on a full disk no request is served",
    )


def _database(data_dir: Path) -> Finding:
    path = database_path(data_dir)
    if not path.exists():
        return Finding("database", True, f"{path} does not exist yet; it will be made")
    try:
        health = check_database(path)
    except StoreError as error:
        return Finding("database", False, error.message, "restore a backup, or move the file away to begin anew")
    problems = [*health.problems]
    if health.orphaned_attempts:
        problems.append(f"{health.orphaned_attempts} attempts without their exchange")
    detail = (
        f"{health.exchanges} exchanges in {health.database_bytes // MIB} MiB, journal {health.wal_bytes // MIB} MiB"
    )
    return _judged(
        "database",
        not problems,
        "; ".join(problems) or f"{detail}, integrity ok",
        "stop the gateway, copy the file, and restore a backup or rebuild it with `sqlite3 .recover`",
    )


def _ledger(data_dir: Path) -> Finding:
    path = database_path(data_dir)
    if not path.exists():
        return Finding("ledger", True, "no rows yet")
    try:
        entries = LedgerReader(path).page(LedgerFilter(), AUDITED_ENTRIES).entries
    except StoreError as error:
        return Finding("ledger", False, error.message, "see the finding on the database")
    violations = audit_entries(entries)
    shown = "; ".join(f"{found.exchange_id}: {found.rule}, {found.detail}" for found in violations[:3])
    return _judged(
        "ledger",
        not violations,
        f"{len(violations)} violations: {shown}" if violations else f"the newest {len(entries)} entries add up",
        "report it with these lines; it is a fault of the gateway",
    )


def _recorder(data_dir: Path) -> Finding:
    if not data_dir.is_dir():
        return Finding("recorder", True, "no flight recorder yet")
    paths = recorder_paths(data_dir)
    try:
        occupied = sum(_occupied(path) for path in paths)
    except StoreError as error:
        return Finding("recorder", False, error.message, "move the file away; what it holds is lost to the ledger")
    if is_locked(data_dir):
        return Finding("recorder", True, f"a gateway is serving; {occupied} exchanges in flight or uncommitted")
    if occupied:
        return Finding("recorder", True, f"{occupied} exchanges of an unclean stop; the next start writes their rows")
    return Finding("recorder", True, "empty: the last stop was clean" if paths else "no flight recorder yet")


def _recovery(data_dir: Path) -> Finding:
    path = database_path(data_dir)
    try:
        last = last_recovery(path) if path.exists() else None
    except StoreError as error:
        return Finding("recovery", False, error.message, "see the finding on the database")
    if last is None:
        return Finding("recovery", True, "there was nothing to recover yet")
    written = f"{last.finished} exchanges written as they ended, {last.interrupted} as interrupted"
    return _judged(
        "recovery",
        not last.damaged,
        f"{last.at}: {written}, {last.already_committed} known, {last.damaged} unreadable",
        "compare the ledger of that day with the providers' bills: unreadable exchanges have no rows",
    )


def _clock(data_dir: Path, now_ns: int) -> Finding:
    remedy = "set the machine's clock, best by NTP: prices and rows depend on it"
    if now_ns < EPOCH_NS:
        return Finding("clock", False, f"{format_instant(now_ns)} is in the past", remedy)
    newest_ns = _newest_started_ns(data_dir)
    if newest_ns is not None and newest_ns > now_ns + NS_PER_S:
        detail = f"{format_instant(now_ns)} is before the newest row, {format_instant(newest_ns)}"
        return Finding("clock", False, detail, remedy)
    return Finding("clock", True, format_instant(now_ns))


def _descriptors(limits: Limits) -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = limits.connections_max + limits.upstream_connections_max + DESCRIPTORS_SPARE
    enough = soft == resource.RLIM_INFINITY or soft >= needed
    return _judged(
        "descriptors",
        enough,
        f"{soft} open files allowed, {needed} needed for {limits.connections_max} client connections",
        f"raise it (`ulimit -n {needed}`, or LimitNOFILE= of the service; the hard limit is {hard}), "
        "or lower limits.connections_max",
    )


def _trust_store() -> Finding:
    remedy = "install the system's certificates (on Debian: apt install ca-certificates)"
    try:
        context = ssl.create_default_context()
    except (OSError, ssl.SSLError) as error:
        return Finding("trust_store", False, f"the system's trust store can't be loaded ({error})", remedy)
    loaded = context.cert_store_stats()["x509_ca"]
    if loaded:
        return Finding("trust_store", True, f"{loaded} authorities")
    # A directory of certificates is read when it is needed, so nothing is counted beforehand.
    folder = ssl.get_default_verify_paths().capath
    if folder is not None and any(Path(folder).iterdir()):
        return Finding("trust_store", True, f"authorities in {folder}")
    return Finding("trust_store", False, "no authority is trusted", remedy)


def _judged(name: str, ok: bool, detail: str, remedy: str) -> Finding:
    return Finding(name, ok, detail, None if ok else remedy)


def _nearest(path: Path) -> Path:
    """The path itself, or the nearest directory above it that exists."""
    for place in (path, *path.absolute().parents):
        if place.exists():
            return place
    return Path(path.anchor)


def _occupied(path: Path) -> int:
    file = open_slot_file(path)
    if file is None:
        return 0
    try:
        return file.occupied()
    finally:
        file.close()


def _newest_started_ns(data_dir: Path) -> int | None:
    path = database_path(data_dir)
    if not path.exists():
        return None
    try:
        entries = LedgerReader(path).page(LedgerFilter(), 1).entries
    except StoreError:
        return None  # the finding on the database tells
    return entries[0].exchange.started_ns if entries else None
