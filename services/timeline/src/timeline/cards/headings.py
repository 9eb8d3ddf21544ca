"""What columns are usually headed with, in Persian and English, folded and without spaces: the likeliest first."""

import re

from timeline.folds.search import folded

HEADINGS: dict[str, tuple[str, ...]] = {
    "id": (
        "شناسه مشتری", "کد مشتری", "شماره مشتری", "شناسه", "کد اشتراک", "شماره اشتراک", "کد طرف حساب", "کد حساب", "کد",
        "customer id", "customer no", "customer number", "customer code", "crm id", "contact id", "record id",
        "account id", "account number", "user id", "external id", "id", "code",
    ),
    "name": (
        "نام و نام خانوادگی", "نام کامل", "نام مشتری", "نام طرف حساب", "طرف حساب", "مشتری", "نام",
        "full name", "customer name", "contact name", "display name", "name", "customer", "contact",
    ),
    "first": ("نام کوچک", "first name", "given name", "forename", "first"),
    # A first name, where there is a last one.
    "short": ("نام کوچک", "first name", "given name", "forename", "first", "نام", "name"),
    "last": ("نام خانوادگی", "فامیلی", "فامیل", "last name", "family name", "surname", "last"),
    "company": (
        "نام شرکت", "شرکت", "نام سازمان", "سازمان", "company name", "company", "organization", "organisation",
        "account name", "account",
    ),
    "phone": (
        "موبایل", "تلفن همراه", "همراه", "شماره همراه", "شماره موبایل", "شماره تلفن همراه", "تلفن", "شماره تلفن",
        "شماره تماس", "تلفن تماس", "تلفن ثابت", "تلفن منزل", "تلفن محل کار", "تلفن شرکت", "واتساپ", "شماره واتساپ",
        "mobile", "mobile phone", "mobile number", "cell", "cell phone", "cellphone", "phone", "phone number",
        "telephone", "telephone number", "tel", "home phone", "work phone", "business phone", "office phone",
        "other phone", "whatsapp", "whatsapp number",
    ),
    "email": (
        "ایمیل", "آدرس ایمیل", "نشانی ایمیل", "پست الکترونیک", "پست الکترونیکی", "رایانامه",
        "email", "e mail", "email address", "e mail address", "mail", "work email", "home email", "other email",
    ),
    "telegram": ("تلگرام", "شناسه تلگرام", "آیدی تلگرام", "telegram", "telegram id", "telegram user id"),
}  # fmt: skip
_NUMBERED = re.compile(r"\d+\Z")


def plain(heading: str) -> str:
    """Return a heading as it is compared: however it is spaced and cased."""
    return folded(heading).replace(" ", "")


def rank(heading: str, field: str) -> int | None:
    """Return how likely a heading is a field's, 0 the likeliest, None when it is not; "تلفن ۲" and "Phone 2" are."""
    compared = plain(heading)
    found = _ranks(field).get(compared)
    return _ranks(field).get(_NUMBERED.sub("", compared)) if found is None else found


def _ranks(field: str) -> dict[str, int]:
    return {plain(written): place for place, written in reversed(list(enumerate(HEADINGS[field])))}
