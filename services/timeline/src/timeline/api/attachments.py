"""Files that came with a message, out of the blob store."""

from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from peyvand.event import Attachment
from timeline.api.deliveries import GUARDS
from timeline.recordings import recordings_of
from timeline.serving import Serving

# What a browser may show within a page: pictures that cannot hold a script, by what their bytes say.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class AttachmentEndpoints:
    """What is answered about attachments."""

    serving: Serving

    async def attachment(self, request: Request, interaction: UUID, sha256: str) -> Response:
        """Return a file of an interaction, by its SHA-256: to be saved, but for pictures, which pages show."""
        who = await self.serving.access(request)
        found = await self.serving.timelines.interaction(who, interaction)
        file = next((a for a in found.attachments if a.sha256 == sha256), None) if found else None
        if file is None:
            raise HTTPException(404, f"There is no such file with interaction {interaction}, or none that you may see.")
        if found and file in recordings_of(found):  # there by a right of its own, and by the audit log
            raise HTTPException(403, "This is a recording of a call: hear it at /recordings/ in the place of this.")
        return Response(await self._bytes(file), headers=GUARDS | _shown_as(file))

    async def _bytes(self, file: Attachment) -> bytes:
        if self.serving.blobs is None or file.at == "raw":
            raise HTTPException(404, f"The bytes are {file.state or 'not here'}; save the raw delivery instead.")
        try:
            return await self.serving.blobs.get(file.at)
        except KeyError as error:
            raise HTTPException(404, f"The bytes are not in the blob store as {file.at} any more.") from error


def _shown_as(file: Attachment) -> dict[str, str]:
    """Return what a browser is told: RFC 6266, the name in UTF-8 for those that know it (RFC 8187)."""
    shown = "inline" if file.sniffed_type in PICTURES else "attachment"
    name = quote(file.name or "file", safe="")
    return {
        "Content-Type": file.sniffed_type if file.sniffed_type in PICTURES else "application/octet-stream",
        "Content-Disposition": f"{shown}; filename=\"file\"; filename*=UTF-8''{name}",
    }
