"""Call records as FreeSWITCH writes them, and what they mean."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson

from ingest_phone.freeswitch.leg import leg
from ingest_phone.freeswitch.settings import Settings
from peyvand.delivery import Delivery
from peyvand.event import Call, InteractionEvent
from peyvand.identity import Organisation
from peyvand.testing import CAPTURED_AT, captured

FIXTURES = Path(__file__).parents[1] / "fixtures"
RECORDS = FIXTURES / "phone" / "freeswitch"
ORGANISATION = Organisation.model_validate_json((FIXTURES / "organisation.json").read_bytes())
SECRET = "fs-cdr-0a1B2c3D4e5F6a7B"
UUID_A = "0000001a-6a1e-4b7c-9d2f-0c5e8a7b001a"
START = 1_791_089_400
OUTSIDE = "09121112233"


def configured(**fields: Any) -> Settings:
    return Settings.model_validate({"secret": SECRET, **fields})


def document(variables: Mapping[str, str] | None = None, **profile: Any) -> dict[str, Any]:
    """Return the record of a first leg: somebody outside rang our number for ten seconds; profile fields change it."""
    told = {"uuid": UUID_A, "direction": "inbound", "hangup_cause": "ORIGINATOR_CANCEL"}
    times = {"start_epoch": str(START), "answer_epoch": "0", "bridge_epoch": "0", "end_epoch": str(START + 10)}
    caller = {"caller_id_number": OUTSIDE, "caller_id_name": OUTSIDE, "destination_number": "02191001000",
              "uuid": UUID_A, "source": "mod_sofia", "context": "public", **profile}  # fmt: skip
    return {"variables": {**told, **times, **(variables or {})}, "callflow": [{"caller_profile": caller}]}


def answered(after: int, until: int, **variables: str) -> dict[str, str]:
    """Return the variables of a leg that was answered after some seconds and ended after others."""
    return {"answer_epoch": str(START + after), "end_epoch": str(START + until), **variables}


def posted(body: bytes | dict[str, Any], headers: Mapping[str, str] | None = None) -> Delivery:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return Delivery(UUID(int=1), "pbx", "freeswitch", CAPTURED_AT, content, headers=headers or {})


def meant(body: bytes | dict[str, Any], settings: Settings | None = None) -> InteractionEvent:
    return leg(posted(body), settings or configured(), ORGANISATION)


def fixture(*names: str) -> list[InteractionEvent]:
    """Return the legs that captured records tell of."""
    found = [captured(RECORDS / f"{name}.http", "freeswitch") for name in names]
    return [leg(delivery, configured(), ORGANISATION) for delivery in found]


def call(event: InteractionEvent) -> Call:
    assert event.call is not None
    return event.call


def encoded(text: bytes) -> bytes:
    return quote(text, safe="/").encode()


def broken_base64(text: bytes) -> bytes:
    """Return Base64 as FreeSWITCH writes it, in lines of 72."""
    whole = base64.b64encode(text)
    return b"\n".join(whole[at : at + 72] for at in range(0, len(whole), 72))
