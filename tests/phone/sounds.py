"""Recordings as telephone systems write them: a tone of some seconds, in their formats."""

import io
import math
from array import array

import soundfile

RATE = 8_000
FORMATS = {
    "wav49.WAV": ("WAV", "GSM610"),
    "plain.wav": ("WAV", "PCM_16"),
    "a.wav": ("WAV", "ALAW"),
    "u.wav": ("WAV", "ULAW"),
    "bare.gsm": ("RAW", "GSM610"),
    "bare.ulaw": ("RAW", "ULAW"),
    "bare.sln": ("RAW", "PCM_16"),
}


def tone(seconds: float, name: str = "wav49.WAV") -> bytes:
    """Return a tone of 440 Hz in the format of a file of that name."""
    into = io.BytesIO()
    kind, subtype = FORMATS[name]
    samples = array("h", (round(9_000 * math.sin(math.tau * 440 * n / RATE)) for n in range(round(RATE * seconds))))
    with soundfile.SoundFile(into, "w", RATE, 1, format=kind, subtype=subtype, endian="FILE") as written:
        written.buffer_write(samples, dtype="int16")
    return into.getvalue()
