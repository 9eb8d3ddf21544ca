"""Which of a form's fields is the telephone number: forms name their fields in many ways, in English and Persian."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from peyvand.identity.writing import without_unseen

Meaning = Literal["name", "phone", "email", "crm_id", "subject", "message", "id", "form", "page"]

DEFAULTS: dict[Meaning, tuple[str, ...]] = {
    "name": ("name", "full name", "your name", "نام", "نام و نام خانوادگی", "نام شما", "نام کامل"),
    "phone": (
        "phone", "phone number", "tel", "telephone", "mobile", "mobile number", "your phone", "your tel",
        "تلفن", "تلفن همراه", "همراه", "موبایل", "شماره", "شماره تماس", "شماره تلفن", "شماره موبایل", "شماره همراه",
    ),
    "email": ("email", "email address", "mail", "your email", "ایمیل", "آدرس ایمیل", "رایانامه", "پست الکترونیک",
              "پست الکترونیکی"),
    "crm_id": ("crm id", "customer id", "customer number", "کد مشتری", "شماره مشتری", "کد اشتراک"),
    "subject": ("subject", "topic", "your subject", "موضوع", "عنوان"),
    "message": ("message", "your message", "text", "comment", "comments", "body", "پیام", "متن پیام", "متن",
                "پیام شما", "توضیحات"),
    "id": ("id", "submission id"),
    "form": ("form", "form name"),
    "page": ("page", "page url"),
}  # fmt: skip

# What a page adds for machines: framework tokens, captcha answers, form services' own settings.
_TECHNICAL = re.compile(r"_|csrf|xsrf|(?:g-recaptcha|h-captcha|cf-turnstile)-response\Z", re.IGNORECASE)
_ONE_LETTER = str.maketrans("يىك", "ییک")


def meanings(own: Mapping[Meaning, tuple[str, ...]]) -> dict[str, Meaning]:
    """Return the meaning of each folded field name; a connector's own names take the place of the defaults."""
    found: dict[str, Meaning] = {}
    for meaning, names in DEFAULTS.items():
        for name in () if meaning in own else names:
            found[folded(name)] = meaning
    for meaning, names in own.items():
        for name in names:
            found[folded(name)] = meaning
    return found


@lru_cache(maxsize=10_000)
def folded(name: str) -> str:
    """Return a field name so that Your-Name, your_name, `your name *` and their kin are one; the same for Persian."""
    text = without_unseen(name).translate(_ONE_LETTER).casefold().removesuffix("[]")
    return re.sub(r"[\s_\-*:.]+", "", text)


def is_technical(name: str) -> bool:
    """Return whether a field is there for machines, not for readers."""
    return _TECHNICAL.match(name) is not None
