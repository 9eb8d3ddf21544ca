"""Which handles are one person's own."""

import pytest

from timeline.folds.identity import strong


@pytest.mark.parametrize(
    "address",
    ["info@firm.ir", "no-reply@firm.ir", "no.reply@firm.ir", "do_not_reply@firm.ir", "info+shop@firm.ir",
     "reply+8f1c@tickets.example", "MAILER-DAEMON@x.ir".lower(), "notifications@github.example"],
)  # fmt: skip
def test_a_functions_mailbox_links_nobody_however_it_is_written(address: str) -> None:
    assert not strong("email", address)


@pytest.mark.parametrize("address", ["sara@firm.ir", "m.ahmadi@firm.ir", "sales.manager@firm.ir", "infotech@firm.ir"])
def test_a_persons_mailbox_links(address: str) -> None:
    assert strong("email", address)


@pytest.mark.parametrize(
    ("number", "own"),
    [("+989123456789", True), ("+14155552671", True), ("+982191001000", False), ("+18005551212", False)],
    ids=["mobile", "either, in that country", "landline", "toll-free"],
)
def test_a_number_that_many_answer_links_nobody(number: str, own: bool) -> None:
    assert strong("phone", number) is own
