"""The names by which handles are known, by sound."""

from collections.abc import Collection
from uuid import UUID

from timeline.folds.identity.evidence import named
from timeline.folds.identity.names import NameKey
from timeline.store.neighbourhood import Neighbourhood
from timeline.store.touched import Touched

Names = dict[UUID, tuple[tuple[NameKey, ...], tuple[NameKey, ...]]]


def names_by_sound(near: Neighbourhood, handles: Collection[UUID], touched: Touched) -> Names:
    """Return each handle's names, those it is known by and all; a new handle has none but the batch's."""
    wanted = set(handles)
    new = {key: at for key, at in touched.names.items() if key[0] in wanted}
    return named(near.names_of([i for i in wanted if i in touched.stored]) | new)
