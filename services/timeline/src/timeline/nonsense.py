"""What cannot be decided, and why, in words."""

from enum import StrEnum

from peyvand.errors import PeyvandError


class Nonsense(StrEnum):
    """Why something cannot be decided, in words."""

    SAME_CUSTOMER = "These are one customer already"
    SPLIT_INSTEAD = "This is one customer: split it, naming the handles that are somebody else's"
    NOT_THEIRS = "A handle among these is none of this customer's"
    NOTHING_MOVED = "Name at least one handle that is somebody else's"
    NOTHING_STAYS = "At least one handle must stay with the customer"
    SAME_HANDLE = "A handle is no suggestion with itself"
    NOTHING_WRITTEN = "There is nothing written"
    NO_HANDLE = "Write at least one telephone number or e-mail address"
    OURS = "This is an address or number of our own"
    UNSEEN = "Who sees only what some connectors brought, and is of no team, cannot write customers down by hand"
    HIDDEN = "A number or address among these is known already, and you may not see whose it is: ask somebody who may"
    TAGGED = "This word stands there already"


class Undecidable(PeyvandError):
    """What is asked for cannot be decided: why, and the field in which it stands."""

    def __init__(self, field: str, why: Nonsense) -> None:
        super().__init__(str(why))
        self.field = field
        self.why = why


class NotThere(PeyvandError):
    """There is no such customer, handle, interaction or decision, or none that may be seen."""
