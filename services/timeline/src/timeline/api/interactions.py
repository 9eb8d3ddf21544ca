"""Single interactions over HTTP, and why they are where they are."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from starlette.exceptions import HTTPException

from timeline.api.answers import CallsAnswer, ThreadAnswer, WhyAnswer
from timeline.folds.call_backs import NO_CALLS
from timeline.folds.interaction import Interaction
from timeline.placing import placings_of
from timeline.serving import Serving


@dataclass(frozen=True, slots=True)
class InteractionEndpoints:
    """What is answered about interactions."""

    serving: Serving

    async def interaction(self, request: Request, interaction: UUID) -> Interaction:
        """Return one interaction as it stands now."""
        who = await self.serving.access(request)
        found = await self.serving.timelines.interaction(who, interaction)
        if found is None:
            raise HTTPException(404, f"There is no interaction {interaction}, or none that you may see.")
        return found

    async def thread(self, request: Request, interaction: UUID) -> ThreadAnswer:
        """Return the conversation that a message belongs to, itself among it, the earliest first."""
        found = await self.interaction(request, interaction)
        who = await self.serving.access(request)
        return ThreadAnswer(entries=tuple(await self.serving.timelines.thread(who, found)))

    async def calls(self, request: Request, interaction: UUID) -> CallsAnswer:
        """Return the call that called back a missed one, those that a call called back, and voicemails with theirs."""
        found = await self.interaction(request, interaction)
        who = await self.serving.access(request)
        beside = await self.serving.timelines.calls_beside(who, [found])
        return CallsAnswer.of(beside.get(found.id, NO_CALLS))

    async def why(self, request: Request, interaction: UUID) -> WhyAnswer:
        """Say why an interaction is here: the handles that place it, its events, and the deliveries they came from."""
        found = await self.interaction(request, interaction)
        who = await self.serving.access(request)
        events = await self.serving.timelines.why(who, interaction)
        return WhyAnswer.of(found.id, await placings_of(self.serving, who, found), events)
