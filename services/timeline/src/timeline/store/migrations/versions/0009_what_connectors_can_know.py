"""What each connector can know: whether it sees what we write ourselves, and how long its source waits to be asked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("connector_state", sa.Column("sees_outbound", sa.Boolean(), nullable=True))
    op.add_column("connector_state", sa.Column("keeps_seconds", sa.Integer(), nullable=True))
