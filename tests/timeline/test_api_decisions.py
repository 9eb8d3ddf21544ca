"""Decisions over HTTP: what is decided, how it stands afterwards, and that it can be taken back; on memory and SQL."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import BaseModel, SecretStr

from fakes.application import application, client
from fakes.memory_people import MemoryPeople
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, ORGANISATION, address, filled, mailed, number, person, rang, said, telegram
from peyvand.delivery import Delivery
from peyvand.event import CallResult, InteractionEvent, Role
from peyvand.identity import Proof
from peyvand.publish import Reading
from peyvand.settings import ApiToken
from timeline.api import decision_answers, examples
from timeline.folds.identity import Verdict
from timeline.ports import Principal, Timelines
from timeline.record import record
from timeline.store import SqlStore, SqlTimelines, open_database

SALES = ApiToken(name="sales", token=SecretStr("a-token-of-the-sales-team"), teams=("sales",))
BY_SALES = {"Authorization": "Bearer a-token-of-the-sales-team"}
TOKENS = (
    SALES,
    ApiToken(name="support", token=SecretStr("a-token-of-the-support-team"), teams=("support",)),
    ApiToken(name="both", token=SecretStr("a-token-of-both-teams"), teams=("sales", "support")),
    ApiToken(name="nobody", token=SecretStr("a-token-of-no-team"), teams=()),
)
BY_SUPPORT, BY_BOTH, BY_NOBODY = ({"Authorization": f"Bearer {token.token.get_secret_value()}"} for token in TOKENS[1:])
LEILA, OMID = address("leila@mail.example"), address("omid@mail.example")
MOBILE, SWITCHBOARD = number("0912 345 6789"), number("021 8888 0000")


@dataclass(frozen=True)
class House:
    """A store with the API before it."""

    timelines: Timelines
    tell: Callable[..., Coroutine[Any, Any, None]]
    http: httpx.AsyncClient

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, status: int = 200, headers: dict[str, str] | None = None, **body: Any) -> Any:
        answer = await self.http.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def revoke(self, act: str) -> Any:
        answer = await self.http.delete(f"/v1/decisions/{act}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def customer(self, value: str) -> Any:
        """Return whoever has the handle."""
        for hit in (await self.get("/v1/customers", q=value))["customers"]:
            if value in {h["value"] for h in hit["customer"]["handles"]}:
                return hit["customer"]
        raise AssertionError(f"nobody has {value}")


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.real)])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """Open an empty house."""
    if request.param == "memory":
        timelines = MemoryTimelines(ORGANISATION)

        async def told(*events: InteractionEvent) -> None:
            timelines.tell(*events)

        async with client(application(timelines, tokens=TOKENS)) as http:
            yield House(timelines, told, http)
        return
    sqlite = f"sqlite:///{tmp_path}/store.db"
    url = sqlite if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    database = await open_database(url)
    store = SqlStore(database, ORGANISATION.id)

    async def recorded(*events: InteractionEvent) -> None:
        came = [Delivery(e.delivery_id, e.connector, e.channel, e.received_at, b"{}") for e in events]
        await record([Reading(d, (e,)) for d, e in zip(came, events, strict=True)], store)

    kept = SqlTimelines(database, ORGANISATION)
    async with client(application(kept, tokens=TOKENS)) as http:
        yield House(kept, recorded, http)
    await database.close()


async def leila_and_omid(house: House) -> tuple[Any, Any]:
    await house.tell(
        mailed(person("Leila", LEILA), "invoice", "", key="1"),
        said(person("Omid", telegram(7)), "hello", key="2", at=NOON + timedelta(hours=1)),
    )
    return await house.customer("leila@mail.example"), await house.customer("7")


def handles(customer: Any) -> set[str]:
    return {h["value"] for h in customer["handles"]}


def pointers(problem: Any) -> list[str]:
    return [fault["pointer"] for fault in problem["errors"]]


async def test_two_customers_become_one_and_two_again_with_the_ids_from_before(house: House) -> None:
    leila, omid = await leila_and_omid(house)
    decided = await house.post(f"/v1/customers/{omid['id']}/merge", **{"with": leila["id"], "why": "she said so"})
    assert [handles(c) for c in decided["customers"]] == [{"leila@mail.example", "7"}]
    assert decided["customers"][0]["id"] == leila["id"]
    assert len((await house.get(f"/v1/customers/{omid['id']}/timeline"))["entries"]) == 2
    revoked = await house.revoke(decided["act"])
    assert {c["id"] for c in revoked["customers"]} == {leila["id"], omid["id"]}
    assert await house.customer("7") == omid


async def test_a_decision_is_told_with_who_when_and_why_and_stays_when_it_is_taken_back(house: House) -> None:
    leila, omid = await leila_and_omid(house)
    act = (await house.post(f"/v1/customers/{leila['id']}/merge", **{"with": omid["id"], "why": "a call"}))["act"]
    await house.revoke(act)
    for path in ("/v1/decisions", f"/v1/customers/{omid['id']}/decisions"):
        (decision,) = (await house.get(path))["decisions"]
        assert (decision["act"], decision["kind"], decision["actor"], decision["why"]) == (
            act,
            "same",
            "local",
            "a call",
        )
        assert decision["revoked_by"] == "local"
        assert decision["revoked_at"] is not None


async def test_the_same_request_under_the_same_key_is_decided_once(house: House) -> None:
    leila, omid = await leila_and_omid(house)
    key = {"Idempotency-Key": "click-1"}
    first = await house.post(f"/v1/customers/{leila['id']}/merge", headers=key, **{"with": omid["id"]})
    again = await house.post(f"/v1/customers/{leila['id']}/merge", headers=key, **{"with": omid["id"]})
    assert again == first
    assert len((await house.get("/v1/decisions"))["decisions"]) == 1
    named = await house.post(f"/v1/customers/{leila['id']}/name", headers=key, name="Leila K.")
    assert named["act"] != first["act"]


async def test_of_two_equal_requests_at_once_the_slower_answers_as_the_quicker() -> None:
    timelines = MemoryTimelines(ORGANISATION)
    timelines.tell(mailed(person("Leila", LEILA), "a", "", key="1"), said(person("Omid", telegram(7)), "b", key="2"))
    people, one, other = Unseeing(timelines), *dict.fromkeys(s.customer for s in timelines.known.handles.values())
    async with client(application(timelines, people=people)) as http:
        for people.blind in (False, True):
            answer = await http.post(
                f"/v1/customers/{one}/merge", json={"with": str(other)}, headers={"Idempotency-Key": "k"}
            )
            assert answer.status_code == 200
    assert len(timelines.verdicts) == 1


class Unseeing(MemoryPeople):
    """People of which one question is asked just before another's decision stands."""

    blind = False

    async def act(self, who: Principal, act: UUID) -> Sequence[Verdict]:
        if self.blind:
            self.blind = False
            return []
        return await super().act(who, act)


async def test_handles_are_split_off_and_merged_again(house: House) -> None:
    everything = person("Leila", LEILA, MOBILE, telegram(7))
    await house.tell(filled(everything, {"a": "b"}, key="1"))
    whole = await house.customer("7")
    moved = [h["id"] for h in whole["handles"] if h["value"] == "7"]
    decided = await house.post(f"/v1/customers/{whole['id']}/split", handles=moved)
    parts = {frozenset(handles(c)): c["id"] for c in decided["customers"]}
    alone, rest = parts[frozenset({"7"})], parts[frozenset({"leila@mail.example", "+989123456789"})]
    assert alone != rest
    # every pair was held apart, so that one alone would not bring all of them back
    merged = await house.post(f"/v1/customers/{rest}/merge", **{"with": alone})
    assert [handles(c) for c in merged["customers"]] == [handles(whole)]
    await house.revoke(merged["act"])
    assert len((await house.revoke(decided["act"]))["customers"]) == 1
    assert await house.customer("7") == whole


async def test_customers_that_are_different_stay_so_whatever_links_them(house: House) -> None:
    await house.tell(mailed(person(None, LEILA), "invoice", "", key="1"), said(person(None, telegram(7)), "a", key="2"))
    leila, omid = await house.customer("leila@mail.example"), await house.customer("7")
    decided = await house.post(f"/v1/customers/{leila['id']}/different", **{"from": omid["id"]})
    await house.tell(filled(person(None, LEILA, telegram(7)), {"a": "b"}, key="3", at=NOON + timedelta(hours=2)))
    assert (await house.customer("7"))["id"] != (await house.customer("leila@mail.example"))["id"]
    assert len((await house.revoke(decided["act"]))["customers"]) == 1


async def test_a_name_and_a_tag_stand_until_they_are_taken_back(house: House) -> None:
    leila, _ = await leila_and_omid(house)
    path = f"/v1/customers/{leila['id']}"
    name = await house.post(f"{path}/name", name="  خانم   کریمی ")
    tag = await house.post(f"{path}/tags", tag="vip")
    customer = await house.get(path)
    assert (customer["name"], customer["tags"]) == ("خانم کریمی", ["vip"])
    assert (await house.get("/v1/customers", q="كريمي"))["customers"][0]["customer"]["id"] == leila["id"]
    await house.revoke(name["act"])
    await house.revoke(tag["act"])
    assert await house.get(path) == leila


async def test_who_is_no_customer_is_hidden_and_comes_back(house: House) -> None:
    leila, omid = await leila_and_omid(house)
    decided = await house.post(f"/v1/customers/{leila['id']}/not-a-customer", reason="spam", why="offers")
    assert decided["customers"][0]["not_a_customer"] == "spam"
    for query in ({}, {"q": "leila@mail.example"}, {"q": "invoice"}, {"q": "Leila"}):
        found = (await house.get("/v1/customers", **query))["customers"]
        assert leila["id"] not in {hit["customer"]["id"] for hit in found}, query
    assert len((await house.get("/v1/customers"))["customers"]) == 1
    assert (await house.get(f"/v1/customers/{leila['id']}"))["not_a_customer"] == "spam"
    await house.revoke(decided["act"])
    assert {h["customer"]["id"] for h in (await house.get("/v1/customers"))["customers"]} == {leila["id"], omid["id"]}


async def test_a_handle_that_many_use_links_nobody_until_it_is_personal_again(house: House) -> None:
    await house.tell(filled(person("Leila", LEILA, MOBILE), {"a": "b"}, key="1"))
    customer = await house.customer("leila@mail.example")
    mobile = next(h["id"] for h in customer["handles"] if h["kind"] == "phone")
    shared = await house.post(f"/v1/handles/{mobile}/shared", why="the whole family")
    assert [handles(c) for c in shared["customers"]] == [{"+989123456789"}]
    assert handles(await house.customer("leila@mail.example")) == {"leila@mail.example"}
    personal = await house.post(f"/v1/handles/{mobile}/personal")
    assert [c["id"] for c in personal["customers"]] == [customer["id"]]


async def test_an_interaction_is_moved_and_moved_back(house: House) -> None:
    leila, omid = await leila_and_omid(house)
    (entry,) = (await house.get(f"/v1/customers/{leila['id']}/timeline"))["entries"]
    to = omid["handles"][0]["id"]
    decided = await house.post(f"/v1/interactions/{entry['id']}/move", handle=to)
    assert {c["id"] for c in decided["customers"]} == {leila["id"], omid["id"]}
    assert (await house.get(f"/v1/customers/{leila['id']}/timeline"))["entries"] == []
    assert len((await house.get(f"/v1/customers/{omid['id']}/timeline"))["entries"]) == 2
    (placed,) = (await house.get(f"/v1/interactions/{entry['id']}/why"))["placed_by"]
    assert (placed["handle"], placed["rule"]) == (to, "decided")
    await house.revoke(decided["act"])
    assert len((await house.get(f"/v1/customers/{leila['id']}/timeline"))["entries"]) == 1


async def test_a_customer_is_written_down_by_hand_and_struck_out(house: House) -> None:
    written = [{"kind": "phone", "value": "۰۹۱۲ ۳۴۵ ۶۷۸۹"}, {"kind": "email", "value": "Leila@Mail.example"}]
    key = {"Idempotency-Key": "form-1"}
    decided = await house.post("/v1/customers", headers=key, name="لیلا کریمی", handles=written)
    (customer,) = decided["customers"]
    assert (customer["name"], handles(customer)) == ("لیلا کریمی", {"+989123456789", "leila@mail.example"})
    assert await house.post("/v1/customers", headers=key, name="لیلا کریمی", handles=written) == decided
    await house.tell(rang(person(None, MOBILE, role=Role.CALLER), CallResult.MISSED, key="c", at=NOON))
    assert handles(await house.customer("+989123456789")) == {"+989123456789", "leila@mail.example"}
    await house.revoke(decided["act"])
    left = await house.customer("+989123456789")
    assert (left["name"], handles(left)) == (None, {"+989123456789"})


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "x", "handles": []}, "/body/handles"),
        ({"name": "", "handles": [{"kind": "phone", "value": "09123456789"}]}, "/body/name"),
        ({"name": "x", "handles": [{"kind": "phone", "value": "12"}]}, "/body/handles/0"),
        ({"name": "x", "handles": [{"kind": "pigeon", "value": "12"}]}, "/body/handles/0"),
        ({"name": "x", "handles": [{"kind": "email", "value": "a@example.ir"}]}, "/body/handles/0"),
        ({"name": "x", "handles": [{"kind": "crm", "value": "12"}]}, "/body/handles/0"),
        ({"name": "x", "handles": [{"kind": "phone", "value": "09123456789"}], "vip": True}, "/body/vip"),
    ],
)
async def test_a_customer_that_cannot_be_written_down_is_told_what_is_wrong(
    house: House, body: dict[str, Any], pointer: str
) -> None:
    assert pointers(await house.post("/v1/customers", 422, **body)) == [pointer]


async def test_what_makes_no_sense_is_told_in_words(house: House) -> None:
    leila, omid = await leila_and_omid(house)
    path = f"/v1/customers/{leila['id']}"
    for verb, body, pointer in (
        ("merge", {"with": leila["id"]}, "/body/with"),
        ("merge", {"wiht": leila["id"]}, "/body/with"),
        ("split", {"handles": []}, "/body/handles"),
        ("split", {"handles": [leila["handles"][0]["id"]]}, "/body/handles"),
        ("split", {"handles": [omid["handles"][0]["id"]]}, "/body/handles"),
        ("different", {"from": leila["id"]}, "/body/from"),
        ("name", {"name": "   "}, "/body/name"),
        ("tags", {"tag": " "}, "/body/tag"),
        ("not-a-customer", {"reason": "ugly"}, "/body/reason"),
    ):
        problem = await house.post(f"{path}/{verb}", 422, **body)
        assert pointer in pointers(problem), (verb, problem)
    assert (await house.get("/v1/decisions"))["decisions"] == []


async def test_what_is_not_there_is_404(house: House) -> None:
    leila, _ = await leila_and_omid(house)
    nobody, handle = str(uuid4()), leila["handles"][0]["id"]
    for path, body in (
        (f"/v1/customers/{nobody}/merge", {"with": leila["id"]}),
        (f"/v1/customers/{leila['id']}/merge", {"with": nobody}),
        (f"/v1/customers/{nobody}/name", {"name": "x"}),
        (f"/v1/handles/{nobody}/shared", {}),
        (f"/v1/interactions/{nobody}/move", {"handle": handle}),
        ("/v1/suggestions/confirm", {"a": nobody, "b": handle}),
        ("/v1/suggestions/dismiss", {"a": handle, "b": nobody}),
    ):
        await house.post(path, 404, **body)
    assert (await house.http.delete(f"/v1/decisions/{nobody}")).status_code == 404


async def a_family(house: House) -> tuple[Any, Any]:
    """Tell of two people with one number, whose names do not agree: it stays with the one who proved it."""
    proved = MOBILE.model_copy(update={"proof": Proof.VIA})
    await house.tell(
        filled(person("Ali Rezaei", address("ali@mail.example"), proved), {"a": "b"}, key="1"),
        filled(person("Maryam Hosseini", OMID, MOBILE), {"a": "b"}, key="2", at=NOON + timedelta(hours=1)),
    )
    return await house.customer("ali@mail.example"), await house.customer("omid@mail.example")


async def test_a_refused_link_is_a_suggestion_until_somebody_decides(house: House) -> None:
    ali, maryam = await a_family(house)
    assert ali["id"] != maryam["id"]
    (suggestion,) = (await house.get("/v1/suggestions"))["suggestions"]
    assert {suggestion["customer_a"], suggestion["customer_b"]} == {ali["id"], maryam["id"]}
    pair = {"a": suggestion["a"]["id"], "b": suggestion["b"]["id"]}
    decided = await house.post("/v1/suggestions/confirm", **pair)
    assert len(decided["customers"]) == 1
    assert (await house.get("/v1/suggestions"))["suggestions"] == []
    await house.post("/v1/suggestions/confirm", 422, **pair)
    await house.revoke(decided["act"])
    dismissed = await house.post("/v1/suggestions/dismiss", **pair)
    assert {c["id"] for c in dismissed["customers"]} == {ali["id"], maryam["id"]}
    assert (await house.get("/v1/suggestions"))["suggestions"] == []


async def test_suggestions_come_page_by_page_and_of_one_customer(house: House) -> None:
    for n in range(3):
        number_ = number(f"0912 345 111{n}")
        proved = number_.model_copy(update={"proof": Proof.VIA})
        await house.tell(
            filled(person("Ali Rezaei", address(f"ali{n}@mail.example"), proved), {"a": "b"}, key=f"a{n}"),
            filled(person("Maryam Hosseini", address(f"m{n}@mail.example"), number_), {"a": "b"}, key=f"m{n}"),
        )
    seen: list[Any] = []
    more: dict[str, str] = {}
    while True:
        page = await house.get("/v1/suggestions", limit=2, **more)
        seen += page["suggestions"]
        if page["further"] is None:
            break
        more = {"cursor": page["further"]}
    assert len({(s["customer_a"], s["customer_b"]) for s in seen}) == len(seen) == 3
    assert [len(s["grounds"]) for s in seen] == [1, 1, 1]
    for suggestion in seen:
        of_one = await house.get(f"/v1/customers/{suggestion['customer_b']}/suggestions")
        assert of_one == {"suggestions": [suggestion], "further": None}
    problem = (await house.http.get("/v1/suggestions", params={"cursor": "x"})).json()
    assert pointers(problem) == ["/query/cursor"]
    assert (await house.http.get(f"/v1/customers/{uuid4()}/suggestions")).status_code == 404


async def test_why_tells_the_rule_the_evidence_and_what_was_refused(house: House) -> None:
    ali, maryam = await a_family(house)
    why = await house.get(f"/v1/customers/{ali['id']}/why")
    by_value = {h["handle"]["value"]: h for h in why["handles"]}
    mail, mobile = by_value["ali@mail.example"], by_value["+989123456789"]
    assert (mail["rule"], mobile["rule"]) == ("linked", "linked")
    assert [(e["role"], e["proof"], e["name"]) for e in mail["evidence"]] == [("from", "claimed", "Ali Rezaei")]
    assert mail["evidence"][0]["interaction"] is not None
    assert [(link["value"], link["strength"], link["refused"]) for link in mail["links"]] == [
        ("+989123456789", 2, None)
    ]
    assert {link["value"]: link["refused"] for link in mobile["links"]} == {
        "ali@mail.example": None,
        "omid@mail.example": "name",
    }
    (alone,) = (await house.get(f"/v1/customers/{maryam['id']}/why"))["handles"]
    assert alone["rule"] == "alone"


async def test_why_names_the_decision_before_the_evidence(house: House) -> None:
    leila, omid = await leila_and_omid(house)
    act = (await house.post(f"/v1/customers/{leila['id']}/merge", **{"with": omid["id"]}))["act"]
    why = await house.get(f"/v1/customers/{leila['id']}/why")
    assert [h["rule"] for h in why["handles"]] == ["decided", "decided"]
    assert [d["act"] for d in why["handles"][0]["decisions"]] == [act]


async def test_a_team_decides_only_about_what_it_sees(house: House) -> None:
    leila, omid = await leila_and_omid(house)  # by mail, which is support's, and in the chat, which is sales'
    act = (await house.post(f"/v1/customers/{leila['id']}/name", name="Leila K."))["act"]
    as_sales: dict[str, Any] = {"headers": BY_SALES}
    mail, chat = leila["handles"][0]["id"], omid["handles"][0]["id"]
    (entry,) = (await house.get(f"/v1/customers/{leila['id']}/timeline"))["entries"]
    for path, body in (
        (f"/v1/customers/{leila['id']}/name", {"name": "x"}),
        (f"/v1/customers/{omid['id']}/merge", {"with": leila["id"]}),
        (f"/v1/handles/{mail}/shared", {}),
        (f"/v1/interactions/{entry['id']}/move", {"handle": chat}),
        ("/v1/suggestions/confirm", {"a": chat, "b": mail}),
    ):
        await house.post(path, 404, **as_sales, **body)
    assert (await house.http.delete(f"/v1/decisions/{act}", headers=BY_SALES)).status_code == 404
    assert (await house.http.get("/v1/decisions", headers=BY_SALES)).json() == {"decisions": []}
    assert (await house.http.get(f"/v1/customers/{leila['id']}/why", headers=BY_SALES)).status_code == 404
    decided = await house.post(f"/v1/customers/{omid['id']}/name", **as_sales, name="Omid R.")
    assert decided["customers"][0]["name"] == "Omid R."
    assert (await house.http.delete(f"/v1/decisions/{decided['act']}", headers=BY_SALES)).status_code == 200
    actors = {d["actor"] for d in (await house.get("/v1/decisions"))["decisions"]}
    assert actors == {"local", "sales"}


async def test_a_team_writes_a_customer_down_whom_it_then_sees_and_strikes_out(house: House) -> None:
    written = [{"kind": "phone", "value": "0912 345 6789"}, {"kind": "email", "value": "leila@mail.example"}]
    decided = await house.post("/v1/customers", headers=BY_SALES, name="Leila", handles=written)
    (customer,) = decided["customers"]
    assert (customer["name"], handles(customer)) == ("Leila", {"+989123456789", "leila@mail.example"})
    path = f"/v1/customers/{customer['id']}"
    assert (await house.http.get(path, headers=BY_SALES)).json() == customer
    tagged = await house.post(f"{path}/tags", headers=BY_SALES, tag="fair")
    assert tagged["customers"][0]["tags"] == ["fair"]
    (handle, _) = (await house.http.get(f"{path}/why", headers=BY_SALES)).json()["handles"]
    assert [(e["role"], e["source"]) for e in handle["evidence"]] == [("card", "agent")]
    assert (await house.get(path))["name"] == "Leila"
    for status in (200, 404):
        answer = await house.http.delete(f"/v1/decisions/{decided['act']}", headers=BY_SALES)
        assert answer.status_code == status
    assert (await house.http.get(path)).status_code == 404


async def test_what_a_team_wrote_down_is_no_other_teams(house: House) -> None:
    written = [{"kind": "phone", "value": "0912 345 6789"}]
    (customer,) = (await house.post("/v1/customers", headers=BY_SALES, name="Leila", handles=written))["customers"]
    for headers, status in ((BY_SUPPORT, 404), (BY_BOTH, 200), (BY_SALES, 200), ({}, 200)):
        answer = await house.http.get(f"/v1/customers/{customer['id']}", headers=headers)
        assert answer.status_code == status
    found = await house.http.get("/v1/customers", params={"q": "09123456789"}, headers=BY_SUPPORT)
    assert found.json() == {"customers": []}
    await house.tell(mailed(person(None, MOBILE), "now they write to support", "", key="1"))
    seen = (await house.http.get(f"/v1/customers/{customer['id']}", headers=BY_SUPPORT)).json()
    assert handles(seen) == {"+989123456789"}
    timeline = await house.http.get(f"/v1/customers/{customer['id']}/timeline", headers=BY_SALES)
    assert timeline.json()["entries"] == []


async def test_a_team_does_not_write_down_whom_others_know(house: House) -> None:
    leila, _ = await leila_and_omid(house)  # the mail is support's
    written = [{"kind": "phone", "value": "0912 345 6789"}, {"kind": "email", "value": "leila@mail.example"}]
    problem = await house.post("/v1/customers", 422, headers=BY_SALES, name="x", handles=written)
    assert pointers(problem) == ["/body/handles"]
    assert "you may not see whose it is" in problem["detail"]
    assert await house.customer("leila@mail.example") == leila
    assert (await house.get("/v1/customers", q="09123456789"))["customers"] == []
    omids = [{"kind": "telegram", "value": "7"}, {"kind": "phone", "value": "0912 345 6789"}]  # the chat is theirs
    decided = await house.post("/v1/customers", headers=BY_SALES, name="Omid", handles=omids)
    assert handles(decided["customers"][0]) == {"7", "+989123456789"}


async def test_who_is_of_no_team_and_sees_a_part_writes_nobody_down(house: House) -> None:
    written = [{"kind": "phone", "value": "0912 345 6789"}]
    problem = await house.post("/v1/customers", 422, headers=BY_NOBODY, name="x", handles=written)
    assert pointers(problem) == ["/body/name"]


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:9"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_a_page_of_another_site_decides_nothing(headers: dict[str, str]) -> None:
    timelines = MemoryTimelines(ORGANISATION)
    timelines.tell(mailed(person("Leila", LEILA), "invoice", "", key="1"))
    (customer,) = timelines.known.customers.values()
    async with client(application(timelines)) as http:
        answer = await http.post(f"/v1/customers/{customer[0]}/name", json={"name": "x"}, headers=headers)
        assert answer.status_code == 401
        assert (await http.delete(f"/v1/decisions/{uuid4()}", headers=headers)).status_code == 401
    assert timelines.verdicts == {}


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {}])
async def test_our_own_page_and_a_program_decide(headers: dict[str, str]) -> None:
    timelines = MemoryTimelines(ORGANISATION)
    timelines.tell(mailed(person("Leila", LEILA), "invoice", "", key="1"))
    (customer,) = timelines.known.customers.values()
    async with client(application(timelines)) as http:
        answer = await http.post(f"/v1/customers/{customer[0]}/name", json={"name": "x"}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "text/plain"}, b'{"name": "x"}', 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"name=x", 415),
        ({}, b"", 415),
        ({"Content-Type": "application/json"}, b"{" + b" " * 300_000, 413),
        ({"Content-Type": "application/json"}, b"{", 422),
    ],
)
async def test_a_body_that_is_no_json_of_ours_is_refused(headers: dict[str, str], content: bytes, status: int) -> None:
    async with client(application(MemoryTimelines(ORGANISATION))) as http:
        answer = await http.post(f"/v1/customers/{uuid4()}/name", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_stranger_is_turned_away_before_the_body_is_read() -> None:
    async with client(application(MemoryTimelines(ORGANISATION)), peer=("203.0.113.7", 1)) as http:
        answer = await http.post("/v1/customers", content=b"{" * 300_000, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (decision_answers.DecidedAnswer, examples.DECIDED),
        (decision_answers.DecisionAnswer, examples.DECISION),
        (decision_answers.SuggestionsAnswer, examples.SUGGESTIONS),
        (decision_answers.CustomerWhyAnswer, examples.CUSTOMER_WHY),
    ],
)
def test_examples_are_what_they_stand_for(model: type[BaseModel], example: dict[str, Any]) -> None:
    read = model.model_validate(example, extra="forbid")
    assert read.model_dump(mode="json") == example
