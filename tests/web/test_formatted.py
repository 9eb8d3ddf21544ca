"""A stranger's HTML is shown without doing anything, and its pictures come from here or not at all."""

import time

import pytest

from peyvand.errors import BadPayload
from timeline.web.cleaning import cleaned

HOSTILE = {
    "a script": "<p>hi<script>alert(1)</script></p>",
    "a handler": '<p onclick="alert(1)">hi</p><img src=x onerror=alert(1)>',
    "a script's address": '<a href="javascript:alert(1)">hi</a><a href="data:text/html,<script>1</script>">x</a>',
    "a frame": '<iframe src="https://evil.example"></iframe><object data="x"></object><embed src="x">',
    "a form": '<form action="https://evil.example"><input name="password"><button>go</button></form>',
    "a style sheet": '<style>@import "https://evil.example";</style><link rel=stylesheet href="https://evil.example">',
    "a style that fetches": '<div style="background:url(https://evil.example/x.png);position:fixed;top:0">hi</div>',
    "a picture that fetches": '<img src="https://evil.example/pixel.gif"><img srcset="https://evil.example/2x 2x">',
    "a base": '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example">',
    "a picture with a script": '<svg onload="alert(1)"><script>alert(1)</script></svg><math><mtext></mtext></math>',
    "confused tags": '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
}


@pytest.mark.parametrize("html", list(HOSTILE.values()), ids=list(HOSTILE))
def test_nothing_that_acts_or_fetches_is_left(html: str) -> None:
    shown = cleaned(html, {}).lower()
    for gone in ("script", "onerror", "onclick", "onload", "evil.example", "<form", "<input", "iframe", "position"):
        assert gone not in shown, gone


def test_what_reads_well_stays() -> None:
    html = '<p dir="rtl" style="color:red"><b>سلام</b> <a href="https://example.ir">x</a></p><table><tr><td>۱</td></tr></table>'
    shown = cleaned(html, {})
    assert '<p dir="rtl" style="color:red"><b>سلام</b>' in shown
    assert 'href="https://example.ir"' in shown
    assert 'target="_blank"' in shown
    assert "noopener" in shown
    assert "<td>۱</td>" in shown


def test_a_picture_that_came_along_is_shown_from_here() -> None:
    pictures = {"logo@x": "/v1/interactions/1/attachments/2"}
    assert 'src="/v1/interactions/1/attachments/2"' in cleaned('<img src="cid:logo@x">', pictures)
    assert "src" not in cleaned('<img src="cid:other@x">', pictures)


DEEP = {"div": "<div>" * 40_000, "table": "<table>" * 28_000, "a": "<a href=x>" * 20_000, "b": "<b>" * 66_000}


@pytest.mark.parametrize("html", list(DEEP.values()), ids=list(DEEP))
def test_html_that_is_nested_without_end_is_refused_at_once(html: str) -> None:
    began = time.perf_counter()
    with pytest.raises(BadPayload):
        cleaned(html, {})
    assert time.perf_counter() - began < 5


def test_long_html_of_many_rows_is_no_deep_one() -> None:
    rows = "<tr><td>1<p>x<p>y" * 10_000
    assert "<td>1" in cleaned(f"<table>{rows}</table>", {})
