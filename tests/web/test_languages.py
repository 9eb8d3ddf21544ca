"""Every text of the pages has its Persian; a third language is one file."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from timeline.web.language import FOLDER, load_languages

PAGES = FOLDER.parent
KEYWORDS = dict.fromkeys(("_", "gettext", "marked", "say")) | {"ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
NEWSTYLE = {"templates/**.html": {"newstyle_gettext": "true"}}


def texts() -> set[str]:
    found: set[str] = set()
    for _, _, message, _, _ in extract_from_dir(str(PAGES), METHODS, NEWSTYLE, keywords=KEYWORDS):
        found |= {message} if isinstance(message, str) else set(message)
    return found


def translated(code: str) -> set[str]:
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    done = [m for m in catalogue if m.id and m.string and (isinstance(m.string, str) or all(m.string))]
    return {text for m in done for text in ([m.id] if isinstance(m.id, str) else m.id)}


def test_every_text_has_its_persian() -> None:
    wanted = texts()
    assert len(wanted) > 100
    assert wanted - translated("fa") == set()


def test_no_translation_is_left_behind() -> None:
    assert translated("fa") - texts() == set()
    assert translated("en") - texts() == set()


def test_translations_keep_their_places() -> None:
    with (FOLDER / "fa" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        problems = [(m.id, errors) for m in read_po(file, locale="fa") if m.id and (errors := list(m.check()))]
    assert problems == []


def test_translations_are_words_and_no_markup() -> None:
    said = [text for language in load_languages() for forms in language.messages.values() for text in forms]
    assert [text for text in said if set(text) & set('<>"&')] == []


def test_a_third_language_is_one_file(tmp_path: Path) -> None:
    for code, text in (("fa", "نامه"), ("ckb", "نامە")):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        head = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        (folder / "messages.po").write_text(f'{head}msgid "E-mail"\nmsgstr "{text}"\n', encoding="utf-8")
    languages = load_languages(tmp_path)
    sorani = languages.by_code["ckb"]
    assert [language.code for language in languages] == ["fa", "ckb"]
    assert (sorani.direction, sorani.gettext("E-mail"), sorani.digits(12)) == ("rtl", "نامە", "١٢")
