"""A local stand-in of the Bot API that Telegram and Bale speak, over real HTTP, with the real one's rules on updates.

https://core.telegram.org/bots/api#getting-updates
"""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parts.loopback import free_port, wait_until
from parts.served import served

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
# Sent only to a bot that asks for them by name.
ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
TICK = 0.02


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method, as the bot made it."""

    method: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The Bot API's way to say no."""

    status: int
    description: str
    parameters: dict[str, Any] | None = None

    def response(self) -> Response:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        return JSONResponse(body | ({"parameters": self.parameters} if self.parameters else {}), self.status)


@dataclass(slots=True)
class Webhook:
    url: str = ""
    secret_token: str | None = None
    last_error: str | None = None
    last_error_at: int | None = None


@dataclass(slots=True)
class BotApi:
    """The server's side of one bot: what a test sends and sees, and the methods that the bot calls."""

    token: str = TOKEN
    port: int = field(default_factory=free_port)
    pending: list[dict[str, Any]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    confirmed_offset: int = 0  # every update below it was confirmed, and is forgotten
    allowed_updates: list[str] = field(default_factory=list)
    webhook: Webhook = field(default_factory=Webhook)
    files: dict[str, bytes] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    retry_seconds: float = 0.05
    _last_id: int = 1000
    _poll: int = 0
    _closing: bool = False
    # a test may send from its own thread while the server's thread forgets what was confirmed
    _queue: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """Return what python-telegram-bot calls base_url: it appends the token."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    def send(self, update: Mapping[str, Any]) -> int:
        """Queue an update, numbered when it has no update_id, unless the bot did not ask for its kind."""
        kinds = set(update) - {"update_id"}
        wanted = kinds & set(self.allowed_updates) if self.allowed_updates else kinds - ON_REQUEST
        with self._queue:
            number = int(update.get("update_id", self._last_id + 1))
            self._last_id = max(self._last_id, number)
            if wanted:
                self.pending.append({"update_id": number, **update})
        return number

    def file(self, file_id: str, content: bytes) -> None:
        """Offer a file for getFile and download."""
        self.files[file_id] = content

    def refuse(self, status: int, description: str, *, times: int = 1, retry_after: int | None = None) -> None:
        """Answer the next calls with an error, such as 429 with retry_after, or 502."""
        parameters = {"retry_after": retry_after} if retry_after is not None else None
        self.refusals += [Refusal(status, description, parameters)] * times

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def wait_until_confirmed(self, update_id: int, seconds: float = 20) -> None:
        wait_until(lambda: self.confirmed_offset > update_id, f"the confirmation of update {update_id}", seconds)

    @contextmanager
    def running(self) -> Iterator["BotApi"]:
        """Answer on the port while the block runs; what is pending stays for the next time."""
        self._closing = False
        with served(self._application(), self.port):
            try:
                yield self
            finally:
                self._closing = True

    def _application(self) -> Starlette:
        routes = [
            Route("/bot{token}/{method}", self._answer, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._download),
        ]
        return Starlette(routes=routes, lifespan=self._delivering)

    async def _answer(self, request: Request) -> Response:
        method = request.path_params["method"]
        parameters = await _parameters(request)
        if request.path_params["token"] != self.token:
            return Refusal(401, "Unauthorized").response()
        self.calls.append(Call(method, parameters))
        if self.refusals:
            return self.refusals.pop(0).response()
        if method == "getUpdates":
            return await self._get_updates(parameters)
        answer = self._methods().get(method.lower())
        if answer is None:
            return Refusal(404, "Not Found").response()
        found = answer(parameters)
        return found.response() if isinstance(found, Refusal) else _result(found)

    def _methods(self) -> dict[str, Callable[[dict[str, Any]], object]]:
        return {
            "getme": self._get_me,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "getfile": self._get_file,
        }

    def _get_me(self, _: dict[str, Any]) -> object:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Peyvand", "username": "peyvand_bot"}

    async def _get_updates(self, parameters: dict[str, Any]) -> Response:
        if self.webhook.url:
            return Refusal(409, "Conflict: can't use getUpdates method while webhook is active").response()
        self._poll += 1
        mine = self._poll
        self._remember_allowed(parameters)
        self._confirm(int(parameters.get("offset", 0)))
        deadline = time.monotonic() + float(parameters.get("timeout", 0))
        while not self.pending and time.monotonic() < deadline and not self._closing:
            await asyncio.sleep(TICK)
            if self._poll != mine:
                return Refusal(409, "Conflict: terminated by other getUpdates request").response()
        return _result(self.pending[: min(max(int(parameters.get("limit", 100)), 1), 100)])

    def _confirm(self, offset: int) -> None:
        """Forget what lies below the offset; a negative one counts from the end of the queue."""
        with self._queue:
            if offset < 0:
                kept = self.pending[offset:]
                offset = kept[0]["update_id"] if kept else 0
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        self.confirmed_offset = max(self.confirmed_offset, offset)

    def _remember_allowed(self, parameters: dict[str, Any]) -> None:
        if "allowed_updates" in parameters:
            self.allowed_updates = list(parameters["allowed_updates"])

    def _set_webhook(self, parameters: dict[str, Any]) -> object:
        self._remember_allowed(parameters)
        self._drop_pending_if_asked(parameters)
        self.webhook = Webhook(parameters.get("url", ""), parameters.get("secret_token"))
        return True

    def _delete_webhook(self, parameters: dict[str, Any]) -> object:
        self._drop_pending_if_asked(parameters)
        self.webhook = Webhook()
        return True

    def _drop_pending_if_asked(self, parameters: dict[str, Any]) -> None:
        if parameters.get("drop_pending_updates") in {True, "true", "True"}:
            self.pending.clear()

    def _get_webhook_info(self, _: dict[str, Any]) -> object:
        hook = self.webhook
        trouble = {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
        return {
            "url": hook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
            "allowed_updates": self.allowed_updates,
            **(trouble if hook.last_error else {}),
        }

    def _get_file(self, parameters: dict[str, Any]) -> object:
        file_id = str(parameters.get("file_id"))
        if file_id not in self.files:
            return Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files.get(file_id, b""))
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": size,
            "file_path": f"documents/{file_id}",
        }

    async def _download(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return Refusal(401, "Unauthorized").response()
        content = self.files.get(request.path_params["path"].removeprefix("documents/"))
        if content is None:
            return Refusal(404, "Not Found").response()
        return Response(content, media_type="application/octet-stream")

    @asynccontextmanager
    async def _delivering(self, _: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(self._deliver())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _deliver(self) -> None:
        """Post what is pending to the webhook, one after the other, each until it is taken with a 2xx."""
        wait = self.retry_seconds
        async with httpx.AsyncClient(timeout=10) as client:
            while True:
                if not (self.webhook.url and self.pending):
                    await asyncio.sleep(TICK)
                elif await self._post(client, self.pending[0]):
                    wait = self.retry_seconds
                else:
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, 1)

    async def _post(self, client: httpx.AsyncClient, update: dict[str, Any]) -> bool:
        hook = self.webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret_token} if hook.secret_token else {}
        try:
            answer = await client.post(hook.url, json=update, headers=headers)
            trouble = None if answer.is_success else f"Wrong response from the webhook: {answer.status_code}"
        except httpx.HTTPError as error:
            trouble = str(error) or type(error).__name__
        if trouble is not None:
            hook.last_error, hook.last_error_at = trouble, int(time.time())
            return False
        self._confirm(update["update_id"] + 1)
        return True


@contextmanager
def bot_api() -> Iterator[BotApi]:
    with BotApi().running() as bot:
        yield bot


def _result(result: object) -> Response:
    return JSONResponse({"ok": True, "result": result})


async def _parameters(request: Request) -> dict[str, Any]:
    """Return what the bot sent, in any of the four ways that the Bot API takes it."""
    given: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        given |= json.loads(await request.body() or b"{}")
        return given
    given |= dict(await request.form())
    return {name: _decoded(value) for name, value in given.items()}


def _decoded(value: object) -> object:
    """Return a form field as the JSON it holds, if it holds a list or an object."""
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        return json.loads(value)
    return value
