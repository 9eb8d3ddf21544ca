"""Recordings over SFTP: only from the server that was named, only by who may, and only from the folder."""

import io
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import asyncssh
import pytest
from pydantic import SecretStr, ValidationError

from conftest import not_run
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.recordings import Place, check_recordings
from parts.loopback import free_port
from parts.missing import Missing
from parts.process import Process
from peyvand.errors import Gone, PeyvandError, SignInFailed, Unavailable
from peyvand.fetching import TooLarge
from peyvand.source import Remote
from phone.sftp_server import PASSWORD, Here, sftp_server
from phone.sounds import tone
from standalone.running import eventually

SOUND = tone(2)
NAME = PurePosixPath("2026/10/03/گفت‌وگو-20261003.WAV")
YOUNG = PurePosixPath("2026/10/03/in-600-1791009900.WAV")


@dataclass
class House:
    here: Here
    key: Path

    def place(self, **more: object) -> Place:
        told = {"at": self.here.at, "user": "peyvand", "password": SecretStr(PASSWORD), "host_key": self.here.host_key}
        return Place(**(told | more))  # type: ignore[arg-type]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    folder = tmp_path / "served" / "monitor" / NAME.parent
    folder.mkdir(parents=True)
    (folder / NAME.name).write_bytes(SOUND)
    async with sftp_server(tmp_path / "served", tmp_path / "key") as here:
        yield House(here, tmp_path / "key")


async def fetched(place: Place, path: PurePosixPath = NAME, largest: int = 1_000_000) -> bytes:
    where, into = place.of(path), io.BytesIO()
    assert not isinstance(where, Remote)
    await where(into, largest)
    return into.getvalue()


async def test_a_recording_comes_as_it_was_written_by_password_and_by_key(house: House) -> None:
    assert await fetched(house.place()) == SOUND
    assert await fetched(house.place(password=None, key=house.key)) == SOUND
    assert house.here.sign_ins >= 2


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"password": SecretStr("another")}, "refuses the user 'peyvand': see `recordings_user`"),
        ({"user": "root"}, "refuses the user 'root'"),
        ({"password": None, "key": Path("/dev/null")}, "is no private key that can be read"),
        ({"password": None, "key": Path("/not/there")}, "`recordings_key` /not/there cannot be read: No such file"),
        ({"host_key": None}, "`recordings_host_key` is missing"),
    ],
)
async def test_who_may_not_is_told_which_setting_it_is(house: House, wrong: dict[str, object], why: str) -> None:
    with pytest.raises(SignInFailed) as caught:
        await fetched(house.place(**wrong))
    assert why in str(caught.value)
    assert PASSWORD not in str(caught.value)


async def test_another_server_is_told_nothing(house: House) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key("openssh").decode()
    with pytest.raises(SignInFailed, match="shows another key than `recordings_host_key`"):
        await fetched(house.place(host_key=other))
    assert house.here.sign_ins == 0


async def test_without_a_key_the_one_that_is_shown_is_said_and_nobody_signs_in(house: House) -> None:
    with pytest.raises(SignInFailed) as caught:
        await check_recordings(house.place(host_key=None), NAME)
    assert house.here.host_key in str(caught.value)
    assert house.here.sign_ins == 0


async def test_what_is_not_there_may_come_unless_its_name_says_a_day_long_ago(house: House) -> None:
    with pytest.raises(Unavailable, match=r"there is no in-600-1791009900\.WAV in the folder of recordings yet"):
        await fetched(house.place(), PurePosixPath("in-600-1791009900.WAV"))
    with pytest.raises(Gone):
        await fetched(house.place(), PurePosixPath("in-600-20200101-101500.WAV"))


async def test_no_link_leads_out_of_the_folder(house: House) -> None:
    outside = house.here.folder / "secret.WAV"
    outside.write_bytes(b"of nobody")
    (house.here.folder / "monitor" / "link.WAV").symlink_to("../secret.WAV")
    with pytest.raises(Gone, match="a link leads out of the folder of recordings"):
        await fetched(house.place(), PurePosixPath("link.WAV"))


async def test_what_is_too_large_is_not_taken(house: House) -> None:
    with pytest.raises(TooLarge):
        await fetched(house.place(), largest=len(SOUND) - 1)


async def test_what_still_grows_is_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    file = house.here.folder / "monitor" / NAME
    opened = file.open("ab")
    real = asyncssh.SFTPClientFile.read

    async def grown(self: asyncssh.SFTPClientFile, size: int = -1, offset: int | None = None) -> str | bytes:
        found = await real(self, size, offset)
        if not found:  # to its end, which then is none
            opened.write(b"more")
            opened.flush()
        return found

    monkeypatch.setattr(asyncssh.SFTPClientFile, "read", grown)
    with opened, pytest.raises(Unavailable, match="still being written"):
        await fetched(house.place())


async def test_a_connection_that_breaks_in_the_middle_is_unavailable(house: House) -> None:
    (house.here.folder / "monitor" / "long.WAV").write_bytes(SOUND * 200)
    house.here.cut_after = 100_000
    with pytest.raises(Unavailable):
        await fetched(house.place(), PurePosixPath("long.WAV"), 100_000_000)


async def test_nobody_there_is_unavailable_in_words() -> None:
    at = f"sftp://127.0.0.1:{free_port()}/monitor"
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key("openssh").decode()
    for host_key in (key, None):
        with pytest.raises(Unavailable, match="cannot be reached by SFTP"):
            await fetched(Place(at, "peyvand", SecretStr("x"), None, host_key))


async def test_check_signs_in_looks_into_the_folder_and_makes_the_newest_playable(house: House) -> None:
    assert await check_recordings(house.place(), None) == "recordings can be reached; no row names one yet"
    told = await check_recordings(house.place(), NAME)
    assert told == "the newest recording was fetched (3 kB, made playable in browsers)"
    with pytest.raises(Unavailable, match="there is no folder /elsewhere at 127"):
        await check_recordings(house.place(at=house.here.at.replace("monitor", "elsewhere")), None)


@pytest.mark.parametrize(
    ("mistake", "why"),
    [
        ({"recordings": "sftp:///monitor"}, "must be a folder or an address"),
        ({"recordings": "sftp://root@pbx/monitor"}, "user and password stand by themselves"),
        ({"recordings": "ftp://pbx/monitor"}, "must be a folder or an address"),
        ({"recordings_host_key": "AAAA"}, "must be the server's public key"),
    ],
)
def test_mistakes_in_the_settings_are_told(mistake: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Settings.model_validate({"cdr": "Master.csv", **mistake})


@pytest.fixture
def openssh(tmp_path: Path) -> Iterator[tuple[int, Path, str]]:
    """Give the port of OpenSSH's own server, the key that may sign in as root, and the server's key."""
    sshd = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if sshd is None or os.geteuid() != 0:
        not_run(Missing("no OpenSSH server, or this is not root: on Debian and Ubuntu, apt install openssh-server"))
    for name in ("host", "client"):
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(tmp_path / name))
    public = {name: asyncssh.read_private_key(str(tmp_path / name)).export_public_key() for name in ("host", "client")}
    (tmp_path / "authorized").write_bytes(public["client"])
    for path in ("host", "client", "authorized"):
        (tmp_path / path).chmod(0o600)
    Path("/run/sshd").mkdir(exist_ok=True)  # where it parts its rights
    port = free_port()
    lines = (
        f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {tmp_path / 'host'}", f"PidFile {tmp_path / 'pid'}",
        f"AuthorizedKeysFile {tmp_path / 'authorized'}", "PermitRootLogin prohibit-password", "StrictModes no",
        "UsePAM no", "PasswordAuthentication no", "Subsystem sftp internal-sftp -R",
    )  # fmt: skip
    (tmp_path / "sshd_config").write_text("\n".join(lines) + "\n")
    server = Process([sshd, "-D", "-e", "-f", tmp_path / "sshd_config"], log=tmp_path / "sshd.log")
    try:
        eventually(lambda: (tmp_path / "pid").exists() or not server.runs, "sshd", seconds=20)
        assert server.runs, (tmp_path / "sshd.log").read_text()
        yield port, tmp_path / "client", public["host"].decode().strip()
    finally:
        server.kill()


@pytest.mark.real
async def test_openssh_serves_recordings_to_a_key_that_may_only_read(
    tmp_path: Path, openssh: tuple[int, Path, str]
) -> None:
    port, key, host_key = openssh
    folder = tmp_path / "monitor" / NAME.parent
    folder.mkdir(parents=True)
    (folder / NAME.name).write_bytes(SOUND * 300)
    place = Place(f"sftp://127.0.0.1:{port}{tmp_path}/monitor", "root", None, key, host_key)
    assert await fetched(place, NAME, 10_000_000) == SOUND * 300
    assert (await check_recordings(place, NAME)).startswith("the newest recording was fetched")
    with pytest.raises(PeyvandError, match="refuses the user 'nobody-here'"):
        await fetched(Place(place.at, "nobody-here", None, key, host_key))
