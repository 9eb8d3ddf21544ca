"""Calls are found by what they are among a customer's calls, so that a missed one and its call back are linked.

What came before is filled in by `peyvand rebuild`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_CALLING = sa.text("calling IS NOT NULL")
_CALLS = ["handle_id", "calling", "occurred_at", "interaction_id"]


def upgrade() -> None:
    op.add_column("participation", sa.Column("calling", sa.String(), nullable=True))
    for name, columns in (("ix_participation_calls", _CALLS), ("ix_participation_calling", _CALLS[1:])):
        op.create_index(name, "participation", columns, postgresql_where=_CALLING, sqlite_where=_CALLING)
