"""A mail as its sender formatted it, on a page of its own that can do nothing but be read."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from peyvand.errors import BadPayload
from peyvand.event import InteractionEvent
from timeline.folds.interaction import Interaction, standing_ones
from timeline.web.cleaning import cleaned
from timeline.web.visit import Visit

# No script, no form, nothing from elsewhere; styles are the mail's own, with those properties that are let through.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


async def formatted(visit: Visit) -> Response:
    """Show the HTML of a mail, cleaned."""
    try:
        wanted = UUID(visit.request.path_params["interaction"])
    except ValueError as error:
        raise HTTPException(404) from error
    interaction = await visit.serving.timelines.interaction(visit.who, wanted)
    if interaction is None or interaction.deleted_at is not None:
        raise HTTPException(404)
    html = html_of(await visit.serving.timelines.why(visit.who, wanted))
    if html is None:
        raise HTTPException(404)
    try:
        body = await asyncio.to_thread(cleaned, html, _pictures(interaction))
    except BadPayload as error:
        raise HTTPException(404) from error
    page = visit.fragment("formatted.html", title=interaction.subject or "", body=body)
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"})


def html_of(events: Iterable[InteractionEvent]) -> str | None:
    """Return the HTML that stands after all events: that of the latest which has one."""
    with_html = [e for e in standing_ones(events).values() if e.html is not None]
    latest = max(with_html, key=lambda e: (e.change, e.order, e.event_id), default=None)
    return latest.html if latest else None


def _pictures(interaction: Interaction) -> dict[str, str]:
    return {
        file.content_id: f"/v1/interactions/{interaction.id}/attachments/{file.sha256}"
        for file in interaction.attachments
        if file.content_id and file.sha256 and file.at != "raw"
    }
