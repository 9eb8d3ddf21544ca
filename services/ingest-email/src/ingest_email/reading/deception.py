"""What in a sender's name and addresses is there to be taken for somebody else."""

import re
from collections.abc import Iterator

from ingest_email.reading.addresses import Address, addresses
from ingest_email.reading.authentication import aligned
from ingest_email.reading.authors import value_of
from ingest_email.reading.lookalikes import imitated, mixes_alphabets
from ingest_email.reading.mail import Mail
from ingest_email.reading.ours import Ours
from peyvand.event import Flag
from peyvand.identity import Organisation, email

_SHOWN = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def pretences(mail: Mail, own: Ours, organisation: Organisation) -> Iterator[str]:
    """Yield why a mail from somebody else seems to be made to look like ours."""
    domains = own.domains(organisation)
    senders = addresses(mail.root.headers.all("sender")[:1])
    for person in (*mail.senders[:5], *mail.reply_to[:5], *senders):
        domain = (value_of(person.written) or "").rpartition("@")[2]
        if domain and (ours := imitated(domain, domains)):
            yield f"the domain {domain} looks like {ours}"
        elif domain and mixes_alphabets(domain):
            yield f"the domain {domain} mixes alphabets"
    for shown in _shown_instead(mail.senders[:5]):
        domain = shown.rpartition("@")[2]
        if own.has(email(shown), organisation):
            yield "the sender's name shows an address of ours, the sender has another"
        elif ours := imitated(domain, domains):
            yield f"the sender's name shows an address at {domain}, which looks like {ours}"


def misnamed(mail: Mail, own: Ours, organisation: Organisation) -> Iterator[Flag]:
    """Yield that a sender's name is somebody else's address."""
    if "list-id" in mail.root.headers.named:
        return
    shown = next((s for s in _shown_instead(mail.senders[:5]) if not own.has(email(s), organisation)), None)
    if shown is not None:
        why = f"the sender's name shows an address at {shown.rpartition('@')[2]}, the sender has another"
        yield Flag(name="misleading-name", why=why)


def several(mail: Mail) -> Iterator[Flag]:
    """Yield that a mail names more than one sender; RFC 5322 allows it, and hardly anybody but forgers does it."""
    fields = len(mail.root.headers.named.get("from", ()))
    people = len({value_of(sender.written) or sender.written for sender in mail.senders})
    if fields > 1:
        yield Flag(name="several-senders", why=f"it has {fields} From fields")
    elif people > 1:
        yield Flag(name="several-senders", why=f"its From names {people} senders")


def _shown_instead(senders: tuple[Address, ...]) -> Iterator[str]:
    """Yield addresses in names, other than the sender's own and others at the same organisation."""
    for sender in senders:
        if "@" not in sender.name:
            continue
        real = value_of(sender.written) or ""
        for shown in (value_of(written) for written in _SHOWN.findall(sender.name)[:5]):
            if shown and not aligned(shown.rpartition("@")[2], real.rpartition("@")[2]):
                yield shown
