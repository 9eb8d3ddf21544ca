"""The page on which a partner's developer sees the last requests of his key: one document that loads nothing."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from ingest_social.forms.pages import preferred
from ingest_social.partners.proof import Holder, described
from ingest_social.partners.wording import EXAMPLE, WORDS, Words
from peyvand.register import Noted, Row

_STYLE = (
    "body{margin:0 auto;padding:1.5rem;max-width:64rem;background:#f4f5f7;color:#1d2733;"
    "font:1rem/1.8 Vazirmatn,Tahoma,system-ui,sans-serif}"
    "h1{font-size:1.35rem}form{display:flex;gap:.5rem;flex-wrap:wrap;align-items:end}"
    "input,button{font:inherit;padding:.4rem .7rem;border:1px solid #6b7684;border-radius:.5rem}"
    "input{min-width:20rem;max-width:100%}button{background:#1c5d8f;color:#fff;border-color:#1c5d8f}"
    "pre{overflow-x:auto;padding:.8rem;border:1px solid #6b7684;border-radius:.5rem}"
    "table{border-collapse:collapse;width:100%;background:#fff}th,td{padding:.4rem .6rem;text-align:start;"
    "vertical-align:top;border-bottom:1px solid #d5dae0;overflow-wrap:anywhere}"
    ".bad{color:#a3200f;font-weight:bold}.scroll{overflow-x:auto}bdi{unicode-bidi:isolate}"
    "a:focus-visible,input:focus-visible,button:focus-visible{outline:3px solid #1c5d8f;outline-offset:2px}"
    "@media(prefers-color-scheme:dark){body{background:#14181d;color:#e6e9ed}table{background:#1f252c}"
    ".bad{color:#ff9d8f}th,td{border-color:#3a434d}a{color:#8ec7f2}}"
)
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: the language asked for, and a key's requests once somebody has signed in with it."""

    wanted: str
    accepts: str
    holder: Holder | None = None
    requests: tuple[Noted, ...] = ()
    trouble: str = ""

    @property
    def language(self) -> str:
        """Return the language of ours that is asked for."""
        return self.wanted if self.wanted in WORDS else preferred(self.accepts)


def page(shown: Shown) -> bytes:
    """Return the page."""
    words = WORDS[shown.language]
    content = _requests(shown, words) if shown.holder else ""
    trouble = f'<p class="bad" role="alert">{escape(words.trouble[shown.trouble])}</p>' if shown.trouble else ""
    return _document(shown.language, f"{trouble}{_sign_in(shown.language, words)}{content}")


def page_without_partners(shown: Shown) -> bytes:
    """Return the page of an installation that has no partner: it says how to add one."""
    words = WORDS[shown.language]
    said = "".join(f"<p>{escape(one)}</p>" for one in words.nobody)
    return _document(shown.language, f'{said}<pre dir="ltr">{escape(EXAMPLE)}</pre><p>{escape(words.then)}</p>')


def _document(language: str, content: str) -> bytes:
    words, other = WORDS[language], "en" if language == "fa" else "fa"
    return (
        f'<!doctype html><html lang="{language}" dir="{words.direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{words.title}</title><style>{_STYLE}</style></head><body><main>"
        f'<p><a href="/partner?lang={other}" lang="{other}">{WORDS[other].name}</a></p>'
        f"<h1>{words.title}</h1>{content}</main></body></html>"
    ).encode()


def _sign_in(language: str, words: Words) -> str:
    return (
        '<form method="post" action="/partner" autocomplete="off">'
        f'<label>{words.key}<br><input type="password" name="key" required autocomplete="off" dir="ltr"></label>'
        f'<input type="hidden" name="lang" value="{language}"><button>{words.show}</button></form>'
    )


def _requests(shown: Shown, words: Words) -> str:
    assert shown.holder is not None
    said = f"{shown.holder.connector} / {described(shown.holder.key)}"
    if not shown.requests:
        return f"<p><bdi>{escape(said)}</bdi></p><p>{words.none}</p>"
    head = "".join(f'<th scope="col">{column}</th>' for column in words.columns)
    rows = "".join(_line(noted, words) for noted in shown.requests)
    return (
        f"<p><bdi>{escape(said)}</bdi></p>"
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _line(noted: Noted, words: Words) -> str:
    at = noted.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    status = f'<td class="bad">{noted.status}</td>' if noted.status >= 400 else f"<td>{noted.status}</td>"
    ids = ", ".join(row.id for row in noted.rows if row.id)
    more = f" … ({noted.events})" if noted.events > len(noted.rows) else ""
    why = "<br>".join(f'<bdi dir="ltr">{escape(line)}</bdi>' for line in _reasons(noted)) or words.fine
    return f'<tr><td><bdi dir="ltr">{at}</bdi></td>{status}<td><bdi>{escape(ids + more)}</bdi></td><td>{why}</td></tr>'


def _reasons(noted: Noted) -> list[str]:
    """Return why a request, or some row of it, was refused."""
    refused: list[Row] = [row for row in noted.rows if row.status >= 400]
    if len(noted.rows) <= 1 or not refused:
        return [noted.why] if noted.why else []
    return [f"{row.id or '?'}: {row.status} {row.why}" for row in refused]
