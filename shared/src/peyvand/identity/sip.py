"""SIP users that are no telephone number: alice@pbx.example.ir, 1001@pbx.example.ir."""

import re
from collections.abc import Collection
from urllib.parse import unquote

from peyvand.identity.handle import Handle, Proof
from peyvand.identity.withheld import withheld
from peyvand.identity.writing import without_unseen

_ADDRESS = re.compile(r"(?:[^<>]*<)?\s*sips?:([^@<>;:?\s]+)[^@<>]*@([^@<>;:?\s]+)", re.IGNORECASE)


def sip(written: str, domains: Collection[str], proof: Proof = Proof.VIA) -> Handle | None:
    """Return the handle of a SIP user at one of `domains`, whose registrar is trusted; None for any other's.

    Whoever calls from elsewhere may write what he likes before the @. Ask `phone` first: most users are numbers.
    """
    found = _ADDRESS.match(without_unseen(written).strip())
    if found is None:
        return None
    user, domain = unquote(found[1]).lower(), found[2].lower().rstrip(".")
    if domain not in domains or withheld(user):
        return None
    return Handle(kind="sip", scope=domain, value=user, written=written, proof=proof)
