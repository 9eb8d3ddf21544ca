"""E-mail addresses: every trap of writing them."""

import pytest

from peyvand.identity import company_domain, email


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("ALI@Example.IR", "ali@example.ir"),
        (" ali@example.ir\u00a0", "ali@example.ir"),
        ("\u200eali@example.ir\u200f", "ali@example.ir"),
        ("\ufeffali@example.ir", "ali@example.ir"),
        ("ali@example.ir.", "ali@example.ir"),
        ("Ali Rezaei <ali@example.ir>", "ali@example.ir"),
        ('"Rezaei, Ali" <ali@example.ir>', "ali@example.ir"),
        ("<ali@example.ir>", "ali@example.ir"),
        ("MailTo:ali@example.ir?subject=x", "ali@example.ir"),
        ("mailto:ali%2Bshop@example.ir", "ali+shop@example.ir"),
        ("\uff41\uff4c\uff49\uff20\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff49\uff52", "ali@example.ir"),
        ("ali۱۳۷۰@example.ir", "ali1370@example.ir"),
        ("علی۱۲@example.ir", "علی۱۲@example.ir"),
        ('"ali.rezaei"@example.ir', "ali.rezaei@example.ir"),
        ('"Ali\\.Rezaei"@example.ir', "ali.rezaei@example.ir"),
        ('"ali rezaei"@example.ir', '"ali rezaei"@example.ir'),
        ('"a@b"@example.ir', '"a@b"@example.ir'),
        ('"a\\"b"@example.ir', '"a\\"b"@example.ir'),
        ('"a..b"@example.ir', '"a..b"@example.ir'),
        ("o'brien=x/y{z}@example.ir", "o'brien=x/y{z}@example.ir"),
        ("a@XN--MGBH0FB.xn--mgba3a4f16a", "a@xn--mgbh0fb.xn--mgba3a4f16a"),
        ("a@مثال.ایران", "a@xn--mgbh0fb.xn--mgba3a4f16a"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@نامه\u200cای.com", "a@xn--mgba3gch31f060k.com"),
    ],
)
def test_every_writing_of_a_mailbox_is_one_handle(written: str, value: str) -> None:
    found = email(written)
    assert found is not None
    assert (found.value, found.written) == (value, written)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("a.b@googlemail.com", "ab@gmail.com"),
        ("A.B+x.y@gmail.com", "ab@gmail.com"),
        ("a.b@me.com", "a.b@icloud.com"),
        ("a+b@mac.com", "a@icloud.com"),
        ("a.b+c@hotmail.com", "a.b@hotmail.com"),
        ("a+c@live.com", "a@live.com"),
        ("a+c@icloud.com", "a@icloud.com"),
        ("a+c@proton.me", "a@proton.me"),
        ("a+c@fastmail.com", "a@fastmail.com"),
        ("a+c@zoho.com", "a@zoho.com"),
        ("a+c@yandex.ru", "a@yandex.ru"),
        ("a-c@yahoo.com", "a-c@yahoo.com"),
        ("a+c@yahoo.com", "a+c@yahoo.com"),
        ("a.b@yahoo.com", "a.b@yahoo.com"),
        ("a.b+c@firm.example", "a.b+c@firm.example"),
        ("a.b@mail.gmail.com", "a.b@mail.gmail.com"),
        ("+x@gmail.com", "+x@gmail.com"),
    ],
)
def test_dots_and_tags_go_only_where_the_provider_says_so(written: str, value: str) -> None:
    found = email(written)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    "written",
    [
        "ali\u00a0r@example.ir", "ali\u200c@example.ir", "a\u200dli@example.ir", "al\u00adi@example.ir",
        "ali@exa mple.ir", "ali @example.ir", ".ali@example.ir", "ali.@example.ir", "a..b@example.ir",
        '""@example.ir', '"a@example.ir', '"a\nb"@example.ir', "a\0b@example.ir", "ali@", "ali@.", "ali@example..ir",
        "ali@-example.ir", "ali@example-.ir", "ali@[192.0.2.1]", "ali@" + "x" * 64 + ".ir", "ali@" + "x." * 130 + "ir",
        "a" * 320 + "@x.ir", "ali@example.ir, sara@example.ir", "ali@example.ir>", "<>", "mailto:", "@example.ir",
        "ali", "a@b@c.ir",
    ],
    ids=lambda written: repr(written)[:24],
)  # fmt: skip
def test_what_no_mailbox_can_be_is_no_handle(written: str) -> None:
    assert email(written) is None


@pytest.mark.parametrize(
    ("address", "company"),
    [
        ("sara@firm.example", "firm.example"),
        ("sara@gmail.com", None),
        ("sara@chmail.ir", None),
        ("x7k2@privaterelay.appleid.com", None),
        ("12345+sara@users.noreply.github.com", None),
        ("b-77@sub.reply.craigslist.org", None),
        ("root@localhost", None),
    ],
)
def test_only_a_companys_own_domain_says_which_company(address: str, company: str | None) -> None:
    assert company_domain(address) == company
