"""How much of a mail is read; beyond these it is cut, flagged and never slow, and never refused."""

MAIL = 100 * 1024 * 1024  # bytes of a whole mail
HEADER_BLOCK = 256 * 1024
FIELDS = 1_000
FIELD = 32 * 1024
PARAMETERS = 200  # RFC 2231 allows a name in any number of pieces
ADDRESSES = 1_000
REFERENCES = 100
DEPTH = 20
PARTS = 500
BOUNDARIES = 100_000  # places that begin like a boundary
TEXT = 2_000_000  # characters of all texts together
HTML = 1_000_000  # characters of HTML that are parsed
HTML_KEPT = 200_000  # characters of HTML that go with the event: more is shown as text only
FILE_NAME = 255
TITLE = 300  # characters of what is said of an attached mail
ENCLOSED = 100  # names within one winmail.dat
