"""What is heard from Asterisk while calls go on: each change of a leg is one arrival; and what a check says of it.

Nothing of it is kept by Asterisk: what happens while nobody listens is told by the call log alone.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import orjson

from ingest_phone.channels.asterisk.ami_frames import Message
from ingest_phone.channels.asterisk.ami_line import Line, signed_in
from ingest_phone.channels.asterisk.ami_picture import Channel, Picture
from ingest_phone.channels.asterisk.names import is_local
from ingest_phone.channels.asterisk.settings import Settings
from peyvand.cursors import Cursor
from peyvand.errors import Unavailable
from peyvand.source import Arrival, Batch

_EVENTS = "call,agent"
_SILENCE = 20.0  # seconds without a word, after which Asterisk is asked whether it is there


async def listen(settings: Settings, _cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield what is heard, what comes together as one batch; raises SignInFailed, Unavailable."""
    picture, count = Picture(timedelta(hours=settings.longest_call_hours)), 0
    async with signed_in(settings) as line:
        await line.ask("Events", EventMask=_EVENTS)
        line.say("CoreShowChannels")
        asked = False
        while True:
            messages = await line.hear(_SILENCE)
            if not messages:
                if asked:
                    raise Unavailable(f"Asterisk at {line.at} is silent; the connection is given up")
                line.say("Ping")
            asked = not messages
            found: list[Arrival] = []
            for message in messages:
                now = _moment(message)
                for leg in picture.hear(message, now):
                    count += 1
                    found.append(_arrival(line.at, leg, picture, now, count))
            yield Batch(tuple(found), {})


async def check_manager(settings: Settings) -> str:
    """Return in a sentence that the sign-in holds, and what may be read; raises Unavailable, SignInFailed in words."""
    async with signed_in(settings) as line:
        heard = await line.ask("Events", EventMask=_EVENTS)
        if heard.get("response") != "Success" or heard.get("events", "On").lower() == "off":
            raise _unreadable(line, settings.user)
        about = await line.ask("CoreSettings")
        listed = await line.ask("CoreShowChannels")
    version = about.get("asteriskversion", "")
    told = f"signed in at {line.at}" + (f": Asterisk {version}" if version else "")
    if listed.get("response") != "Success":
        told += "; calls that go on when Peyvand starts are not seen: add `write = reporting` to the user"
    return told


def _unreadable(line: Line, user: str) -> Unavailable:
    return Unavailable(
        f"Asterisk at {line.at} lets {user!r} read no events: give it `read = call,agent` in manager.conf"
    )


def _moment(message: Message) -> datetime:
    """Return when it was said: Asterisk says it where manager.conf has timestampevents = yes, else it is now."""
    try:
        return datetime.fromtimestamp(float(message.get("timestamp", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)


def _arrival(at: str, leg: Channel, picture: Picture, now: datetime, count: int) -> Arrival:
    """Return a leg as it stands, with who called: that of the call's first channel, were others joined between."""
    first = picture.first(leg.call)
    caller = first if first is not None else leg
    rung = leg.id != leg.call
    told = {
        "call": leg.call, "leg": leg.id, "state": leg.state, "ended": leg.ended, "queue": leg.queue or caller.queue,
        "src": caller.number, "name": caller.caller_name, "channel": caller.name if first or not rung else "",
        "context": caller.context, "dst": caller.exten, "rung": leg.name if rung and not is_local(leg.name) else "",
        "began": _micros(leg.began), "answered": _micros(leg.answered) if leg.answered else None,
        "at": _micros(now), "count": count,
    }  # fmt: skip
    body = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    return Arrival(body=body, received_at=datetime.now(UTC), url=f"ami://{at}/{leg.id}#{told['at']}-{count}")


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
