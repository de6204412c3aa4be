"""Of an exchange whose process died, what was sent and when later attempts began is unknown, not zero."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# A stop writes `interrupted` too, but knows how long the exchange took and what was sent.
_COPY_EXCHANGES = """
INSERT INTO exchanges_new
SELECT id, started_ns, duration_us, first_byte_us, key_id, key_owner, account, model_asked, rollback_model, stream,
    status, outcome, error_code, attempts, cost_nanousd, cost_bound_nanousd, request_bytes,
    CASE WHEN outcome = 'interrupted' AND duration_us IS NULL THEN NULL ELSE response_bytes END
FROM exchanges
ORDER BY id
"""

# The first attempt starts with its exchange. Where the note of the exchange had room for no more than four characters
# of the key's id, earlier routes may have been cut, and nobody knows whether the first in the ledger was the first.
_COPY_ATTEMPTS = """
INSERT INTO attempts_new
SELECT a.exchange_id, a.ordinal, a.route,
    CASE
        WHEN e.outcome = 'interrupted' AND e.duration_us IS NULL AND (a.ordinal > 1 OR length(e.key_id) <= 4) THEN NULL
        ELSE a.started_us
    END,
    a.duration_us, a.first_byte_us, a.status, a.outcome, a.error_code, a.model_answered, a.upstream_request_id,
    a.finish_reason, a.thinking, a.input_tokens, a.output_tokens, a.cache_hit_tokens, a.cache_write_tokens,
    a.reasoning_tokens, a.explicit_cache, a.provenance, a.usage_raw, a.cost_nanousd, a.cost_note, a.facts_digest
FROM attempts AS a LEFT JOIN exchanges AS e ON e.id = a.exchange_id
ORDER BY a.exchange_id, a.ordinal
"""


def upgrade() -> None:
    """Make the tables anew: SQLite drops no NOT NULL (https://sqlite.org/lang_altertable.html#otheralter)."""
    op.create_table("attempts_new", *_attempt_columns(), sqlite_strict=True, sqlite_with_rowid=False)
    op.execute(_COPY_ATTEMPTS)
    op.drop_table("attempts")
    op.rename_table("attempts_new", "attempts")
    op.create_table("exchanges_new", *_exchange_columns(), sqlite_strict=True)
    op.execute(_COPY_EXCHANGES)
    op.drop_table("exchanges")
    op.rename_table("exchanges_new", "exchanges")
    op.create_index("exchanges_by_key", "exchanges", ["key_id", "id"])


def _exchange_columns() -> list[sa.schema.SchemaItem]:
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
        sa.Column("response_bytes", INT),
    ]


def _attempt_columns() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("exchange_id", INT, nullable=False),
        sa.Column("ordinal", INT, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("started_us", INT),
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
        sa.PrimaryKeyConstraint("exchange_id", "ordinal"),
    ]
