"""What FreeSWITCH writes for people: channel names and caller-id names."""

import re

from peyvand.identity import latin_digits, withheld

# sofia/internal/201@10.0.0.5:5060, sofia/internal/sip:201@…, verto.rtc/201@…, user/201@…
_CHANNEL_USER = re.compile(r"(?:.*/)?(?:sips?:)?([^/@;]+)(?:@.*)?\Z", re.DOTALL)


def channel_user(channel: str) -> str:
    """Return the user that a channel's name holds."""
    found = _CHANNEL_USER.match(channel)
    return found[1] if found else ""


def caller_name(written: str) -> str | None:
    """Return a caller-id name that is one: no words for none, no digits."""
    name = written.strip().strip('"').strip()
    digits = latin_digits(re.sub(r"[\W_]+", "", name)).isdigit()
    return None if not name or withheld(name) or digits or "\ufffd" in name else name
