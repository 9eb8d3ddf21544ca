"""Who did what with what of a customer's: every hearing of a recording is a row."""

import sqlalchemy as sa
from alembic import op

from timeline.store.columns import Id, Utc, Words

revision = "0012"
down_revision = "0011"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", _BIG, autoincrement=True, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("interaction_id", Id(), nullable=True),
        sa.Column("what", Words(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_interaction", "audit", ["interaction_id", "number"])
    op.create_index("ix_audit_who", "audit", ["who", "number"])
