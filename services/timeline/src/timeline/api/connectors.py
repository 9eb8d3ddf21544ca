"""The connectors' books and state over HTTP."""

from dataclasses import dataclass

from fastapi import Request

from timeline.api.answers import BusAnswer, ConnectorAnswer, ConnectorsAnswer
from timeline.serving import Serving


@dataclass(frozen=True, slots=True)
class ConnectorEndpoints:
    """What is answered about connectors."""

    serving: Serving

    async def connectors(self, request: Request) -> ConnectorsAnswer:
        """Return each connector's state, and its books: seen = stored + duplicate + skipped + kept + arriving."""
        who = await self.serving.access(request)
        known = {c.name: c for c in self.serving.visible(who)}
        healths = await self.serving.timelines.health(who, list(known))
        by_name = {health.books.connector: health for health in healths}
        return ConnectorsAnswer(
            bus=await self._bus(),
            connectors=tuple(
                ConnectorAnswer.of(c.channel, c.team, by_name[name]) for name, c in known.items() if name in by_name
            ),
        )

    async def _bus(self) -> BusAnswer | None:
        if self.serving.bus is None:
            return None
        bus = await self.serving.bus()
        return BusAnswer(durable=bus.durable, words=bus.words)
