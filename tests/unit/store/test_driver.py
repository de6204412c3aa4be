"""The linked SQLite."""

import pytest

from routeproof.errors import StoreError
from routeproof.ledger.entries import Outcome
from routeproof.store.driver import check_linked_version, driver, is_busy, linked_version
from routeproof.usage import Provenance


def test_the_linked_version_is_safe() -> None:
    """What the package depends on passes its own floor."""
    check_linked_version()

    assert linked_version() == driver.sqlite_version


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7.17", "2.8.17"])
def test_a_version_that_can_corrupt_is_refused(version: str) -> None:
    """Anything before 3.51.3 is refused, with the remedy."""
    with pytest.raises(StoreError, match=r"pysqlite3.*3\.51\.3") as refusal:
        check_linked_version(version)
    assert version in refusal.value.message


@pytest.mark.parametrize("version", ["3.51.3", "3.53.4", "3.100.0", "4.0"])
def test_the_floor_and_what_is_above_pass(version: str) -> None:
    """Versions are compared as numbers, not as text."""
    check_linked_version(version)


@pytest.mark.parametrize("value", [None, Outcome.OK, Provenance.UNKNOWN])
def test_a_value_that_needs_an_adapter_is_stored_as_it_is(value: str | None) -> None:
    """The adapters that save time change nothing: None stays NULL, an enum stays its text."""
    with driver.connect(":memory:") as connection:
        row = connection.execute("SELECT ?, typeof(?)", (value, value)).fetchone()
    connection.close()

    assert row == ((None, "null") if value is None else (value.value, "text"))


def test_only_a_held_lock_counts_as_busy() -> None:
    """Another failure of the database is none that may be waited out."""
    assert is_busy(driver.OperationalError("database is locked"))
    assert not is_busy(driver.OperationalError("disk I/O error"))
    assert not is_busy(driver.IntegrityError("database is locked"))
