"""Which column of a table says what: guessed from the headings, or told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from peyvand.errors import Rejected
from timeline.cards.headings import plain, rank

ONE = ("id", "name", "first", "last", "company")
SEVERAL = ("phone", "email", "telegram")
FIELDS = (*ONE, *SEVERAL)
# In the order of guessing: beside a family name «نام» is the first name, else the whole one.
GUESSED = ("id", "last", "first", "name", "company", *SEVERAL)


class Unmapped(Rejected):
    """A table cannot be read because it is not known which column says what; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The places (0-based) of each field's columns; a field that is not there has none."""

    headings: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    @property
    def unused(self) -> tuple[str, ...]:
        """Return the headings of columns that say nothing to us."""
        used = {place for places in self.places.values() for place in places}
        return tuple(h for place, h in enumerate(self.headings) if h and place not in used)

    def headed(self, field: str) -> tuple[str, ...]:
        """Return the headings of a field's columns."""
        return tuple(self.headings[place] for place in self.places.get(field, ()))


def columns_of(headings: Sequence[str], told: Mapping[str, Sequence[str]]) -> Columns:
    """Return where each field stands: where it was told, else where the headings suggest.

    A column is told by its heading or by its number, 1 being the first; a field told to be nowhere is not guessed.
    Raises Unmapped.
    """
    places = {field: _told(field, names, headings) for field, names in told.items()}
    taken = {place for several in places.values() for place in several}
    for field in GUESSED:
        if field not in places:
            field_like = "short" if field == "first" and places["last"] else field
            places[field] = _guessed(field_like, headings, taken)
            taken.update(places[field])
    _require_key(places, headings)
    return Columns(tuple(headings), {field: found for field, found in places.items() if found})


def _told(field: str, names: Sequence[str], headings: Sequence[str]) -> tuple[int, ...]:
    if field not in FIELDS:
        raise Unmapped(f"{field} is no field; fields are {', '.join(FIELDS)}")
    places = tuple(_place(name, headings) for name in names if name)
    if field in ONE and len(places) > 1:
        raise Unmapped(f"{field} can only be one column, and {len(places)} were named")
    return places


def _place(name: str, headings: Sequence[str]) -> int:
    found = [place for place, heading in enumerate(headings) if plain(heading) == plain(name)]
    if not found and name.isdecimal() and 1 <= int(name) <= len(headings):
        return int(name) - 1
    if len(found) != 1:
        why = "is headed so" if not found else "are headed so: say the column's number"
        raise Unmapped(f"{len(found) or 'no'} column {why}: {name} (there are: {', '.join(headings)})")
    return found[0]


def _guessed(field: str, headings: Sequence[str], taken: Collection[int]) -> tuple[int, ...]:
    ranked = [(rank(heading, field), place) for place, heading in enumerate(headings) if place not in taken]
    found = sorted((likely, place) for likely, place in ranked if likely is not None)
    places = [place for _, place in found]
    return tuple(sorted(places)) if field in SEVERAL else tuple(places[:1])


def _require_key(places: Mapping[str, Sequence[int]], headings: Sequence[str]) -> None:
    if not places.get("id"):
        raise Unmapped(
            "no column is known to hold the customers' ids in the other system; name one: --map id=HEADING "
            f"(there are: {', '.join(headings)})"
        )
