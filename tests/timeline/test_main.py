"""The timeline as a process of its own."""

import asyncio
import socket
from pathlib import Path

import pytest

from parts.loopback import free_port
from peyvand.environment import Process
from peyvand.kafka.settings import KafkaSettings
from peyvand.settings import load
from timeline.main import Service, served
from timeline.store.limits import Limits


async def test_a_server_that_fails_while_the_database_is_awaited_is_told(tmp_path: Path) -> None:
    file = tmp_path / "peyvand.yaml"
    file.write_text("organisation: {name: x}\nconnectors: []\n")
    nowhere = f"postgresql+asyncpg://peyvand@127.0.0.1:{free_port()}/none"
    told = Service(load(file, {}, {}, others=True), Process.model_construct(), KafkaSettings(), nowhere, Limits())
    broken = socket.socket()
    broken.close()
    with pytest.raises((OSError, ValueError)):
        async with asyncio.timeout(20):
            await served(told, broken)
