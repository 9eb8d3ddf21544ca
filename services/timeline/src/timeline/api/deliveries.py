"""Deliveries over HTTP: what arrived, what became of it, and the bytes as they came."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from starlette.exceptions import HTTPException

from peyvand.blobs import with_body
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault
from timeline.api.delivery_answers import DeliveriesAnswer, DeliveryAnswer
from timeline.api.parameters import DeliveriesAsked
from timeline.deliveries import Accounted
from timeline.serving import Serving

# The bytes are a stranger's: they are saved, never shown, and run nothing wherever they are opened.
GUARDS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class DeliveryEndpoints:
    """What is answered about deliveries."""

    serving: Serving

    async def deliveries(self, request: Request, asked: Annotated[DeliveriesAsked, Query()]) -> DeliveriesAnswer:
        """List deliveries with what became of each and why, newest first. `older` is the cursor of the next page."""
        who = await self.serving.access(request)
        try:
            page = await self.serving.timelines.deliveries(
                who, asked.connector, asked.outcome, asked.cursor, asked.limit
            )
        except ValueError as error:
            why = "is no cursor of these deliveries; take `older` of the page before"
            raise BadPayload(f"cursor {why}", [Fault("/query/cursor", why)]) from error
        return DeliveriesAnswer.of(page)

    async def delivery(self, request: Request, delivery: UUID) -> DeliveryAnswer:
        """Return a delivery without its body: what became of it and why, and the events that stand because of it."""
        return DeliveryAnswer.of(await self._found(request, delivery))

    async def raw(self, request: Request, delivery: UUID) -> Response:
        """Return a delivery's bytes exactly as they arrived, as a file to be saved."""
        whole = await self._whole((await self._found(request, delivery)).delivery)
        name = {"Content-Disposition": f'attachment; filename="{delivery}.bin"'}
        return Response(whole.body, media_type="application/octet-stream", headers=GUARDS | name)

    async def _found(self, request: Request, delivery: UUID) -> Accounted:
        who = await self.serving.access(request)
        found = await self.serving.timelines.delivery(who, delivery)
        if found is None:
            raise HTTPException(404, f"There is no delivery {delivery}, or none that you may see.")
        return found

    async def _whole(self, delivery: Delivery) -> Delivery:
        if delivery.body_ref is not None and self.serving.blobs is None:
            raise HTTPException(
                404, f"The bytes are in the blob store as {delivery.body_ref}, and no blob store is open here."
            )
        try:
            return await with_body(delivery, self.serving.blobs) if self.serving.blobs else delivery
        except KeyError as error:
            raise HTTPException(404, f"The bytes are not in the blob store as {delivery.body_ref} any more.") from error
