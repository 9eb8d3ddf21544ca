"""Mails made to hurt: each by a rule from a fixed seed, and none of them of a size that a server would refuse."""

import base64
from collections.abc import Callable
from random import Random

HEAD = b"From: a@example.com\nTo: support@example.ir\nSubject: x\n"
_PLAIN, _HTML = HEAD + b"Content-Type: text/plain\n\n", HEAD + b"Content-Type: text/html\n\n"
_MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
_CC, _SUBJECT = HEAD + b"Cc: ", b"From: a@example.com\nTo: support@example.ir\nSubject: "
_NO_CHARSET = HEAD + b"Content-Transfer-Encoding: 8bit\n\n"


def _random(seed: int, size: int) -> bytes:
    return Random(seed).randbytes(size)


def nested(levels: int) -> bytes:
    """Return a mail of multiparts within multiparts, each with a boundary of its own."""
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(levels))
    return HEAD + opened + b"\ninnermost\n"


def many_texts(count: int, text: bytes, kind: bytes = b"plain") -> bytes:
    """Return a mail of as many text parts without a charset."""
    return _MIXED + (b"--b\nContent-Type: text/" + kind + b"\n\n" + text + b"\n") * count + b"--b--\n"


def alternatives(levels: int) -> bytes:
    """Return alternatives within alternatives, each with HTML beside it."""
    opened = b"".join(
        b'Content-Type: multipart/alternative; boundary="b%d"\n\n--b%d\nContent-Type: text/html\n\n<p>x</p>\n--b%d\n'
        % (n, n, n)
        for n in range(levels)
    )
    return HEAD + opened + b"\ninnermost\n"


def winmail(count: int) -> bytes:
    """Return a winmail.dat that says that it holds as many files."""
    one = b"\x02\x02\x90\x06\x00\x01\x00\x00\x00x\x00\x00" + b"\x02\x10\x80\x01\x00\x02\x00\x00\x00a\x00\x00\x00"
    content = base64.encodebytes(b"\x78\x9f\x3e\x22\x01\x00" + one * count)
    return HEAD + b"Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n" + content


HOSTILE: dict[str, Callable[[], bytes]] = {
    # the research's ten
    "20,000 nested multiparts": lambda: nested(20_000),
    "100,000 nested messages": lambda: HEAD + b"Content-Type: message/rfc822\n\n" * 100_000,
    "one boundary at every level": lambda: HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' * 60_000,
    "100,000 parts": lambda: _MIXED + b"--b\n\nx\n" * 100_000,
    "20,000 encoded words": lambda: _SUBJECT + b"=?utf-8?q?=D8=B3?= " * 20_000 + b"\n\nx",
    "50,000 recipients": lambda: _CC + b"a@example.com, " * 50_000 + b"\n\nx",
    "20,000 continued parameters": lambda: (
        HEAD + b"Content-Type: text/plain" + b"".join(b"; n*%d=x" % n for n in range(20_000)) + b"\n\nx"
    ),
    "200,000 semicolons": lambda: HEAD + b"Content-Type: text/plain" + b";" * 200_000 + b"\n\nx",
    "100,000 commas": lambda: _CC + b"a," * 100_000 + b"\n\nx",
    "50,000 parentheses": lambda: HEAD.replace(b"a@", b"(" * 50_000 + b"a@") + b"\nx",
    # headers
    "unfinished encoded words": lambda: _SUBJECT + b"=?a?q?" * 40_000 + b"\n\nx",
    "encoded words of other charsets": lambda: (
        _SUBJECT + b" ".join(b"=?c%d?B?2LM=?=" % n for n in range(20_000)) + b"\n\nx"
    ),
    "parameters without an end": lambda: HEAD + b"Content-Type: text/plain" + b'; a="\\"' * 40_000 + b"\n\nx",
    "quotes that escape each other": lambda: HEAD.replace(b"a@", b'"\\' * 50_000 + b"a@") + b"\nx",
    "200,000 headers": lambda: HEAD + b"X-A: b\n" * 200_000 + b"\nx",
    "a header of 5 MB": lambda: HEAD + b"X-A: " + b"b " * 2_500_000 + b"\n\nx",
    "a header of 2,000,000 lines": lambda: HEAD + b"X-A: b" + b"\n " * 2_000_000 + b"\n\nx",
    "100,000 lines that are no headers": lambda: HEAD + b"From nobody\n" * 100_000 + b"\nx",
    "angle brackets in the references": lambda: HEAD + b"References: " + b"<a@b" * 100_000 + b"\n\nx",
    "a date of 200 KB": lambda: HEAD + b"Date: " + b"1 " * 100_000 + b"\n\nx",
    "100,000 groups": lambda: _CC + b"g:;" * 100_000 + b"\n\nx",
    "a charset of 60 KB": lambda: HEAD + b"Content-Type: text/plain; charset=" + b"a-" * 30_000 + b"\n\n\xff",
    "raw bytes in every header": lambda: HEAD + b"".join(b"X-%d: \xe3\xd1\n" % n for n in range(900)) + b"\n\xe3",
    # the tree
    "a boundary in every line": lambda: _MIXED + b"--b      \t" * 300_000,
    "a boundary that nearly stands everywhere": lambda: _MIXED + b"\n--bb" * 1_000_000,
    "40 levels of alternatives with HTML": lambda: alternatives(40),
    "500 texts of 40 KB without a charset": lambda: many_texts(500, b"\xe3\xd1\xcd\xc8\xc7 " * 6_700),
    "500 HTML parts of 40 KB": lambda: many_texts(500, b"<table><tr><td><b>x" * 2_100, b"html"),
    "10,000 files in a winmail.dat": lambda: winmail(10_000),
    # bodies
    "5 MB without a line": lambda: HEAD + b"\n" + b"x" * 5_000_000,
    "base64 without sense": lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"=A=?" * 1_000_000,
    "quoted-printable without sense": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=\n=3=zz=" * 400_000
    ),
    "a codec that is no writing": lambda: (
        HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"\xff-a" * 100_000
    ),
    "lone surrogates": lambda: HEAD + b"Content-Type: text/plain; charset=utf-7\n\n+2AA-+3AA-",
    "8-bit bytes without a label": lambda: _NO_CHARSET + bytes(range(128, 256)) * 30_000,
    "random bytes": lambda: _NO_CHARSET + _random(5, 3_000_000),
    "random bytes as HTML": lambda: _HTML + _random(6, 1_000_000),
    "random bytes as UTF-16": lambda: HEAD + b"Content-Type: text/plain; charset=utf-16\n\n" + _random(7, 1_000_000),
    # HTML
    "500,000 nested elements": lambda: _HTML + b"<div><b><ul><li>" * 150_000,
    "100,000 tables": lambda: _HTML + b"<table><tr><td>" * 100_000,
    "hidden elements": lambda: _HTML + b'<p style="display:none">' * 40_000,
    "quotes within quotes in HTML": lambda: _HTML + b'<blockquote type="cite">x' * 40_000,
    "an attribute without an end": lambda: _HTML + b'<a href="' * 100_000,
    "200,000 entities": lambda: _HTML + b"&#x1F600;" * 110_000,
    # new words
    "300,000 quoted lines": lambda: _PLAIN + b"> x\n\n" * 300_000,
    "2 MB of angle brackets": lambda: _PLAIN + b">" * 2_000_000,
    "attributions without a quote": lambda: _PLAIN + b"On 1 x wrote:\nwrote:\n" * 100_000,
    "300,000 header-like lines": lambda: _PLAIN + b"\nFrom: x\n" * 200_000,
    "blank lines": lambda: _PLAIN + b"\n \t" * 500_000,
    "a million spaces before an end": lambda: _PLAIN + (b" " * 500_000 + b"x\n") * 2,
    "signatures of PGP without an end": lambda: _PLAIN + b"-----BEGIN PGP SIGNED MESSAGE-----\n\n" * 50_000,
}
