"""What somebody of another team sees of an interaction: that it was, whose it is, perhaps what it was about."""

from typing import Any

from peyvand.event import Flag
from peyvand.settings import Sharing
from timeline.folds.interaction import Interaction
from timeline.ports import Principal

# Everything that was said; what remains is who, when, which way, and how a message fared.
_SAID: dict[str, Any] = {
    "text": None,
    "quoted": None,
    "formatted": False,
    "language": None,
    "attachments": (),
    "reactions": (),
    "form": None,
    "purchase": None,
    "report": None,
}
WITHHELD = Flag(name="withheld", why="it came through another team's connector")
_MORE = list(Sharing)


def as_shared(interaction: Interaction, who: Principal) -> Interaction:
    """Return an interaction as somebody may see it; through one connector that he may read he may read it whole."""
    if who.connectors is None or not who.connectors.isdisjoint(interaction.connectors):
        return interaction
    shared = [who.partly[c] for c in interaction.connectors if c in who.partly]
    most = max(shared, key=_MORE.index, default=Sharing.METADATA)
    if most is Sharing.ALL:
        return interaction
    hidden = _SAID | {"flags": (*(f.model_copy(update={"why": ""}) for f in interaction.flags), WITHHELD)}
    if most is Sharing.METADATA:
        hidden |= {"subject": None}
    if interaction.call is not None:
        legs = tuple(leg.model_copy(update={"recording": None, "detail": ""}) for leg in interaction.call.legs)
        hidden |= {"call": interaction.call.model_copy(update={"legs": legs})}
    return interaction.model_copy(update=hidden)
