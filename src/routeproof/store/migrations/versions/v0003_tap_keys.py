"""Keys of the prover, whose exchanges are recorded for it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the mark; the keys that there are have none."""
    op.add_column("keys", sa.Column("tap", INT, nullable=False, server_default="0"))
