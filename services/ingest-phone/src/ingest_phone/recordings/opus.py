"""A recording as browsers play it: Ogg Opus (RFC 7845) of what telephones write.

Read and written by libsndfile: http://libsndfile.github.io/libsndfile/formats.html
"""

from typing import Any, BinaryIO

import soundfile

# Asterisk's `.gsm` is bare GSM 06.10 without a header; all else says itself what it is.
_BARE: dict[str, dict[str, Any]] = {
    ".gsm": {"samplerate": 8000, "channels": 1, "format": "RAW", "subtype": "GSM610"},
    ".ulaw": {"samplerate": 8000, "channels": 1, "format": "RAW", "subtype": "ULAW"},
    ".alaw": {"samplerate": 8000, "channels": 1, "format": "RAW", "subtype": "ALAW"},
    ".sln": {"samplerate": 8000, "channels": 1, "format": "RAW", "subtype": "PCM_16", "endian": "LITTLE"},
}
_PLAYED = ("OGG", "MP3", "FLAC")  # by every browser, as they are
_FRAMES = 65_536  # at once: an hour is never in memory
_STEREO = 2


def as_opus(recording: BinaryIO, name: str, into: BinaryIO) -> bool:
    """Write a recording as Ogg Opus; False when browsers play it as it is, or nobody does. Blocks."""
    try:
        with soundfile.SoundFile(recording, **_BARE.get(_ending(name), {})) as heard:
            if heard.format in _PLAYED or heard.channels > _STEREO:
                return False
            with soundfile.SoundFile(
                into, "w", heard.samplerate, heard.channels, format="OGG", subtype="OPUS"
            ) as played:
                frames = 0
                while len(block := heard.read(_FRAMES, dtype="float32")):
                    played.write(block)
                    frames += len(block)
                return frames > 0
    except soundfile.LibsndfileError:
        return False  # torn, or no sound at all: it is kept as it is


def _ending(name: str) -> str:
    return name[name.rfind(".") :].lower() if "." in name else ""
