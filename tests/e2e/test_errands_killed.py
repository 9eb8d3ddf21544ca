"""SIGKILL of the whole product while files are fetched and updates handed on: nothing lost, nothing twice, in order."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from errands.files import PNG
from errands.test_relay import SECRET, Bot
from parts.served import served
from standalone.killing import books, entries
from standalone.running import Peyvand, eventually

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
PERSON = 777888999


@dataclass(slots=True)
class BotApi:
    """A Bot API server that gives files slowly until it is told to give them whole."""

    whole: bool = False
    downloads: list[str] = field(default_factory=list)

    @property
    def application(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        if path.startswith("/file/"):
            self.downloads.append(path.rpartition("/")[2])
            return Response(PNG) if self.whole else StreamingResponse(_held_up())
        if path.endswith("/getFile"):
            form = await request.form()
            name = str(form["file_id"])
            return JSONResponse({"ok": True, "result": {"file_id": name, "file_path": f"photos/{name}"}})
        return JSONResponse({"ok": True, "result": True})


async def _held_up() -> AsyncIterator[bytes]:
    yield PNG[:100]
    await asyncio.Event().wait()


@pytest.fixture
def vendor() -> Iterator[tuple[BotApi, str]]:
    made = BotApi()
    with served(made.application) as url:
        yield made, url


def configuration(vendor: str, bot: Bot) -> str:
    return f"""\
organisation: {{name: نمونه, domains: [example.ir], timezone: Asia/Tehran}}
connectors:
  - {{name: shop-bot, channel: telegram, mode: webhook, token: "{TOKEN}", secret: {SECRET},
     base_url: "{vendor}/bot", relay_to: "{bot.url}"}}
"""


def update(number: int) -> bytes:
    sender = {"id": PERSON, "is_bot": False, "first_name": "John"}
    file = {"file_id": f"F{number}", "file_unique_id": f"U{number}", "file_name": f"{number}.png", "file_size": 1008}
    return json.dumps(
        {
            "update_id": number,
            "message": {
                "message_id": number,
                "from": sender,
                "chat": {"id": PERSON, "type": "private", "first_name": "John"},
                "date": int(time.time()),
                "document": file,
                "caption": f"file {number}",
            },
        }
    ).encode()


def post(product: Peyvand, body: bytes) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    url = f"{product.url}/webhooks/shop-bot"
    return httpx.post(url, content=body, headers=headers, timeout=10, trust_env=False).status_code


def test_what_was_taken_is_fetched_and_handed_on_after_kills(product: Peyvand, vendor: tuple[BotApi, str]) -> None:
    api, url = vendor
    bot = Bot()
    updates = [update(n) for n in range(1, 9)]
    (product.folder / "peyvand.yaml").write_text(configuration(url, bot), encoding="utf-8")
    product.start()
    assert {post(product, body) for body in updates} == {200}
    eventually(lambda: len(api.downloads) >= 4, "downloads under way")
    product.kill()  # in mid-download, and with a receiver that was never there
    product.start()
    with served(bot.application, bot.port):
        eventually(lambda: len(bot.taken) >= 2, "some handed on", 60)
        product.kill()
        api.whole = True
        product.start()
        eventually(lambda: len(set(bot.bodies)) == len(updates), "all handed on", 90)
    eventually(lambda: all(state == "stored" for state in states(product)), "all fetched", 120)
    found = entries(product, str(PERSON))
    accounts = books(product)["shop-bot"]
    rebuilt = product.run("rebuild").stdout
    assert list(dict.fromkeys(bot.bodies)) == updates
    assert len(bot.bodies) <= len(updates) + 2  # what was on its way at a kill may have been taken twice
    assert bot.taken[0][2]["x-telegram-bot-api-secret-token"] == SECRET
    assert sorted(e["text"] for e in found) == sorted(f"file {n}" for n in range(1, 9))
    assert {e["attachments"][0]["sniffed_type"] for e in found} == {"image/png"}
    assert (accounts["stored"], accounts["duplicate"], accounts["balanced"]) == (16, 0, True)
    assert "no difference" in rebuilt


def states(product: Peyvand) -> list[str]:
    return [file["state"] for entry in entries(product, str(PERSON)) for file in entry["attachments"]]
