"""The tables, as SQLAlchemy sees them. A test holds them to what the migrations make and to the ledger's rows."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

metadata = MetaData()

_Int = BigInteger().with_variant(Integer, "sqlite")
"""64 bits everywhere; STRICT tables of SQLite know only INTEGER."""


def _int(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, _Int, nullable=null)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


exchanges = Table(
    "exchanges",
    metadata,
    Column("id", _Int, primary_key=True, autoincrement=False),
    _int("started_ns"),
    _int("duration_us", null=True),
    _int("first_byte_us", null=True),
    _text("key_id", null=True),
    _text("key_owner", null=True),
    _text("account", null=True),
    _text("model_asked", null=True),
    _text("rollback_model", null=True),
    _int("stream"),
    _int("status", null=True),
    _text("outcome"),
    _text("error_code", null=True),
    _int("attempts"),
    _int("cost_nanousd", null=True),
    _int("cost_bound_nanousd", null=True),
    _int("request_bytes"),
    _int("response_bytes", null=True),
    Index("exchanges_by_key", "key_id", "id"),
    sqlite_strict=True,
)

attempts = Table(
    "attempts",
    metadata,
    _int("exchange_id"),
    _int("ordinal"),
    _text("route"),
    _int("started_us", null=True),
    _int("duration_us", null=True),
    _int("first_byte_us", null=True),
    _int("status", null=True),
    _text("outcome"),
    _text("error_code", null=True),
    _text("model_answered", null=True),
    _text("upstream_request_id", null=True),
    _text("finish_reason", null=True),
    _int("thinking"),
    _int("input_tokens", null=True),
    _int("output_tokens", null=True),
    _int("cache_hit_tokens", null=True),
    _int("cache_write_tokens", null=True),
    _int("reasoning_tokens", null=True),
    _int("explicit_cache"),
    _text("provenance"),
    _text("usage_raw", null=True),
    _int("cost_nanousd", null=True),
    _text("cost_note", null=True),
    _text("facts_digest", null=True),
    PrimaryKeyConstraint("exchange_id", "ordinal"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

fact_sets = Table(
    "fact_sets",
    metadata,
    Column("digest", Text, primary_key=True, nullable=False),
    _text("facts"),
    _int("first_used_ns"),
    sqlite_strict=True,
)

keys = Table(
    "keys",
    metadata,
    Column("key_id", Text, primary_key=True, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    _text("owner"),
    _text("account"),
    _int("created_ns"),
    _int("revoked_ns", null=True),
    _text("name"),
    Column("tap", _Int, nullable=False, server_default="0"),
    sqlite_strict=True,
)

workers = Table(
    "workers",
    metadata,
    Column("worker_id", _Int, primary_key=True, autoincrement=False),
    _int("pid"),
    _int("started_ns"),
    _int("beat_ns"),
    _text("state"),
    _text("counters"),
    sqlite_strict=True,
)

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True, nullable=False),
    _text("value"),
    sqlite_strict=True,
)
