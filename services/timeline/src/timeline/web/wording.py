"""What channels, results and states are called: English here, other languages in the catalogues."""

from datetime import timedelta

from peyvand.event import CallResult, CallState, Direction, Kind, Status
from timeline.deciding import Reason
from timeline.deliveries import Outcome
from timeline.folds.identity.verdicts import VerdictKind
from timeline.folds.interaction import Interaction
from timeline.nonsense import Nonsense
from timeline.reasons import Rule
from timeline.web.language import Language, marked

CHANNELS = {
    "email": marked("E-mail"),
    "telegram": marked("Telegram"),
    "bale": marked("Bale"),
    "rubika": marked("Rubika"),
    "whatsapp": marked("WhatsApp"),
    "messenger": marked("Messenger"),
    "instagram": marked("Instagram"),
    "sms": marked("SMS"),
    "phone": marked("Phone"),
    "web": marked("Web form"),
    "partner": marked("Our own systems"),
    "webchat": marked("Website chat"),
    "shop": marked("Shop"),
    "line": marked("LINE"),
    "viber": marked("Viber"),
    "slack": marked("Slack"),
    "mapped": marked("Source of JSON"),
}
# Why a file is not here, where it is not.
FILES = {
    "at the vendor": marked("still at the vendor"),
    "no longer kept": marked("recordings are kept for a time, and that is over"),
    "gone at the vendor": marked("the vendor has it no more"),
    "too large, at the vendor": marked("too large to be fetched"),
    "at an address that is not fetched": marked("at an address that is not fetched"),
    "could not be fetched": marked("could not be fetched"),
}
# Kinds of handles that are no channel's.
HANDLES = {
    "crm": marked("Customer number"),
    "phone_ext": marked("Extension"),
    "sip": marked("SIP address"),
    "whatsapp_bsuid": marked("WhatsApp"),
}
# The channel that agents see, of connectors whose own channel is a way to it.
FAMILIES = {
    "imap": "email",
    "mbox": "email",
    "maildir": "email",
    "eml": "email",
    "journal": "email",
    "sendgrid": "email",
    "mailgun": "email",
    "postmark": "email",
    "ses": "email",
    "asterisk": "phone",
    "freeswitch": "phone",
    "twilio_voice": "phone",
    "calllog": "phone",
    "webform": "web",
    "kavenegar": "sms",
    "melipayamak": "sms",
    "smsir": "sms",
    "twilio_sms": "sms",
    "crisp": "webchat",
    "goftino": "webchat",
    "tawk": "webchat",
    "woocommerce": "shop",
    "orders": "shop",
}
DIRECTIONS = {
    Direction.INBOUND: marked("From the customer"),
    Direction.OUTBOUND: marked("From us"),
    Direction.INTERNAL: marked("Among us"),
}
CALLS = {
    (Direction.INBOUND, CallResult.ANSWERED): marked("Incoming call"),
    (Direction.INBOUND, CallResult.MISSED): marked("Missed call"),
    (Direction.INBOUND, CallResult.BUSY): marked("Missed call: we were busy"),
    (Direction.INBOUND, CallResult.FAILED): marked("Incoming call that failed"),
    (Direction.INBOUND, CallResult.VOICEMAIL): marked("Call to voicemail"),
    (Direction.INBOUND, CallResult.ABANDONED): marked("Missed call: the caller left the queue"),
    (Direction.OUTBOUND, CallResult.ANSWERED): marked("Outgoing call"),
    (Direction.OUTBOUND, CallResult.MISSED): marked("Outgoing call, no answer"),
    (Direction.OUTBOUND, CallResult.BUSY): marked("Outgoing call, busy"),
    (Direction.OUTBOUND, CallResult.FAILED): marked("Outgoing call that failed"),
    (Direction.OUTBOUND, CallResult.VOICEMAIL): marked("Outgoing call to voicemail"),
}
STATES = {
    CallState.RINGING: marked("Ringing now"),
    CallState.TALKING: marked("Call that goes on now"),
}
RESULTS = {
    CallResult.ANSWERED: marked("answered"),
    CallResult.MISSED: marked("not answered"),
    CallResult.BUSY: marked("busy"),
    CallResult.FAILED: marked("failed"),
    CallResult.VOICEMAIL: marked("voicemail"),
    CallResult.ABANDONED: marked("left the queue"),
}
KINDS = {
    Kind.MESSAGE: marked("Message"),
    Kind.CALL: marked("Call"),
    Kind.VOICEMAIL: marked("Voicemail"),
    Kind.FORM: marked("Form"),
    Kind.PURCHASE: marked("Purchase"),
    Kind.MEETING: marked("Meeting"),
    Kind.NOTE: marked("Note"),
}
STATUSES = {
    Status.SENT: marked("sent"),
    Status.FAILED: marked("not delivered"),
    Status.DELIVERED: marked("delivered"),
    Status.READ: marked("read"),
    Status.PLAYED: marked("played"),
}
FLAGS = {
    "clock": marked("The sender's clock cannot be true"),
    "cut": marked("Shortened"),
    "auto-reply": marked("Automatic reply"),
    "auto-generated": marked("Written by a machine"),
    "newsletter": marked("Newsletter"),
    "delivery-report": marked("Delivery report"),
    "forwarded": marked("Forwarded"),
    "button": marked("A button was pressed"),
    "number": marked("A number is not complete"),
    "partial": marked("Not fetched whole"),
    "text": marked("Some letters cannot be read"),
    "bounce": marked("Could not be delivered"),
    "list": marked("Mailing list"),
    "spoof-suspect": marked("The sender may be forged"),
    "out-of-office": marked("Out of office"),
    "read-receipt": marked("Read receipt"),
    "complaint": marked("Reported as spam"),
    "unsure-quote": marked("Old and new words may be mixed"),
    "withheld": marked("Another team's: what it says is not shown"),
    "signed": marked("Signed"),
    "encrypted": marked("Encrypted"),
    "too-deep": marked("Nested too deep to be read whole"),
    "several-senders": marked("Several senders"),
    "misleading-name": marked("The sender's name shows another address"),
    "possible-duplicate": marked("Perhaps here twice: it came without a number of its own"),
    "comment": marked("A comment in public"),
    "post": marked("A post in public"),
    "hidden": marked("Hidden under the post"),
    "mention": marked("We were mentioned: the vendor does not say by whom"),
    "referral": marked("Came by a link or an advertisement"),
    "opt-in": marked("Agreed to be written to"),
    "preference": marked("A wish about advertising"),
    "product": marked("About a product"),
    "story-reply": marked("Answers a story"),
    "story-mention": marked("Mentions us in a story"),
    "ephemeral": marked("It disappears after it was seen"),
    "system": marked("A notice of the messenger"),
    "unsupported": marked("The vendor does not hand over what it says"),
    "failed": marked("Why it failed"),
    "incomplete": marked("More came with it that cannot be read"),
    "edited": marked("Its writer changed it later"),
}
REPORTED = {
    "failed": marked("not delivered"),
    "delayed": marked("delayed"),
    "delivered": marked("delivered"),
    "read": marked("read"),
    "complained": marked("reported as spam"),
}
CHANGES = {
    "created": marked("created"),
    "edited": marked("edited"),
    "deleted": marked("deleted"),
    "status": marked("status"),
    "reaction": marked("reaction"),
    "leg": marked("leg of a call"),
    "files": marked("what became of a file"),
}
OUTCOMES = {
    Outcome.STORED: marked("stored"),
    Outcome.DUPLICATE: marked("duplicate"),
    Outcome.SKIPPED: marked("skipped"),
    Outcome.KEPT: marked("kept for repair"),
    Outcome.ARRIVING: marked("arriving"),
}
ROLES = {
    "from": marked("sender"),
    "to": marked("recipient"),
    "cc": marked("copy"),
    "bcc": marked("blind copy"),
    "reply_to": marked("reply address"),
    "caller": marked("caller"),
    "callee": marked("callee"),
    "agent": marked("agent"),
    "member": marked("member"),
    "reactor": marked("reactor"),
    "about": marked("whom it is about"),
    "card": marked("on a card"),
}
PROOFS = {
    "via": marked("the channel itself vouches for it"),
    "verified": marked("verified"),
    "claimed": marked("as somebody wrote it"),
}
RULES = {
    Rule.ALONE: marked("Nothing links it to another handle."),
    Rule.SHARED: marked("Many use it, so it links nobody and stands alone."),
    Rule.DECIDED: marked("Somebody decided that it is one person's with"),
    Rule.LINKED: marked("It was seen as one person's with"),
}
STRENGTHS = {
    1: marked("both as somebody wrote them"),
    2: marked("one of the two is proved"),
    3: marked("both are proved"),
}
SHARED = {
    "decided": marked("somebody decided so"),
    "generic": marked("it is a function's mailbox, or what people type to give none"),
    "landline": marked("it is a landline or a service number"),
    "many": marked("too many different handles were seen with it"),
    "names": marked("three people who are called differently were seen with it"),
}
REFUSED = {
    "different": marked("somebody decided that they are two"),
    "exclusive": marked("both have a customer number of their own"),
    "cap": marked("one customer would have too many handles of a kind"),
    "name": marked("the names do not agree"),
    "large": marked("too many handles hang together, and this link is only claimed"),
    "like": marked("they are alike"),
}
# What a suggestion's score is made of.
PARTS = {
    "name": marked("name"),
    "circle": marked("company or surname"),
    "mailbox": marked("name of the mailbox"),
}
DECISIONS = {
    VerdictKind.SAME: marked("One customer"),
    VerdictKind.DIFFERENT: marked("Different customers"),
    VerdictKind.SHARED: marked("Used by many"),
    VerdictKind.PERSONAL: marked("One person's own"),
    VerdictKind.MOVE: marked("An interaction was moved"),
    VerdictKind.DISMISSED: marked("Need not be suggested"),
    VerdictKind.NOT_A_CUSTOMER: marked("No customer"),
    VerdictKind.NAME: marked("Named"),
    VerdictKind.TAG: marked("Tagged"),
}
REASONS = {
    Reason.SPAM: marked("Spam"),
    Reason.SUPPLIER: marked("Supplier"),
    Reason.NEWSLETTER: marked("Newsletter"),
}
NONSENSE = {
    Nonsense.SAME_CUSTOMER: marked("These are one customer already."),
    Nonsense.SPLIT_INSTEAD: marked("This is one customer: split off the handles that are somebody else's."),
    Nonsense.NOT_THEIRS: marked("A handle among these is none of this customer's any more. Load the page again."),
    Nonsense.NOTHING_MOVED: marked("Tick at least one handle that is somebody else's."),
    Nonsense.NOTHING_STAYS: marked("At least one handle must stay with the customer."),
    Nonsense.SAME_HANDLE: marked("A handle is no suggestion with itself."),
    Nonsense.NOTHING_WRITTEN: marked("There is nothing written."),
    Nonsense.NO_HANDLE: marked("Write at least one telephone number or e-mail address, each in a line of its own."),
    Nonsense.OURS: marked("An address or number among these is our own."),
    Nonsense.UNSEEN: marked("Who sees only a part of the connectors, and is of no team, cannot write customers down."),
    Nonsense.HIDDEN: marked(
        "A number or address among these is known already, and you may not see whose it is. Ask somebody who may."
    ),
    Nonsense.TAGGED: marked("This word stands there already."),
}


def title(interaction: Interaction) -> str:
    """Return the text that names an interaction by its kind; a call by its state, or its direction and result."""
    if interaction.call and interaction.call.state in STATES:
        return STATES[interaction.call.state]
    if interaction.call:
        return CALLS.get((interaction.direction, interaction.call.result), KINDS[Kind.CALL])
    return KINDS[interaction.kind]


def missed(interaction: Interaction) -> bool:
    """Return whether a customer called and nobody answered."""
    return (
        interaction.call is not None
        and interaction.call.state is CallState.OVER
        and interaction.call.result not in (CallResult.ANSWERED, CallResult.VOICEMAIL)
        and interaction.direction is Direction.INBOUND
    )


def family(channel: str) -> str:
    """Return the channel that agents see of a connector's channel."""
    return FAMILIES.get(channel, channel)


def channel_name(language: Language, channel: str) -> str:
    """Return the name of a channel, or of a kind of handle; one that is not known here keeps its own."""
    return language.gettext(CHANNELS.get(channel) or HANDLES.get(channel, channel))


def span(language: Language, length: timedelta) -> str:
    """Return a length of time in its largest unit, as people say it."""
    minutes = max(int(length.total_seconds() // 60), 1)
    for size, one, many in (
        (24 * 60, marked("%(n)s day"), marked("%(n)s days")),
        (60, marked("%(n)s hour"), marked("%(n)s hours")),
        (1, marked("%(n)s minute"), marked("%(n)s minutes")),
    ):
        if minutes >= size:
            n = minutes // size
            return language.ngettext(one, many, n) % {"n": language.number(n)}
    raise AssertionError("a minute is the least")


def talk(language: Language, seconds: int) -> str:
    """Return a duration as minutes and seconds."""
    hours, rest = divmod(max(seconds, 0), 3600)
    clock = f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
    return language.digits(clock)


def size(language: Language, octets: int) -> str:
    """Return a file's size."""
    for unit, name in ((1_000_000, marked("%(n)s MB")), (1_000, marked("%(n)s KB"))):
        if octets >= unit:
            return language.gettext(name) % {"n": language.number(octets / unit)}
    return language.gettext(marked("%(n)s bytes")) % {"n": language.number(octets)}
