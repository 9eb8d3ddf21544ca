"""The load's web forms as the service reads them: what it publishes of each."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import uuid5

from benchmarks.load import SECRET, request
from peyvand.app import source_of
from peyvand.delivery import Delivery
from peyvand.publish import Reading
from peyvand.settings import Configuration
from peyvand.source import read
from peyvand_standalone.sources import SOURCES, read_configuration

CONFIGURATION = f"connectors: [{{name: form, channel: webform, secret: {SECRET}}}]"


@cache
def configuration() -> Configuration:
    return read_configuration(Path("peyvand.yaml"), {}, CONFIGURATION)


def readings(count: int, stamp: int, first: int = 0) -> list[Reading]:
    """Return what so many posts mean."""
    return [_reading(request(number, stamp), stamp) for number in range(first, first + count)]


def _reading(content: bytes, stamp: int) -> Reading:
    head, body = content.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")[1:]
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
    [connector] = configuration().connectors
    organisation = configuration().organisation
    delivery = Delivery(
        id=uuid5(organisation.id, headers["webhook-id"]),
        connector=connector.name,
        channel=connector.channel,
        received_at=datetime.fromtimestamp(stamp, UTC),
        body=body,
        url="http://127.0.0.1/webhooks/form",
        method="POST",
        headers=headers,
    )
    found = read(source_of(connector, SOURCES), delivery, connector.settings, organisation)
    assert found.events, json.dumps(headers)
    return found
