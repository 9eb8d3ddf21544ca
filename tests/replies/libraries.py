"""Run by itself: what other libraries make of mails.

Reads `[[mail, is HTML], …]` and writes `{library: [answer or null, …]}`.

They are run apart from this project's own process, each as its documentation says; whatever one raises is no answer.
"""

import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

warnings.simplefilter("ignore")


def _text(html: str) -> str:
    from lxml import html as parser  # type: ignore[import-untyped]

    return str(parser.fromstring(html).text_content()) if html.strip() else ""


def _talon(mail: str, html: bool) -> str:
    from talon import quotations  # type: ignore[import-not-found]

    return _text(quotations.extract_from_html(mail)) if html else str(quotations.extract_from_plain(mail))


def _quotequail(mail: str, html: bool) -> str:
    import quotequail  # type: ignore[import-not-found]

    found: dict[str, Any] | None = quotequail.unwrap_html(mail) if html else quotequail.unwrap(mail)
    if found is None:
        return _text(mail) if html else mail
    ends = [found.get(f"{'html' if html else 'text'}_{end}", "") for end in ("top", "bottom")]
    return "\n".join(_text(end) if html else end for end in ends)


def _mail_parser_reply(mail: str, html: bool) -> str:
    from mailparser_reply import EmailReplyParser  # type: ignore[import-not-found]
    from mailparser_reply.constants import MAIL_LANGUAGES  # type: ignore[import-not-found]

    return str(EmailReplyParser(languages=list(MAIL_LANGUAGES)).parse_reply(_text(mail) if html else mail))


def _mail_parser_reply_english(mail: str, html: bool) -> str:
    from mailparser_reply import EmailReplyParser

    return str(EmailReplyParser(languages=["en"]).parse_reply(_text(mail) if html else mail))


def _email_reply_parser(mail: str, html: bool) -> str:
    from email_reply_parser import EmailReplyParser  # type: ignore[import-not-found]

    return str(EmailReplyParser.parse_reply(_text(mail) if html else mail))


def _unquotemail(mail: str, html: bool) -> str:
    from unquotemail import Unquote  # type: ignore[import-not-found]

    found = Unquote(mail, None) if html else Unquote(None, mail)
    return _text(found.get_html()) if html else str(found.get_text())


LIBRARIES: dict[str, Callable[[str, bool], str]] = {
    "talon": _talon,
    "quotequail": _quotequail,
    "mail-parser-reply": _mail_parser_reply,
    "mail-parser-reply, English": _mail_parser_reply_english,
    "email-reply-parser": _email_reply_parser,
    "unquotemail": _unquotemail,
}


def _answer(library: Callable[[str, bool], str], mail: str, html: bool) -> str | None:
    try:
        return library(mail, html)
    except Exception:  # noqa: BLE001 -- whatever it raises, it gives no answer
        return None


if __name__ == "__main__":
    asked: list[tuple[str, bool]] = json.load(sys.stdin)
    json.dump({name: [_answer(one, *mail) for mail in asked] for name, one in LIBRARIES.items()}, sys.stdout)
