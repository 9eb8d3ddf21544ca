"""What a partner is told of a row: its status, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peyvand.errors import Fault
from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from peyvand.register import Claim, Row, Standing

CREATED, OK, KEPT, FORBIDDEN, CONFLICT, UNREADABLE = 201, 200, 202, 403, 409, 422


@dataclass(frozen=True, slots=True)
class Answer:
    """One row's: `faults` say why it was refused."""

    id: str
    status: int
    why: str = ""
    faults: tuple[Fault, ...] = ()
    said: tuple[tuple[str, Any], ...] = ()

    @property
    def json(self) -> dict[str, Any]:
        """Return it as an element of a batch's answer."""
        wrong = {"errors": [{"pointer": f.pointer, "detail": f.why} for f in self.faults]} if self.faults else {}
        told = {"detail": f"{self.why}."} if self.why else {}
        return {"id": self.id, "status": self.status, **dict(self.said), **told, **wrong}

    @property
    def row(self) -> Row:
        """Return it as it is remembered."""
        return Row(self.id, self.status, self.why)


def refused(own_id: str, status: int, why: str, faults: Sequence[Fault] = ()) -> Answer:
    """Return the answer of a row that was not taken."""
    return Answer(own_id, status, why, tuple(faults))


def taken(claim: Claim, standing: Standing, reading: Reading) -> Answer:
    """Return the answer of a row that is durable."""
    again = standing.durable or standing.claim.delivery_id != claim.delivery_id
    if reading.kept is not None:
        said = (("state", "kept"), ("duplicate", again), ("delivery_id", str(standing.claim.delivery_id)))
        return Answer(claim.id, KEPT, reading.kept, said=said)
    told: dict[str, Any] = {
        "event_id": str(standing.claim.event_id),
        "interaction_id": str(reading.events[0].interaction_id),
        "delivery_id": str(standing.claim.delivery_id),
        "revision": standing.claim.revision,
        "duplicate": again,
    }
    return Answer(claim.id, OK if again else CREATED, said=tuple(told.items()))


def conflicting(claim: Claim, standing: Standing, pointer: str) -> Answer:
    """Return the answer of a row whose id stands for something else."""
    known = standing.claim.revision
    why = f"this id is known with another content, at revision {known}: raise revision above it to replace that"
    return refused(claim.id, CONFLICT, why, [Fault(pointer, why)])


def tried(own_id: str, events: Sequence[InteractionEvent], match: dict[str, Any]) -> Answer:
    """Return the answer of a row that was only tried."""
    shown = [e.model_dump(mode="json", exclude_defaults=True, exclude_none=True) for e in events]
    return Answer(own_id, OK, said=(("dry_run", True), ("events", shown), ("match", match)))
