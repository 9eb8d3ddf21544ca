"""Of generated mails, none is flagged for what it is not; ten thousand of them among the benchmarks."""

from mails.flagged import flagged_wrongly


def test_no_generated_mail_is_flagged_for_what_it_is_not() -> None:
    assert flagged_wrongly(200) == {}
