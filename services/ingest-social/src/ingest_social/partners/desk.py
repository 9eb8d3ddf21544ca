"""POST /v1/events, GET /v1/events/{id} and GET /v1/requests: requests in, problems and answers out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from ingest_social.partners.account import Key, PartnerAccount
from ingest_social.partners.answer import Answer
from ingest_social.partners.envelope import MEDIA_TYPES, media_type, opened
from ingest_social.partners.limit import Counting
from ingest_social.partners.proof import Holder, Unknown, Unproved, proved
from ingest_social.partners.reading import Call
from ingest_social.partners.retirement import RETIRING, Retirement, notices
from ingest_social.partners.taking import Taking
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault, Unavailable
from peyvand.register import Claim, Fate, Noted
from peyvand.webhook import Hook

log = structlog.get_logger("peyvand.partners")

# Of a batch so many refused rows are remembered with their reasons.
MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request is answered with: JSON, or a problem where `why` says one."""

    status: int
    body: Any = None
    why: str = ""
    faults: tuple[Fault, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Answer, ...] = ()
    durable: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """All partners of an installation."""

    hooks: Mapping[str, Hook]
    taking: Taking
    counting: Counting
    retiring: tuple[Retirement, ...] = RETIRING

    def holder(self, delivery: Delivery) -> Holder:
        """Return whose key came with a request; raises Unknown, Unproved."""
        return proved(delivery, self.holders())

    def holders(self) -> list[Holder]:
        """Return all keys of all partners."""
        return [Holder(name, key) for name, hook in self.hooks.items() for key in _keys(hook)]

    async def post(self, delivery: Delivery, *, dry: bool) -> Reply:
        """Answer POST /v1/events."""
        try:
            holder = self.holder(delivery)
        except Unknown as error:
            return Reply(401, why=str(error), headers={"WWW-Authenticate": 'Bearer realm="peyvand"'})
        except Unproved as error:
            reply = Reply(403, why=str(error))
            await self.note(error.holder, delivery, reply)
            return reply
        allowance = self.counting.take(f"{holder.connector}/{holder.key.name}", holder.key.limits)
        if allowance.wait is not None:
            later = {**allowance.headers, "Retry-After": str(allowance.wait)}
            reply = Reply(429, why="this key has been used as often as it may for now", headers=later)
        else:
            reply = await self._posted(holder, delivery, dry or holder.key.test)
            reply = replace(reply, headers={**allowance.headers, **reply.headers})
        await self.note(holder, delivery, reply)
        return reply

    async def _posted(self, holder: Holder, delivery: Delivery, dry: bool) -> Reply:
        kind = media_type(delivery.headers.get("content-type", ""))
        if kind not in MEDIA_TYPES:
            return Reply(415, why=f"the body must be said to be one of {', '.join(MEDIA_TYPES)} in Content-Type")
        hook = self.hooks[holder.connector]
        call = Call(_of(delivery, holder, hook), hook, holder.key)
        try:
            envelope = opened(kind, delivery.body)
            if dry:
                answers, durable = await self.taking.tried(call, envelope), list[Claim]()
            else:
                answers, durable = await self.taking.taken(call, envelope)
        except BadPayload as error:
            return Reply(422, why=str(error), faults=error.faults)
        except Unavailable as error:
            log.warning("not taken", connector=holder.connector, why=str(error))
            return Reply(503, why=str(error), headers={"Retry-After": str(error.retry_after)})
        reply = _replied(answers, durable, envelope.is_batch)
        return replace(reply, headers=notices(self.retiring, [row.said for row in envelope.rows]))

    async def fate(self, holder: Holder, own_id: str) -> Reply:
        """Answer GET /v1/events/{id}: what became of an event."""
        found = await self.taking.register.fate(holder.connector, own_id)
        if found is not None:
            return Reply(200, _told(found))
        for noted in await self.taking.register.requests(holder.connector):
            for row in noted.rows:
                if row.id == own_id and row.status >= 400:
                    return Reply(200, {"id": own_id, "state": "failed", "why": row.why, "status": row.status})
        return Reply(404, why="nothing was posted under this id, or so long ago that it is forgotten")

    async def requests(self, holder: Holder) -> Sequence[Noted]:
        """Return the last requests of a key, the newest first; raises Unavailable."""
        return await self.taking.register.requests(holder.connector, holder.key.name)

    async def note(self, holder: Holder, delivery: Delivery, reply: Reply) -> None:
        """Remember a request and what is durable; what cannot be remembered costs nobody the answer."""
        wrong = [a.row for a in reply.rows if a.status >= 400]
        right = [a.row for a in reply.rows if a.status < 400]
        why = reply.why or "; ".join(f"{row.id or '?'}: {row.why}" for row in wrong[:3])
        noted = Noted(
            delivery.id, delivery.received_at, holder.key.name, delivery.method, reply.status, why[:2_000],
            len(reply.rows), tuple((*wrong, *right)[:MOST_ROWS]),
        )  # fmt: skip
        try:
            await self.taking.register.note(holder.connector, noted, reply.durable)
        except Unavailable as error:
            log.warning("request not remembered", connector=holder.connector, why=str(error))


def _keys(hook: Hook) -> tuple[Key, ...]:
    assert isinstance(hook.settings, PartnerAccount)
    return hook.settings.every_key


def _of(delivery: Delivery, holder: Holder, hook: Hook) -> Delivery:
    """Return a request as a delivery of its partner's."""
    return replace(delivery, connector=holder.connector, channel=hook.source.name)


def _replied(answers: Sequence[Answer], durable: Sequence[Claim], is_batch: bool) -> Reply:
    rows, done = tuple(answers), tuple(durable)
    if is_batch:
        return Reply(207, {"events": [a.json for a in answers]}, rows=rows, durable=done)
    (one,) = answers
    if one.faults:
        return Reply(one.status, why=one.why, faults=one.faults, rows=rows)
    body = {name: value for name, value in one.json.items() if name != "status"}
    return Reply(one.status, body, rows=rows, durable=done)


def _told(fate: Fate) -> dict[str, Any]:
    """Return what became of an id in one word, and why where it is not stored."""
    claim = fate.standing.claim
    state, why = _state(fate)
    return {
        "id": claim.id,
        "state": state,
        "revision": claim.revision,
        "event_id": str(claim.event_id),
        "delivery_id": str(claim.delivery_id),
        "received_at": claim.received_at.isoformat().replace("+00:00", "Z"),
        **({"why": why} if why else {}),
    }


def _state(fate: Fate) -> tuple[str, str | None]:
    match fate.outcome:
        case "kept":
            return "kept", fate.why
        case None if not fate.standing.durable:
            return "failed", "it was answered 503, or not at all, and nothing is promised: send it again as it is"
        case None | "arriving":
            return "arriving", "it is safe with us, and on its way to the timeline"
        case _:
            return "stored", None
