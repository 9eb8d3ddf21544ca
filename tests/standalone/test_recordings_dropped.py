"""Recordings have a time of their own: afterwards they are on no page and in no folder, and stay gone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from phone.sounds import tone
from standalone.running import Peyvand, eventually, installed

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

CONFIGURATION = """\
organisation: {name: نمونه, numbers: ["+98 21 9100 1000"], timezone: Asia/Tehran}
people:
  - {user: sara, name: Sara Karimi, extensions: ["201"]}
connectors:
  - name: pbx
    channel: asterisk
    cdr: Master.csv
    recordings: MONITOR
    columns: [accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer, end,
              duration, billsec, disposition, amaflags, uniqueid, userfield, peeraccount, linkedid, sequence,
              recordingfile]
"""
OLD, YOUNG = timedelta(days=50), timedelta(days=2)


def row(ago: timedelta, name: str) -> str:
    began = datetime.now(UTC) - ago
    local = began.astimezone(ZoneInfo("Asia/Tehran"))
    times = ",".join(f'"{local + timedelta(seconds=s):%Y-%m-%d %H:%M:%S}"' for s in (0, 5, 35))
    unique = f"{int(began.timestamp())}.1"
    return (
        '"","09121112233","201","from-trunk","09121112233","SIP/trunk-1","SIP/201-2","Dial","SIP/201",'
        f'{times},35,30,"ANSWERED","DOCUMENTATION","{unique}","","","{unique}",1,"{name}"\n'
    )


def kept(folder: Path) -> list[str]:
    return sorted(p.name for p in (folder / "var" / "blobs" / "recordings").glob("*"))


def files(product: Peyvand) -> list[dict[str, Any]]:
    found = product.customers()
    return [file for entry in product.timeline(found[0]["id"]) for file in entry["attachments"]] if found else []


def heard(product: Peyvand) -> list[int]:
    """Return what asking for each call's recording is answered with, the newest call's first."""
    (customer,) = product.customers()
    paths = [
        f"{product.url}/v1/interactions/{entry['id']}/recordings/{entry['attachments'][0]['sha256']}"
        for entry in product.timeline(customer["id"])
    ]
    return [httpx.get(path).status_code for path in paths]


def page(product: Peyvand) -> str:
    (customer,) = product.customers()
    return httpx.get(f"{product.url}/customers/{customer['id']}?lang=en").text


def test_what_is_over_its_time_is_gone_and_stays_gone(tmp_path: Path) -> None:
    monitor = tmp_path / "monitor"
    for ago, name in ((OLD, "old.wav"), (YOUNG, "young.wav")):
        local = (datetime.now(UTC) - ago).astimezone(ZoneInfo("Asia/Tehran"))
        folder = monitor / f"{local:%Y/%m/%d}"
        folder.mkdir(parents=True)
        (folder / name).write_bytes(tone(1, "plain.wav"))
    (tmp_path / "Master.csv").write_text(row(OLD, "old.wav") + row(YOUNG, "young.wav"))
    configuration = CONFIGURATION.replace("MONITOR", str(monitor))
    days = sorted(str((datetime.now(UTC) - ago).date()) for ago in (OLD, YOUNG))
    with installed(tmp_path, configuration) as product:
        product.start()
        eventually(lambda: [f["state"] for f in files(product)] == ["stored"] * 2, "both recordings", seconds=60)
        assert kept(tmp_path) == days
        assert heard(product) == [200, 200]
        product.stop()

        (tmp_path / "peyvand.yaml").write_text(configuration + "retention: {recordings_days: 30}\n", encoding="utf-8")
        product.start()
        eventually(lambda: kept(tmp_path) == days[1:], "the old recording's end", seconds=60)
        assert heard(product) == [200, 410]
        assert page(product).count("<audio") == 1
        assert "Recordings are kept for 30 days; this one is no longer." in page(product)
        product.stop()

        assert product.run("replay", "--connector", "pbx").returncode == 0
        product.start()
        assert heard(product) == [200, 410]
        assert kept(tmp_path) == days[1:]
