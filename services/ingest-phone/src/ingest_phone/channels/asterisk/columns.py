"""Which column is which in Asterisk's CDR files: they have no header, and their number depends on cdr.conf."""

import re
from collections.abc import Sequence

from peyvand.errors import BadPayload

_ALWAYS = ("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata",
           "start", "answer", "end", "duration", "billsec", "disposition", "amaflags")  # fmt: skip
_NEW = ("peeraccount", "linkedid", "sequence")

KNOWN = frozenset([*_ALWAYS, "uniqueid", "userfield", "recordingfile", *_NEW])
# Without the two channels nobody can say who answered.
NEEDED = frozenset(["src", "dst", "channel", "dstchannel", "start", "disposition"])
UNREAD = "_"

# [system name-]seconds.number
UNIQUE_ID = re.compile(r"(?:.+-)?(\d{9,11})\.\d+\Z")

_NAMES = {
    16: "cdr_csv with neither call id nor user field",
    17: "cdr_csv with one of call id and user field",
    18: "cdr_csv with call id and user field",
    19: "cdr_csv with the new columns, without call id",
    20: "cdr_csv with the new columns and one of call id and user field",
    21: "cdr_csv with all columns",
}


def columns_of(cells: Sequence[str], custom: Sequence[str] | None) -> tuple[str, ...]:
    """Return the name of each cell's column; raises BadPayload when no layout has so many."""
    if custom is not None:
        if len(cells) != len(custom):
            raise BadPayload(f"the row has {len(cells)} columns; `columns` names {len(custom)}")
        return tuple(custom)
    if len(cells) not in _NAMES:
        raise BadPayload(f"the row has {len(cells)} columns; cdr_csv writes 16 to 21, and other files need `columns`")
    more = len(cells) - len(_ALWAYS)
    new = _NEW if more >= len(_NEW) else ()
    match more - len(new):
        case 0:
            return (*_ALWAYS, *new)
        case 1:
            # loguniqueid and loguserfield are set each by itself, and the files look alike but for what stands there
            return (*_ALWAYS, "uniqueid" if UNIQUE_ID.match(cells[len(_ALWAYS)]) else "userfield", *new)
        case _:
            return (*_ALWAYS, "uniqueid", "userfield", *new)


def layout_name(count: int) -> str:
    """Return in words which layout has so many columns."""
    return _NAMES.get(count, "no layout of cdr_csv; name its columns with `columns`")
