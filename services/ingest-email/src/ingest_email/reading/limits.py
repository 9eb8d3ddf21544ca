"""How much of a mail is read; beyond these it is cut, never refused, and never slow."""

HEADER_BLOCK = 256 * 1024
FIELDS = 1_000
FIELD = 64 * 1024
PARAMETERS = 100
ADDRESSES = 500
REFERENCES = 100
DEPTH = 20
PARTS = 500
TEXT = 2_000_000
HTML = 1_000_000
FILE_NAME = 255
