"""What peyvand.yaml says of one call log: where it lies, which column says what, and how cells are written."""

import codecs
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from ingest_phone.calllog.recipes import RECIPES
from peyvand.event import CallResult, Direction

# `call` and `start` may stand in several columns, which are joined; of the others the first that says something counts.
FIELDS = ("call", "leg", "start", "answered", "end", "wait", "talk", "duration", "caller", "caller_name", "callee",
          "direction", "internal", "result", "cause", "extension", "agent", "queue")  # fmt: skip
# What an entry's own mapping adds to its recipe's.
_MERGED = ("columns", "patterns", "results", "directions")


def _several(columns: Any) -> Any:
    """Return columns as names: a heading or a number (the first column is 1), one or several."""
    if not isinstance(columns, Mapping):
        return columns
    return {k: tuple(str(c) for c in v) if isinstance(v, list | tuple) else (str(v),) for k, v in columns.items()}


class Settings(BaseModel):
    """One call log. `columns` maps fields to headings, to columns' numbers, or to names of `widths`.

    `patterns`: a cell of a field counts only where all of it matches, and then its first group does. `widths`, for
    lines of fixed width: the first and the last character of each cell, from 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipe: str | None = None
    folder: Path | None = Field(None, description="a folder into which whole files of it are put")
    source: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    columns: Annotated[Mapping[str, tuple[str, ...]], BeforeValidator(_several)]
    patterns: Mapping[str, str] = {}
    results: Mapping[str, CallResult] = {}
    directions: Mapping[str, Direction] = {}
    times: str = "auto"
    durations: Literal["seconds", "milliseconds", "minutes"] = "seconds"
    timezone: str | None = None
    utc: bool = False
    year: int | None = Field(None, ge=1990, le=2200)
    encoding: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    headings: bool = True
    skip: int = Field(0, ge=0, le=1000)
    skip_after: int = Field(0, ge=0, le=1000)
    widths: Mapping[str, tuple[int, int]] | None = None
    extension_digits: tuple[int, int] = (2, 5)
    poll_seconds: float = Field(10.0, gt=0, le=86_400)

    @model_validator(mode="before")
    @classmethod
    def _of_recipe(cls, told: Any) -> Any:
        if not isinstance(told, Mapping) or told.get("recipe") is None:
            return told
        if told["recipe"] not in RECIPES:
            raise ValueError(f"no recipe is called {told['recipe']!r}; known are {', '.join(sorted(RECIPES))}")
        recipe = RECIPES[told["recipe"]]
        merged = {k: {**recipe[k], **told[k]} for k in _MERGED if k in recipe and isinstance(told.get(k), Mapping)}
        return {**recipe, **told, **merged}

    @field_validator("columns", "patterns")
    @classmethod
    def _known(cls, told: Mapping[str, Any]) -> Mapping[str, Any]:
        if unknown := set(told) - set(FIELDS):
            raise ValueError(f"{', '.join(sorted(unknown))}: no field; fields are {', '.join(FIELDS)}")
        return told

    @field_validator("columns")
    @classmethod
    def _enough(cls, columns: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        if missing := [field for field in ("start", "caller", "callee") if not any(columns.get(field, ()))]:
            raise ValueError(f"must name the columns of {', '.join(missing)}")
        return columns

    @field_validator("patterns")
    @classmethod
    def _readable(cls, patterns: Mapping[str, str]) -> Mapping[str, str]:
        for field, pattern in patterns.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{field}: {error}") from error
        return patterns

    @field_validator("widths")
    @classmethod
    def _in_order(cls, widths: Mapping[str, tuple[int, int]] | None) -> Mapping[str, tuple[int, int]] | None:
        if wrong := [name for name, (first, last) in (widths or {}).items() if not 1 <= first <= last]:
            raise ValueError(f"{', '.join(wrong)}: first and last character are counted from 1")
        return widths

    @field_validator("encoding")
    @classmethod
    def _text(cls, name: str | None) -> str | None:
        try:
            codecs.lookup(name or "utf-8")
        except LookupError as error:
            raise ValueError(f"{name!r} is no encoding of text (examples: utf-8, windows-1256)") from error
        return name

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone of the tz database (an example: Asia/Tehran)")
        return value

    @property
    def zone(self) -> ZoneInfo | None:
        """Return the zone of its times, None for the organisation's."""
        if self.utc:
            return ZoneInfo("UTC")
        return ZoneInfo(self.timezone) if self.timezone else None
