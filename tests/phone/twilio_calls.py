"""A local stand-in of Twilio's REST lists of calls and recordings, over real HTTP.

https://www.twilio.com/docs/voice/api/call-resource https://www.twilio.com/docs/voice/api/recording
"""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingest_phone.channels import twilio_voice
from ingest_phone.twilio_voice.settings import Settings
from parts.served import served
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Batch
from peyvand.testing import captured

SID = "AC2f1e0d9c8b7a69584736251403f2e1d0"
TOKEN = "3fd0c1a9be57e2d48c6a0f91bd72e5a4"
FIXTURES = Path(__file__).parent.parent / "fixtures"
ORGANISATION = Organisation.model_validate_json((FIXTURES / "organisation.json").read_bytes())
ACCOUNT = Settings.model_validate({"account_sid": SID, "auth_token": TOKEN})
CUSTOMER, OURS = "+989121112233", "+982191001000"


def fixture(name: str) -> Delivery:
    return captured(FIXTURES / "phone" / "twilio_voice" / name, "twilio_voice")


def meant(*names: str) -> list[InteractionEvent]:
    """Return what captured deliveries mean."""
    return [e for name in names for e in twilio_voice.normalise(fixture(name), ACCOUNT, ORGANISATION)]


def call(number: int, ago: timedelta, **fields: Any) -> dict[str, Any]:
    """Return a row of the list: a call of 40 seconds that began some time ago."""
    begin = datetime.now(UTC) - ago
    told = {"sid": f"CA{number:032x}", "from": CUSTOMER, "to": OURS, "direction": "inbound", "status": "completed",
            "start_time": format_datetime(begin), "end_time": format_datetime(begin + timedelta(seconds=40)),
            "date_created": format_datetime(begin), "duration": "40", "price": None}  # fmt: skip
    return {**told, **fields}


@dataclass(slots=True)
class Twilio:
    """What Twilio holds, and what it was asked; two rows a page. `refusals` are answered before anything else."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    recordings: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refusals: list[Response] = field(default_factory=list)
    slow: float = 0
    url: str = ""

    @contextmanager
    def running(self) -> Iterator["Twilio"]:
        with served(Starlette(routes=[Route("/2010-04-01/Accounts/{rest:path}", self._answer)])) as self.url:
            yield self

    def settings(self, **fields: Any) -> Settings:
        told = {"account_sid": SID, "auth_token": TOKEN, "base_url": self.url, "mode": "polling", **fields}
        return Settings.model_validate(told)

    async def _answer(self, request: Request) -> Response:
        rest = request.path_params["rest"]
        self.asked.append(f"{rest}?{request.url.query}")
        signed = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if self.refusals:
            return self.refusals.pop(0)
        if request.headers.get("authorization") != signed:
            return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        await asyncio.sleep(self.slow)
        match rest.split("/"):
            case [_, "Calls.json"]:
                return self._page(request, "Calls", self.calls, "start_time", "StartTime")
            case [_, "Recordings.json"]:
                return self._page(request, "Recordings", self.recordings, "date_created", "DateCreated")
            case [_, "Calls", name]:
                found = [one for one in self.calls if f"{one['sid']}.json" == name]
                return JSONResponse(found[0] if found else {"code": 20404}, 200 if found else 404)
            case _:
                return JSONResponse({"friendly_name": "Shop", "status": "active"})

    def _page(self, request: Request, name: str, held: list[dict[str, Any]], at: str, asked: str) -> Response:
        params = request.query_params
        first = datetime.fromisoformat(params[f"{asked}>"])
        last = datetime.fromisoformat(params.get(f"{asked}<", "9999-01-01T00:00:00Z"))
        rows = [one for one in held if first <= parsedate_to_datetime(one[at]) <= last]
        page = int(params.get("Page", "0"))
        more = f"{request.url.path}?{request.url.query}&Page={page + 1}" if rows[(page + 1) * 2 :] else None
        return JSONResponse({name.lower(): rows[page * 2 : page * 2 + 2], "next_page_uri": more})


async def rounds(settings: Settings, cursor: Any = None, many: int = 1) -> list[Batch]:
    """Return the batches of some rounds, each up to the one that closes it, before the source waits."""
    fetched, found = twilio_voice.POLLING.fetch(settings, cursor), []
    try:
        async for batch in fetched:
            found.append(batch)
            many -= not batch.arrivals and batch.cursor["since"] > datetime.now(UTC).timestamp() - 26 * 3600
            if many <= 0:
                return found
    finally:
        await fetched.aclose()  # type: ignore[attr-defined]
    return found
