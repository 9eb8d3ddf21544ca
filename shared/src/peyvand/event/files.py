"""Events that tell what became of a file at its vendor: the same file gives the same event, whoever fetches it."""

from uuid import uuid5

from peyvand.event.model import Attachment, Change, InteractionEvent

# The state of a file that its event only names.
AT_THE_VENDOR = "at the vendor"


def asking(event: InteractionEvent, file: Attachment) -> InteractionEvent:
    """Return the event that a file of another event will have, before anybody has fetched it.

    It says nothing of anybody: who wrote, and what, is the other event's to say, which may not have come yet.
    """
    return InteractionEvent(
        event_id=uuid5(event.interaction_id, f"files\x1f{event.connector}\x1f{file.at}"),
        interaction_id=event.interaction_id,
        change=Change.FILES,
        delivery_id=uuid5(event.interaction_id, f"delivery\x1ffiles\x1f{event.connector}\x1f{file.at}"),
        channel=event.channel,
        connector=event.connector,
        kind=event.kind,
        direction=event.direction,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        occurred_from=event.occurred_from,
        attachments=(file,),
    )


def told(asked: InteractionEvent, file: Attachment) -> InteractionEvent:
    """Return the event of a file as it was found; one that is here stands above one that could not be had."""
    (before,) = asked.attachments
    found = file.model_copy(update={"origin": before.at})
    return asked.model_copy(update={"attachments": (found,), "source_revision": int(found.sha256 is not None)})
