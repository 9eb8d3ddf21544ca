"""Recordings of calls: which files they are, who may hear them, and what of them a browser plays."""

from dataclasses import dataclass

from peyvand.event import Attachment, Kind
from peyvand.folder import is_blob
from timeline.folds.interaction import Interaction
from timeline.ports import Principal

_CALLS = (Kind.CALL, Kind.VOICEMAIL)
# What is nobody's voice: a transcription, a fax. A file of a call of which nothing is known may be one.
_SILENT = ("text/", "image/", "application/pdf")
# What the large browsers play by themselves. A WAV may hold GSM, which they do not: such a one has a copy.
_PLAYED = {
    "audio/mpeg": "audio/mpeg",
    "audio/ogg": "audio/ogg",
    "audio/wav": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/vnd.wave": "audio/wav",
}


@dataclass(frozen=True, slots=True)
class Playable:
    """The blob that is played, and its media type."""

    blob: str
    media_type: str


def recordings_of(interaction: Interaction) -> tuple[Attachment, ...]:
    """Return the files of a call or a voicemail in which somebody may be heard, those first that a leg names."""
    if interaction.kind not in _CALLS:
        return ()
    legs = interaction.call.legs if interaction.call else ()
    named = {leg.recording for leg in legs if leg.recording}
    first = [a for a in interaction.attachments if a.at in named or a.origin in named]
    others = [a for a in interaction.attachments if a not in first and _may_be_heard(a)]
    return (*first, *others)


def may_hear(who: Principal, interaction: Interaction) -> bool:
    """Return whether somebody who reads an interaction may hear it, too."""
    return who.hears is None or not who.hears.isdisjoint(interaction.connectors)


def played(file: Attachment) -> Playable | None:
    """Return what of a recording a browser plays: its copy, or itself; None when there is neither."""
    if file.sha256 is None:
        return None
    if file.playable:
        return Playable(file.playable, "audio/ogg")
    kind = _PLAYED.get(file.sniffed_type)
    return Playable(file.at, kind) if kind and is_blob(file.at) else None


def _may_be_heard(file: Attachment) -> bool:
    return bool(file.playable) or not (file.sniffed_type or file.claimed_type).startswith(_SILENT)
