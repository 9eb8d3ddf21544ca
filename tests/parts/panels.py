"""Local stand-ins of the panels for short messages, over real HTTP, with the real ones' rules on what is read once.

https://kavenegar.com/rest.html https://www.melipayamak.com/api/ https://apidocs.sms.ir/
https://www.twilio.com/docs/messaging/api
"""

import asyncio
import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parts.loopback import free_port
from parts.served import served

KEY = "4D6F2B7A5A3177644C39596F52673D3D"
SID = "AC2f1e0d9c8b7a69584736251403f2e1d0"
TOKEN = "3fd0c1a9be57e2d48c6a0f91bd72e5a4"
MOST = 100


@dataclass(slots=True)
class Panels:
    """What the panels hold, and what they were asked; `refusal` is answered to all, `once` before anything else."""

    port: int = field(default_factory=free_port)
    unread: list[dict[str, Any]] = field(default_factory=list)
    read: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, list[Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refusal: Response | None = None
    once: list[bytes] = field(default_factory=list)
    slow: float = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Begin anew, at the same address."""
        self.unread, self.read, self.rows, self.asked, self.once = [], [], {}, [], []
        self.refusal, self.slow = None, 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def write(self, *entries: dict[str, Any]) -> None:
        """Let somebody write to the line at Kavenegar."""
        with self._lock:
            self.unread.extend(entries)

    @contextmanager
    def running(self) -> Iterator["Panels"]:
        routes = [
            Route("/v1/{key}/{section}/{method}.json", self._kavenegar),
            Route("/api/SendSMS/{method}", self._melipayamak, methods=["POST"]),
            Route("/v1/{section}/{report}", self._smsir),
            Route("/v1/credit", self._credit),
            Route("/2010-04-01/Accounts/{rest:path}", self._twilio),
        ]
        with served(Starlette(routes=routes), self.port):
            yield self

    async def _kavenegar(self, request: Request) -> Response:
        method = request.path_params["method"]
        self.asked.append(f"{method}?{request.url.query}")
        if self.refusal:
            return self.refusal
        if request.path_params["key"] != KEY:
            return JSONResponse({"return": {"status": 403, "message": "شناسه نامعتبر"}, "entries": None}, 403)
        match method:
            case "receive":
                found: Any = self._inbox(request.query_params["isread"])
            case "latestoutbox":
                found = self.rows.get("outbox", [])
            case _:
                found = {"remaincredit": 15000, "type": "master"}
        if method == "receive" and self.once:
            return Response(self.once.pop(0), media_type="application/json")
        await asyncio.sleep(self.slow)
        return JSONResponse({"return": {"status": 200, "message": "تایید شد"}, "entries": found})

    def _inbox(self, read: str) -> list[dict[str, Any]]:
        """Return messages; those that were unread are read from now on, whoever gets the answer."""
        with self._lock:
            if read == "1":
                return self.read[-MOST:]
            found, self.unread = self.unread[:MOST], self.unread[MOST:]
            self.read += found
            return found

    async def _melipayamak(self, request: Request) -> Response:
        body, method = await request.json(), request.path_params["method"]
        self.asked.append(f"{method} {body.get('location')} {body.get('index')}")
        if self.refusal:
            return self.refusal
        if (body["username"], body["password"]) != ("shop", "a password of ours"):
            return JSONResponse({"Value": "0", "RetStatus": 35, "StrRetStatus": "InvalidData"})
        if method == "GetCredit":
            return JSONResponse({"Value": "1234.5", "RetStatus": 1, "StrRetStatus": "Ok"})
        rows = self.rows.get(str(body["location"]), [])[body["index"] : body["index"] + body["count"]]
        return JSONResponse({"MyBase": {"Value": "", "RetStatus": 1, "StrRetStatus": "Ok"}, "Data": rows})

    async def _smsir(self, request: Request) -> Response:
        section, report = request.path_params["section"], request.path_params["report"]
        self.asked.append(f"{section}/{report}")
        if self.refusal or request.headers.get("x-api-key") != KEY:
            return self.refusal or JSONResponse({"status": 10, "message": "کلید نامعتبر", "data": None}, 401)
        size, page = int(request.query_params["pageSize"]), int(request.query_params["pageNumber"])
        rows = self.rows.get(f"{section}/{report}", [])[(page - 1) * size : page * size]
        return JSONResponse({"status": 1, "message": "موفق", "data": rows})

    async def _credit(self, request: Request) -> Response:
        if self.refusal or request.headers.get("x-api-key") != KEY:
            return self.refusal or JSONResponse({"status": 10, "message": "کلید نامعتبر", "data": None}, 401)
        return JSONResponse({"status": 1, "message": "موفق", "data": 165.3})

    async def _twilio(self, request: Request) -> Response:
        self.asked.append(f"{request.path_params['rest']}?{request.url.query}")
        signed = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if self.refusal or request.headers.get("authorization") != signed:
            return self.refusal or JSONResponse({"code": 20003, "message": "Authenticate"}, 401)
        rest = request.path_params["rest"]
        if rest == f"{SID}.json":
            return JSONResponse({"friendly_name": "Shop", "status": "active"})
        if rest.endswith("/Media.json"):
            return JSONResponse({"media_list": self.rows.get("media", [])})
        rows, page = self.rows.get("messages", []), int(request.query_params.get("Page", "0"))
        more = f"/2010-04-01/Accounts/{SID}/Messages.json?Page={page + 1}" if rows[(page + 1) * 2 :] else None
        return JSONResponse({"messages": rows[page * 2 : page * 2 + 2], "next_page_uri": more})
