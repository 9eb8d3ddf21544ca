"""Files of a mail that was too large to fetch whole: in the place of their content stands how long it is."""

from ingest_email.reading.mime import Part

# Set by who fetched the mail, in the part's header: octets as they would have been sent. Only in such mails it counts.
OCTETS = b"X-Peyvand-Octets"
# Base64 in lines of 76, each with its line end, carries 57 octets in 78.
_BASE64 = (57, 78)


def left_out(part: Part) -> int | None:
    """Return about how many bytes a file has that was left out, or None for one that is here."""
    said = part.headers.first(OCTETS.decode().lower()) or b""
    if not said.strip().isdigit():
        return None
    octets = int(said)
    return octets * _BASE64[0] // _BASE64[1] if part.headers.token("content-transfer-encoding") == "base64" else octets
