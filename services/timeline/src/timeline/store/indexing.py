"""Filling the index of words anew; it cannot be read back, so it cannot be compared."""

from sqlalchemy import Connection, select, text

from timeline.store.connections import take_time
from timeline.store.contents import interaction_from
from timeline.store.saving import searchable
from timeline.store.statements import table
from timeline.store.tables import InteractionRow

INTERACTION = table(InteractionRow)
STEP = 200


def index_again(connection: Connection) -> None:
    """Fill the index of words."""
    take_time(connection)
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:  # who records meanwhile waits with its words, and finds them missing
        connection.execute(text("LOCK TABLE interaction_words IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(
        text(
            "INSERT INTO interaction_words(interaction_words) VALUES ('delete-all')"
            if sqlite
            else "DELETE FROM interaction_words"
        )
    )
    words = ":words" if sqlite else "to_tsvector('simple', :words)"
    statement = text(f"INSERT INTO interaction_words(rowid, words) VALUES (:seq, {words})")  # noqa: S608 - no input
    after = 0
    while True:
        step = select(INTERACTION.c.seq, INTERACTION.c.content).where(INTERACTION.c.seq > after)
        rows = list(connection.execute(step.order_by(INTERACTION.c.seq).limit(STEP)))
        if not rows:
            return
        found = [{"seq": seq, "words": searchable(interaction_from(content))} for seq, content in rows]
        if full := [row for row in found if row["words"]]:
            connection.execute(statement, full)
        after = rows[-1].seq
