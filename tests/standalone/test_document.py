"""Adding to peyvand.yaml leaves every byte that stands there already."""

import pytest
import yaml

from peyvand_standalone.connect.document import connector_names, with_connector, with_section

BY_HAND = """\
# our file
organisation:
  name: بازرگانی نمونه   # note

connectors:
  # first
  - {name: a,      channel: imap, username: u}
  - name: b
    channel: asterisk
    inbound_contexts:
      - from-trunk
      - from-lab   # why
  # behind the connectors

# --- server ---
server: {port: 9}
"""


def without(text: str, line: str) -> str:
    assert text.count(line) == 1
    return text.replace(line, "")


def test_a_connector_goes_behind_the_last_one_and_everything_else_stays_as_it_was() -> None:
    written = with_connector(BY_HAND, {"name": "c", "channel": "bale"})
    assert without(written, "  - name: c\n    channel: bale\n") == BY_HAND
    assert written.index("why\n  - name: c") < written.index("# behind the connectors")


def test_items_without_indentation_are_followed_as_they_stand() -> None:
    text = "connectors:\n- name: a\n  channel: imap\n\n# end\n"
    assert with_connector(text, {"name": "b"}) == "connectors:\n- name: a\n  channel: imap\n- name: b\n\n# end\n"


def test_a_file_that_does_not_end_its_last_line_is_ended_first() -> None:
    assert with_connector("connectors:\n  - name: a", {"name": "b"}) == "connectors:\n  - name: a\n  - name: b\n"


def test_a_file_without_connectors_gets_the_section_at_its_end() -> None:
    text = with_section("# ours\n", "organisation", {"name": "نمونه"})
    assert with_connector(text, {"name": "a"}) == ("# ours\norganisation:\n  name: نمونه\nconnectors:\n  - name: a\n")


@pytest.mark.parametrize(
    "text",
    [
        "# ours\nconnectors: []\nserver: {port: 9} # why\n",
        "# ours\nconnectors:\nserver: {port: 9} # why\n",
        "# ours\nconnectors: [{name: z}]\nserver: {port: 9} # why\n",
    ],
)
def test_a_list_in_one_line_is_opened_and_the_comments_stay(text: str) -> None:
    written = with_connector(text, {"name": "b", "token": "yes"})
    assert connector_names(written)[-1] == "b"
    assert yaml.safe_load(written)["connectors"][-1] == {"name": "b", "token": "yes"}
    assert "# ours" in written
    assert "# why" in written
    assert yaml.safe_load(written)["server"] == {"port": 9}


@pytest.mark.parametrize("value", ["yes", "0912", "1.0", "file:secrets/x", "a: b", "# no", "ي", "null", "2026-01-01"])
def test_a_value_is_read_back_as_it_was_given(value: str) -> None:
    written = with_connector(BY_HAND, {"name": "c", "value": value})
    assert yaml.safe_load(written)["connectors"][-1]["value"] == value
