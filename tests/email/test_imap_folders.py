"""Which folders of a mailbox are read."""

import pytest

from ingest_email.imap.folders import ARCHIVE, SENT, Listed, chosen


def listing(*folders: str | tuple[str, str]) -> list[Listed]:
    named = [(f, "") if isinstance(f, str) else f for f in folders]
    return [Listed(name, frozenset({use.lower()} if use else ())) for name, use in named]


MARKED = listing(
    "INBOX", ("Gesendet", SENT), ("Ablage", ARCHIVE), ("Entwürfe", "\\Drafts"), ("Papierkorb", "\\Trash"),
    ("Werbung", "\\Junk"), ("Alles", "\\All"), "Kunden", "Kunden/2026", "Kunden/2026/Nord",
)  # fmt: skip


def names(listed: list[Listed], *wanted: str) -> list[str]:
    return [f.name for f in chosen(listed, wanted or None).folders]


def test_inbox_sent_and_archived_mail_are_read_whatever_they_are_called_and_inbox_is_watched() -> None:
    choice = chosen(MARKED, None)
    assert {f.name: f.special_use for f in choice.folders} == {"Gesendet": SENT, "Ablage": ARCHIVE, "INBOX": ""}
    assert choice.folders[-1].name == "INBOX"


@pytest.mark.parametrize(
    "sent", ["Sent", "Sent Items", "ارسال شده", "ارسال‌شده", "ارسال شده‌ها", "INBOX/Sent", "Elements envoyes"]
)
def test_without_marks_the_folder_of_sent_mail_is_known_by_its_usual_names(sent: str) -> None:
    assert chosen(listing("INBOX", sent, "Other"), None).folders[0].special_use == SENT


def test_without_marks_the_archive_is_known_by_its_usual_names() -> None:
    assert names(listing("INBOX", "بايگاني")) == ["بايگاني", "INBOX"]  # with Arabic letters


def test_asked_names_are_read_also_those_that_nobody_would_mean() -> None:
    assert names(MARKED, "INBOX", "Papierkorb") == ["Papierkorb", "INBOX"]


def test_a_wildcard_takes_everything_but_drafts_trash_junk_and_second_views() -> None:
    assert set(names(MARKED, "*")) == {"INBOX", "Gesendet", "Ablage", "Kunden", "Kunden/2026", "Kunden/2026/Nord"}


def test_a_wildcard_without_marks_knows_the_usual_names_of_what_nobody_means() -> None:
    assert names(listing("INBOX", "Drafts", "Spam", "پیش‌نویس‌ها", "هرزنامه", "Orders"), "*") == ["Orders", "INBOX"]


def test_a_percent_sign_stays_on_one_level() -> None:
    assert names(MARKED, "Kunden/%") == ["Kunden/2026"]
    assert names(MARKED, "Kunden/*") == ["Kunden/2026", "Kunden/2026/Nord"]


def test_a_folder_that_cannot_be_opened_is_not_there() -> None:
    listed = [*listing("INBOX"), Listed("Parent", frozenset({"\\noselect"}))]
    assert chosen(listed, ["Parent", "INBOX"]).missing == ("Parent",)


def test_what_is_missing_is_said_and_the_rest_is_read() -> None:
    choice = chosen(listing("INBOX", "Sent"), ["INBOX", "Archive"])
    assert [f.name for f in choice.folders] == ["INBOX"]
    assert choice.complaint() == "there is no folder 'Archive' in this mailbox; it has INBOX, Sent"


def test_a_folder_asked_for_twice_is_read_once() -> None:
    assert names(MARKED, "Kunden", "Kund*", "kunden") == ["Kunden", "Kunden/2026", "Kunden/2026/Nord"]
