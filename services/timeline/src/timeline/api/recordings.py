"""Hearing recordings: by a right of its own, and not a byte before it stands in the audit log."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from peyvand.errors import Unavailable
from peyvand.event import Attachment
from timeline.api.deliveries import GUARDS
from timeline.api.ranges import NotSatisfiable, wanted
from timeline.audit import ONE_HEARING, Act, Noted, Result
from timeline.ports import Principal
from timeline.recordings import may_hear, played, recordings_of
from timeline.serving import Serving

_HEADERS = GUARDS | {"Cache-Control": "private, no-store", "Accept-Ranges": "bytes", "Content-Disposition": "inline"}


@dataclass(frozen=True, slots=True)
class RecordingEndpoints:
    """What is answered to players."""

    serving: Serving

    async def recording(self, request: Request, interaction: UUID, sha256: str) -> Response:
        """Return a recording of a call, or the part of it that a player asks for by `Range`, as browsers play it.

        Who may read a call does not thereby hear it. Each hearing is in the audit log before its first byte is sent;
        what one player asks for within half an hour is one hearing.
        """
        who = await self.serving.access(request)
        found = await self.serving.timelines.interaction(who, interaction)
        file = next((a for a in recordings_of(found) if a.sha256 == sha256), None) if found else None
        if found is None or file is None:
            raise HTTPException(404, f"There is no such recording of {interaction}, or none that you may see.")
        if not may_hear(who, found):
            await self._note(request, who, found.id, sha256, Result.REFUSED)
            raise HTTPException(403, "You may read this call, and not hear it: that is a right of its own (`hears`).")
        if not self.serving.retention.keeps(found.occurred_at, self.serving.now()):
            days = self.serving.retention.recordings_days
            raise HTTPException(410, f"Recordings are kept for {days} days here; this one is no longer.")
        content, media_type = await self._bytes(file)
        tag = f'"{sha256}-{len(content)}"'
        headers = _HEADERS | {"ETag": tag, "Content-Type": media_type}
        try:
            part = wanted(request.headers.get("range"), request.headers.get("if-range"), tag, len(content))
        except NotSatisfiable:
            return Response(status_code=416, headers=_HEADERS | {"Content-Range": f"bytes */{len(content)}"})
        await self._note(request, who, found.id, sha256, Result.GRANTED)
        if part is None:
            return Response(content, headers=headers)
        span = {"Content-Range": f"bytes {part.start}-{part.stop - 1}/{len(content)}"}
        return Response(content[part.start : part.stop], 206, headers=headers | span)

    async def _bytes(self, file: Attachment) -> tuple[bytes, str]:
        found = played(file)
        if found is None:
            raise HTTPException(404, "This recording is in no form that browsers play.")
        if self.serving.blobs is None:
            raise HTTPException(404, "Here are no bytes of recordings.")
        try:
            return await self.serving.blobs.get(found.blob), found.media_type
        except KeyError as error:
            raise HTTPException(404, "The recording is not in the blob store any more.") from error

    async def _note(self, request: Request, who: Principal, interaction: UUID, what: str, result: Result) -> None:
        """Put a hearing into the log; raises Unavailable, and then nothing is heard."""
        if self.serving.audit is None:
            raise Unavailable("there is no audit log here, and no hearing without it")
        line = Noted(
            at=self.serving.now(),
            who=who.name,
            act=Act.HEAR,
            result=result,
            address=request.client.host if request.client else "",
            person=who.user,
            interaction=interaction,
            what=what,
        )
        await self.serving.audit.note(line, ONE_HEARING)
