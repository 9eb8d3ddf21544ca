"""The languages of the pages: each is one catalogue below locale/, read as it stands at start."""

import gettext
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from starlette.requests import Request

FOLDER = Path(__file__).parent / "locale"
DEFAULT = "fa"
COOKIE = "lang"
# The digits of numbering systems that Unicode names; every other language here writes the ASCII ones.
DIGITS = {"arabext": "۰۱۲۳۴۵۶۷۸۹", "arab": "٠١٢٣٤٥٦٧٨٩"}


def marked(text: str) -> str:
    """Return a text that stands in a table, marked for the catalogues."""
    return text


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its words, its direction, its digits, its calendar."""

    code: str
    locale: Locale
    messages: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]

    @property
    def direction(self) -> str:
        """Return rtl or ltr."""
        return self.locale.text_direction

    @property
    def name(self) -> str:
        """Return the language's own name for itself."""
        return self.locale.get_language_name() or self.code

    @property
    def calendar(self) -> str:
        """Return the calendar that the catalogue asks for."""
        return self.gettext(marked("gregorian"))

    def gettext(self, text: str) -> str:
        """Return a text in this language."""
        return self.messages.get(text, (text,))[0]

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return a text in this language for a number."""
        forms = self.messages.get(one)
        return forms[self.plural(n)] if forms else (one if n == 1 else many)

    def number(self, n: float | Decimal) -> str:
        """Return a number grouped and in digits as this language writes it; a measure with one decimal at most."""
        exact = n if isinstance(n, Decimal) else round(n, 1)
        # Babel knows each system's separators, and leaves the digits to us.
        return self.digits(format_decimal(exact, locale=self.locale, numbering_system="default"))

    def digits(self, written: object) -> str:
        """Return a date or time with this language's digits; not for what people copy."""
        digits = DIGITS.get(self.locale.default_numbering_system)
        return str(written).translate(str.maketrans("0123456789", digits)) if digits else str(written)


@dataclass(frozen=True, slots=True)
class Languages:
    """All languages, the default one first."""

    by_code: Mapping[str, Language]

    def __iter__(self) -> Iterator[Language]:
        return iter(self.by_code.values())

    def chosen(self, request: Request) -> Language:
        """Return the language that was asked for: by ?lang=, else by cookie, else by the browser's own wish."""
        for code in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
            if code is not None and code in self.by_code:
                return self.by_code[code]
        wished = negotiate_locale(_wishes(request.headers.get("accept-language", "")), list(self.by_code), sep="-")
        return self.by_code[wished or DEFAULT]

    def wished(self, request: Request) -> str | None:
        """Return the language that this very address asks for, to be remembered."""
        code = request.query_params.get("lang")
        return code if code in self.by_code else None


def load_languages(folder: Path = FOLDER) -> Languages:
    """Return the languages that have a catalogue."""
    codes = sorted((path.parents[1].name for path in folder.glob("*/LC_MESSAGES/messages.po")), key=_default_first)
    return Languages({code: _load(code, folder / code / "LC_MESSAGES" / "messages.po") for code in codes})


def _load(code: str, path: Path) -> Language:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    messages: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if key and forms and all(forms):
            messages[key] = forms
    return Language(code, Locale.parse(code, sep="-"), messages, gettext.c2py(catalogue.plural_expr))


def _default_first(code: str) -> tuple[bool, str]:
    return (code != DEFAULT, code)


def _wishes(header: str) -> list[str]:
    """Return the languages of an Accept-Language header, dearest first."""
    wishes: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        code, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), code))
        except ValueError:
            continue
    return [code for _, code in sorted(wishes, key=lambda wish: wish[0])]
