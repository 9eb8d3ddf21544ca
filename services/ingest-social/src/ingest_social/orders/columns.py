"""Which column of a table of orders says what: told, or guessed from its heading, in Persian and English."""

from collections.abc import Mapping, Sequence

from ingest_social.forms.names import folded
from peyvand.errors import BadPayload

# The likeliest first; of a field only one column is read.
HEADINGS: dict[str, tuple[str, ...]] = {
    "number": (
        "شماره سفارش", "کد سفارش", "شناسه سفارش", "شماره فاکتور", "شماره فاکتور فروش", "order number", "order id",
        "order no", "order", "invoice number", "invoice no", "number", "شماره",
    ),
    "date": (
        "تاریخ سفارش", "تاریخ ثبت", "تاریخ ثبت سفارش", "تاریخ فاکتور", "زمان سفارش", "تاریخ", "order date",
        "created at", "date created", "placed at", "invoice date", "date",
    ),
    "state": ("وضعیت سفارش", "وضعیت", "order status", "status", "state", "financial status"),
    "total": (
        "مبلغ کل", "جمع کل", "مبلغ نهایی", "مبلغ قابل پرداخت", "مبلغ سفارش", "مبلغ فاکتور", "مبلغ", "order total",
        "grand total", "total amount", "total price", "total", "amount",
    ),
    "currency": ("واحد پول", "واحد پولی", "ارز", "currency", "order currency"),
    "customer": ("کد مشتری", "شماره مشتری", "شناسه مشتری", "customer id", "customer number", "customer no"),
    "name": (
        "نام و نام خانوادگی", "نام مشتری", "نام خریدار", "نام کامل", "مشتری", "خریدار", "نام", "customer name",
        "billing name", "full name", "buyer", "customer", "name",
    ),
    "phone": (
        "موبایل", "شماره موبایل", "تلفن همراه", "شماره تماس", "تلفن", "شماره تلفن", "mobile", "billing phone", "phone",
        "phone number", "customer phone", "tel",
    ),
    "email": ("ایمیل", "پست الکترونیک", "رایانامه", "email", "billing email", "customer email", "email address"),
    "line": ("نام کالا", "کالا", "نام محصول", "محصول", "شرح کالا", "اقلام", "lineitem name", "product name", "product",
             "item name", "item", "items"),
    "quantity": ("تعداد", "مقدار", "lineitem quantity", "quantity", "qty"),
    "note": ("یادداشت مشتری", "یادداشت", "توضیحات", "customer note", "note", "notes"),
}  # fmt: skip
FIELDS = tuple(HEADINGS)
NEEDED = "number"


def columns_of(headings: Sequence[str], told: Mapping[str, str]) -> dict[str, str]:
    """Return the heading of each field that is there; raises BadPayload when a told one is not, or none is a number."""
    found: dict[str, str] = {}
    plain = {folded(heading): heading for heading in reversed(headings)}
    for field, name in told.items():
        if name and folded(name) not in plain:
            raise BadPayload(f"no column is headed {name} (there are: {', '.join(headings)})")
        if name:
            found[field] = plain[folded(name)]
    for field, names in HEADINGS.items():
        free = [plain[n] for n in map(folded, names) if n in plain and plain[n] not in found.values()]
        if field not in told and free:
            found[field] = free[0]
    if NEEDED not in found:
        raise BadPayload(f"no column is known to hold the orders' numbers (there are: {', '.join(headings)})")
    return found
