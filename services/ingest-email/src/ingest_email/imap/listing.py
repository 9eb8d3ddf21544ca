"""Which folders a mailbox has, and how those stand that are not open."""

from collections.abc import Sequence
from typing import Any

from ingest_email.imap.folders import Listed
from ingest_email.imap.mailbox import Mailbox, Standing, asking

_STATED = "(UIDVALIDITY UIDNEXT MESSAGES)"


def listed(mailbox: Mailbox) -> list[Listed]:
    """Return every folder, with what it is for where the server can say it (RFC 6154)."""
    client = mailbox.client
    with asking():
        if client.has_capability("SPECIAL-USE") and client.has_capability("LIST-EXTENDED"):
            kind, said = client._imap._simple_command("LIST", '""', '"*"', "RETURN (SPECIAL-USE)")
            if kind == "OK":
                _, lines = client._imap._untagged_response(kind, said, "LIST")
                return [_listed(*folder) for folder in client._proc_folder_list(lines)]
        return [_listed(*folder) for folder in client.list_folders()]


def statuses(mailbox: Mailbox, names: Sequence[str]) -> dict[str, Standing]:
    """Return how folders stand, asked for all at once; those that are gone are left out."""
    client, imap = mailbox.client, mailbox.client._imap
    found = {}
    with asking():
        tags = [imap._command("STATUS", client._normalise_folder(name), _STATED) for name in names]
        for name, tag in zip(names, tags, strict=True):
            kind, _ = imap._command_complete("STATUS", tag)
            lines = imap.untagged_responses.pop("STATUS", [])
            if kind == "OK" and lines:
                found[name] = _standing(lines)
    return found


def _standing(lines: Sequence[Any]) -> Standing:
    words = b" ".join(line if isinstance(line, bytes) else b" ".join(line) for line in lines)
    said = words[words.rfind(b"(") + 1 : words.rfind(b")")].upper().split()
    known = {k: int(v) for k, v in zip(said[::2], said[1::2], strict=False) if v.isdigit()}
    return Standing(known.get(b"UIDVALIDITY", 0), known.get(b"UIDNEXT"), known.get(b"MESSAGES", 0))


def _listed(flags: Sequence[bytes], delimiter: bytes | None, name: str) -> Listed:
    return Listed(
        name if isinstance(name, str) else str(name),
        frozenset(flag.decode("latin-1").lower() for flag in flags),
        (delimiter or b"").decode("latin-1"),
    )
