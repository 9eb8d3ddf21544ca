"""Names of files as strangers give them, made fit to be shown and saved."""

LONGEST = 255
_UNSEEMLY = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def clean_name(written: str) -> str:
    """Return a file name without folders, controls and signs that turn its direction; ZWNJ stays."""
    name = written.replace("\\", "/").rpartition("/")[2].translate(_UNSEEMLY).strip(" .")
    raw = name.encode(errors="replace")
    if len(raw) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = dot + ending if stem and len(ending) <= 10 else ""
    return raw[: LONGEST - len(ending.encode(errors="replace"))].decode(errors="ignore") + ending
