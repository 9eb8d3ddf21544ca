"""What visitors and operators say in a chat on the website, as events."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Gone
from peyvand.event import Attachment, Change, Direction, InteractionEvent, Kind, Party, Role, event, party
from peyvand.identity import Handle, Organisation, email, phones, web
from peyvand.source import Remote

FAMILY = "webchat"
LONGEST_KEY = 300


class Wire(BaseModel):
    """What a vendor posts: more than we read, ids as text or as numbers, and no value in any error."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", coerce_numbers_to_str=True, hide_input_in_errors=True, populate_by_name=True
    )


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who chats, as the vendor knows him; what he typed into the widget is only claimed.

    `id` is the vendor's own of the visitor, or of his chat where it has none of him.
    """

    id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None

    def handles(self, delivery: Delivery, organisation: Organisation) -> list[Handle]:
        """Return what he is known by; an address of ours that a stranger typed is not his."""
        typed: list[Handle | None] = [email(self.email) if self.email else None]
        typed += phones(self.phone, organisation.region) if self.phone else ()
        return [*([w] if (w := web(self.id, delivery.connector)) else []), *(
            h for h in typed if h and not organisation.owns(h)
        )]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said: by an operator of that name, or by the visitor; or by who is not `told`."""

    key: str
    visitor: Visitor
    chat: str
    inbound: bool
    at: datetime | None
    text: str | None = None
    operator: str | None = None
    files: tuple[Attachment, ...] = ()
    change: Change = Change.CREATED
    change_key: str = ""
    order: str = ""
    told: bool = True
    more: dict[str, Any] = field(default_factory=dict)


def said(delivery: Delivery, organisation: Organisation, one: Said) -> InteractionEvent:
    """Return what was said as an event."""
    if len(one.key) > LONGEST_KEY:
        raise BadPayload("an id that is longer than any")
    return event(
        delivery,
        organisation,
        key=one.key,
        family=FAMILY,
        kind=Kind.MESSAGE,
        direction=Direction.INBOUND if one.inbound else Direction.OUTBOUND,
        occurred_at=one.at,
        change=one.change,
        change_key=one.change_key,
        order=one.order,
        parties=parties(delivery, organisation, one),
        message_key=one.key,
        conversation=one.chat[:LONGEST_KEY],
        text=one.text,
        attachments=one.files,
        **one.more,
    )


def parties(delivery: Delivery, organisation: Organisation, one: Said) -> tuple[Party, ...]:
    """Return the visitor, and the operator who spoke to him; nobody where the vendor does not say who it was."""
    if not one.told:
        return ()
    them = party(
        Role.FROM if one.inbound else Role.TO,
        one.visitor.handles(delivery, organisation),
        organisation,
        (one.visitor.name or "")[:100],
    )
    if one.inbound:
        return (them,)
    return (party(Role.FROM, (), organisation, (one.operator or "")[:100], ours=True), them)


def file(channel: str, url: str, name: str = "", kind: str = "", size: int | None = None) -> tuple[Attachment, ...]:
    """Return a file that lies at a vendor, by its address; nothing when that is none."""
    if not url.startswith("https://") or len(url) > 2_000:
        return ()
    try:
        called = name or urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return ()
    at, state = f"{channel}:{url}", "at the vendor"
    return (Attachment(name=called[:200], claimed_type=kind[:100], size=size, at=at, state=state),)


async def locate(channel: str, attachment: Attachment, proxy: str | None) -> Remote:
    """Return the address of a file; raises Gone for one that has none."""
    url = attachment.at.removeprefix(f"{channel}:")
    if not url.startswith("https://"):
        raise Gone("the file has no address")
    return Remote(url, size=attachment.size, proxy=proxy)
