"""What tests that ask panels over real HTTP have in common."""

from typing import Any

import orjson

from ingest_social.channels import kavenegar, melipayamak, smsir, twilio_sms
from parts.panels import KEY, SID, TOKEN, Panels
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from peyvand.source import Arrival, Batch, PullSource, read
from social.accounts import ORGANISATION, delivered


def at_kavenegar(panels: Panels, **fields: Any) -> kavenegar.Settings:
    told = {"api_key": KEY, "base_url": panels.url, "lines": ["10004346"], **fields}
    return kavenegar.Settings.model_validate(told)


def at_melipayamak(panels: Panels, **fields: Any) -> melipayamak.Settings:
    told = {"username": "shop", "password": "a password of ours", "base_url": panels.url, **fields}
    return melipayamak.Settings.model_validate(told)


def at_smsir(panels: Panels, **fields: Any) -> smsir.Settings:
    return smsir.Settings.model_validate({"api_key": KEY, "base_url": panels.url, **fields})


def at_twilio(panels: Panels, **fields: Any) -> twilio_sms.Settings:
    told = {"account_sid": SID, "auth_token": TOKEN, "base_url": panels.url, "mode": "polling", **fields}
    return twilio_sms.Settings.model_validate(told)


async def round_of(source: PullSource[Any], settings: Any, cursor: Any = None, batches: int = 6) -> list[Batch]:
    """Return the batches of one round, up to the moment before the source would wait."""
    fetched = source.fetch(settings, cursor)
    try:
        return [await anext(fetched) for _ in range(batches)]
    finally:
        await fetched.aclose()  # type: ignore[attr-defined]


def arrived(found: list[Batch]) -> list[Arrival]:
    return [arrival for batch in found for arrival in batch.arrivals]


def meaning(source: PullSource[Any], settings: Any, arrival: Arrival) -> Reading:
    delivery = delivered(source.name, arrival.body, arrival.headers, arrival.url)
    return read(source, delivery, settings, ORGANISATION)


def texts(source: PullSource[Any], settings: Any, found: list[Batch]) -> list[str]:
    events = [e for a in arrived(found) for e in meaning(source, settings, a).events]
    return [e.text or "" for e in events if e.change == "created"]


def wrote(number: int, text: str = "", **fields: Any) -> dict[str, Any]:
    """Return a message as Kavenegar gives it."""
    return {"messageid": number, "message": text or f"sms {number}", "sender": "09121112233",
            "receptor": "10004346", "date": 1791102015 + number, **fields}  # fmt: skip


def normalised(normalise: Any, delivery: Delivery, settings: Any) -> list[InteractionEvent]:
    return list(normalise(delivery, settings, ORGANISATION))


def json_row(channel: str, place: str, row: Any) -> Delivery:
    return delivered(channel, orjson.dumps(row), url=f"{channel}://{place}")
