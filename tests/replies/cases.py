"""Replies with known answers: our own, and those in other projects' tests, read and never run."""

import ast
import email
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TypeGuard

from ingest_email.reading.newwords.folded import Kind
from replies.fetching import CRISP, TRIMMER, gem, npm_package, sdist

OWN = Path(__file__).parents[1] / "fixtures" / "email" / "newwords"
END = "\n%%%\n"
# What the tests of a project regard as old: some only the earlier mail, some also a mail passed on, or signatures.
HISTORY = frozenset({Kind.HISTORY})
OTHERS = HISTORY | {Kind.FORWARD}
FOLDED = frozenset({Kind.HISTORY, Kind.SIGNATURE, Kind.FOOTER})
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>")


@dataclass(frozen=True, slots=True)
class Case:
    """A mail as text, or as HTML, and the new words in it."""

    name: str
    mail: str
    answer: str
    html: bool = False


@dataclass(frozen=True, slots=True)
class Set:
    """A set of cases, where it comes from, and what it regards as old."""

    name: str
    read: Callable[[], Iterator[Case]]
    old: frozenset[Kind]


def own() -> Iterator[Case]:
    """Yield the cases of this project: Persian, mixed, and others of the region."""
    for path in sorted(OWN.iterdir()):
        mail, _, answer = path.read_text("utf-8").partition(END)
        yield Case(path.name, mail, answer, html=path.suffix == ".html")


def talon() -> Iterator[Case]:
    """Yield what talon's tests of plain text and of whole mails say."""
    tests = sdist("talon") / "tests"
    yield from _compared(tests / "text_quotations_test.py", "extract_from_plain", html=False)
    for path in sorted((tests / "fixtures" / "standard_replies").glob("*.eml")):
        said = path.with_name(f"{path.stem}_reply_text")
        answer = said.read_text("utf-8").strip() if said.exists() else "Hello"
        yield Case(path.stem, _plain(path), answer)


def talon_html() -> Iterator[Case]:
    """Yield what talon's tests of HTML say."""
    tests = sdist("talon") / "tests"
    yield from _compared(tests / "html_quotations_test.py", "extract_from_html", html=True)
    for path in sorted((tests / "fixtures" / "html_replies").glob("*.html")):
        yield Case(path.stem, path.read_text("utf-8"), "Hi. I am fine.\n\nThanks,\nAlex", html=True)


def quotequail() -> Iterator[Case]:
    """Yield what quotequail's tests of plain text say is the writer's own."""
    for node in ast.walk(_parsed(sdist("quotequail") / "tests" / "test_unwrap.py")):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and not _is_text(node.elts[1]):
            mail, found = ast.literal_eval(node)
            own_words = mail if found is None else "\n".join(found.get(f"text_{end}", "") for end in ("top", "bottom"))
            yield Case(mail.strip()[:40], mail, own_words)


def crisp() -> Iterator[Case]:
    """Yield what the tests of npm's email-reply-parser say is visible."""
    tests = npm_package(CRISP) / "test"
    script = (tests / "test.js").read_text("utf-8")
    common = re.findall(r"COMMON_FIRST_FRAGMENT = '(.*?)';", script, re.DOTALL)[0].replace("\\n\\\n", "\n")
    for name, body in re.findall(r"exports\.(\w+) = function\(test\)\s*\{(.*?)\n\};", script, re.DOTALL):
        visible = re.search(r'getVisibleText\(\), "(.*?)"\)', body)
        answer = common if "COMMON_FIRST_FRAGMENT" in body else visible and visible[1].replace("\\n", "\n")
        fixture = re.search(r'get_email\("(\w+)"\)', body)
        if answer and fixture:
            yield Case(name, (tests / "fixtures" / f"{fixture[1]}.txt").read_text("utf-8"), answer)


def discourse() -> Iterator[Case]:
    """Yield the mails of Discourse's email_reply_trimmer and what it trims them to."""
    tests = gem(TRIMMER) / "test"
    for path in sorted((tests / "emails").glob("*.txt")):
        trimmed = tests / "trimmed" / path.name
        if trimmed.exists():
            yield Case(path.stem, path.read_text("utf-8"), trimmed.read_text("utf-8"))


SETS = (
    Set("own (Persian, mixed)", own, FOLDED),
    Set("talon, text", talon, HISTORY),
    Set("talon, HTML", talon_html, HISTORY),
    Set("quotequail", quotequail, OTHERS),
    Set("email-reply-parser (npm)", crisp, FOLDED),
    Set("email_reply_trimmer", discourse, FOLDED | OTHERS),
)


# Answers that are wrong for somebody who reads the mail: counted apart, and fitted by no rule.
DISPUTED = {
    "test_link_closed_with_quotation_marker_on_new_line": "one `From:` above a label that no mail has is a form, "
    "and to fold it away would hide what a customer filled in",
}


def words_alone(answer: str, *, html: bool = False) -> str:
    """Return an answer without blanks, and without tags where it is HTML: all that sets agree on."""
    text = unescape(_TAG.sub(" ", answer)) if html else answer
    return "".join(text.split())


def _plain(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes())
    part = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode("utf-8").replace("\r\n", "\n")


def _parsed(path: Path) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an old file escapes what need not be
        return ast.parse(path.read_text("utf-8"))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _compared(path: Path, function: str, *, html: bool) -> Iterator[Case]:
    """Yield the comparisons of a test file: `eq_(answer, quotations.<function>(mail))`, where both are constants."""
    for test in filter(_is_plain, _parsed(path).body):
        known: dict[str, object] = {}
        for node in test.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                known[node.targets[0].id] = _constant(node.value, known)
            for call in (n for n in ast.walk(node) if isinstance(n, ast.Call) and _name(n.func) == "eq_"):
                asked = next((n for n in ast.walk(call.args[1]) if _name(getattr(n, "func", n)) == function), None)
                mail = _constant(asked.args[0], known) if isinstance(asked, ast.Call) else None
                answer = _constant(call.args[0], known)
                if isinstance(mail, str) and isinstance(answer, str):
                    yield Case(test.name, mail, answer, html=html)


def _is_plain(test: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    """Return whether a test asks the library as it is: one that patches its limits says nothing about a mail."""
    return isinstance(test, ast.FunctionDef) and not test.decorator_list


def _constant(node: ast.expr, known: dict[str, object]) -> object:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return known.get(name)
        case ast.Call(func=ast.Attribute(attr="sub"), args=[_, inner]) | ast.Subscript(value=inner):
            return _constant(inner, known)
        case _:
            return None


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
