"""What peyvand.yaml says of one Asterisk call log."""

from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ingest_phone.channels.asterisk.columns import KNOWN, NEEDED, UNREAD


class Settings(BaseModel):
    """One CDR file. `columns` names a cdr_custom file's columns in order; cdr_csv layouts are known by their number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cdr: Path = Field(description="the CDR file, for instance /var/log/asterisk/cdr-csv/Master.csv")
    timezone: str | None = Field(None, description="the zone of its times; without it the organisation's")
    utc: bool = Field(False, description="true when cdr.conf says usegmtime=yes")
    columns: tuple[str, ...] | None = None
    poll_seconds: float = Field(1.0, gt=0, le=3600)
    inbound_contexts: tuple[str, ...] = ("from-trunk", "from-pstn", "from-did", "from-external", "ext-did")
    internal_contexts: tuple[str, ...] = ("from-internal", "macro-dialout", "outbound-allroutes")
    extension_digits: tuple[int, int] = (2, 5)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone of the tz database (an example: Asia/Tehran)")
        return value

    @field_validator("extension_digits")
    @classmethod
    def _a_range(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not 1 <= value[0] <= value[1] <= 8:
            raise ValueError(
                "must be the fewest and the most digits of an extension, within 1 and 8 (an example: [2, 5])"
            )
        return value

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        named = [name for name in value if name != UNREAD]
        if unknown := sorted(set(named) - KNOWN):
            raise ValueError(
                f"unknown: {', '.join(unknown)}; known are {', '.join(sorted(KNOWN))}, {UNREAD} (not read)"
            )
        if missing := sorted(NEEDED - set(named)):
            raise ValueError(f"needs {', '.join(missing)}")
        if len(named) != len(set(named)):
            raise ValueError("names a column twice")
        return value

    @property
    def zone(self) -> ZoneInfo | None:
        """Return the zone of the file's times, when the settings name one."""
        named = "UTC" if self.utc else self.timezone
        return ZoneInfo(named) if named else None
