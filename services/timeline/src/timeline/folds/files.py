"""Files that lay at their vendor: what became of each is told by events of their own, whenever those come."""

from collections.abc import Iterable, Sequence

from peyvand.event import Attachment, Change, InteractionEvent

# What fetching a file found out about it; all else is the message's to say, which may be edited.
_FOUND = ("at", "state", "origin", "sha256", "size", "sniffed_type", "playable")


def with_fetched(files: Sequence[Attachment], events: Iterable[InteractionEvent]) -> tuple[Attachment, ...]:
    """Return files, each as the events say that it was fetched or could not be; their order changes nothing."""
    told = [(e, a) for e in events if e.change is Change.FILES for a in e.attachments if a.origin]
    # of two that differ a file that is here stands before one that is not
    told.sort(key=lambda pair: (pair[1].sha256 is not None, pair[0].order, pair[0].event_id))
    fetched = {found.origin: found for _, found in told}
    return tuple(_as_found(file, fetched.get(file.at)) for file in files)


def _as_found(file: Attachment, found: Attachment | None) -> Attachment:
    if found is None:
        return file
    return file.model_copy(update={name: getattr(found, name) for name in _FOUND if getattr(found, name) is not None})
