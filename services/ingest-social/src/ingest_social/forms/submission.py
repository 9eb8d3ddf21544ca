"""A form's content, checked: what our own contract takes, and what browsers post comes down to."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

# One answer of a visitor that is no message.
LONGEST_FIELD = 20_000
LONGEST_MESSAGE = 200_000
MOST_FIELDS = 500


def _absent_when_blank(text: str | None) -> str | None:
    return text or None


Short = Annotated[str | None, Field(max_length=1_000), AfterValidator(_absent_when_blank)]
Value = Annotated[str, StringConstraints(max_length=LONGEST_FIELD)] | bool | int | float | None


class Submission(BaseModel):
    """One posted form. A phone or e-mail that nobody can have is kept as it was typed, not refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    form: Short = None
    page: Annotated[str | None, Field(max_length=4_000), AfterValidator(_absent_when_blank)] = None
    name: Short = None
    phone: Short = None
    email: Short = None
    crm_id: Annotated[str | None, Field(max_length=200), AfterValidator(_absent_when_blank)] = None
    subject: Short = None
    message: Annotated[str | None, Field(max_length=LONGEST_MESSAGE), AfterValidator(_absent_when_blank)] = None
    submitted_at: AwareDatetime | None = None
    fields: Annotated[Mapping[str, Value | tuple[Value, ...]], Field(max_length=MOST_FIELDS)] = {}

    @model_validator(mode="after")
    def _says_something(self) -> "Submission":
        if not (self.phone or self.email or self.message):
            raise ValueError("needs at least one of phone, email and message")
        return self

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """Return what was filled in beside the message, in words."""
        known = [(n, getattr(self, n)) for n in ("name", "phone", "email", "crm_id", "subject")]
        more = [(name, _written(value)) for name, value in self.fields.items()]
        return tuple((name, text) for name, text in (*known, *more) if text)


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join(filter(None, map(_written, value)))
        case _:
            return str(value)
