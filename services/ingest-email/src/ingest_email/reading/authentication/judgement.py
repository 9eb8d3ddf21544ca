"""Whether a server that is trusted vouches for the sender of a mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ingest_email.reading.authentication.alignment import aligned, organisational
from ingest_email.reading.authentication.border import MICROSOFT, Border, border
from ingest_email.reading.authentication.results import Results, Verdict, results
from ingest_email.reading.headers import Headers

# What a Received field says of a sender who signed in (RFC 3848).
_SIGNED_IN = ("esmtpa", "esmtpsa", "utf8smtpa", "utf8smtpsa")


class Standing(StrEnum):
    """What is known of a sender; without a trusted check nothing is."""

    VOUCHED = "vouched"
    UNPROVEN = "unproven"  # checked, and nothing that speaks for the sender's domain
    FORGED = "forged"  # checked against the domain's own policy (DMARC), and refused
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A sender's standing, and what it rests on."""

    standing: Standing
    why: str


def judged(headers: Headers, domain: str, trusted: Sequence[str]) -> Judgement:
    """Return what trusted servers found of a sender at a domain."""
    if not trusted:
        return Judgement(Standing.UNKNOWN, "no server is named whose checks count")
    ours = border(headers, realm(tuple(trusted)))
    found = _results(ours, trusted)
    if found:
        return _by_results(found, domain)
    return Judgement(Standing.UNKNOWN, "there is no check by a server that is trusted")


def at_home(headers: Headers, domain: str, trusted: Sequence[str]) -> str:
    """Return why a mail from a domain was given in at that domain's own server, or "" when nothing says so.

    Colleagues' mail is signed and checked nowhere when it never leaves the server.
    """
    if not headers.named.get("received"):
        return "it was never sent: no server took it"
    servers = realm(tuple(trusted))
    entry = border(headers, servers).entry
    if entry is not None and aligned(entry.by, domain) and (not entry.foreign or entry.protocol in _SIGNED_IN):
        return f"its sender gave it in at {entry.by}"
    if servers >= MICROSOFT and headers.token("x-ms-exchange-organization-authas") == "internal":
        return "Exchange Online says that its sender signed in"
    return ""


@lru_cache(maxsize=1_000)
def realm(trusted: tuple[str, ...]) -> frozenset[str]:
    """Return the organisational domains of servers."""
    domains = frozenset(organisational(server) for server in trusted)
    return domains | MICROSOFT if domains & MICROSOFT else domains


def _results(ours: Border, trusted: Sequence[str]) -> list[Results]:
    """Return the topmost group of results by a trusted server: those beneath may be anybody's."""
    for group in ours.groups:
        read = [results(value) for value in group]
        by_trusted = [r for r in read if _is_trusted(r.server, trusted)]
        if by_trusted:
            return by_trusted
    return []


def _is_trusted(server: str, trusted: Sequence[str]) -> bool:
    if not server:  # Exchange Online does not say its name
        return bool(realm(tuple(trusted)) & MICROSOFT)
    return any(server == name or server.endswith("." + name) for name in trusted)


def _by_results(found: Sequence[Results], domain: str) -> Judgement:
    verdicts = [v for r in found for v in r.verdicts]
    server = found[0].server or "Exchange Online"
    for verdict in verdicts:
        if verdict.result == "pass" and _speaks_for(verdict, domain):
            return Judgement(Standing.VOUCHED, f"{server}: {verdict.method}=pass")
    said = ", ".join(dict.fromkeys(f"{v.method}={v.result}" for v in verdicts[:8])) or "nothing"
    refused = any(v.method == "dmarc" and v.result == "fail" and _speaks_for(v, domain) for v in verdicts)
    relayed = any(v.method == "arc" and v.result == "pass" for v in verdicts)
    standing = Standing.FORGED if refused and not relayed else Standing.UNPROVEN
    return Judgement(standing, f"{server} found no proof of {domain}: {said}"[:300])


def _speaks_for(verdict: Verdict, domain: str) -> bool:
    """Return whether a check is about the domain that a mail is from (RFC 7489 §3.1)."""
    about = verdict.about
    match verdict.method:
        case "dmarc":
            return aligned(about.get("header.from", domain).rpartition("@")[2], domain)
        case "dkim":
            return aligned(about.get("header.d") or about.get("header.i", "").rpartition("@")[2], domain)
        case "spf":
            return aligned(about.get("smtp.mailfrom", "").rpartition("@")[2], domain)
        case "auth" | "compauth":  # the sender signed in; Microsoft's own sum of all checks
            return True
        case _:
            return False
