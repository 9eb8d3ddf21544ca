"""However FreeSWITCH wraps a record, and whatever Content-Type it claims, the same is read; and who may post."""

import base64

import orjson
import pytest

from ingest_phone.freeswitch.proof import verify
from ingest_phone.freeswitch.recording import locate
from peyvand.errors import BadPayload, BadSignature, Gone
from peyvand.event import Attachment
from peyvand.source import Remote
from phone.freeswitch_cdrs import SECRET, broken_base64, call, configured, document, encoded, meant, posted

WRITTEN = orjson.dumps(document({"caller_id": "%22Ali%22", "cc_queue": "after%2Bsales%40default"}))
XML = (
    b'<?xml version="1.0"?>\n<cdr core-uuid="c"><variables><uuid>u</uuid><start_epoch>1791089400</start_epoch>'
    b"<cc_queue>after%2Bsales%40default</cc_queue></variables><callflow><caller_profile><caller_id_name>A &amp; B"
    b"</caller_id_name><caller_id_number>09121112233</caller_id_number><context>public</context></caller_profile>"
    b"</callflow></cdr>\n"
)


@pytest.mark.parametrize("text", [WRITTEN, XML], ids=["json", "xml"])
@pytest.mark.parametrize("wrap", [bytes, encoded, broken_base64], ids=["as it is", "form", "base64"])
@pytest.mark.parametrize("field", [b"cdr=", b""], ids=["posted", "in the folder"])
def test_every_wrapping_is_read(text: bytes, wrap: type[bytes], field: bytes) -> None:
    event = meant(field + wrap(text) + b"\n")
    assert call(event).queue == "after+sales"


def test_names_in_markup_are_themselves() -> None:
    assert meant(XML).parties[0].name == "A & B"


@pytest.mark.parametrize(
    "prologue",
    [
        b'<!DOCTYPE cdr [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE cdr [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE cdr SYSTEM "http://127.0.0.1/cdr.dtd">',
    ],
    ids=["growing", "file", "address"],
)
def test_markup_that_declares_anything_is_refused(prologue: bytes) -> None:
    with pytest.raises(BadPayload, match="declares no"):
        meant(XML.replace(b"<cdr ", prologue + b"<cdr ", 1))


def test_markup_is_not_followed_down_for_ever() -> None:
    with pytest.raises(BadPayload, match="too deeply"):
        meant(b"<cdr>" * 50)


@pytest.mark.parametrize(
    "body",
    [b"", b"cdr=", b"[]", b"cdr=hello", b"<cdr>", b"{", b"cdr=%7B", b"\xff\xfe", b"null"],
    ids=["empty", "no value", "list", "words", "cut", "brace", "encoded brace", "no text", "null"],
)
def test_what_is_no_record_is_kept(body: bytes) -> None:
    with pytest.raises(BadPayload):
        meant(body)


def basic(credentials: str, scheme: str = "Basic") -> dict[str, str]:
    return {"authorization": f"{scheme} {base64.b64encode(credentials.encode()).decode()}"}


def test_user_and_password_prove_a_post() -> None:
    verify(posted(b"{}", basic(f"peyvand:{SECRET}")), configured())
    verify(posted(b"{}", basic(f"pbx:{SECRET}", "basic")), configured(user="pbx"))


def test_the_next_password_is_as_good_while_it_replaces_the_first() -> None:
    verify(posted(b"{}", basic("peyvand:another-one-of-two")), configured(secret=[SECRET, "another-one-of-two"]))


@pytest.mark.parametrize(
    "headers",
    [{}, basic("peyvand:wrong-password-here"), basic(f"other:{SECRET}"), basic(f"peyvand:{SECRET}", "Digest"),
     basic("peyvand"), {"authorization": "Basic ***"}, {"authorization": f"Bearer {SECRET}"}],
    ids=["none", "password", "user", "scheme", "no password", "no base64", "bearer"],
)  # fmt: skip
def test_anything_else_proves_nothing(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify(posted(b"{}", headers), configured())


@pytest.mark.parametrize(
    ("path", "address"),
    [("/var/lib/freeswitch/recordings/2026/Oct/a b.wav", "https://pbx.example.ir/r/2026/Oct/a%20b.wav"),
     ("/elsewhere/c.wav", "https://pbx.example.ir/r/c.wav")],
)  # fmt: skip
async def test_a_recording_lies_below_the_address_as_below_the_folder(path: str, address: str) -> None:
    settings = configured(recordings="https://pbx.example.ir/r/", recordings_password="to-hear-them-all")
    remote = await locate(settings, Attachment(at=f"freeswitch:{path}"))
    assert isinstance(remote, Remote)
    assert (remote.url, remote.trusted) == (address, True)
    assert remote.headers == {"Authorization": "Basic " + base64.b64encode(b"peyvand:to-hear-them-all").decode()}


async def test_without_an_address_a_recording_cannot_be_had() -> None:
    with pytest.raises(Gone):
        await locate(configured(), Attachment(at="freeswitch:/r/c.wav"))


@pytest.mark.parametrize(
    "fields", [{"secret": None}, {"folder": "/x"}, {"recordings": "ftp://x"}, {"extension_digits": [5, 2]}], ids=str
)
def test_settings_that_cannot_work_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        configured(**fields)
