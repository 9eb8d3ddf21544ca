"""docs/adding-a-channel.md, run: its module reads its own captured call, and stands in our registry and file."""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from architecture.packages import ROOT
from peyvand.app import channels
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.settings import load
from peyvand.source import read
from peyvand.testing import MemoryBlobs, MemoryPublisher, captured
from peyvand.webhook import Hook, Webhooks
from peyvand_standalone.connect import channels as connecting

PAGE = (ROOT / "docs" / "adding-a-channel.md").read_text()
REGISTRY = ROOT / "services/ingest-social/src/ingest_social/registry.py"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


MODULE, REGISTERED, QUESTIONS = blocks("python")


@pytest.fixture(scope="module")
def viber(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Import the page's module as a file of its own."""
    path = tmp_path_factory.mktemp("walk") / "viber.py"
    path.write_text(MODULE)
    spec = importlib.util.spec_from_file_location("walk_viber", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where pydantic looks for what annotations name
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def call(tmp_path: Path) -> Delivery:
    """Capture the page's call, as the golden tests would."""
    (fixture,) = blocks("http")
    path = tmp_path / "text_persian.http"
    path.write_text(fixture.removesuffix("\n"))
    return captured(path, "viber")


@pytest.fixture
def settings(viber: ModuleType) -> Any:
    (written,) = blocks("json")
    return viber.SOURCE.settings.model_validate(json.loads(written))


def test_its_module_reads_its_captured_call(viber: ModuleType, call: Delivery, settings: Any) -> None:
    (event,) = read(viber.SOURCE, call, settings, Organisation()).events
    assert (event.channel, event.message_key, event.text) == ("viber", "4912661846655238145", "سفارش من کی می‌رسد؟")
    assert [(h.kind, h.scope, h.value, h.proof) for p in event.parties for h in p.handles] == [
        ("viber", "fixture", "01234567890A=", "via")
    ]
    assert (event.parties[0].name, event.language, event.occurred_from) == ("مریم احمدی", "fa", "provider")
    assert event.occurred_at.isoformat() == "2026-10-04T08:29:55.123000+00:00"


@pytest.mark.parametrize(
    ("body", "skipped", "kept"),
    [
        (b'{"event":"conversation_started"}', "conversation started", None),
        (b'{"event":"invented"}', None, "unknown event"),
        (b"[]", None, "unknown event"),
        (b'{"event":"message","timestamp":1,"message_token":2,"sender":{"id":"a"},"message":{"type":"picture"}}', None,
         "/message/text: Field required"),
    ],
)  # fmt: skip
def test_what_is_no_message_is_skipped_or_kept(
    viber: ModuleType, call: Delivery, settings: Any, body: bytes, skipped: str | None, kept: str | None
) -> None:
    other = replace(call, body=body)
    assert read(viber.SOURCE, other, settings, Organisation()) == Reading(other, skipped=skipped, kept=kept)


async def test_its_webhook_takes_the_call_and_refuses_another(viber: ModuleType, call: Delivery, settings: Any) -> None:
    publisher = MemoryPublisher()
    webhooks = Webhooks({"shop-viber": Hook(viber.SOURCE, settings)}, Organisation(), publisher, MemoryBlobs())
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        taken = await client.post(call.url, content=call.body, headers=dict(call.headers))
        changed = await client.post(call.url, content=call.body + b" ", headers=dict(call.headers))
    assert (taken.status_code, changed.status_code, len(publisher.events)) == (200, 403, 1)


@pytest.mark.parametrize("given", [None, "", "ff", "é"])
def test_a_call_that_is_not_signed_is_refused(
    viber: ModuleType, call: Delivery, settings: Any, given: str | None
) -> None:
    headers = {k: v for k, v in call.headers.items() if not k.startswith("x-viber")}
    if given is not None:
        headers["x-viber-content-signature"] = given
    with pytest.raises(BadSignature):
        viber.SOURCE.verify(replace(call, headers=headers), settings)


def test_its_registry_is_ours_and_one_more() -> None:
    without = REGISTERED.replace(" viber,", "").replace(" viber.SOURCE,", "")
    assert without != REGISTERED
    ours = REGISTRY.read_text()
    assert [line for line in without.splitlines() if line and line not in ours] == []


def test_its_entry_in_the_file_is_understood(viber: ModuleType, tmp_path: Path) -> None:
    (entry,) = blocks("yaml")
    configuration = load(tmp_path / "peyvand.yaml", channels([viber.SOURCE]), {"VIBER_TOKEN": "a token"}, entry)
    assert [(c.name, c.channel) for c in configuration.connectors] == [("shop-viber", "viber")]


def test_its_questions_are_what_its_settings_need(viber: ModuleType) -> None:
    # the page shows a line of our own table
    asked = eval(f"{{{QUESTIONS}}}", vars(connecting))["viber"]
    assert {q.key for q in asked.questions} == set(viber.SOURCE.settings.model_fields)


def test_its_module_is_written_as_ours_are() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", str(REGISTRY.parent / "channels/viber.py"), "-"],
        input=MODULE, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout
