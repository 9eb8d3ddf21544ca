"""The rules of matching: what comes with Peyvand, and what peyvand.yaml may change."""

from pathlib import Path

import pytest

from peyvand.errors import Misconfigured
from peyvand.identity import Rules, email, phone
from peyvand.identity.generic import mailbox_name
from peyvand.identity.lists import listed
from peyvand.settings import load

RULES = Rules()


def read(text: str) -> Rules:
    return load(Path("peyvand.yaml"), {}, {}, text).identity


@pytest.mark.parametrize(
    "address",
    [
        "info@firm.ir", "no-reply@firm.ir", "no.reply@firm.ir", "do_not_reply@firm.ir", "info+shop@firm.ir",
        "sales@firm.ir", "office@firm.ir", "hr@firm.ir", "mailer-daemon@firm.ir", "postmaster@firm.ir",
        "reply+8f1c@tickets.example", "notifications@github.example", "customer.service@firm.ir", "poshtibani@firm.ir",
        "test@test.com", "ali@test.com", "test@firm.ir", "noemail@gmail.com", "a@a.com",
    ],
)  # fmt: skip
def test_a_functions_mailbox_and_a_filler_are_generic(address: str) -> None:
    assert RULES.generic("email", address)


@pytest.mark.parametrize(
    "address",
    [
        "sara@firm.ir", "m.ahmadi@firm.ir", "sales.manager@firm.ir", "infotech@firm.ir", "m.ali@firm.ir", "inf@firm.ir",
        "12345+sara@users.noreply.github.com", "x7k2@privaterelay.appleid.com", "a@example.com",
    ],
)  # fmt: skip
def test_a_persons_mailbox_is_not_and_a_relays_address_is_one_persons(address: str) -> None:
    assert not RULES.generic("email", address)


@pytest.mark.parametrize(
    ("number", "shared", "with_landlines"),
    [
        ("+989123456789", False, False),
        ("+982191001000", True, False),
        ("+442083661177", True, False),
        ("+14155552671", False, False),
        ("+18005551212", True, True),
        ("+449012345678", True, True),
        ("+448456770099", True, True),
        ("+443001231100", True, True),
        ("+447012345678", False, False),
    ],
    ids=["mobile", "landline", "british landline", "either, in that country", "toll-free", "premium", "shared cost",
         "for all the country", "personal"],
)  # fmt: skip
def test_a_number_that_many_answer_is_shared_by_its_type(number: str, shared: bool, with_landlines: bool) -> None:
    assert RULES.landline("phone", number) is shared
    assert Rules(landlines_link=True).landline("phone", number) is with_landlines


@pytest.mark.parametrize("kind", ["telegram", "crm", "phone_ext", "sip"])
def test_other_kinds_are_neither_generic_nor_landlines(kind: str) -> None:
    assert not RULES.generic(kind, "info@firm.ir")
    assert not RULES.landline(kind, "+982191001000")


def test_without_a_section_the_rules_are_those_of_the_design() -> None:
    assert read("{}") == read("identity: {}") == read("identity:\n  fan:\n  caps:\n") == RULES
    assert RULES.fan["phone"]["email"] == RULES.fan["email"]["email"] == 5
    assert RULES.fan["email"]["phone"] == 4
    assert RULES.fan["telegram"]["crm"] == RULES.fan["phone"]["crm"] == 1
    assert {k: RULES.caps[k] for k in ("phone", "email", "telegram", "instagram")} == {
        "phone": 6, "email": 6, "telegram": 3, "instagram": 3,
    }  # fmt: skip
    assert (RULES.exclusive, RULES.landlines_link, RULES.names_must_agree) == (("crm",), False, True)


def test_a_limit_changes_alone_and_null_takes_it_away() -> None:
    changed = read("identity: {fan: {phone: {email: 9, crm: null}, web: {email: 2}}, caps: {phone: 8, telegram: null}}")
    assert changed.fan["phone"]["email"] == 9
    assert "crm" not in changed.fan["phone"]
    assert changed.fan["web"] == {"email": 2}
    assert changed.fan["email"] == RULES.fan["email"]
    assert changed.caps["phone"] == 8
    assert "telegram" not in changed.caps
    assert changed.caps["email"] == 6


def test_lists_of_the_file_are_added_and_read_in_every_writing() -> None:
    own = read(
        "organisation: {region: GB}\n"
        "identity:\n"
        "  generic_mailboxes: [Front-Desk, نمایندگی]\n"
        '  generic_handles: ["Team.Box+x@googlemail.com", "020 8366 1177", "۰۰۹۸۹۱۲۳۴۵۶۷۸۹"]\n'
    )
    assert own.generic("email", "front.desk+1@firm.ir")
    assert own.generic("email", "نمایندگی@firm.ir")
    assert own.generic("email", "teambox@gmail.com")
    assert own.generic("phone", "+442083661177")
    assert own.generic("phone", "+989123456789")
    assert own.generic("email", "info@firm.ir")
    assert not RULES.generic("phone", "+989123456789")


@pytest.mark.parametrize(
    ("identity", "key", "why"),
    [
        ("{fans: {}}", "identity.fans", "unknown key"),
        ("{fan: {fax: {email: 1}}}", "identity.fan", "'fax' is no kind of handle; known are phone"),
        ("{fan: {phone: {fax: 1}}}", "identity.fan", "'fax' is no kind"),
        ("{fan: {phone: 3}}", "identity.fan.phone", "dictionary"),
        ("{fan: {phone: {email: -1}}}", "identity.fan.phone.email", "greater than or equal to 0"),
        ("{caps: {phone: 0}}", "identity.caps.phone", "greater than or equal to 1"),
        ("{caps: {phone: many}}", "identity.caps.phone", "valid integer"),
        ("{caps: [6]}", "identity.caps", "dictionary"),
        ("{exclusive: [crn]}", "identity.exclusive", "'crn' is no kind"),
        ("{generic_handles: [sara]}", "identity.generic_handles", "neither an e-mail address nor a telephone number"),
        ("{generic_mailboxes: [sara@firm.ir]}", "identity.generic_mailboxes", "what stands before the @"),
        ('{generic_mailboxes: ["-"]}', "identity.generic_mailboxes", "what stands before the @"),
        ("{landlines_link: perhaps}", "identity.landlines_link", "valid boolean"),
        ("{most_handles: 1}", "identity.most_handles", "greater than or equal to 2"),
        ("[phone]", "identity", "must be a mapping"),
    ],
)
def test_a_wrong_rule_is_told_in_words_with_its_place(identity: str, key: str, why: str) -> None:
    with pytest.raises(Misconfigured, match=why) as caught:
        read(f"organisation: {{}}\nidentity: {identity}\n")
    assert [(m.line, m.key) for m in caught.value.mistakes] == [(2, key)]


def test_a_wrong_country_is_one_mistake_and_hides_no_other() -> None:
    with pytest.raises(Misconfigured) as caught:
        read('organisation: {region: XX}\nidentity: {generic_handles: ["020 8366 1177"], caps: {fax: 1}}\n')
    assert [m.key for m in caught.value.mistakes] == ["organisation.region", "identity.caps"]


def test_a_digest_names_what_the_rules_say_and_not_how_they_are_written() -> None:
    one = read("identity: {caps: {phone: 6}, generic_handles: [a.b@gmail.com, sara@firm.ir]}")
    other = read("identity: {generic_handles: [SARA@firm.ir, ab@googlemail.com], landlines_link: no}")
    assert one.digest == other.digest
    digests = {RULES.digest, one.digest, Rules(landlines_link=True).digest, Rules(caps={"phone": 7}).digest}
    assert len(digests) == 4
    assert all(len(d) == 12 and int(d, 16) for d in digests)


@pytest.mark.parametrize("name", ["generic_mailboxes", "placeholder_addresses", "placeholder_numbers", "withheld",
                                  "free_mail", "relays"])  # fmt: skip
def test_every_list_is_there(name: str) -> None:
    assert len(listed(name)) > 10


def test_what_a_list_says_is_written_as_it_is_compared() -> None:
    assert {mailbox_name(m) for m in listed("generic_mailboxes")} == listed("generic_mailboxes")
    addresses = {a for a in listed("placeholder_addresses") if not a.startswith("*@")}
    assert {found.value for a in addresses if (found := email(a))} == addresses
    assert all(w == w.lower() and w.isalnum() for w in listed("withheld"))
    assert all(email(f"x@{d}") for d in listed("free_mail") | listed("relays"))


def test_every_placeholder_number_is_a_whole_one() -> None:
    whole = {n.replace("?", "0") for n in listed("placeholder_numbers") if n.startswith("+")}
    assert all(8 <= len(n) <= 16 and n[1:].isdigit() for n in whole)
    assert all(phone(n, "ZZ") is None for n in whole)
