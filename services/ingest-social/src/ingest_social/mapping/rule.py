"""What a rule of a mapping says: when it holds, and where in the body each field of an event stands."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ingest_social.mapping.expression import Expression
from peyvand.event import CallResult, Change, Kind, Role
from peyvand.identity import Proof

_MOST = 50
Kind_ = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]


class Told(BaseModel):
    """A part of a rule; an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PartyRule(Told):
    """One person: `handles` by kind; their `scope` is the connector unless an expression says another."""

    role: Role = Role.FROM
    name: Expression | None = None
    handles: Mapping[Kind_, Expression] = {}
    scope: Expression | None = None
    proof: Proof | None = None
    ours: bool = False


class FileRule(Told):
    """Files: `each` finds them, the rest stands in each. `at` is the address, or what `download` makes one of."""

    each: Expression
    at: Expression
    name: Expression | None = None
    type: Expression | None = None
    size: Expression | None = None


class PurchaseRule(Told):
    """An order. `minor`: so many last digits of the total are decimals (Stripe counts cents: 2)."""

    number: Expression
    state: Expression | None = None
    total: Expression | None = None
    currency: Expression | None = None
    minor: int = Field(default=0, ge=0, le=4)
    lines: Expression | None = None


class CallRule(Told):
    """One leg of a call; `results` are the vendor's words for how it ended. Lengths are in seconds."""

    leg: Expression | None = None
    started_at: Expression | None = None
    result: Expression | None = None
    results: Mapping[str, CallResult] = {}
    wait: Expression | None = None
    talk: Expression | None = None
    queue: Expression | None = None
    agent: Expression | None = None
    extension: Expression | None = None
    recording: Expression | None = None
    detail: Expression | None = None


class FormRule(Told):
    """A form; `fields` finds an object, or a list of pairs, of what was filled in."""

    name: Expression | None = None
    page: Expression | None = None
    fields: Expression | None = None


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, Mapping) else value


class Rule(Told):
    """One kind of event. `direction` is one of the three words, or an expression that finds one.

    `directions` are the vendor's words for them (`{incoming: inbound}`).
    """

    when: Expression | None = None
    skip: str | None = None
    key: Expression | None = None
    change: Change = Change.CREATED
    change_key: Expression | None = None
    order: Expression | None = None
    kind: Kind = Kind.MESSAGE
    direction: Expression = "inbound"
    directions: Mapping[str, Literal["inbound", "outbound", "internal"]] = {}
    at: Expression | None = None
    clock: Literal["s", "ms", "us", "iso", "rfc2822"] | None = None
    zone: str | None = None
    parties: Annotated[tuple[PartyRule, ...], Field(max_length=_MOST)] = ()
    subject: Expression | None = None
    text: Expression | None = None
    language: Expression | None = None
    conversation: Expression | None = None
    reply_to: Expression | None = None
    status: Expression | None = None
    reactions: Expression | None = None
    files: Annotated[tuple[FileRule, ...], BeforeValidator(_one_or_more)] = ()
    purchase: PurchaseRule | None = None
    call: CallRule | None = None
    form: FormRule | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Rule":
        if self.skip is None and self.key is None:
            raise ValueError("needs key (what the vendor knows the thing by), or skip: and why")
        if self.at is not None and self.clock is None:
            raise ValueError("at needs clock: s, ms, us, iso or rfc2822")
        if self.zone is not None and self.zone not in available_timezones():
            raise ValueError(f"{self.zone!r} is no time zone of the tz database (an example: Asia/Tehran)")
        return self
