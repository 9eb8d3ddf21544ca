"""Accounts, updates and calls as tests of the social channels need them."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from ingest_social.channels import bale, rubika, telegram, webform
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.testing import CAPTURED_AT, captured

FIXTURES = Path(__file__).parents[1] / "fixtures"
ORGANISATION = Organisation.model_validate_json((FIXTURES / "organisation.json").read_bytes())
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
RUBIKA_TOKEN = "CDHAGB0kVexPsQqOFhXucHkWzHrXqMhOvPtGcEmBgUpDsAjUpGiSsIkUcEzOgOoY"
BOT = {"id": 110201543, "is_bot": True, "first_name": "Shop", "username": "NemoonehShopBot"}
OTHER_BOT = {"id": 99, "is_bot": True, "first_name": "Weather", "username": "weather_bot"}
REZA = {"id": 6112233445, "is_bot": False, "first_name": "رضا"}
SARA = {"id": 700100, "is_bot": False, "first_name": "Sara"}  # one of us, by organisation.json
GROUP = {"id": -1001987654321, "title": "مشتریان", "type": "supergroup"}


def telegram_account(**fields: Any) -> telegram.Settings:
    return telegram.Settings.model_validate({"token": TOKEN, "username": "NemoonehShopBot", **fields})


def bale_account(**fields: Any) -> bale.Settings:
    return bale.Settings.model_validate({"token": "920110201:Kx2vQm81LsTt0WnYhB4cZ7dEfGaJpRuV", **fields})


def rubika_account(**fields: Any) -> rubika.Settings:
    return rubika.Settings.model_validate({"token": RUBIKA_TOKEN, "username": "nemooneh_bot", **fields})


def form_account(**fields: Any) -> webform.Settings:
    return webform.Settings.model_validate({"secret": "a secret of the website", **fields})


def delivered(channel: str, body: bytes, headers: Mapping[str, str] | None = None, url: str = "") -> Delivery:
    return Delivery(uuid4(), "shop", channel, CAPTURED_AT, body, url=url, headers=headers or {})


def told(update: Mapping[str, Any], **account: Any) -> InteractionEvent:
    """Return the one event that an update of Telegram gives."""
    delivery = delivered("telegram", orjson.dumps({"update_id": 7, **update}))
    (event,) = telegram.normalise(delivery, telegram_account(**account), ORGANISATION)
    return event


def private(text: str | None = "hello", sender: Mapping[str, Any] = REZA, **fields: Any) -> dict[str, Any]:
    chat = {"id": REZA["id"], "type": "private"}
    return {"message": {"message_id": 1, "from": sender, "chat": chat, "date": 1791102590, "text": text, **fields}}


def in_group(text: str | None = "hello", sender: Mapping[str, Any] = REZA, **fields: Any) -> dict[str, Any]:
    """Return a message of a group; what the text marks with @ or / is marked as Telegram does."""
    message = {"message_id": 2, "from": sender, "chat": GROUP, "date": 1791102590, "text": text, **fields}
    return {"message": {"entities": marked(text or ""), **message}}


def marked(text: str) -> list[dict[str, Any]]:
    found, at = [], 0
    for word in text.split(" "):
        kind = {"@": "mention", "/": "bot_command"}.get(word[:1])
        if kind:
            found.append({"type": kind, "offset": at, "length": units(word)})
        at += units(word) + 1
    return found


def units(text: str) -> int:
    """Return a text's length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def fixture(channel: str, name: str) -> Delivery:
    return captured(FIXTURES / "social" / channel / name, channel)


def fixture_settings(channel: str) -> Any:
    return json.loads((FIXTURES / "social" / channel / "settings.json").read_bytes())


def at(hour: int, minute: int = 0, day: int = 4) -> datetime:
    return CAPTURED_AT.replace(day=day, hour=hour, minute=minute)
