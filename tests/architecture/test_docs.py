"""The documents: each channel has its page, each link leads somewhere, each decision is told whole."""

import re
from pathlib import Path

import pytest

from architecture.packages import ROOT, channels, tracked

PAGES = tracked("README.md", "docs/*.md", "docs/**/*.md")
DECISIONS = [page for page in PAGES if page.parent.name == "adr" and page.name != "README.md"]
PARTS = ("Context", "Decision", "Consequences", "Alternatives")
LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("channel", sorted(channels()))
def test_every_channel_has_its_page(channel: str) -> None:
    assert (ROOT / "docs" / "channels" / f"{channel}.md").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_every_decision_is_told_whole(page: Path) -> None:
    headings = " ".join(re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE))
    assert [part for part in PARTS if part.lower() not in headings.lower()] == []


def links(page: Path) -> list[str]:
    """Return the links of a page that stay inside the project."""
    found = LINK.findall(FENCE.sub("", page.read_text()))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, made as the usual Markdown viewers make them."""
    headings = re.findall(r"^#+ (.+?)\s*$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
