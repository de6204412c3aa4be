"""SQLAlchemy on our connections: engines that begin transactions where they say so."""

from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from routeproof.store.connecting import connect
from routeproof.store.driver import driver

Begin = Literal["BEGIN", "BEGIN IMMEDIATE"]
"""A snapshot to read from, or the right to write, schema changes included."""

_URL: Final = "sqlite+pysqlite://"


def open_engine(path: Path, begin: Begin) -> Engine:
    """An engine without a pool: each connection is opened when needed and closed after. Opens nothing yet."""
    engine = create_engine(_URL, module=driver, creator=lambda: connect(path), poolclass=NullPool)

    # The driver would begin only before INSERT, UPDATE and DELETE, and so leave half a schema after a crash.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
