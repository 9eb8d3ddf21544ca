"""An interaction is the fold of its events."""

from collections.abc import Collection, Hashable, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from peyvand.event import (
    Attachment,
    Change,
    Clock,
    Direction,
    Flag,
    Form,
    InteractionEvent,
    Kind,
    Party,
    Purchase,
    Report,
    Role,
    Status,
)
from timeline.folds.call import FoldedCall, fold_call
from timeline.folds.files import with_fetched
from timeline.folds.parties import merged_parties

CONTENT = (Change.CREATED, Change.EDITED, Change.LEG)
V = TypeVar("V", bound=Hashable)
STATUS_ORDER = {status: rank for rank, status in enumerate(Status)}


class Reaction(BaseModel):
    """What one reactor shows now."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    reactor: Party
    shown: tuple[str, ...]


class Interaction(BaseModel):
    """One message, call, form or purchase as it stands after all that is known of it."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: UUID
    channel: str
    kind: Kind
    direction: Direction
    occurred_at: AwareDatetime
    occurred_from: Clock
    received_at: AwareDatetime
    connectors: tuple[str, ...]
    parties: tuple[Party, ...] = ()
    message_key: str | None = None
    replies_to: tuple[str, ...] = ()
    conversation: str | None = None
    subject: str | None = None
    text: str | None = None
    quoted: str | None = None
    formatted: bool = False  # whether an event holds it as HTML
    language: str | None = None
    flags: tuple[Flag, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    status: Status | None = None
    reactions: tuple[Reaction, ...] = ()
    edited_at: AwareDatetime | None = None
    deleted_at: AwareDatetime | None = None
    call: FoldedCall | None = None
    form: Form | None = None
    purchase: Purchase | None = None
    report: Report | None = None


def fold(events: Collection[InteractionEvent]) -> Interaction:
    """Return the interaction that a non-empty set of its events makes; order and repetition change nothing."""
    distinct = sorted(standing_ones(events).values(), key=_canonical)
    content = [e for e in distinct if e.change in CONTENT] or distinct
    first = content[0]
    edits = [e for e in content if e.change is Change.EDITED]
    latest = max(edits, key=lambda e: (e.order, e.event_id)) if edits else first
    deletions = [e.occurred_at for e in distinct if e.change is Change.DELETED and not _taken_back(e, latest)]
    status = max((e.status for e in distinct if e.status), key=STATUS_ORDER.__getitem__, default=None)
    call = fold_call([e for e in content if e.call is not None]) if any(e.call for e in content) else None
    return Interaction(
        id=first.interaction_id,
        channel=first.channel,
        kind=first.kind,
        direction=call.direction if call else first.direction,
        occurred_at=call.started_at if call else first.occurred_at,
        occurred_from=first.occurred_from,
        received_at=min(e.received_at for e in content),
        connectors=tuple(sorted({e.connector for e in distinct})),
        parties=merged_parties(p for e in content for p in e.parties if p.role is not Role.REACTOR),
        message_key=first.message_key,
        replies_to=_union(e.replies_to for e in content),
        conversation=first.conversation,
        subject=latest.subject,
        text=_words(content) if call and not edits else latest.text,
        quoted=latest.quoted,
        formatted=latest.html is not None,
        language=latest.language,
        flags=_flags((first, latest), distinct, status),
        attachments=with_fetched(_union(e.attachments for e in content) if call else latest.attachments, distinct),
        status=status,
        reactions=_reactions(distinct),
        edited_at=latest.occurred_at if edits else None,
        deleted_at=min(deletions, default=None),
        call=call,
        form=latest.form,
        purchase=latest.purchase,
        report=latest.report,
    )


def _flags(
    said: Iterable[InteractionEvent], events: Iterable[InteractionEvent], status: Status | None
) -> tuple[Flag, ...]:
    """Return the flags of what is said, and why a message failed, unless somebody says that it arrived."""
    reports = [e for e in events if e.change is Change.STATUS and e.status is Status.FAILED]
    standing = reports if status is Status.FAILED else []
    return _union(e.flags for e in (*(e for e in said if e not in reports), *standing))


def _words(events: Iterable[InteractionEvent]) -> str | None:
    """Return what was said in a call, in the order in which it was: its legs, and who writes it down, tell parts."""
    said = sorted((e for e in events if e.text), key=lambda e: (e.occurred_at, e.order, e.event_id))
    return "\n".join(dict.fromkeys(e.text for e in said if e.text)) or None


def _taken_back(deletion: InteractionEvent, latest: InteractionEvent) -> bool:
    """Return whether an order was fetched back from a shop's bin: what somebody unsent stays so."""
    return latest.kind is Kind.PURCHASE and bool(deletion.order) and latest.order > deletion.order


def standing(event: InteractionEvent) -> tuple[int, int, float, str]:
    """Return what orders sightings of one event, so that the one that stands comes last."""
    revision, normaliser, received_at = event.rank
    return (revision, normaliser, -received_at.timestamp(), event.model_dump_json())


def standing_ones(events: Iterable[InteractionEvent]) -> dict[UUID, InteractionEvent]:
    """Return, of each event's sightings, the one that stands."""
    best: dict[UUID, InteractionEvent] = {}
    for event in events:
        known = best.get(event.event_id)
        best[event.event_id] = event if known is None or known is event else max(known, event, key=standing)
    return best


def _canonical(event: InteractionEvent) -> tuple[bool, bool, bool, bool, datetime, UUID]:
    """Order events so that the best witness comes first: created before edited, the original before a list's copy."""
    return (
        event.change is Change.EDITED,
        any(flag.name == "list" for flag in event.flags),
        event.direction is not Direction.OUTBOUND,
        event.occurred_from is not Clock.PROVIDER,
        event.occurred_at,
        event.event_id,
    )


def _union(groups: Iterable[Iterable[V]]) -> tuple[V, ...]:
    return tuple(dict.fromkeys(value for group in groups for value in group))


def _reactions(events: list[InteractionEvent]) -> tuple[Reaction, ...]:
    """Return what each reactor shows by its latest event; who took it back is gone."""
    shown: dict[str, tuple[tuple[str, UUID], Reaction]] = {}
    for e in events:
        if e.change is not Change.REACTION or e.reactions is None:
            continue
        reactor = next((p for p in e.parties if p.role is Role.REACTOR), Party(role=Role.REACTOR))
        who = "\x1f".join("\x1e".join(h.key) for h in reactor.handles) or e.connector
        at = (e.order, e.event_id)
        if who not in shown or at > shown[who][0]:
            shown[who] = (at, Reaction(reactor=reactor, shown=e.reactions))
    return tuple(r for _, (_, r) in sorted(shown.items()) if r.shown)
