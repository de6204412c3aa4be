"""The facts behind the prices of rows, under the digest that the rows name."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table of fact sets; rows that were priced before it have none."""
    op.create_table(
        "fact_sets",
        sa.Column("digest", sa.Text, primary_key=True, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("first_used_ns", INT, nullable=False),
        sqlite_strict=True,
    )
