"""The screen pop through the whole product: a telephone rings at the switchboard, and its person's stream says so."""

import asyncio
import time
from pathlib import Path

import pytest

from parts.loopback import HOST
from phone.ami_switchboard import SECRET, dialogue, switchboard
from server_sent import stream
from standalone.running import eventually, installed

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

TOKENS = {"sara": "the-token-of-sara-karimi", "omid": "the-token-of-omid-rad"}
CONFIGURATION = """\
organisation: {{name: نمونه, numbers: ["+98 21 9100 1000"], timezone: Asia/Tehran}}
people:
  - {{user: sara, name: Sara Karimi, extensions: ["201"]}}
  - {{user: omid, name: Omid Rad, extensions: ["204"]}}
connectors:
  - {{name: pbx-live, channel: asterisk, ami: "{at}", password: {secret}}}
api:
  tokens:
    - {{name: pop-of-sara, token: {sara}, user: sara}}
    - {{name: pop-of-omid, token: {omid}, user: omid}}
"""


def now() -> bytes:
    """Return the queue's dialogue up to the ringing, without times: it happens now."""
    begun = dialogue("queue_and_transfer").partition(b"Event: DialEnd")[0]
    lines = [line for line in begun.split(b"\r\n") if not line.startswith(b"Timestamp: ")]
    then, today = b"17910099", str(int(time.time()))[:8].encode()
    return b"\r\n".join(lines).replace(then, today)


async def test_a_ringing_telephone_is_on_its_persons_stream_within_a_second(tmp_path: Path) -> None:
    async with switchboard() as pbx:
        with installed(tmp_path, CONFIGURATION.format(at=pbx.at, secret=SECRET, **TOKENS)) as product:
            await asyncio.to_thread(product.start)
            await asyncio.to_thread(eventually, lambda: "CoreShowChannels" in pbx.asked, "the manager's listener")
            url = f"http://{HOST}:{product.port}/v1/calls/stream"
            async with (
                stream(url, Authorization=f"Bearer {TOKENS['sara']}") as saras,
                stream(url, Authorization=f"Bearer {TOKENS['omid']}") as omids,
            ):
                await saras.block()
                await omids.block()
                began = time.monotonic()
                await pbx.tell(now())
                told = (await saras.event()).body
                took = time.monotonic() - began
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(omids.event(), 1)
            print(f"from the switchboard to the stream: {took:.3f} s")
            assert (told["state"], told["queue"], told["numbers"]) == ("ringing", "600", ["+989121112233"])
            assert [c["handles"][0]["value"] for c in told["customers"]] == ["+989121112233"]
            assert took < 1
