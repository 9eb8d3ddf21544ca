"""The connectors' state from evidence, and their books."""

from dataclasses import dataclass

from starlette.responses import Response

from timeline.ports import Health
from timeline.reminding import Reminder
from timeline.web import wording
from timeline.web.language import marked
from timeline.web.moments import Moment
from timeline.web.visit import Visit

KNOTS = 10
BUS = {
    True: marked("What Kafka acknowledges outlives the loss of a broker."),
    False: marked("What Kafka acknowledges may be lost with its broker."),
    None: marked("Kafka does not answer now, so it cannot be told what its acknowledgements outlive."),
}
DUE = {
    Reminder.RULES: marked(
        "Not all customers were found by today's rules of matching. What is new follows them; this applies them to all"
        " that is stored:"
    ),
    Reminder.UPDATE: marked(
        "Not everything that is stored was worked out by this version of Peyvand. What is new is; this brings the rest"
        " up to date:"
    ),
}


# Of the time for which a source waits to be asked, the part that may pass before people are warned.
WARNED_AFTER = 4
LOSING = marked("The source has not answered for long. It throws away what is older than %(span)s: from %(time)s on.")
LOST = marked(
    "The source has not answered for long. It throws away what is older than %(span)s: since %(time)s some may be lost."
)


@dataclass(frozen=True, slots=True)
class Loss:
    """What is about to be lost, or may have been: how long the source keeps anything, and since or from when."""

    words: str
    span: str
    since: Moment


@dataclass(frozen=True, slots=True)
class State:
    """A connector as people see it: its tone (good, calm, bad) and a word for it."""

    name: str
    channel: str
    team: str | None
    health: Health
    tone: str
    word: str
    loss: Loss | None = None


async def states_of(visit: Visit) -> list[State]:
    """Return the visible connectors in the file's order."""
    known = {c.name: c for c in visit.serving.visible(visit.who)}
    healths = {h.books.connector: h for h in await visit.serving.timelines.health(visit.who, list(known))}
    return [
        State(
            name, wording.family(c.channel), c.team, healths[name], *_tone(healths[name]), _loss(visit, healths[name])
        )
        for name, c in known.items()
        if name in healths
    ]


def _tone(health: Health) -> tuple[str, str]:
    if health.error is not None:
        return "bad", marked("cannot be read")
    if not health.books.balanced:
        return "bad", marked("does not balance")
    if health.books.kept:
        return "warm", marked("keeps some for repair")
    if health.polled_at or health.books.last_at:
        return "good", marked("works")
    return "calm", marked("nothing heard yet")


def _loss(visit: Visit, health: Health) -> Loss | None:
    """Return what threatens, once a source has kept silent for a part of the time for which it keeps anything."""
    moments, at, keeps = visit.moments, health.lost_from, health.keeps
    if at is None or keeps is None or moments.now < at - keeps + keeps / WARNED_AFTER:
        return None
    words = LOST if moments.now >= at else LOSING
    return Loss(words, wording.span(moments.language, keeps), moments.full(at))


async def status(visit: Visit) -> Response:
    """Show every connector with its books, what an acknowledgement of the bus is worth, and what is to be done."""
    bus = await visit.serving.bus() if visit.serving.bus else None
    due = await visit.serving.due()
    return visit.page(
        "status.html",
        states=await states_of(visit),
        knots=await visit.serving.people.knots(visit.who, KNOTS),
        bus=bus,
        worth=BUS.get(bus.durable) if bus else None,
        due=DUE[due] if due else None,
    )
