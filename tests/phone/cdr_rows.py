"""CDR rows by column name, read as the connector reads them."""

import csv
import io
from pathlib import Path
from typing import Any
from uuid import UUID

from ingest_phone.channels.asterisk import SOURCE
from ingest_phone.channels.asterisk.settings import Settings
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation, Person
from peyvand.source import normalised
from peyvand.testing import CAPTURED_AT

ORGANISATION = Organisation(
    numbers=("+98 21 9100 1000",),
    people=(
        Person(user="sara", name="Sara Karimi", extensions=("201",), numbers=("0912 555 6677",)),
        Person(user="omid", extensions=("202", "omid-desk")),
    ),
)
SETTINGS = Settings(cdr=Path("/var/log/asterisk/cdr-csv/Master.csv"), timezone="Asia/Tehran")
EPOCH = 1_791_009_900  # 2026-10-03 10:15:00 in Tehran

INBOUND = {
    "accountcode": "", "src": "09121112233", "dst": "201", "dcontext": "from-did-direct", "clid": "<09121112233>",
    "channel": "SIP/shatel-000000a1", "dstchannel": "SIP/201-000000a2", "lastapp": "Dial", "lastdata": "SIP/201,15,tr",
    "start": "2026-10-03 10:15:00", "answer": "2026-10-03 10:15:09", "end": "2026-10-03 10:16:35", "duration": "95",
    "billsec": "86", "disposition": "ANSWERED", "amaflags": "DOCUMENTATION", "uniqueid": f"{EPOCH}.412",
    "userfield": "", "peeraccount": "", "linkedid": f"{EPOCH}.412", "sequence": "871",
}  # fmt: skip
OUTBOUND = INBOUND | {
    "src": "201", "dst": "09351112244", "dcontext": "from-internal", "clid": '"Sara" <201>',
    "channel": "SIP/201-000000a1", "dstchannel": "SIP/shatel-000000a2",
}  # fmt: skip


def line(columns: dict[str, str]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(columns.values())
    return written.getvalue().encode()


def delivered(body: bytes) -> Delivery:
    return Delivery(UUID(int=7), "pbx", "asterisk", CAPTURED_AT, body)


def read(body: bytes, settings: Settings = SETTINGS, organisation: Organisation = ORGANISATION) -> InteractionEvent:
    """Return the one leg that a row tells of."""
    (leg,) = normalised(SOURCE, delivered(body), settings, organisation)
    return leg


def leg(base: dict[str, str] = INBOUND, /, **columns: str) -> InteractionEvent:
    """Return the leg of a row of 21 columns, some of them other than usual."""
    return read(line(base | columns))


def configured(**settings: Any) -> Settings:
    return Settings.model_validate(
        {"cdr": "/var/log/asterisk/cdr-csv/Master.csv", "timezone": "Asia/Tehran"} | settings
    )
