"""What is asked for in the body of a request that decides something."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from peyvand.errors import BadPayload, Fault
from peyvand.identity import Handle, Organisation, Proof, email, phone
from peyvand.identity import handle as handle_of
from peyvand.identity.kinds import KINDS
from timeline.deciding import Reason

MOST_HANDLES = 100
Why = Annotated[str | None, Field(max_length=500, description="For those who read the decision later.")]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    """A body in which an unknown member is an error."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class Reasoned(Body):
    """A decision that needs nothing more to be said."""

    why: Why = None


class MergeAsked(Reasoned):
    """With whom a customer is one."""

    other: UUID = Field(alias="with")


class DifferentAsked(Reasoned):
    """From whom a customer is different."""

    other: UUID = Field(alias="from")


class SplitAsked(Reasoned):
    """Which handles of a customer are somebody else's."""

    handles: list[UUID] = Field(min_length=1, max_length=500)


class NameAsked(Reasoned):
    """What a customer is called."""

    name: Words


class TagAsked(Reasoned):
    """A word for a customer."""

    tag: Annotated[str, Field(min_length=1, max_length=60)]


class NotACustomerAsked(Reasoned):
    """What somebody is instead of a customer."""

    reason: Reason


class MoveAsked(Reasoned):
    """Whose handle an interaction belongs to."""

    handle: UUID


class PairAsked(Reasoned):
    """Two handles that were suggested."""

    a: UUID
    b: UUID


class HandleAsked(Body):
    """A handle as somebody writes it."""

    kind: str = Field(max_length=64, examples=["phone"])
    value: Words = Field(examples=["0912 345 6789"])
    scope: str = Field("", max_length=200, description="For kinds whose values mean nothing outside of one.")


class CreateAsked(Reasoned):
    """A customer written down by hand."""

    name: Words
    handles: list[HandleAsked] = Field(min_length=1, max_length=MOST_HANDLES)

    def read(self, organisation: Organisation) -> tuple[Handle, ...]:
        """Return the handles as they are kept; raises BadPayload that names each that is none."""
        read = [(_read(asked, organisation), f"/body/handles/{place}") for place, asked in enumerate(self.handles)]
        faults = [Fault(place, found) for found, place in read if isinstance(found, str)]
        if faults:
            raise BadPayload("; ".join(f"{f.pointer}: {f.why}" for f in faults[:5]), faults)
        return tuple({h.key: h for h, _ in read if isinstance(h, Handle)}.values())


def _read(asked: HandleAsked, organisation: Organisation) -> Handle | str:
    """Return a handle, or in words why it is none."""
    if asked.kind not in KINDS:
        return f"“{asked.kind}” is no kind of handle; known are {', '.join(KINDS)}"
    found = _of_kind(asked, organisation)
    if found is None:
        return f"“{asked.value}” is none of kind {asked.kind}"
    return f"“{asked.value}” is our own" if organisation.owns(found) else found


def _of_kind(asked: HandleAsked, organisation: Organisation) -> Handle | None:
    match asked.kind:
        case "phone":
            return phone(asked.value, organisation.region, Proof.VERIFIED)
        case "email":
            return email(asked.value, Proof.VERIFIED)
        case kind:
            value, scope = asked.value.strip(), asked.scope.strip()
            scoped = bool(scope) == bool(KINDS[kind])
            return handle_of(kind, value, scope=scope, proof=Proof.VERIFIED) if value and scoped else None
