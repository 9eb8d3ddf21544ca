"""The screen pop: calls that ring for one of us, told to that person and to nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from peyvand.errors import BadPayload, Fault
from peyvand.event import CallState, Direction
from peyvand.identity import Person
from timeline.api import examples
from timeline.api.answers import CustomerAnswer
from timeline.api.parameters import CallsAsked, MissedAsked
from timeline.api.streams import stream
from timeline.folds.call import FoldedCall
from timeline.folds.calling import is_current, state_for
from timeline.folds.identity import handle_id
from timeline.folds.interaction import Interaction
from timeline.ports import Changes, Principal
from timeline.serving import Serving

MISSED_FOR = timedelta(days=7)


class CallAnswer(BaseModel):
    """A call as it stands for one person: `state` is over, too, when somebody else took it (`agents`)."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.RINGING]})

    interaction: UUID
    state: CallState
    direction: Direction
    started_at: datetime
    queue: str | None
    agents: tuple[str, ...]
    numbers: tuple[str, ...] = Field(description="Of whoever is outside; none when the number is withheld.")
    name: str | None = Field(description="What the telephone network says of the caller: anybody may claim it.")
    customers: tuple[CustomerAnswer, ...] = Field(description="Who has the number; several when it is shared.")


class MissedAnswer(BaseModel):
    """Calls that wait for somebody to call back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"calls": [examples.RINGING | {"state": "over"}]}]})

    calls: tuple[CallAnswer, ...]


@dataclass(frozen=True, slots=True)
class CallEndpoints:
    """What is told of calls as they ring."""

    serving: Serving

    async def ringing(self, request: Request, asked: Annotated[CallsAsked, Query()]) -> StreamingResponse:
        """Tell of calls at one person's extensions and queues (`people`) as they ring, are answered and end (`call`).

        A token of a person tells of that person's alone; at this machine `user` says whose. Resumes as all streams do.
        """
        who = await self.serving.access(request)
        person = self._person(who, asked.user)

        async def tell(changes: Changes) -> Sequence[tuple[str, str]]:
            told = [await self._told(who, person, entry) for entry in changes.entries]
            return [("call", answer.model_dump_json()) for answer in told if answer]

        return await stream(self.serving, request, who, None, asked.after, tell)

    def _person(self, who: Principal, asked: str | None) -> Person:
        """Return whose telephone is asked for; raises BadPayload, HTTPException."""
        if who.user is None and not who.local:
            raise HTTPException(403, "This token is nobody's of `people`: give it a `user` in peyvand.yaml.")
        if who.user is not None and asked not in (None, who.user):
            raise HTTPException(403, f"This token tells of the telephone of {who.user} alone.")
        user = who.user or asked
        found = next((p for p in self.serving.organisation.people if p.user == user), None)
        if found is None:
            why = "is nobody of `people` in peyvand.yaml" if user else "is needed: whose telephone?"
            raise BadPayload(f"user {why}", [Fault("/query/user", why)])
        return found

    async def _told(self, who: Principal, person: Person, entry: Interaction) -> CallAnswer | None:
        call = entry.call
        state = state_for(call, person) if call and is_current(call, self.serving.now()) else None
        if call is None or state is None:
            return None
        return await self._answer(who, entry, call, state)

    async def missed(self, request: Request, asked: Annotated[MissedAsked, Query()]) -> MissedAnswer:
        """List calls that nobody took and after which nobody has talked with the customer, the newest first.

        Whose number was withheld is not among them: nobody can call back.
        """
        who = await self.serving.access(request)
        since = asked.first(self.serving.organisation.zone) or self.serving.now() - MISSED_FOR
        found = await self.serving.timelines.not_called_back(who, since, asked.limit)
        answers = [await self._answer(who, entry, entry.call, CallState.OVER) for entry in found if entry.call]
        return MissedAnswer(calls=tuple(answers))

    async def _answer(self, who: Principal, entry: Interaction, call: FoldedCall, state: CallState) -> CallAnswer:
        outside = [p for p in entry.parties if not p.ours]
        handles = [h for p in outside for h in p.handles]
        ids = [handle_id(self.serving.organisation.id, *h.key) for h in handles]
        found = await self.serving.people.owners(who, ids)
        return CallAnswer(
            interaction=entry.id,
            state=state,
            direction=call.direction,
            started_at=call.started_at,
            queue=call.queue,
            agents=call.agents,
            numbers=tuple(dict.fromkeys(h.value for h in handles)),
            name=next((p.name for p in outside if p.name), None),
            customers=tuple(CustomerAnswer.of(customer) for customer in found),
        )
