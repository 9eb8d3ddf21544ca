"""The audit log over HTTP: who heard what, and who read this log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from peyvand.errors import Unavailable
from timeline.api import examples
from timeline.api.parameters import AuditAsked
from timeline.audit import ONE_READING, Act, Audit, Noted, Result
from timeline.ports import Principal
from timeline.serving import Serving


class NotedAnswer(BaseModel):
    """One act: of whom (`person`: one of `people`), from which address, with which part (`what`) of which interaction.

    `what` of a hearing is the SHA-256 of the recording.
    """

    number: int
    at: datetime
    who: str
    person: str | None
    act: Act
    result: Result
    address: str
    interaction: UUID | None
    what: str

    @classmethod
    def of(cls, line: Noted) -> "NotedAnswer":
        return cls(
            number=line.number, at=line.at, who=line.who, person=line.person, act=line.act, result=line.result,
            address=line.address, interaction=line.interaction, what=line.what,
        )  # fmt: skip


class AuditAnswer(BaseModel):
    """A page of the audit log, newest first; `older` is the cursor of the next page."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.AUDIT]})

    lines: tuple[NotedAnswer, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class AuditEndpoints:
    """What is answered about the audit log."""

    serving: Serving

    async def lines(self, request: Request, asked: Annotated[AuditAsked, Query()]) -> AuditAnswer:
        """List who did what, newest first. To read it is a right of its own (`audits`), and is noted in it."""
        who = await self.serving.access(request)
        audit = self.serving.audit
        if audit is None:
            raise Unavailable("there is no audit log here")
        if not who.audits:
            await self._note(audit, request, who, Result.REFUSED)
            raise HTTPException(403, "To read the audit log is a right of its own (`audits` of a token).")
        await self._note(audit, request, who, Result.GRANTED)
        sought = asked.sought(self.serving.organisation.zone)
        found = await audit.lines(sought, asked.cursor, asked.limit + 1)
        page = found[: asked.limit]
        older = page[-1].number if len(found) > len(page) else None
        return AuditAnswer(lines=tuple(NotedAnswer.of(line) for line in page), older=older)

    async def _note(self, audit: Audit, request: Request, who: Principal, result: Result) -> None:
        address = request.client.host if request.client else ""
        line = Noted(self.serving.now(), who.name, Act.READ_AUDIT, result, address, who.user)
        await audit.note(line, ONE_READING)
