"""The ledger, the keys, the workers' heartbeats, and notes on the database itself."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the first tables."""
    op.create_table("exchanges", *_exchange_columns(), sqlite_strict=True)
    op.create_index("exchanges_by_key", "exchanges", ["key_id", "id"])
    op.create_table(
        "attempts",
        *_attempt_columns(),
        sa.PrimaryKeyConstraint("exchange_id", "ordinal"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table("keys", *_key_columns(), sqlite_strict=True)
    op.create_table("workers", *_worker_columns(), sqlite_strict=True)
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _exchange_columns() -> list[sa.Column[int] | sa.Column[str]]:
    return [
        sa.Column("id", INT, primary_key=True, autoincrement=False),
        sa.Column("started_ns", INT, nullable=False),
        sa.Column("duration_us", INT),
        sa.Column("first_byte_us", INT),
        sa.Column("key_id", sa.Text),
        sa.Column("key_owner", sa.Text),
        sa.Column("account", sa.Text),
        sa.Column("model_asked", sa.Text),
        sa.Column("rollback_model", sa.Text),
        sa.Column("stream", INT, nullable=False),
        sa.Column("status", INT),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("error_code", sa.Text),
        sa.Column("attempts", INT, nullable=False),
        sa.Column("cost_nanousd", INT),
        sa.Column("cost_bound_nanousd", INT),
        sa.Column("request_bytes", INT, nullable=False),
        sa.Column("response_bytes", INT, nullable=False),
    ]


def _attempt_columns() -> list[sa.Column[int] | sa.Column[str]]:
    return [
        sa.Column("exchange_id", INT, nullable=False),
        sa.Column("ordinal", INT, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("started_us", INT, nullable=False),
        sa.Column("duration_us", INT),
        sa.Column("first_byte_us", INT),
        sa.Column("status", INT),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("error_code", sa.Text),
        sa.Column("model_answered", sa.Text),
        sa.Column("upstream_request_id", sa.Text),
        sa.Column("finish_reason", sa.Text),
        sa.Column("thinking", INT, nullable=False),
        sa.Column("input_tokens", INT),
        sa.Column("output_tokens", INT),
        sa.Column("cache_hit_tokens", INT),
        sa.Column("cache_write_tokens", INT),
        sa.Column("reasoning_tokens", INT),
        sa.Column("explicit_cache", INT, nullable=False),
        sa.Column("provenance", sa.Text, nullable=False),
        sa.Column("usage_raw", sa.Text),
        sa.Column("cost_nanousd", INT),
        sa.Column("cost_note", sa.Text),
        sa.Column("facts_digest", sa.Text),
    ]


def _key_columns() -> list[sa.Column[int] | sa.Column[str] | sa.Column[bytes]]:
    return [
        sa.Column("key_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("created_ns", INT, nullable=False),
        sa.Column("revoked_ns", INT),
        sa.Column("name", sa.Text, nullable=False),
    ]


def _worker_columns() -> list[sa.Column[int] | sa.Column[str]]:
    return [
        sa.Column("worker_id", INT, primary_key=True, autoincrement=False),
        sa.Column("pid", INT, nullable=False),
        sa.Column("started_ns", INT, nullable=False),
        sa.Column("beat_ns", INT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("counters", sa.Text, nullable=False),
    ]
