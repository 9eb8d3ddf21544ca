"""Decisions over HTTP: each is made once, answers with how the customers stand, and can be revoked at any time."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Header, Request

from timeline.api.bodies import (
    CreateAsked,
    DifferentAsked,
    MergeAsked,
    MoveAsked,
    NameAsked,
    NotACustomerAsked,
    PairAsked,
    Reasoned,
    SplitAsked,
    TagAsked,
)
from timeline.api.decision_answers import DecidedAnswer
from timeline.desk import Desk
from timeline.serving import Serving

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="The same request under the same key is decided once, however often it is sent.",
    ),
]


@dataclass(frozen=True, slots=True)
class DecidingEndpoints:
    """What can be decided."""

    serving: Serving

    async def merge(self, request: Request, customer: UUID, asked: MergeAsked, key: Key = None) -> DecidedAnswer:
        """Decide that two customers are one. Revoked, both are exactly what they were, ids too."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.merge(customer, asked.other))

    async def split(self, request: Request, customer: UUID, asked: SplitAsked, key: Key = None) -> DecidedAnswer:
        """Decide that some handles of a customer are somebody else's."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.split(customer, asked.handles))

    async def different(
        self, request: Request, customer: UUID, asked: DifferentAsked, key: Key = None
    ) -> DecidedAnswer:
        """Decide that two customers are two, whatever comes to link them."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.different(customer, asked.other))

    async def name(self, request: Request, customer: UUID, asked: NameAsked, key: Key = None) -> DecidedAnswer:
        """Decide what a customer is called."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.rename(customer, asked.name))

    async def tag(self, request: Request, customer: UUID, asked: TagAsked, key: Key = None) -> DecidedAnswer:
        """Put a word to a customer; revoke the decision to take it away."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.tag(customer, asked.tag))

    async def not_a_customer(
        self, request: Request, customer: UUID, asked: NotACustomerAsked, key: Key = None
    ) -> DecidedAnswer:
        """Decide that somebody is no customer: hidden from lists and search, with everything kept."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.not_a_customer(customer, asked.reason))

    async def create(self, request: Request, asked: CreateAsked, key: Key = None) -> DecidedAnswer:
        """Write a customer down by hand; handles that are known bring the customer who has them."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.create(asked.name, asked.read(self.serving.organisation)))

    async def shared(self, request: Request, handle: UUID, asked: Reasoned, key: Key = None) -> DecidedAnswer:
        """Decide that many use a handle: it links nobody."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.shared(handle))

    async def personal(self, request: Request, handle: UUID, asked: Reasoned, key: Key = None) -> DecidedAnswer:
        """Decide that a handle is one person's, whatever the rules say."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.personal(handle))

    async def move(self, request: Request, interaction: UUID, asked: MoveAsked, key: Key = None) -> DecidedAnswer:
        """Decide that an interaction is of whoever has a handle."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.move(interaction, asked.handle))

    async def confirm(self, request: Request, asked: PairAsked, key: Key = None) -> DecidedAnswer:
        """Decide that two handles that were suggested are one person's."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.confirm(asked.a, asked.b))

    async def dismiss(self, request: Request, asked: PairAsked, key: Key = None) -> DecidedAnswer:
        """Decide that two handles need not be suggested again."""
        desk = await self._desk(request, key, asked)
        return DecidedAnswer.of(await desk.dismiss(asked.a, asked.b))

    async def revoke(self, request: Request, act: UUID) -> DecidedAnswer:
        """Take a decision back, whenever it was made: all that follows from it is resolved anew."""
        desk = await self._desk(request, None, Reasoned())
        return DecidedAnswer.of(await desk.revoke(act))

    async def _desk(self, request: Request, key: str | None, asked: Reasoned) -> Desk:
        who = await self.serving.access(request)
        return Desk(self.serving, who, key or str(uuid4()), (asked.why or "").strip() or None)
