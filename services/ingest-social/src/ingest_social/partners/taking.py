"""Taking a partner's rows: read, claimed under their ids, published, and answered only then."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ingest_social.partners.answer import Answer, conflicting, refused, taken, tried
from ingest_social.partners.envelope import Envelope
from ingest_social.partners.matching import Known, match_of
from ingest_social.partners.reading import Call, Read, as_standing, read_row
from peyvand import metrics
from peyvand.blobs import Blobs
from peyvand.delivery import canonical_json
from peyvand.files import Unpacked, put_away
from peyvand.identity import Organisation
from peyvand.publish import Publisher, Reading
from peyvand.redaction import without_secrets
from peyvand.register import Claim, Register, Standing

# More bytes than this are read in a thread: other calls must not wait for them.
QUICKLY_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Taking:
    """Where partners' events go. Without `known` nobody here can say whose an event would be."""

    organisation: Organisation
    publisher: Publisher
    blobs: Blobs
    register: Register
    known: Known | None
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def tried(self, call: Call, envelope: Envelope) -> list[Answer]:
        """Return what each row would become; nothing is stored."""
        return [await self._tried(one) for one in await self._read(call, envelope)]

    async def _tried(self, one: Read) -> Answer:
        if one.refused is not None or one.reading.kept is not None:
            return one.refused or refused(one.row.id, 422, one.reading.kept or "")
        (event,) = one.reading.events
        return tried(one.row.id, [event], await match_of(event, self.known))

    async def taken(self, call: Call, envelope: Envelope) -> tuple[list[Answer], list[Claim]]:
        """Return each row's answer once what was taken is durable, and what is so now; raises Unavailable."""
        rows = await self._read(call, envelope)
        good = [one for one in rows if one.refused is None]
        claims = [_claim(one) for one in good]
        standings = await self.register.claim(call.connector, claims) if claims else []
        settled = {id(one): _Settled(one, c, s) for one, c, s in zip(good, claims, standings, strict=True)}
        new = [each for each in settled.values() if each.is_to_publish]
        await self._publish(call, [each.reading(call, self.organisation) for each in new])
        answers = [one.refused or settled[id(one)].answer for one in rows]
        return answers, [each.standing.claim for each in new]

    async def _read(self, call: Call, envelope: Envelope) -> list[Read]:
        """Read all rows, each as a delivery of its own, so that each has its place in the books."""

        def read() -> list[Read]:
            single = not envelope.is_batch
            return [read_row(call, row, self.new_id(), self.organisation, as_it_came=single) for row in envelope.rows]

        return read() if len(call.delivery.body) <= QUICKLY_READ else await asyncio.to_thread(read)

    async def _publish(self, call: Call, readings: Sequence[Reading]) -> None:
        if not readings:
            return
        clean = [replace(r, delivery=without_secrets(r.delivery, call.hook.secrets)) for r in readings]
        # one delivery once: the same row may stand twice in a batch
        once = {r.delivery.id: r for r in clean}
        stored = await put_away([Unpacked(r) for r in once.values()], self.blobs)
        await self.publisher.publish(stored)
        metrics.count(stored)


@dataclass(frozen=True, slots=True)
class _Settled:
    """A row, what it claimed, and what stands under its id."""

    read: Read
    claim: Claim
    standing: Standing

    @property
    def is_to_publish(self) -> bool:
        return self.standing.is_said_by(self.claim) and not self.standing.durable

    def reading(self, call: Call, organisation: Organisation) -> Reading:
        """Return the reading of the delivery that stands: who comes again brings the very same one."""
        return as_standing(self.read, self.standing, call, organisation)

    @property
    def answer(self) -> Answer:
        if self.standing.is_said_by(self.claim):
            return taken(self.claim, self.standing, self.read.reading)
        return conflicting(self.claim, self.standing, self.read.row.at("/id"))


def _claim(one: Read) -> Claim:
    delivery, events = one.reading.delivery, one.reading.events
    return Claim(
        id=one.row.id or str(delivery.id),
        revision=events[0].source_revision if events else 0,
        digest=hashlib.sha256(canonical_json(one.row.said)).hexdigest(),
        event_id=events[0].event_id if events else delivery.id,
        delivery_id=delivery.id,
        received_at=delivery.received_at,
    )
