"""FreeSWITCH's event socket itself: what comes in pieces, ends too early, is silent, or is something else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import pytest

from ingest_phone.channels.freeswitch import LIVE, POSTED
from ingest_phone.freeswitch import heard
from ingest_phone.freeswitch.check import check
from ingest_phone.freeswitch.frames import Frames, NotEsl
from ingest_phone.freeswitch.settings import Settings
from peyvand.errors import SignInFailed, Unavailable
from peyvand.event import CallState
from peyvand.pull import Pull
from peyvand.source import Arrival, Batch
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher
from phone.esl_hearing import arrivals, listening, read, take
from phone.esl_switch import dialogue, switch, told
from phone.freeswitch_cdrs import ORGANISATION, configured


async def test_calls_that_run_when_the_connector_starts_are_asked_for() -> None:
    dump = dialogue("queue.dump")
    async with switch(running=[dump["Unique-ID"]], dumps={dump["Unique-ID"]: dump}) as pbx:
        (event,) = read(await arrivals(pbx.at, 1))
    assert event.call is not None
    assert (event.call.state, event.call.queue) == (CallState.RINGING, "support")
    assert f"api uuid_dump {dump['Unique-ID']} json" in pbx.heard


@pytest.mark.parametrize("piece", [1, 7, 1000])
async def test_a_stream_may_be_cut_anywhere(piece: int) -> None:
    async with switch(events=[told(e) for e in dialogue("outbound")[:3]], piece=piece) as pbx:
        assert len(await arrivals(pbx.at, 3)) == 3


def test_lengths_are_bytes_and_not_characters() -> None:
    event = {"Event-Name": "CHANNEL_CREATE", "Unique-ID": "x" * 8, "Caller-Caller-ID-Name": "لیلا کریمی"}
    messages = Frames().feed(told(event) * 2)
    assert [message.json() for message in messages] == [event, event]


async def test_a_connection_cut_in_an_event_gives_what_was_whole() -> None:
    first, second = (told(e) for e in dialogue("outbound")[:2])
    found: list[Arrival] = []
    async with switch(events=[first, second[:-40]], closes=True) as pbx:
        with pytest.raises(Unavailable, match="in the middle of an event"):
            await take(pbx.at, found)
    assert len(found) == 1


async def test_a_switch_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "_SILENCE", 0.05)
    async with switch(mute=True) as pbx:
        with pytest.raises(Unavailable, match="silent"):
            await take(pbx.at, [])


async def test_a_quiet_switch_is_asked_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "_SILENCE", 0.05)
    async with switch() as pbx:
        batches = cast("AsyncGenerator[Batch, None]", heard.listen(listening(pbx.at), None))
        async with aclosing(batches):
            for _ in range(8):
                assert (await anext(batches)).arrivals == ()
    assert pbx.heard.count("api uptime") >= 2


async def test_the_connection_is_taken_up_again_and_what_runs_is_told_once_more() -> None:
    dump = dialogue("queue.dump")
    async with switch(running=[dump["Unique-ID"]], dumps={dump["Unique-ID"]: dump}) as pbx:
        first, again = await arrivals(pbx.at, 1), await arrivals(pbx.at, 1)
    assert [e.event_id for e in read(first)] == [e.event_id for e in read(again)]


async def test_check_signs_in_and_tells_the_version() -> None:
    async with switch() as pbx:
        assert await check(listening(pbx.at)) == (
            f"signed in at {pbx.at}: FreeSWITCH Version 1.10.12-release~64bit (-release 64bit)"
        )


async def test_check_tells_a_wrong_password_from_an_address_that_is_not_let_in() -> None:
    async with switch() as pbx:
        with pytest.raises(SignInFailed, match="refuses the password"):
            await check(listening(pbx.at, "wrong"))
    async with switch(rude=True) as pbx:
        with pytest.raises(SignInFailed, match="apply-inbound-acl"):
            await check(listening(pbx.at))


async def test_a_user_of_the_directory_signs_in_by_name() -> None:
    async with switch() as pbx:
        user = {"esl_user": "peyvand@pbx.example.ir"}
        assert "FreeSWITCH Version" in await check(listening(pbx.at).model_copy(update=user))
        with pytest.raises(SignInFailed, match="esl-password of the user peyvand@pbx"):
            await check(listening(pbx.at, "wrong").model_copy(update=user))


@pytest.mark.parametrize("command", ["event", "api version"])
async def test_check_tells_which_rights_are_missing(command: str) -> None:
    async with switch(denies=command) as pbx:
        with pytest.raises(Unavailable, match="esl-allowed-api"):
            await check(listening(pbx.at))


async def test_a_right_that_is_missing_is_told() -> None:
    async with switch(denies="api show") as pbx:
        with pytest.raises(Unavailable, match="permission denied"):
            await take(pbx.at, [])


async def test_check_tells_when_something_else_listens_there() -> None:
    async def web(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\nServer: nginx\n\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(web, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    with pytest.raises(Unavailable, match="is not FreeSWITCH's event socket"):
        await check(listening(f"{host}:{port}"))
    server.close()
    await server.wait_closed()
    with pytest.raises(Unavailable, match="cannot be reached"):
        await check(listening(f"{host}:{port}"))


@pytest.mark.parametrize("head", [b"a: b\n\n", b"x" * 70_000, b"Content-Type: a\nContent-Length: -1\n\n"])
def test_what_is_no_event_socket_is_said_so(head: bytes) -> None:
    with pytest.raises(NotEsl):
        Frames().feed(head)


@pytest.mark.parametrize(
    "fields",
    [
        {"esl": "pbx:8021"},
        {"esl": "pbx", "password": "x"},
        {"esl": "pbx:8021", "password": "a\nb"},
        {"esl": "pbx:8021", "password": "x", "folder": "/var/log"},
        {"password": "x", "folder": "/var/log"},
        {"secret": "fs-cdr-0a1B2c3D4e5F6a7B", "esl_user": "a@b"},
        {"esl": "pbx:8021", "password": "x", "esl_user": "a:b"},
    ],
)
def test_a_connector_listens_or_reads_or_is_called(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"esl|password"):
        Settings.model_validate(fields)


def test_one_source_serves_each_connector() -> None:
    assert (LIVE.serves(listening("pbx:8021")), POSTED.serves(listening("pbx:8021"))) == (True, False)
    assert (LIVE.serves(configured()), POSTED.serves(configured())) == (False, True)


async def test_the_runner_takes_up_a_connection_that_was_cut() -> None:
    first, second = (told(e) for e in dialogue("outbound")[:2])
    publisher = MemoryPublisher()
    waits: list[float] = []

    async def rest(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    async with switch(events=[first, second[:-40]], closes=True) as pbx:
        pull = Pull("pbx-live", LIVE, listening(pbx.at), ORGANISATION, publisher, MemoryCursors(), MemoryBlobs(), "one",
                    sleep=rest)  # fmt: skip
        running = asyncio.create_task(pull.run())
        async with asyncio.timeout(10):
            while len(publisher.readings) < 2:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert len({event.event_id for event in publisher.events}) == 1
    assert waits
