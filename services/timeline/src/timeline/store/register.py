"""What partners' own ids stand for, and their requests, beside the timeline."""

from collections.abc import Sequence

from sqlalchemy import select

from peyvand.register import Claim, Fate, Noted, Standing
from timeline.store.database import Database
from timeline.store.register_claims import Claims, claimed, standing_of
from timeline.store.register_groups import Groups
from timeline.store.register_notes import Note, noted_of, remembered
from timeline.store.statements import table
from timeline.store.tables import DeliveryRow, PartnerEventRow, PartnerRequestRow

KNOWN, REQUEST, DELIVERY = table(PartnerEventRow), table(PartnerRequestRow), table(DeliveryRow).c
K, R = KNOWN.c, REQUEST.c


class SqlRegister:
    """The register in an SQL database.

    Requests that are there at once share a commit. Claims and notes have commits of their own: each takes its rows'
    locks in one order, so that on PostgreSQL two processes never wait for each other crosswise.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._claims = Groups[Claims, list[Standing]](database, claimed)
        self._notes = Groups[Note, None](database, remembered)

    async def claim(self, connector: str, claims: Sequence[Claim]) -> Sequence[Standing]:
        """Claim ids."""
        return await self._claims.bring(Claims(connector, claims))

    async def note(self, connector: str, noted: Noted, durable: Sequence[Claim] = ()) -> None:
        """Remember a request, and what is durable."""
        await self._notes.bring(Note(connector, noted, durable))

    async def fate(self, connector: str, own_id: str) -> Fate | None:
        """Return what an id stands for."""
        joined = KNOWN.outerjoin(table(DeliveryRow), DELIVERY.id == K.delivery_id)
        asked = select(KNOWN, DELIVERY.outcome, DELIVERY.why).select_from(joined)
        of_one = asked.where(K.connector == connector, K.id == own_id)
        row = await self.database.read(lambda connection: connection.execute(of_one).mappings().first())
        return None if row is None else Fate(standing_of(row), row["outcome"], row["why"])

    async def requests(self, connector: str, key: str | None = None) -> Sequence[Noted]:
        """Return the remembered requests."""
        asked = select(REQUEST).where(R.connector == connector).order_by(R.id.desc())
        chosen = asked if key is None else asked.where(R.key == key)
        rows = await self.database.read(lambda connection: connection.execute(chosen).mappings().all())
        return [noted_of(row) for row in rows]
