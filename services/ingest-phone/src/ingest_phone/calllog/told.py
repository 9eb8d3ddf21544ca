"""What a row tells of a call, field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from ingest_phone.calllog.row import Row, plain
from ingest_phone.calllog.settings import Settings
from ingest_phone.calllog.values import direction_of, result_of, seconds_of, time_of
from ingest_phone.localtime import Moment
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload
from peyvand.event import CallResult, Direction

_LONGEST = 256
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
_YES = ("1", "true", "yes", "y", "بله")


@dataclass(frozen=True)
class Told:
    """The fields of one row; each is worked out when it is asked for, and raises BadPayload where it cannot be read."""

    row: Row
    settings: Settings
    zone: ZoneInfo
    delivery: Delivery

    @cached_property
    def _columns(self) -> Mapping[str, str]:
        return self.row.by_column()

    def _cells(self, field: str) -> list[str]:
        names = self.settings.columns.get(field, ())
        cells = (self._columns.get(plain(name), "")[:_LONGEST].translate(_CONTROLS).strip() for name in names)
        pattern = self.settings.patterns.get(field)
        if pattern is None:
            return [cell for cell in cells if cell]
        found = [match for cell in cells if cell and (match := re.fullmatch(pattern, cell))]
        return [match[1] if match.re.groups else match[0] for match in found]

    def text(self, field: str) -> str:
        """Return what the first column says that says something."""
        return next(iter(self._cells(field)), "")

    @property
    def call(self) -> str:
        """Return the call's own id, or nothing."""
        return ":".join(self._cells("call"))

    @property
    def leg(self) -> str:
        """Return what names this row among those of its call: an id of its own, or all that it says."""
        return self.text("leg") or self.row.digest

    @cached_property
    def start(self) -> Moment:
        """Return when the call began."""
        found = self._time("start", " ".join(self._cells("start")))
        if found is None:
            raise BadPayload("start: a time was expected, and there is none")
        return found

    def _time(self, field: str, written: str) -> Moment | None:
        return time_of(written, field, self.settings, self.zone, self.delivery.received_at)

    def _between(self, first: str, last: str) -> int | None:
        begin = self.start if first == "start" else self._time(first, self.text(first))
        end = self._time(last, self.text(last))
        return None if begin is None or end is None else max(0, int((end.at - begin.at) / timedelta(seconds=1)))

    def _seconds(self, field: str) -> int | None:
        return seconds_of(self.text(field), field, self.settings.durations)

    @cached_property
    def talk(self) -> int:
        """Return for how many seconds somebody talked."""
        told = self._seconds("talk")
        if told is None:
            told = self._between("answered", "end")
        if told is not None:
            return told
        lasted = self._lasted
        if lasted is None or self._was_not_answered:
            return 0
        return max(0, lasted - (self._waited or 0))

    @property
    def wait(self) -> int | None:
        """Return for how many seconds it rang, None where nothing says it."""
        waited = self._waited
        if waited is None and self._lasted is not None and (self._says("talk") or self._was_not_answered):
            return max(0, self._lasted - self.talk)
        return waited

    @cached_property
    def _waited(self) -> int | None:
        told = self._seconds("wait")
        return self._between("start", "answered") if told is None else told

    @cached_property
    def _lasted(self) -> int | None:
        told = self._seconds("duration")
        return self._between("start", "end") if told is None else told

    def _says(self, field: str) -> bool:
        return bool(self.settings.columns.get(field))

    @property
    def _was_not_answered(self) -> bool:
        if self._says("answered"):
            return not self._time("answered", self.text("answered"))
        return self._word not in (None, CallResult.ANSWERED, CallResult.VOICEMAIL)

    @cached_property
    def _word(self) -> CallResult | None:
        written = self.text("result")
        found = result_of(written, self.settings) if written else None
        if written and found is None:
            shown = f" “{written}”" if len(written) <= 40 and not any(c.isdigit() for c in written) else ""
            raise BadPayload(f"result: nobody knows what{shown} means; say it with `results`")
        return found

    @property
    def result(self) -> CallResult:
        """Return how it ended: by its word, else by whether somebody talked, else by what ended it."""
        if self._word is not None:
            return self._word
        if self.talk or (self._says("answered") and not self._was_not_answered):
            return CallResult.ANSWERED
        ended = result_of(self.text("cause"), self.settings) if self.text("cause") else None
        return CallResult.MISSED if ended in (None, CallResult.ANSWERED) else ended

    @property
    def direction(self) -> Direction | None:
        """Return which way it went where the row says so."""
        if self.text("internal").casefold() in _YES:
            return Direction.INTERNAL
        written = self.text("direction")
        found = direction_of(written, self.settings) if written else None
        if written and found is None:
            raise BadPayload("direction: nobody knows what its word means; say it with `directions`")
        return found
