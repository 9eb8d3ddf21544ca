"""Whom an event would go to, as far as this process can tell."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from peyvand.event import InteractionEvent
from peyvand.identity import Handle

# Returns the customers, by their ids, of whom each handle is known; handles that nobody has are left out.
Known = Callable[[Sequence[Handle]], Awaitable[dict[Handle, str]]]


async def match_of(event: InteractionEvent, known: Known | None) -> dict[str, Any]:
    """Return the match that an event would make, in the words of the answer to a dry run."""
    theirs = [h for p in event.parties if not p.ours for h in p.handles]
    by = [{"kind": h.kind, "value": h.value, **({"scope": h.scope} if h.scope else {})} for h in theirs]
    if not theirs:
        return {
            "customer": None,
            "handles": [],
            "why": "all that it names is ours, so it stands on no customer's timeline",
        }
    if known is None:
        why = "customers are matched by the timeline, which this service cannot ask: only the handles can be told"
        return {"customer": None, "handles": by, "why": why}
    found = await known(theirs)
    customers = sorted(set(found.values()))
    match customers:
        case []:
            return {
                "customer": None,
                "handles": by,
                "why": "nobody is known by these handles: it would begin a customer",
            }
        case [one]:
            return {"customer": one, "handles": by, "why": f"known by {_kinds(found)}"}
        case _:
            why = f"its handles are known of {len(customers)} customers: the rules decide whether they are one"
            return {"customer": None, "customers": customers, "handles": by, "why": why}


def _kinds(found: dict[Handle, str]) -> str:
    return ", ".join(sorted({handle.kind for handle in found}))
