"""The page that thanks a visitor: one small document that loads nothing."""

from html import escape

WORDS = {
    "fa": ("rtl", "پیام شما رسید", "سپاسگزاریم. به‌زودی پاسخ می‌دهیم."),
    "en": ("ltr", "Your message has arrived", "Thank you. We will answer soon."),
}
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
    "h1{font-size:1.35rem;margin:0 0 .5rem}p{margin:0}"
    "@media(prefers-color-scheme:dark){body{background:#14181d;color:#e6e9ed}main{background:#1f252c}}"
)


def page(accept_language: str, own_words: str | None) -> bytes:
    """Return the page in the visitor's language, with the connector's own words where it has some."""
    language = preferred(accept_language)
    direction, title, thanks = WORDS[language]
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style>"
        f'<main><h1>{title}</h1><p dir="auto">{escape(own_words or thanks)}</p></main></html>'
    ).encode()


def preferred(accept_language: str) -> str:
    """Return the first language of ours that a browser asks for; Persian when it asks for none of them."""
    best, weight = "fa", 0.0
    for choice in accept_language.split(",")[:20]:
        tag, _, options = choice.partition(";")
        language, given = tag.strip().lower().partition("-")[0], _weight(options)
        if language in WORDS and given > weight:
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
