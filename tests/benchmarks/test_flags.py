"""Flags of ten thousand generated mails: too slow beside the other tests."""

import pytest

from mails.flagged import flagged_wrongly


@pytest.mark.bench
@pytest.mark.timeout(1_800)
def test_no_mail_of_ten_thousand_is_flagged_for_what_it_is_not() -> None:
    assert flagged_wrongly(10_000) == {}
