"""The calls that go on, as the manager interface tells of them: messages in, what has changed of a leg out. Pure.

A leg is a telephone that is rung, under its own channel's id; beside them the call's first channel is one by itself, so
that a call is seen before anybody is rung. Local channels are joints between two others and no telephones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ingest_phone.channels.asterisk.ami_frames import Message
from ingest_phone.channels.asterisk.columns import UNIQUE_ID
from ingest_phone.channels.asterisk.names import is_local

# DialEnd's words (DialStatus) by those of a call log.
ENDED = {
    "ANSWER": "ANSWERED", "NOANSWER": "NO ANSWER", "CANCEL": "NO ANSWER", "ABORT": "NO ANSWER", "CONTINUE": "NO ANSWER",
    "BUSY": "BUSY", "CONGESTION": "CONGESTION", "CHANUNAVAIL": "CHANUNAVAIL", "FORWARD": "NO ANSWER",
}  # fmt: skip
_TIDIED_EVERY = 256  # channels


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: whose call it is of, who is at it, where it went; `state` and `ended` say how it stands as a leg."""

    id: str
    call: str
    name: str
    number: str
    caller_name: str
    context: str
    exten: str
    began: datetime
    queue: str = ""
    answered: datetime | None = None
    state: str = ""  # ringing, talking, over; nothing while it is no leg
    ended: str = "NO ANSWER"


@dataclass(slots=True)
class Picture:
    """All channels that are known; those of which nobody heard the end are forgotten after the longest call."""

    longest: timedelta
    channels: dict[str, Channel] = field(default_factory=dict)
    _made: int = 0

    def hear(self, message: Message, now: datetime) -> list[Channel]:
        """Return the legs that a message has changed, as they stand now."""
        event = message.get("event", "").lower()
        if event not in _HEARD:
            return []
        changed = [*self._moved(message), *_HEARD[event](self, message, now)]
        return list({c.id: c for c in changed if c.state and not is_local(c.name)}.values())

    def first(self, call: str) -> Channel | None:
        """Return the channel with which a call began."""
        return self.channels.get(call)

    def _moved(self, message: Message) -> list[Channel]:
        """Follow a channel into another call: a transfer joins two."""
        known, call = self.channels.get(message.get("uniqueid", "")), message.get("linkedid", "")
        if known is None or not call or call == known.call:
            return []
        return [self._keep(replace(known, call=call))]

    def _new(self, message: Message, now: datetime, prefix: str = "") -> Channel:
        made = Channel(
            id=message.get(f"{prefix}uniqueid", ""),
            call=message.get(f"{prefix}linkedid", "") or message.get(f"{prefix}uniqueid", ""),
            name=message.get(f"{prefix}channel", ""),
            number=_known(message.get(f"{prefix}calleridnum", "")),
            caller_name=_known(message.get(f"{prefix}calleridname", "")),
            context=message.get(f"{prefix}context", ""),
            exten=message.get(f"{prefix}exten", ""),
            began=now,
        )
        return self.channels.get(made.id) or self._keep(made, now)

    def _keep(self, channel: Channel, now: datetime | None = None) -> Channel:
        if channel.id:
            self.channels[channel.id] = channel
        if now is not None:
            self._made += 1
            if self._made % _TIDIED_EVERY == 0:
                self.channels = {i: c for i, c in self.channels.items() if now - c.began < self.longest}
        return channel

    def _created(self, message: Message, now: datetime) -> list[Channel]:
        made = self._new(message, now)
        if made.id != made.call or is_local(made.name) or made.state:
            return []
        return [self._keep(replace(made, began=_made_at(made.id) or now, state="ringing"))]

    def _named(self, message: Message, now: datetime) -> list[Channel]:
        known = self._new(message, now)
        number, name = (_known(message.get(key, "")) for key in ("calleridnum", "calleridname"))
        told = replace(known, number=number or known.number, caller_name=name or known.caller_name)
        return [] if told == known else [self._keep(told)]

    def _joined_queue(self, message: Message, now: datetime) -> list[Channel]:
        return [self._keep(replace(self._new(message, now), queue=message.get("queue", "")))]

    def _left_in_vain(self, message: Message, now: datetime) -> list[Channel]:
        return [self._keep(replace(self._new(message, now), ended="ABANDONED"))]

    def _rung(self, message: Message, now: datetime) -> list[Channel]:
        rung = self._new(message, now, "dest")
        caller = self.channels.get(message.get("uniqueid", ""))
        first = self.first(rung.call)
        queue = (caller and caller.queue) or (first.queue if first else "")
        if rung.state == "talking":
            return []
        return [self._keep(replace(rung, state="ringing", began=now, queue=queue or rung.queue))]

    def _answered(self, message: Message, now: datetime) -> list[Channel]:
        """Note how ringing ended; who was answered talks from then on, whoever takes the call next."""
        rung = self._new(message, now, "dest")
        ended = ENDED.get(message.get("dialstatus", "").upper(), "NO ANSWER")
        if ended != "ANSWERED":
            return [self._keep(replace(rung, state="over", ended=ended))]
        return [self._keep(replace(rung, state="talking", answered=now, ended=ended)), *self._sent_through(rung.call)]

    def _sent_through(self, call: str) -> list[Channel]:
        first = self.first(call)
        return [self._keep(replace(first, state="talking"))] if first and first.state == "ringing" else []

    def _bridged(self, message: Message, now: datetime) -> list[Channel]:
        """Note who talks without having been rung: who picked up, or was called before the transfer."""
        known = self._new(message, now)
        if known.id == known.call or known.answered is not None or is_local(known.name):
            return []
        told = replace(known, state="talking", answered=now, ended="ANSWERED")
        return [self._keep(told), *self._sent_through(known.call)]

    def _hung_up(self, message: Message, now: datetime) -> list[Channel]:
        known = self.channels.pop(message.get("uniqueid", ""), None)
        return [] if known is None or known.state in ("", "over") else [replace(known, state="over")]

    def _listed(self, message: Message, now: datetime) -> list[Channel]:
        """Note a channel that was there before we came."""
        made = self._new(message, now)
        joined = bool(message.get("bridgeid"))
        if made.state or is_local(made.name) or not (made.id == made.call or joined or _rings(message)):
            return []
        state, began = "talking" if joined else "ringing", _made_at(made.id) or now
        told = replace(made, state=state, began=began)
        if joined and made.id != made.call:
            told = replace(told, answered=now, ended="ANSWERED")
        return [self._keep(told)]


_HEARD: Mapping[str, Callable[[Picture, Message, datetime], list[Channel]]] = {
    "newchannel": Picture._created,
    "newcallerid": Picture._named,
    "queuecallerjoin": Picture._joined_queue,
    "queuecallerabandon": Picture._left_in_vain,
    "dialbegin": Picture._rung,
    "dialend": Picture._answered,
    "bridgeenter": Picture._bridged,
    "hangup": Picture._hung_up,
    "coreshowchannel": Picture._listed,
}


def _rings(message: Message) -> bool:
    return message.get("channelstatedesc", "").lower() in ("ringing", "ring")


def _known(written: str) -> str:
    return "" if written == "<unknown>" else written


def _made_at(channel: str) -> datetime | None:
    """Return when a channel was made, by its id; in UTC."""
    found = UNIQUE_ID.match(channel)
    return datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(seconds=int(found[1])) if found else None
