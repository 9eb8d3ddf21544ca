"""Made-up customers as parties of further events: they show what they have shown before."""

from benchmarks.marks import EMAIL, PHONE, TELEGRAM
from benchmarks.persons import Way
from benchmarks.shapes import SHAPES
from peyvand.event import Party


def party_of(way: Way) -> Party:
    """Return who turns to us in a way, as those events have it that are in the history."""
    told = {PHONE: way.phone, EMAIL: way.email, TELEGRAM: way.telegram}
    [who] = [party for party in SHAPES[way.shape].parties if not party.ours]
    handles = tuple(h.model_copy(update={"value": told[h.value], "written": told[h.value]}) for h in who.handles)
    return who.model_copy(update={"handles": handles, "name": way.name})
