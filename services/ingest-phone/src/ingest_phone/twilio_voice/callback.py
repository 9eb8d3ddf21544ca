"""What Twilio calls us with: the status of a call, a recording, what a machine understood of it.

https://www.twilio.com/docs/voice/api/call-resource#statuscallback
https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback
https://www.twilio.com/docs/voice/twiml/record#transcribecallback
https://www.twilio.com/docs/voice/twiml/transcription
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

import orjson

from ingest_phone.twilio_voice.leg import AT, RECORDING, VOICEMAIL, beside, file, live, voicemail
from ingest_phone.twilio_voice.told import Told, from_callback, from_row, number, time
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation

# What we asked Twilio's list for, about the call of a recording: the row as JSON. Nobody else may write it.
CALL = "twilio-call"
# After whatever the callbacks said of the same status.
_LAST = "999999"


def said_in(delivery: Delivery) -> dict[str, str]:
    """Return the fields of a callback, a form or a JSON object; raises BadPayload."""
    if "json" in delivery.headers.get("content-type", "").lower():
        found = delivery.json()
        if not isinstance(found, dict):
            raise BadPayload("a callback that is no object")
        return {key: str(value) for key, value in found.items() if isinstance(value, str | int)}
    try:
        return dict(parse_qsl(delivery.text(), keep_blank_values=True, max_num_fields=1000))
    except ValueError as error:
        raise BadPayload("a form with more fields than any") from error


def needs_its_call(said: Mapping[str, str]) -> bool:
    """Return whether a callback does not tell whose call it is about."""
    recorded = said.get("RecordingStatus") == "completed" or said.get("TranscriptionStatus") == "completed"
    return recorded and bool(said.get("CallSid"))


def events(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what a callback says; raises Skipped, BadPayload."""
    said = said_in(delivery)
    if not said.get("CallSid"):
        raise UnknownType("a callback of Twilio without a CallSid")
    if "TranscriptionEvent" in said:
        return [_spoken(delivery, said, organisation)]
    if "TranscriptionStatus" in said:
        return _transcribed(delivery, said, organisation)
    if "RecordingStatus" in said:
        return _recorded(delivery, said, organisation)
    if "CallStatus" not in said:
        raise UnknownType("a callback of a type that is not known yet")
    return [_status(delivery, said, organisation)]


def _status(delivery: Delivery, said: Mapping[str, str], organisation: Organisation) -> InteractionEvent:
    told, sequence = from_callback(said), number(said.get("SequenceNumber")) or 0
    change_key = f"live\x1f{told.sid}\x1f{told.status}\x1f{sequence}"
    return live(delivery, told, organisation, f"{sequence:06d}", change_key)


def _recorded(delivery: Delivery, said: Mapping[str, str], organisation: Organisation) -> list[InteractionEvent]:
    if said["RecordingStatus"] != "completed":
        raise Skipped(f"a recording that is {'not there yet' if said['RecordingStatus'] == 'in-progress' else 'none'}")
    recording, told = _recording(said), _its_call(delivery, said)
    begin = time(said.get("RecordingStartTime"))
    found = []
    if told is not None:
        change_key = f"recorded\x1f{recording}\x1f{told.status}"
        more = {"recording": f"{AT}{recording}", "attachments": (file(recording),)}
        found.append(live(delivery, told, organisation, _LAST, change_key, **more))
    root = told.root if told else said["CallSid"]
    ours = told is not None and told.way != "inbound"
    if said.get("RecordingSource") == VOICEMAIL and not ours:
        seconds = number(said.get("RecordingDuration"))
        found.append(voicemail(delivery, root, recording, begin, seconds, organisation))
    elif told is None:
        files = (file(recording),)
        found.append(beside(delivery, root, f"recorded\x1f{recording}", begin, organisation, attachments=files))
    return found


def _transcribed(delivery: Delivery, said: Mapping[str, str], organisation: Organisation) -> list[InteractionEvent]:
    if said["TranscriptionStatus"] != "completed" or not said.get("TranscriptionText", "").strip():
        raise Skipped("a transcription without words")
    told, text = _its_call(delivery, said), said["TranscriptionText"].strip()
    change_key = f"transcribed\x1f{said.get('TranscriptionSid') or _recording(said)}"
    root = told.root if told else said["CallSid"]
    return [beside(delivery, root, change_key, None, organisation, text=text)]


def _spoken(delivery: Delivery, said: Mapping[str, str], organisation: Organisation) -> InteractionEvent:
    """Return a sentence of a call that is transcribed while it goes on."""
    if said["TranscriptionEvent"] != "transcription-content":
        raise Skipped(f"a transcription begins or ends: {said['TranscriptionEvent'][:40]}")
    if said.get("Final", "true").lower() != "true":
        raise Skipped("words that are not final")
    text, sequence = _transcript(said.get("TranscriptionData", "")), number(said.get("SequenceId")) or 0
    change_key = f"spoken\x1f{said.get('TranscriptionSid', '')}\x1f{sequence}"
    at, language = time(said.get("Timestamp")), said.get("LanguageCode") or None
    more = {"text": text, "order": f"{sequence:06d}", "language": language}
    return beside(delivery, said["CallSid"], change_key, at, organisation, **more)


def _transcript(written: str) -> str:
    try:
        found = orjson.loads(written)
    except orjson.JSONDecodeError as error:
        raise BadPayload("a transcription that is no JSON") from error
    text = found.get("transcript") if isinstance(found, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise Skipped("a transcription without words")
    return text.strip()


def _recording(said: Mapping[str, str]) -> str:
    sid = said.get("RecordingSid", "")
    if not RECORDING.fullmatch(sid):
        raise BadPayload("a recording without a sid")
    return sid


def _its_call(delivery: Delivery, said: Mapping[str, str]) -> Told | None:
    """Return the leg that was asked for, when Twilio answered."""
    written = delivery.headers.get(CALL)
    if not written:
        return None
    try:
        row = orjson.loads(written)
    except orjson.JSONDecodeError as error:
        raise BadPayload("a call that is no JSON") from error
    if not isinstance(row, dict) or row.get("sid") != said["CallSid"]:
        raise BadPayload("the answer is about another call")
    return from_row(row)
