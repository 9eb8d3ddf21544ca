"""The parts of a WhatsApp payload that are read.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

from typing import Any

from pydantic import AliasChoices, ConfigDict, Field

from ingest_social.meta.envelope import Wire


class Number(Wire):
    display_phone_number: str | None = None
    phone_number_id: str | None = None


class Profile(Wire):
    name: str | None = None
    username: str | None = None


class Contact(Wire):
    """Who a message is from or to: whoever hides the number has no `wa_id`."""

    profile: Profile | None = None
    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None


class Media(Wire):
    id: str
    mime_type: str | None = None
    caption: str | None = None
    filename: str | None = None
    voice: bool | None = None


class Text(Wire):
    body: str


class Reaction(Wire):
    """A removal has an empty emoji, or none."""

    message_id: str
    emoji: str | None = None


class Location(Wire):
    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


class CardName(Wire):
    formatted_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class CardLine(Wire):
    phone: str | None = None
    wa_id: str | None = None
    email: str | None = None


class Card(Wire):
    name: CardName | None = None
    phones: tuple[CardLine, ...] | None = None
    emails: tuple[CardLine, ...] | None = None


class Product(Wire):
    product_retailer_id: str
    quantity: str | None = None
    item_price: str | None = None
    currency: str | None = None


class Order(Wire):
    text: str | None = None
    product_items: tuple[Product, ...] | None = None


class Choice(Wire):
    id: str | None = None
    title: str | None = None
    description: str | None = None


class Flow(Wire):
    name: str | None = None
    body: str | None = None
    response_json: str | None = None


class Permission(Wire):
    response: str | None = None


class Interactive(Wire):
    button_reply: Choice | None = None
    list_reply: Choice | None = None
    nfm_reply: Flow | None = None
    call_permission_reply: Permission | None = None


class Button(Wire):
    text: str | None = None
    payload: str | None = None


class System(Wire):
    """What changed about a user; `wa_id` is the new number (`new_wa_id` before 2021)."""

    type: str | None = None
    body: str | None = None
    wa_id: str | None = Field(default=None, validation_alias=AliasChoices("wa_id", "new_wa_id"))
    user_id: str | None = None
    parent_user_id: str | None = None
    previous_user_id: str | None = None
    previous_parent_user_id: str | None = None


class Edit(Wire):
    original_message_id: str
    message: dict[str, Any]


class Revoke(Wire):
    original_message_id: str


class Referral(Wire):
    source_url: str | None = None
    source_id: str | None = None
    source_type: str | None = None
    headline: str | None = None


class Referred(Wire):
    product_retailer_id: str | None = None


class Context(Wire):
    id: str | None = None
    forwarded: bool | None = None
    frequently_forwarded: bool | None = None
    referred_product: Referred | None = None


class Details(Wire):
    details: str | None = None


class Error(Wire):
    code: int | None = None
    title: str | None = None
    message: str | None = None
    error_data: Details | None = None

    @property
    def told(self) -> str:
        """Return code and words, the most telling first."""
        words = (self.error_data.details if self.error_data else None) or self.message or self.title
        return ": ".join(str(part) for part in (self.code, words) if part)


class HistoryContext(Wire):
    status: str | None = None
    from_me: bool | None = None


class Message(Wire):
    """One message; what its type is called holds its content, and stays by that name where it is not named here."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, extra="allow")

    id: str
    type: str | None = None
    timestamp: Any = None
    from_: str | None = Field(default=None, alias="from")
    from_user_id: str | None = None
    from_parent_user_id: str | None = None
    to: str | None = None
    to_user_id: str | None = None
    to_parent_user_id: str | None = None
    group_id: str | None = None
    context: Context | None = None
    referral: Referral | None = None
    errors: tuple[Error, ...] | None = None
    history_context: HistoryContext | None = None
    text: Text | None = None
    image: Media | None = None
    video: Media | None = None
    audio: Media | None = None
    document: Media | None = None
    sticker: Media | None = None
    reaction: Reaction | None = None
    location: Location | None = None
    contacts: tuple[Card, ...] | None = None
    order: Order | None = None
    interactive: Interactive | None = None
    button: Button | None = None
    system: System | None = None
    edit: Edit | None = None
    revoke: Revoke | None = None


class Report(Wire):
    """What became of a message of ours, by its wamid."""

    id: str
    status: str
    type: str | None = None
    timestamp: Any = None
    recipient_id: str | None = None
    recipient_type: str | None = None
    recipient_user_id: str | None = None
    recipient_parent_user_id: str | None = Field(
        default=None, validation_alias=AliasChoices("recipient_parent_user_id", "parent_recipient_user_id")
    )
    recipient_participant_id: str | None = Field(
        default=None, validation_alias=AliasChoices("recipient_participant_id", "participant_recipient_id")
    )
    errors: tuple[Error, ...] | None = None


class Call(Wire):
    """One call; start, end and duration (seconds) are told of one that was taken."""

    id: str
    event: str | None = None
    direction: str | None = None
    status: str | None = None
    timestamp: Any = None
    start_time: Any = None
    duration: int | None = None
    from_: str | None = Field(default=None, alias="from")
    from_user_id: str | None = None
    from_parent_user_id: str | None = None
    to: str | None = None
    to_user_id: str | None = None
    to_parent_user_id: str | None = None


class Preference(Wire):
    """A wish of a user's about marketing messages: `value` is stop or resume."""

    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    detail: str | None = None
    value: str | None = None
    timestamp: Any = None
