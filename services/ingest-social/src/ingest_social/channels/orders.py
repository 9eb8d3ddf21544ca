"""Orders of a shop or an accounting program that gives them in rows: brought in from a table, or posted signed.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from collections.abc import Sequence

from pydantic import ValidationError

from ingest_social.orders.account import OrdersAccount
from ingest_social.orders.order import Rows, order_event
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.signature import require_standard_webhooks
from peyvand.source import WebhookSource, unreadable


class Settings(OrdersAccount):
    """One system whose orders come in rows."""


def verify(delivery: Delivery, account: Settings) -> None:
    """Return for a signed post; raises BadSignature."""
    if not account.secret:
        raise BadSignature("this connector takes no posts: it has no secret")
    require_standard_webhooks(delivery, account.secret)


def normalise(delivery: Delivery, account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the order of the rows; raises BadPayload."""
    try:
        rows = Rows.model_validate(delivery.json())
    except ValidationError as error:
        raise unreadable(error) from error
    return [order_event(delivery, rows, account, organisation)]


async def check(account: Settings) -> str:
    """Say whether posts are taken."""
    unit = f"totals are in {account.currency}" if account.currency else "each total must say its currency"
    posts = "takes signed posts" if account.secret else "takes no posts, only peyvand import orders"
    return f"ready; {posts}; {unit}"


SOURCE = WebhookSource(name="orders", settings=Settings, verify=verify, normalise=normalise, check=check, ours=True)
"""What a table's rows say of an order."""
