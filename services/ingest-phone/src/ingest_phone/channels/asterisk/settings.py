"""What peyvand.yaml says of one Asterisk call log."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from ingest_phone.channels.asterisk.columns import KNOWN, NEEDED, UNREAD
from ingest_phone.database import Database, database
from ingest_phone.recordings.settings import Recorded


class Settings(Recorded):
    """One CDR file, or CDR table, or queue log, or manager (AMI). `columns` names a cdr_custom file's columns in order.

    `recordings` is where the files of `recordings_folder`, the switchboard's own, can be had.

    cdr_csv layouts are known by their number. A call may last `longest_call_hours`: so far back a table is read again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cdr: Path | None = Field(None, description="the CDR file, for instance /var/log/asterisk/cdr-csv/Master.csv")
    database: str | None = Field(None, description="the database of the CDR table: mysql://127.0.0.1/asteriskcdrdb")
    queue_log: Path | None = Field(None, description="the queues' log, for instance /var/log/asterisk/queue_log")
    ami: str | None = Field(None, description="host and port of the manager interface: 127.0.0.1:5038")
    user: str = Field("peyvand", min_length=1)
    password: SecretStr | None = None
    table: str = "cdr"
    cel: str = "cel"
    longest_call_hours: float = Field(6, gt=0, le=72)
    recordings_folder: str = "/var/spool/asterisk/monitor"
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

    @field_validator("ami")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}", value, re.ASCII):
            raise ValueError("must be host and port (an example: 127.0.0.1:5038)")
        return value

    @field_validator("table", "cel")
    @classmethod
    def _a_name(cls, value: str) -> str:
        if not re.fullmatch(r"\w+(\.\w+)?", value, re.ASCII):
            raise ValueError("must be the name of a table: letters, digits, _, with a schema before a dot at most")
        return value

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(named is not None for named in (self.cdr, self.database, self.queue_log, self.ami)) != 1:
            raise ValueError(
                "needs `cdr` (a file), `database` (the CDR table), `queue_log` (a file) or `ami` (live), and"
                " one of them: each is a connector of its own"
            )
        if self.ami is not None and self.password is None:
            raise ValueError("`ami` needs the `password` of its user: the secret in manager.conf")
        if self.database is not None:
            if self.password is None:
                raise ValueError("`database` needs the `password` of its user")
            database(self.database, self.user, "")
        return self

    @property
    def file(self) -> Path:
        """Return the CDR file of a connector that reads one."""
        assert self.cdr is not None
        return self.cdr.absolute()

    @property
    def source(self) -> Database:
        """Return the database of a connector that reads one."""
        assert self.database is not None
        assert self.password is not None
        return database(self.database, self.user, self.password.get_secret_value())

    @property
    def overlap(self) -> timedelta:
        """Return how far before the newest call a row may still appear; a wall clock may also go back by an hour."""
        return timedelta(hours=self.longest_call_hours + 1)

    @property
    def zone(self) -> ZoneInfo | None:
        """Return the zone of the file's times, when the settings name one."""
        named = "UTC" if self.utc else self.timezone
        return ZoneInfo(named) if named else None
