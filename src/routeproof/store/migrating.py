"""Brings a database to this version's schema, all of it or nothing, in a process of its own where memory counts.

The migrations are Alembic's, in `migrations/versions`. Run as a module with the database's path, it upgrades it.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

from routeproof.errors import StoreError
from routeproof.store.connecting import SCHEMA_REVISION, connect, read_revision, store_errors

SCRIPTS: Final = Path(__file__).with_name("migrations")


def ensure_schema(path: Path, *, keep_small: bool = False) -> None:
    """Make the database if there is none, and bring its schema up to date.

    `keep_small` does the work in a child process, so that the caller does not keep the libraries it takes (some 35 MB).
    Raises StoreError where the file is no database, can't be written, or has a newer schema.
    """
    connection = connect(path, create=True)
    try:
        with store_errors(path):
            revision = read_revision(connection)
    finally:
        connection.close()
    if revision == SCHEMA_REVISION:
        return
    if keep_small:
        _upgrade_in_child(path)
    else:
        upgrade(path)


def upgrade(path: Path) -> None:
    """Run the migrations that the database lacks, in one transaction. Raises StoreError."""
    # These libraries stay out of processes that only look whether there is anything to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    from routeproof.store.engine import open_engine  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    try:
        with open_engine(path, "BEGIN IMMEDIATE").begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"the database {path} was written by a newer version ({error}); install that version, "
            "or restore a backup from before it"
        ) from error
    except DBAPIError as error:
        raise StoreError(
            f"the database {path} can't be brought up to date ({error.orig}); it is as it was before"
        ) from error


def _upgrade_in_child(path: Path) -> None:
    # -P: a module in the working directory must not stand in for ours.
    command = [sys.executable, "-P", "-m", __name__, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise StoreError(done.stderr.strip() or f"the upgrade of {path} ended with status {done.returncode}")


def main(arguments: list[str]) -> None:
    """Upgrade the database at the one path given; exits with the reason where that fails."""
    try:
        upgrade(Path(arguments[0]))
    except StoreError as error:
        sys.exit(error.message)


if __name__ == "__main__":
    main(sys.argv[1:])
