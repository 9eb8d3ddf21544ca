"""Messages are found by what they answer, so that threads can be shown.

What came before is filled in by `peyvand rebuild`.
"""

import sqlalchemy as sa
from alembic import op

from timeline.store.columns import Id

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "mention",
        sa.Column("key", Id(), nullable=False),
        sa.Column("interaction_id", Id(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", "interaction_id", "how", name="pk_mention"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mention_interaction_id", "mention", ["interaction_id"])
