"""Signed and encrypted parts, said to be what they are: no signature is checked, and nothing is opened.

https://www.rfc-editor.org/rfc/rfc8551 (S/MIME), https://www.rfc-editor.org/rfc/rfc3156 (PGP)
"""

from ingest_email.reading.mime import Part
from peyvand.event import Flag

_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
# The object identifier of CMS signed data, near the beginning of what Outlook calls smime.p7m.
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_ENCRYPTED, _BEGIN = "-----BEGIN PGP MESSAGE-----", "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE, _END = "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"


def protection(root: Part, text: str) -> tuple[Flag, ...]:
    """Return what is signed or encrypted in a mail, each said once."""
    said = [_said(part) for part in root.walk()]
    if _ENCRYPTED in text:
        said.append(Flag(name="encrypted", why="PGP, in the text"))
    if _BEGIN in text:
        said.append(Flag(name="signed", why="PGP, in the text; the signature is not checked"))
    return tuple({flag.name: flag for flag in reversed(said) if flag is not None}.values())


def _said(part: Part) -> Flag | None:
    match part.media_type:
        case "multipart/signed":
            how = "PGP" if "pgp" in part.parameters.get("protocol", "").lower() else "S/MIME"
            return Flag(name="signed", why=f"{how}; the signature is not checked")
        case "multipart/encrypted":
            return Flag(name="encrypted", why="PGP; only the recipient's key opens it")
        case kind if kind in _SMIME:
            return _smime(part)
        case _:
            return None


def _smime(part: Part) -> Flag | None:
    kind = part.parameters.get("smime-type", "").lower()
    if kind in ("certs-only", "compressed-data"):
        return None
    if kind == "signed-data" or (not kind and _SIGNED_DATA in part.content(200)):
        return Flag(name="signed", why="S/MIME; its text is within the signature and is not read")
    return Flag(name="encrypted", why="S/MIME; only the recipient's key opens it")


def unsigned(text: str) -> str:
    """Return a text without the armour of PGP signatures around its pieces."""
    if _BEGIN not in text:
        return text
    pieces, at = [], 0
    while (begin := text.find(_BEGIN, at)) != -1:
        signature = text.find(_SIGNATURE, begin)
        end = text.find(_END, signature) if signature != -1 else -1
        if end == -1:
            break
        _, _, said = text[begin:signature].partition("\n\n")
        pieces += [text[at:begin], "\n".join(line.removeprefix("- ") for line in said.split("\n"))]
        at = end + len(_END)
    return "".join([*pieces, text[at:]]).strip("\n")
