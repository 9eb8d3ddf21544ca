"""What there is to know about a message beside what it says."""

from ingest_social.cloud_api.content import files, words
from ingest_social.cloud_api.wire import Message
from peyvand.event import Flag


def notes(message: Message) -> tuple[Flag, ...]:
    """Return what there is to know: forwarded, led here by an advertisement, a pressed button, a type without words."""
    return tuple(flag for note in _NOTES if (flag := note(message)))


def _forwarded(message: Message) -> Flag | None:
    context = message.context
    if context is None or not (context.forwarded or context.frequently_forwarded):
        return None
    return Flag(name="forwarded", why="many times" if context.frequently_forwarded else "")


def _led_here(message: Message) -> Flag | None:
    led = message.referral
    if led is None:
        return None
    told = (led.source_type, led.headline, led.source_url or led.source_id)
    return Flag(name="referral", why=" · ".join(part for part in told if part))


def _asked_about(message: Message) -> Flag | None:
    product = message.context.referred_product if message.context else None
    return Flag(name="product", why=product.product_retailer_id or "") if product else None


def _pressed(message: Message) -> Flag | None:
    if message.button is not None:
        return Flag(name="button", why=message.button.payload or "")
    asked = message.interactive
    chosen = (asked.button_reply or asked.list_reply) if asked else None
    return Flag(name="button", why=chosen.id or "") if chosen else None


def _changed(message: Message) -> Flag | None:
    return Flag(name="system", why=message.system.type or "") if message.system else None


def _wordless(message: Message) -> Flag | None:
    """Say of a message that nothing of it was handed over; of which type it is Meta tells where it knows."""
    if words(message) is not None or files(message):
        return None
    told = (message.model_extra or {}).get("unsupported")
    kind = told.get("type") if isinstance(told, dict) else None
    errors = [error.told for error in message.errors or ()]
    return Flag(name="unsupported", why=" · ".join(str(p) for p in (kind or message.type, *errors) if p))


_NOTES = (_forwarded, _led_here, _asked_about, _pressed, _changed, _wordless)
