"""Where only the customer's half of a chat is seen, so that nobody reads our silence as silence."""

from dataclasses import dataclass

from timeline.ports import Customer
from timeline.web import wording
from timeline.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Half:
    """A channel of the customer's, and our connectors there that never see what we write."""

    channel: str
    connectors: tuple[str, ...]


async def halves_of(visit: Visit, customer: Customer) -> list[Half]:
    """Return the channels on which a customer is known, and of which only what he says is seen."""
    blind = await visit.serving.timelines.one_sided(visit.who)
    found: dict[str, list[str]] = {}
    for connector in visit.serving.visible(visit.who):
        if connector.name in blind:
            found.setdefault(wording.family(connector.channel), []).append(connector.name)
    kinds = {handle.kind for handle in customer.handles}
    return [Half(channel, tuple(names)) for channel, names in found.items() if channel in kinds]
