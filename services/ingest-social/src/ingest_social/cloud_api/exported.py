"""A message of an exported chat, as `peyvand import whatsapp-chat` hands it over: a line of JSON, then its file.

The app's export knows no ids, no deliveries and no edits, only who wrote what when.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from ingest_social.cloud_api.account import Settings
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload
from peyvand.event import Attachment, Direction, Flag, InteractionEvent, Kind, Party, Role, event, party
from peyvand.filenames import clean_name
from peyvand.identity import Organisation, Proof, phone
from peyvand.sniffing import sniffed
from peyvand.source import IMPORTED, unreadable

ADDRESS = "import:"


class File(BaseModel):
    """A file beside the chat; without `sha256` it did not come with it."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    size: int | None = None
    sha256: str | None = None


class Entry(BaseModel):
    """One message: `sender` as the telephone called whoever wrote, `whom` the other side of a chat of two."""

    model_config = ConfigDict(frozen=True)

    key: str
    at: AwareDatetime
    ours: bool
    sender: str
    whom: str | None = None
    number: str | None = None
    chat: str | None = None
    text: str | None = None
    edited: bool = False
    file: File | None = None


def is_exported(delivery: Delivery) -> bool:
    """Return whether a delivery was brought in: no call has such an address."""
    return IMPORTED in delivery.headers and delivery.url.startswith(ADDRESS)


def read(delivery: Delivery, account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the message of a delivery that was brought in; raises BadPayload."""
    line, _, content = delivery.body.partition(b"\n")
    try:
        entry = Entry.model_validate(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        raise BadPayload(f"not JSON: {error}") from error
    except ValidationError as error:
        raise unreadable(error) from error
    return [
        event(
            delivery,
            organisation,
            key=f"exported:{entry.key}",
            kind=Kind.MESSAGE,
            direction=Direction.OUTBOUND if entry.ours else Direction.INBOUND,
            occurred_at=entry.at.astimezone(UTC),
            parties=_parties(entry, account, organisation),
            message_key=f"exported:{entry.key}",
            conversation=entry.chat,
            text=entry.text,
            attachments=(_attachment(entry.file, content),) if entry.file else (),
            flags=(Flag(name="edited", why="the export holds the last version"),) if entry.edited else (),
        )
    ]


def files(delivery: Delivery, _account: Settings) -> Mapping[str, bytes]:
    """Return the bytes of a delivery's file by their SHA-256."""
    line, _, content = delivery.body.partition(b"\n")
    if not is_exported(delivery) or not content:
        return {}
    file = Entry.model_validate(orjson.loads(line)).file
    return {file.sha256: content} if file and file.sha256 else {}


def _parties(entry: Entry, account: Settings, organisation: Organisation) -> tuple[Party, ...]:
    """Return who wrote to whom: a number that somebody gave for the export is claimed, as nothing in it proves it."""
    number = phone(entry.number, organisation.region, Proof.CLAIMED) if entry.number else None
    own = [phone(account.number, organisation.region, Proof.VIA)] if account.number else []
    if entry.ours:
        us = party(Role.FROM, own, organisation, entry.sender, ours=True)
        return (us,) if entry.whom is None else (us, party(Role.TO, [number], organisation, entry.whom))
    us = party(Role.TO, own, organisation, account.number, ours=True)
    return (party(Role.FROM, [number], organisation, entry.sender), us)


def _attachment(file: File, content: bytes) -> Attachment:
    if file.sha256 is None:
        return Attachment(name=clean_name(file.name), size=file.size, at="", state="not in the export")
    return Attachment(
        name=clean_name(file.name), sniffed_type=sniffed(content), size=file.size, sha256=file.sha256, at="raw"
    )
