"""What a batch touches, as it is stored and as it becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from timeline.folds.identity.evidence import Evidence, Named
from timeline.store.neighbourhood import Known, Links


@dataclass(slots=True)
class Touched:
    """Handles and links as they become, and those whose neighbourhood has to be looked at again."""

    stored: dict[UUID, Known]
    handles: dict[UUID, Known] = field(init=False)
    links: Links = field(default_factory=dict)
    names: dict[Named, datetime] = field(default_factory=dict)  # new ones
    dirty: set[UUID] = field(default_factory=set)
    undone: set[UUID] = field(default_factory=set)  # of which something was taken away, or decided
    evidence: Sequence[Evidence] = ()  # that came or went
    decided: Mapping[UUID, UUID] = field(default_factory=dict)  # handles, and the act that is about each

    def __post_init__(self) -> None:
        self.handles = dict(self.stored)

    def change(self, handle: UUID, **becoming: Any) -> None:
        """Let a handle become something else."""
        self.handles[handle] = replace(self.handles[handle], **becoming)
