"""A port at which mail is taken, in the product as a whole and in a service of its own."""

import asyncio
import smtplib
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from ingest_email.registry import SOURCES
from mailing import mail
from parts.loopback import free_port
from peyvand.app import channels
from peyvand.environment import Process, Storage
from peyvand.kafka.settings import KafkaSettings
from peyvand.service import Service, running
from peyvand.settings import Configuration, load
from peyvand_standalone.application import product
from peyvand_standalone.places import Places


def configuration(folder: Path, port: int) -> Configuration:
    text = f"organisation: {{domains: [example.ir]}}\nconnectors: [{{name: journal, channel: journal, port: {port}}}]\n"
    return load(folder / "peyvand.yaml", channels(SOURCES), {}, text)


def hands_over(port: int) -> int:
    """Hand a mail over as a mail server does; return the code of the answer."""
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as connection:
        connection.ehlo()
        connection.mail("ali.rezaei@example.com")
        connection.rcpt("support@example.ir")
        return connection.data(mail("by journal"))[0]


async def asked(app: Starlette, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get(path)


async def listens(app: Starlette) -> None:
    """Wait until every port is listened on."""
    async with asyncio.timeout(10):
        while "listening" in (await asked(app, "/health/ready")).json().get("beside", {}):
            await asyncio.sleep(0.01)


async def test_a_mail_that_was_answered_250_is_on_the_timeline(tmp_path: Path) -> None:
    port = free_port()
    file = configuration(tmp_path, port)
    async with product(file, Places.of(tmp_path, file.storage)) as made:
        await listens(made.app)
        assert await asyncio.to_thread(hands_over, port) == 250
        (connector,) = (await asked(made.app, "/v1/connectors")).json()["connectors"]
        found = (await asked(made.app, "/v1/customers?q=journal")).json()
    assert (connector["name"], connector["stored"]) == ("journal", 1)
    assert "by journal" in str(found)
    with pytest.raises(OSError):
        hands_over(port)


async def test_a_service_without_a_bus_takes_no_mail_and_says_which_port_it_cannot_have(tmp_path: Path) -> None:
    port = free_port()
    process = Process(config=tmp_path / "peyvand.yaml", blobs=str(tmp_path / "blobs"))
    service = Service(configuration(tmp_path, port), SOURCES, process, Storage(), KafkaSettings())
    async with running(service) as app:
        await listens(app)
        assert await asyncio.to_thread(hands_over, port) == 451
        async with running(service) as second:
            async with asyncio.timeout(10):
                while "cannot be listened on" not in (await asked(second, "/health/ready")).text:
                    await asyncio.sleep(0.01)
