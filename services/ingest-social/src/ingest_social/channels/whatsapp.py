"""WhatsApp: numbers of the Cloud API, and chats exported from the app.

https://developers.facebook.com/documentation/business-messaging/whatsapp
"""

from ingest_social.cloud_api import exported, media, reading, signing_in
from ingest_social.cloud_api.account import Settings, sees_outbound
from ingest_social.meta.account import relays_to
from ingest_social.meta.proof import challenge, verify
from peyvand.source import WebhookSource

SOURCE = WebhookSource(
    name="whatsapp",
    settings=Settings,
    verify=verify,
    normalise=reading.read,
    challenge=challenge,
    check=signing_in.check,
    files=exported.files,
    locate=media.locate,
    relays_to=relays_to,
    sees_outbound=sees_outbound,
)
