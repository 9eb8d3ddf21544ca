"""What a visitor reads after posting: one small document that loads nothing, thanks or why it was not taken."""

from collections.abc import Sequence
from html import escape

from peyvand.errors import Fault

THANKS = {
    "fa": ("پیام شما رسید", "سپاسگزاریم. به‌زودی پاسخ می‌دهیم."),
    "en": ("Your message has arrived", "Thank you. We will answer soon."),
}
REFUSALS = {
    "fa": {
        403: ("این فرم پذیرفته نشد", "این صفحه اجازهٔ فرستادن این فرم را ندارد. لطفاً از راه دیگری با ما تماس بگیرید."),
        413: ("فرم بزرگ‌تر از حد مجاز است", "لطفاً پرونده‌های کوچک‌تری پیوست کنید و دوباره بفرستید."),
        422: ("چیزی در فرم کم یا نادرست است", "به فرم بازگردید، آن را درست کنید و دوباره بفرستید."),
        429: ("لطفاً کمی صبر کنید", "در زمانی کوتاه چندین بار فرستاده‌اید. یک دقیقهٔ دیگر دوباره بفرستید."),
        503: ("پیام شما هنوز نرسیده است", "مشکل از ماست. لطفاً چند دقیقهٔ دیگر دوباره بفرستید."),
    },
    "en": {
        403: ("This form was not taken", "This page may not post this form. Please reach us in another way."),
        413: ("The form is too large", "Please attach smaller files and send it again."),
        422: ("Something in the form is missing or wrong", "Go back to the form, mend it, and send it again."),
        429: ("Please wait a moment", "You have sent this several times in a short while. Send it again in a minute."),
        503: ("Your message has not arrived yet", "This is our fault. Please send it again in a few minutes."),
    },
}
_NEEDED = {
    "fa": "شمارهٔ تماس، ایمیل یا متن پیام را بنویسید؛ دست‌کم یکی از این‌ها لازم است.",
    "en": "Write a telephone number, an e-mail address or a message: at least one of them is needed.",
}
_LOOK = {"fa": "این بخش را نگاه کنید: ", "en": "Look at this field: "}
_DIRECTIONS = {"fa": "rtl", "en": "ltr"}
_MOST_NAMED = 10
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
_STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f4f5f7;color:#1d2733;"
    "font:1.05rem/1.9 Vazirmatn,Tahoma,system-ui,sans-serif}"
    "main{background:#fff;padding:2.5rem 3rem;border-radius:1rem;max-width:28rem;box-shadow:0 1px 8px #0002}"
    "h1{font-size:1.35rem;margin:0 0 .5rem}p{margin:0}ul{margin:.5rem 0 0;padding-inline-start:1.2rem}"
    "@media(prefers-color-scheme:dark){body{background:#14181d;color:#e6e9ed}main{background:#1f252c}}"
)


def thanks(accept_language: str, own_words: str | None) -> bytes:
    """Return the page in the visitor's language, with the connector's own words where it has some."""
    language = preferred(accept_language)
    title, words = THANKS[language]
    return _page(language, title, own_words or words)


def refusal(accept_language: str, status: int, faults: Sequence[Fault]) -> bytes:
    """Return why a form was not taken; of faults the fields are named, for their sentences are for programs."""
    language = preferred(accept_language)
    title, words = REFUSALS[language].get(status, REFUSALS[language][503])
    named = [fault.pointer.split("/")[-1].replace("~1", "/").replace("~0", "~") for fault in faults[:_MOST_NAMED]]
    return _page(language, title, words, [_LOOK[language] + name if name else _NEEDED[language] for name in named])


def _page(language: str, title: str, words: str, more: Sequence[str] = ()) -> bytes:
    listed = "".join(f'<li dir="auto">{escape(one)}</li>' for one in more)
    return (
        f'<!doctype html><html lang="{language}" dir="{_DIRECTIONS[language]}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style>"
        f'<main><h1>{title}</h1><p dir="auto">{escape(words)}</p>{listed and f"<ul>{listed}</ul>"}</main></html>'
    ).encode()


def preferred(accept_language: str) -> str:
    """Return the first language of ours that a browser asks for; Persian when it asks for none of them."""
    best, weight = "fa", 0.0
    for choice in accept_language.split(",")[:20]:
        tag, _, options = choice.partition(";")
        language, given = tag.strip().lower().partition("-")[0], _weight(options)
        if language in THANKS and given > weight:
            best, weight = language, given
    return best


def _weight(options: str) -> float:
    name, _, value = options.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
