"""SIGKILL in the middle of reading a long call log: started again, it goes on, and each call is there exactly once."""

import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone.cdr_rows import EPOCH, INBOUND, line
from standalone.killing import books
from standalone.running import Peyvand, eventually, installed

pytestmark = pytest.mark.real

KILLS = 4
PEOPLE = 5_000
CONFIGURATION = """\
organisation: {name: نمونه, numbers: ["+98 21 9100 1000"], timezone: Asia/Tehran}
connectors:
  - {name: pbx, channel: asterisk, cdr: Master.csv, utc: true}
"""


def rows(count: int) -> Iterator[bytes]:
    """Yield the rows of a call log, of 5,000 callers in turn; every third call rang at two telephones, a row each."""
    written = call = 0
    while written < count:
        began = EPOCH + call
        start = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(began))
        for telephone in range(1 + (call % 3 == 0)):
            columns = {
                "src": f"0912{call % PEOPLE:07}", "clid": "", "dst": f"{201 + telephone}",
                "dstchannel": f"SIP/{201 + telephone}-{call:08x}", "channel": f"SIP/shatel-{call:08x}",
                "start": start, "answer": "", "end": start, "duration": "9", "billsec": "0", "disposition": "NO ANSWER",
                "uniqueid": f"{began}.{call}", "linkedid": f"{began}.{call}", "sequence": str(written),
            }  # fmt: skip
            if written < count:
                yield line(INBOUND | columns)
            written += 1
        call += 1


def counted(product: Peyvand, what: str) -> int:
    """Return how many rows of a table stand, whether or not anybody writes to it."""
    with sqlite3.connect(f"{(product.folder / 'var' / 'peyvand.db').as_uri()}?mode=ro", uri=True) as database:
        (found,) = database.execute(what).fetchone()
    return int(found)


DELIVERIES = "SELECT count(*) FROM delivery"
EVENTS = "SELECT count(*) FROM event"
CALLS = "SELECT count(*) FROM interaction"


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(12_000, marks=pytest.mark.timeout(300)),
        pytest.param(1_000_000, marks=[pytest.mark.long, pytest.mark.timeout(14_400)]),
    ],
)
def test_a_call_log_whose_reader_is_killed_is_stored_whole_and_once(tmp_path: Path, count: int) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed: {seed}")
    chance = random.Random(seed)
    with (tmp_path / "Master.csv").open("wb") as log:
        log.writelines(rows(count))
    began = time.monotonic()
    with installed(tmp_path, CONFIGURATION) as product:
        for kill in range(1, KILLS + 1):
            product.start()
            wanted = count * kill // (KILLS + 2)
            eventually(lambda: counted(product, DELIVERIES) >= wanted, f"{wanted} rows", seconds=3_600)  # noqa: B023
            time.sleep(chance.uniform(0, 0.3))  # the moment is what is tested, and not a condition
            product.kill()
            assert counted(product, DELIVERIES) < count, "it was done before it was killed"
        product.start()
        eventually(lambda: counted(product, DELIVERIES) >= count, "the whole call log", seconds=7_200)
        print(f"{count} rows with {KILLS} kills: {time.monotonic() - began:.0f} s")
        eventually(lambda: books(product)["pbx"]["arriving"] == 0, "nothing under way", seconds=600)
        account = books(product)["pbx"]
        assert (account["seen"], account["stored"], account["balanced"]) == (count, count, True)
        assert counted(product, EVENTS) == count
        assert counted(product, CALLS) == len({body.split(b",")[-2] for body in rows(count)})
        assert product.stop() < 30
