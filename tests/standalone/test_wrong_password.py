"""A mailbox whose password is wrong: `peyvand check` and the page say so in plain words, and no other waits for it."""

from pathlib import Path

import httpx
import pytest

from mailing import mail
from parts.dovecot import Dovecot
from standalone.running import eventually, installed

pytestmark = pytest.mark.real
WORDS = "refused the sign-in of"


def test_check_and_the_page_say_what_is_wrong_with_a_mailbox_while_another_is_read(
    tmp_path: Path, dovecot: Dovecot
) -> None:
    support, _ = dovecot.user("support")
    sales, password = dovecot.user("sales")
    where = f"channel: imap, host: {dovecot.host}, port: {dovecot.port}, tls: none"
    configuration = f"""\
organisation: {{name: نمونه, domains: [example.ir], timezone: Asia/Tehran}}
connectors:
  - {{name: support, {where}, username: {support}, password: no-such-password}}
  - {{name: sales, {where}, username: {sales}, password: {password}}}
"""
    dovecot.deliver("sales", "INBOX", mail("order", "is it there?"))
    with installed(tmp_path, configuration, COLUMNS="240") as product:
        checked = product.run("check")
        product.start()
        eventually(lambda: len(product.customers()) == 1, "the other mailbox is read")
        page = f"{product.url}/status"
        eventually(lambda: WORDS in httpx.get(page, trust_env=False).text, "the page says what is wrong")
        said = httpx.get(page, trust_env=False).text
    assert checked.returncode == 1
    assert f"{WORDS} {support}: check username and password" in " ".join(checked.stdout.split())
    assert "no-such-password" not in checked.stdout + checked.stderr + said + product.log
