"""Random calls, and the rows that Asterisk (12 and later) writes of them: one for each path between two channels.

https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/CDR-Specification/ All rows of a call have its
oldest channel's id as linkedid, those of one channel one uniqueid, each a sequence; they are written when the channel
that called ends, so not in the order of their beginnings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import strategies as st

from peyvand.event import CallResult, Direction
from phone.cdr_rows import EPOCH, INBOUND, line

EXTENSIONS = ("201", "202", "203", "204", "205")
CALLER, TRUNK = "09121112233", "PJSIP/shatel-000000a1"
QUEUE = "600"
_FIRST = f"{EPOCH}.412"
_MISSED = ("NO ANSWER", "BUSY")


@dataclass
class Topology:
    """A call with its rows as columns, and what is true of it: seconds, and who talked with the caller in order."""

    direction: Direction = Direction.INBOUND
    rows: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    wait: int = 0
    talk: int = 0
    result: CallResult = CallResult.MISSED
    now: int = 0
    steps: list[str] = field(default_factory=list)
    joined: bool = False  # through Local channels, as FreePBX reaches members of queues and of groups with confirmation

    @property
    def bodies(self) -> list[bytes]:
        return [line(row) for row in self.rows]

    @property
    def transferred(self) -> bool:
        return any(step in ("blind", "attended", "parked") for step in self.steps)

    def row(self, begin: int, answer: int | None, end: int, **columns: str) -> None:
        """Write a row of the caller's channel, unless another is named."""
        number = len(self.rows)
        base = {
            "src": CALLER, "clid": f'"" <{CALLER}>', "channel": TRUNK, "dst": QUEUE, "dcontext": "ext-queues",
            "dstchannel": "",
            "lastapp": "Dial", "lastdata": "", "uniqueid": _FIRST, "linkedid": _FIRST, "sequence": str(870 + number),
            "start": _time(begin), "answer": "" if answer is None else _time(answer), "end": _time(end),
            "duration": str(end - begin), "billsec": str(0 if answer is None else end - answer),
            "disposition": "NO ANSWER" if answer is None else "ANSWERED",
        }  # fmt: skip
        self.rows.append(INBOUND | base | columns)

    def telephone(self, extension: str) -> str:
        return f"PJSIP/{extension}-{len(self.rows):08x}"

    def talked(self, extension: str, begin: int, seconds: int) -> None:
        if not self.agents:
            self.wait, self.result = begin, CallResult.ANSWERED
        if extension not in self.agents:
            self.agents.append(extension)
        self.talk += seconds
        self.now = begin + seconds


def _time(second: int) -> str:
    return datetime.fromtimestamp(EPOCH + second, UTC).strftime("%Y-%m-%d %H:%M:%S")


SECONDS = st.integers(2, 90)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """Draw a call: how it came in, whether somebody answered, and whom it went on to."""
    call = Topology()
    if draw(st.integers(0, 5)) == 0:
        _outbound(draw, call)
        return call
    way = draw(st.sampled_from(["direct", "group", "queue"]))
    call.joined = way != "direct" and draw(st.booleans())
    members = draw(st.permutations(EXTENSIONS))[: 1 if way == "direct" else draw(st.integers(1, 4))]
    answering = draw(st.sampled_from([None, *members]))
    rang = draw(SECONDS)
    call.steps.append(way)
    if answering is None:
        _nobody(draw, call, way, members, rang)
        return call
    talk = draw(SECONDS)
    _rung(draw, call, way, [m for m in members if m != answering], rang)
    # Picked up through a joint, the joint's row still names who was rung: no row says that it was the other.
    pickers = [] if call.joined else [e for e in EXTENSIONS if e != answering]
    picker = draw(st.sampled_from([None, *pickers]))
    _tried(call, way, answering, 0, rang, rang + talk, by=picker)
    if picker is not None:
        _picked_up(draw, call, picker, rang)
    call.talked(picker or answering, rang, talk)
    for _ in range(draw(st.integers(0, 2))):
        others = [e for e in EXTENSIONS if e not in call.agents]
        step = draw(st.sampled_from([_blind, _attended, _parked]))
        if not step(draw, call, draw(st.sampled_from(others))):
            break
    return call


def _outbound(draw: st.DrawFn, call: Topology) -> None:
    call.direction = Direction.OUTBOUND
    extension, rang = draw(st.sampled_from(EXTENSIONS)), draw(SECONDS)
    ended = draw(st.sampled_from(["ANSWERED", "NO ANSWER", "BUSY", "FAILED"]))
    talk = draw(SECONDS) if ended == "ANSWERED" else 0
    call.row(
        0, rang if talk else None, rang + talk, src=extension, clid=f'"" <{extension}>', dst="09351112244",
        dcontext="from-internal", channel=f"PJSIP/{extension}-00000001", dstchannel="PJSIP/shatel-00000002",
        disposition=ended,
    )  # fmt: skip
    call.result = {
        "ANSWERED": CallResult.ANSWERED, "NO ANSWER": CallResult.MISSED, "BUSY": CallResult.BUSY,
        "FAILED": CallResult.FAILED,
    }[ended]  # fmt: skip
    call.agents, call.wait, call.talk = [extension], rang, talk


def _rung(draw: st.DrawFn, call: Topology, way: str, members: Sequence[str], rang: int) -> None:
    """Write who was rung in vain: all until somebody answered, or one after the other."""
    begin, at_once = 1, draw(st.booleans())
    for member in members:
        if begin > rang:
            break
        end = rang if at_once else draw(st.integers(begin, rang))
        ended = draw(st.sampled_from(_MISSED))
        _tried(call, way, member, begin, None, end, disposition=ended)
        begin = begin if at_once else end + 1


def _tried(
    call: Topology, way: str, member: str, begin: int, answer: int | None, end: int, by: str | None = None, **told: str
) -> None:
    """Write that a member was called. With Local channels there are two rows: to the joint, and from it on.

    Where somebody else picked it up, the picker's channel stands in the place of the one that rang
    (ast_do_pickup moves it there).
    """
    telephone = call.telephone(by or member)
    told = {"dst": _dialled(way, member)} | ({} if answer is not None else told)
    if not call.joined:
        call.row(begin, answer, end, dstchannel=telephone, **told, **_app(way))
        return
    joint = f"Local/{member}@from-queue-{len(call.rows):08x}"
    beyond = {"dst": member, "dcontext": "from-queue", "channel": f"{joint};2", "dstchannel": telephone}
    call.row(begin, answer, end, dstchannel=f"{joint};1", **told, **_app(way))
    call.row(begin, answer, end, uniqueid=f"{_FIRST}{len(call.rows)}", **(told | beyond))


def _picked_up(draw: st.DrawFn, call: Topology, picker: str, at: int) -> None:
    """Write the row of who dialled the code: a call of its own, or by its linkedid one of this."""
    unique = f"{EPOCH + at}.{500 + len(call.rows)}"
    linked = draw(st.sampled_from([_FIRST, unique]))
    dialled = draw(st.sampled_from(["*8", "**201"]))
    begin = max(0, at - 1)
    call.steps.append("picked up")
    call.row(
        begin, begin, at, src=picker, clid=f'"" <{picker}>', dst=dialled, dcontext="from-internal",
        channel=f"PJSIP/{picker}-{len(call.rows):08x}", lastapp="Pickup", lastdata="201@PICKUPMARK", uniqueid=unique,
        linkedid=linked,
    )  # fmt: skip


def _nobody(draw: st.DrawFn, call: Topology, way: str, members: Sequence[str], rang: int) -> None:
    """Write a call that no person took: the queue, or a voicemail, answered the line at most."""
    _rung(draw, call, way, members, rang)
    left = way != "queue" and draw(st.booleans())
    if way == "queue":
        call.row(0, 0, rang, **_app(way))
    if left:
        call.row(
            rang, rang, rang + 20, dst="vmu201", dcontext="ext-local", lastapp="VoiceMail", lastdata="201@default,u"
        )
        call.result = CallResult.VOICEMAIL
    ended = {row["disposition"] for row in call.rows}
    if not left and ended == {"BUSY"}:
        call.result = CallResult.BUSY
    call.steps.append("voicemail" if left else "given up")
    call.wait = rang


def _blind(draw: st.DrawFn, call: Topology, to: str) -> bool:
    """Send the caller on: a row of his channel to the next, answered or not."""
    begin, rang, talk = call.now, draw(st.integers(1, 20)), draw(st.sampled_from([0, *range(2, 90, 11)]))
    told = {"dst": to, "dcontext": "from-internal-xfer", "dstchannel": call.telephone(to)}
    call.row(begin, begin + rang if talk else None, begin + rang + talk, **told)
    if talk:
        call.talked(to, begin + rang, talk)
    call.steps.append("blind")
    return bool(talk)


def _attended(draw: st.DrawFn, call: Topology, to: str) -> bool:
    """Ask the next on a channel of one's own, while the caller holds the line; then join the two."""
    asker, asking, talk = call.agents[-1], draw(st.integers(2, 20)), draw(SECONDS)
    channel = f"PJSIP/{asker}-{len(call.rows):08x}"
    call.row(
        max(0, call.now - asking), max(0, call.now - asking) + 1, call.now, src=asker, clid=f'"" <{asker}>', dst=to,
        dcontext="from-internal", channel=channel, dstchannel=call.telephone(to),
        uniqueid=f"{EPOCH + call.now}.{500 + len(call.rows)}",
    )  # fmt: skip
    told = {"dst": to, "dcontext": "from-internal-xfer", "dstchannel": call.telephone(to)}
    call.row(call.now, call.now, call.now + talk, **told)
    call.talked(to, call.now, talk)
    call.steps.append("attended")
    return True


def _parked(draw: st.DrawFn, call: Topology, by: str) -> bool:
    """Park the caller, who hears music, until another telephone dials the place: a row of that telephone's channel."""
    begin, parked, talk = call.now, draw(st.integers(2, 40)), draw(SECONDS)
    call.row(begin, begin, begin + parked, dst="70", dcontext="from-internal-xfer", dstchannel="", lastapp="Park")
    call.row(
        begin + parked, begin + parked, begin + parked + talk, src=by, clid=f'"" <{by}>', dst="701",
        dcontext="from-internal", channel=call.telephone(by), dstchannel=TRUNK, lastapp="ParkedCall", lastdata="701",
        uniqueid=f"{EPOCH + begin + parked}.{500 + len(call.rows)}",
    )  # fmt: skip
    call.talked(by, begin + parked, talk)
    call.steps.append("parked")
    return True


def _dialled(way: str, member: str) -> str:
    return member if way == "direct" else QUEUE


def _app(way: str) -> dict[str, str]:
    match way:
        case "queue":
            return {"dcontext": "ext-queues", "lastapp": "Queue", "lastdata": f"{QUEUE},t,,,,,,,,"}
        case "group":
            return {"dcontext": "ext-group", "lastapp": "Dial", "lastdata": "PJSIP/201&PJSIP/202,20,tr"}
        case _:
            return {"dcontext": "from-did-direct", "lastapp": "Dial", "lastdata": "PJSIP/201,20,tr"}
