"""What is heard from FreeSWITCH while calls go on: each change of a leg is one arrival, small and the same each time.

Nothing of it is kept by FreeSWITCH: what happens while nobody listens is told by the call records alone.
"""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from ingest_phone.freeswitch.frames import Message
from ingest_phone.freeswitch.line import Line, signed_in
from ingest_phone.freeswitch.settings import Settings
from peyvand.cursors import Cursor
from peyvand.errors import Unavailable
from peyvand.source import Arrival, Batch

# CUSTOM takes all words after it as its own, so it stands last.
LISTEN = (
    "event json CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE"
    " CHANNEL_HANGUP_COMPLETE CUSTOM callcenter::info"
)
RUNNING = "api show channels as json"
_ALIVE = "api uptime"
_SILENCE = 20.0  # seconds without a word, after which FreeSWITCH is asked whether it is there
_UUID = re.compile(r"[0-9A-Za-z-]{8,64}\Z")
_NEEDED = frozenset(
    ("Event-Name", "Event-Date-Timestamp", "Event-Sequence", "Core-UUID", "Unique-ID", "Answer-State", "Other-Type",
     *(f"{side}-{field}" for side in ("Caller", "Other-Leg")
       for field in ("Unique-ID", "Caller-ID-Name", "Caller-ID-Number", "Username", "Destination-Number", "Context",
                     "Channel-Name", "Source", "Profile-Created-Time", "Channel-Created-Time", "Channel-Answered-Time",
                     "Channel-Bridged-Time", "Channel-Hangup-Time")),
     *(f"variable_{name}" for name in
       ("uuid", "originator", "originating_leg_uuid", "user_name", "dialed_user", "bridge_channel", "bridge_to",
        "last_sent_callee_id_number", "hangup_cause", "originate_disposition", "last_app", "last_arg", "cc_side",
        "cc_queue", "cc_agent", "cc_cause", "cc_cancel_reason", "cc_member_session_uuid", "start_uepoch",
        "answer_uepoch", "bridge_uepoch", "end_uepoch")))
)  # fmt: skip


async def listen(settings: Settings, _cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield what is heard, what comes together as one batch; raises SignInFailed, Unavailable."""
    async with signed_in(settings) as line:
        line.say(LISTEN, RUNNING)
        asked = False
        while True:
            messages = await line.hear(_SILENCE)
            if not messages:
                if asked:
                    raise Unavailable(f"FreeSWITCH at {line.at} is silent; the connection is given up")
                line.say(_ALIVE)
            asked = not messages
            found = [arrival for message in messages if (arrival := arrival_of(message, line.at))]
            line.say(*(command for message in messages for command in questions(message, line)))
            yield Batch(tuple(found), {})


def arrival_of(message: Message, at: str) -> Arrival | None:
    """Return the arrival that a message is: a change of a leg, or how one stands that was asked for."""
    told = message.json()
    uuid, name = told.get("Unique-ID"), told.get("Event-Name")
    if not isinstance(uuid, str) or not isinstance(name, str) or not name.startswith("CHANNEL_"):
        return None
    body = orjson.dumps({key: told[key] for key in _NEEDED & told.keys()}, option=orjson.OPT_SORT_KEYS)
    sequence = f"{told.get('Event-Date-Timestamp')}-{told.get('Event-Sequence')}"
    return Arrival(body=body, received_at=datetime.now(UTC), url=f"esl://{at}/{uuid}#{sequence}")


def questions(message: Message, line: Line) -> list[str]:
    """Return what must be asked after a message: how each call stands that runs, and a caller who enters a queue.

    Raises Unavailable when FreeSWITCH says that it closes, or that it will tell nothing.
    """
    if message.kind == "text/disconnect-notice":
        raise Unavailable(f"FreeSWITCH at {line.at} says goodbye")
    if message.kind == "command/reply" and message.reply.startswith("-ERR"):
        raise line.denied(message.reply)
    told = message.json()
    return [f"api uuid_dump {uuid} json" for uuid in _asked_for(told) if _UUID.match(uuid)]


def _asked_for(told: Mapping[str, Any]) -> Iterable[str]:
    rows = told.get("rows")
    if isinstance(rows, list):
        return [str(row.get("uuid", "")) for row in rows if isinstance(row, dict)]
    entered = told.get("CC-Action") == "member-queue-start"
    return [str(told.get("CC-Member-Session-UUID", ""))] if entered else []
