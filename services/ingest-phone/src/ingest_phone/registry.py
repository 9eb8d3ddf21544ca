"""The sources that this service serves; a channel is added here."""

from ingest_phone.channels import asterisk, calllog, freeswitch, twilio_voice

SOURCES = (
    asterisk.SOURCE,
    asterisk.TABLE,
    asterisk.QUEUE_LOG,
    asterisk.LIVE,
    freeswitch.POSTED,
    freeswitch.KEPT,
    freeswitch.LIVE,
    calllog.SOURCE,
    twilio_voice.POLLING,
    twilio_voice.WEBHOOK,
)
