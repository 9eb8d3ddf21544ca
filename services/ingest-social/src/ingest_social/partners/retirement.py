"""What of the API for partners is to go, and the headers that tell those who still use it.

https://www.rfc-editor.org/rfc/rfc9745 (Deprecation) and https://www.rfc-editor.org/rfc/rfc8594 (Sunset)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

# So long at least something goes on after it was named: docs/webhooks.md promises it.
NOTICE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Retirement:
    """A field, named by its JSON pointer in an event, or with "" the whole version; `link` says what to do.

    Raises ValueError when it would end sooner than is promised.
    """

    pointer: str
    deprecated: datetime
    sunset: datetime
    link: str

    def __post_init__(self) -> None:
        if self.sunset - self.deprecated < NOTICE:
            raise ValueError(f"{self.pointer or '/v1'} would end less than {NOTICE.days} days after it was named")

    def is_used_by(self, said: Any) -> bool:
        """Return whether an event says it."""
        for name in self.pointer.split("/")[1:]:
            if not isinstance(said, Mapping) or name not in said:
                return False
            said = said[name]
        return True


# What is to go: an entry here is told in answers and marked in the OpenAPI document.
RETIRING: tuple[Retirement, ...] = ()


def notices(retiring: Sequence[Retirement], said: Iterable[Any] = ()) -> dict[str, str]:
    """Return the headers of an answer to these events; of several that go, the earliest times stand."""
    events = list(said)
    used = [one for one in retiring if not one.pointer or any(map(one.is_used_by, events))]
    if not used:
        return {}
    return {
        "Deprecation": f"@{int(min(one.deprecated for one in used).timestamp())}",
        "Sunset": format_datetime(min(one.sunset for one in used).astimezone(UTC), usegmt=True),
        "Link": ", ".join(f'<{link}>; rel="deprecation"; type="text/html"' for link in {o.link: None for o in used}),
    }
