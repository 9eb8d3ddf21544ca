"""Asking Graph, over real HTTP to a stand-in: what `check` says, and where files lie."""

from collections.abc import Iterator
from typing import Any

import pytest

from ingest_social.meta.graph import plain
from parts.loopback import free_port
from peyvand.errors import Gone, SignInFailed, Unavailable
from peyvand.event import Attachment
from peyvand.source import Remote
from social.metas import SOURCES, TOKEN, Graph, account, one

WABA = "102290129340398"
KNOWN: dict[str, Any] = {
    "106540352242922": {"display_phone_number": "+98 21 9100 1000", "verified_name": "نمونه", "id": "106540352242922"},
    WABA: {"name": "Example", "owner_business_info": {"name": "Example", "id": "506914307656634"}},
    f"{WABA}/subscribed_apps": {"data": [{"whatsapp_business_api_data": {"name": "Peyvand", "id": "1"}}]},
    "1706123450011987": {"name": "Example Trading"},
    "1706123450011987/subscribed_apps": {"data": [{"name": "Peyvand", "subscribed_fields": ["messages", "feed"]}]},
    "17841405309211844": {"username": "example_trading"},
    "17841405309211844/subscribed_apps": {"data": [{"subscribed_fields": ["messages", "comments"]}]},
}
PICTURE = Attachment(at="whatsapp:1003383421387256", state="at the vendor")


@pytest.fixture(scope="module")
def stand_in() -> Iterator[tuple[Graph, str]]:
    graph = Graph()
    with graph.running() as address:
        yield graph, address


@pytest.fixture
def graph(stand_in: tuple[Graph, str]) -> Graph:
    graph, _ = stand_in
    graph.nodes = dict(KNOWN)
    graph.asked.clear()
    return graph


@pytest.fixture
def address(stand_in: tuple[Graph, str]) -> str:
    return stand_in[1]


async def checked(channel: str, address: str, **fields: Any) -> str:
    return await SOURCES[channel].check(account(channel, base_url=address, **{"token": TOKEN, **fields}))


async def test_whatsapp_says_which_number_answers_and_who_is_subscribed(graph: Graph, address: str) -> None:
    assert await checked("whatsapp", address, business_account=WABA) == (
        "+98 21 9100 1000 (نمونه) answers; subscribed: Peyvand"
    )
    assert graph.asked[0] == ("v25.0/106540352242922", f"Bearer {TOKEN}")


async def test_messenger_says_to_what_it_is_not_subscribed(graph: Graph, address: str) -> None:
    said = await checked("messenger", address, version="v26.0")
    assert said.startswith("Example Trading answers; subscribed; not to message_deliveries, message_echoes")
    assert graph.asked[0][0] == "v26.0/1706123450011987"


async def test_instagram_asks_the_page_that_the_account_belongs_to(graph: Graph, address: str) -> None:
    assert (await checked("instagram", address)).startswith("@example_trading answers; subscribed; not to")
    await checked("instagram", address, page_id="1706123450011987")
    assert graph.asked[-1][0] == "v25.0/1706123450011987/subscribed_apps"


async def test_a_token_that_has_expired_is_said(graph: Graph, address: str) -> None:
    for channel in SOURCES:
        with pytest.raises(SignInFailed, match="Meta refuses the token: it has expired"):
            await checked(channel, address, token="an old token")
    assert graph.asked


@pytest.mark.parametrize(
    ("node", "value", "words"),
    [
        ("106540352242922", None, "phone_number_id 106540352242922: Meta knows nothing of that id"),
        (WABA, {"owner_business_info": {"id": "777"}}, "portfolio: is 506914307656634, .* belongs to 777"),
        (f"{WABA}/subscribed_apps", {"data": []}, "no app is subscribed .* nothing will arrive"),
        (WABA, None, f"business_account {WABA}: Meta knows nothing"),
    ],
)
async def test_what_is_wrong_with_a_number_is_said(
    graph: Graph, address: str, node: str, value: Any, words: str
) -> None:
    graph.nodes = {k: v for k, v in {**graph.nodes, node: value}.items() if v is not None}
    with pytest.raises(SignInFailed, match=words):
        await checked("whatsapp", address, business_account=WABA)


@pytest.mark.parametrize("apps", [{"data": []}, {"data": [{"subscribed_fields": ["leadgen"]}]}, {}])
async def test_a_page_without_a_subscription_is_said(graph: Graph, address: str, apps: Any) -> None:
    graph.nodes["1706123450011987/subscribed_apps"] = apps
    with pytest.raises(SignInFailed, match="no app is subscribed to its messages"):
        await checked("messenger", address)


async def test_without_a_token_it_says_what_it_cannot_know() -> None:
    for channel in SOURCES:
        assert "without token: nothing can be asked" in await SOURCES[channel].check(account(channel))
    alone = SOURCES["whatsapp"].settings.model_validate({"number": "+989123456789"})
    assert "takes no calls" in await SOURCES["whatsapp"].check(alone)


async def test_a_vendor_that_is_away_is_asked_again() -> None:
    with pytest.raises(Unavailable, match="Meta cannot be reached; where it is filtered, set proxy"):
        await checked("messenger", f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(
    ("code", "kind"), [(190, SignInFailed), (10, SignInFailed), (200, SignInFailed), (100, Gone), (4, Unavailable),
                       (80007, Unavailable), (2, Unavailable), (987654, Unavailable)],
)  # fmt: skip
def test_an_error_of_graph_says_what_to_do(code: int, kind: type[Exception]) -> None:
    assert isinstance(plain(code), kind)


async def located(address: str, file: Attachment = PICTURE, **fields: Any) -> Remote:
    locate = SOURCES["whatsapp"].locate
    assert locate is not None
    found = await locate(account("whatsapp", base_url=address, **{"token": TOKEN, **fields}), file)
    assert isinstance(found, Remote)
    return found


async def test_a_file_lies_where_graph_says_for_the_token(graph: Graph, address: str) -> None:
    digest = "9c" * 32
    lies = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"
    graph.nodes["1003383421387256"] = {"url": lies, "sha256": digest, "file_size": "303833", "mime_type": "image/jpeg"}
    assert await located(address) == Remote(lies, {"authorization": f"Bearer {TOKEN}"}, sha256=digest, size=303833)


async def test_the_token_is_shown_to_nobody_but_meta(graph: Graph, address: str) -> None:
    for lies in ("https://fbsbx.com.example.net/x", "https://example.net/fbsbx.com", "https://evilfbsbx.com/x"):
        graph.nodes["1003383421387256"] = {"url": lies}
        assert (await located(address)).headers == {}


async def test_a_file_of_the_stand_in_may_lie_at_a_private_address(graph: Graph, address: str) -> None:
    graph.nodes["1003383421387256"] = {"url": f"{address}/bytes"}
    assert (await located(address)).trusted


async def test_a_file_that_meta_has_forgotten_is_gone_and_one_without_a_token_waits(address: str) -> None:
    with pytest.raises(Gone):
        await located(address, Attachment(at="whatsapp:404"))
    with pytest.raises(Gone):
        await located(address, Attachment(at="whatsapp:../me"))
    with pytest.raises(Unavailable, match="token: is missing"):
        await located(address, token=None)


async def test_a_file_of_messenger_lies_at_its_own_address() -> None:
    locate = SOURCES["messenger"].locate
    assert locate is not None
    (first, _) = one("messenger", "image_and_video").attachments
    url = "https://scontent.xx.fbcdn.net/v/t1.15752-9/photo.jpg?_nc_cat=1&oe=6"
    assert await locate(account("messenger"), first) == Remote(url)
    with pytest.raises(Gone):
        await locate(account("messenger"), Attachment(at="messenger:file:///etc/passwd"))
