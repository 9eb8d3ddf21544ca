"""Making events: ids that a repetition gives again, and times that can be true."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from peyvand.delivery import Delivery
from peyvand.event.model import Change, Clock, Direction, Flag, InteractionEvent, Kind, Party, Role
from peyvand.identity import Handle, Organisation

# A sender's clock may run a little ahead of ours; and nothing that Peyvand reads was written before 1990.
AHEAD = timedelta(minutes=10)
EARLIEST_YEAR = 1990
# A readable body beyond this is cut here, flagged; the whole stays in the raw delivery.
TEXT_LIMIT = 200_000


def interaction_id(organisation: Organisation, channel: str, key: str) -> UUID:
    """Return the id of a thing that a vendor knows by `key`, whoever of our connectors saw it."""
    return keyed_id(organisation.id, channel, key)


def keyed_id(organisation: UUID, channel: str, key: str) -> UUID:
    """Return the id that a key of a channel stands for: an interaction, or what a message of a thread calls itself."""
    return uuid5(organisation, f"interaction\x1f{channel}\x1f{key}")


def event_id(organisation: Organisation, connector: str, channel: str, key: str, change_key: str) -> UUID:
    """Return the id of one connector's sighting of one change of a thing."""
    return uuid5(organisation.id, f"event\x1f{connector}\x1f{channel}\x1f{key}\x1f{change_key}")


def happened(claimed: datetime | None, received: datetime) -> tuple[datetime, Clock, tuple[Flag, ...]]:
    """Return when it happened, by whose clock, and a flag when the source's clock cannot be true."""
    if claimed is None:
        return received, Clock.RECEIPT, ()
    if claimed > received + AHEAD:
        return (
            received,
            Clock.RECEIPT,
            (Flag(name="clock", why=f"the source says {claimed.isoformat()}, in the future"),),
        )
    if claimed.year < EARLIEST_YEAR:
        return received, Clock.RECEIPT, (Flag(name="clock", why=f"the source says {claimed.isoformat()}"),)
    return claimed, Clock.PROVIDER, ()


def party(
    role: Role,
    handles: Iterable[Handle | None],
    organisation: Organisation,
    name: str | None = None,
    *,
    ours: bool = False,
) -> Party:
    """Return one person in a role; ours when said so or when one of the handles is ours."""
    known = tuple(h for h in handles if h is not None)
    return Party(role=role, handles=known, name=name or None, ours=ours or any(organisation.owns(h) for h in known))


def event(
    delivery: Delivery,
    organisation: Organisation,
    *,
    key: str,
    kind: Kind,
    direction: Direction,
    occurred_at: datetime | None,
    family: str | None = None,
    change: Change = Change.CREATED,
    change_key: str = "",
    **fields: Any,
) -> InteractionEvent:
    """Return an event of a delivery.

    `key` is the vendor's key of the thing, unique within `family`: the channel that agents see, which several sources
    may share (email: imap, mbox; phone: asterisk), and the source's own name where none is given.
    `change_key` is the vendor's key of this change. `occurred_at` None means that the source gives no time.
    """
    at, clock, flags = happened(occurred_at, delivery.received_at)
    for name in ("text", "quoted"):
        fields[name], cut = _cut(fields.get(name))
        flags += cut
    channel = family or delivery.channel
    return InteractionEvent(
        event_id=event_id(organisation, delivery.connector, channel, key, f"{change}\x1f{change_key}"),
        interaction_id=interaction_id(organisation, channel, key),
        change=change,
        delivery_id=delivery.id,
        channel=channel,
        connector=delivery.connector,
        kind=kind,
        direction=direction,
        occurred_at=at,
        received_at=delivery.received_at,
        occurred_from=clock,
        flags=(*fields.pop("flags", ()), *flags),
        **fields,
    )


def _cut(text: str | None) -> tuple[str | None, tuple[Flag, ...]]:
    if text is None or len(text) <= TEXT_LIMIT:
        return text, ()
    return text[:TEXT_LIMIT], (Flag(name="cut", why=f"{len(text)} characters; the whole is in the raw delivery"),)
