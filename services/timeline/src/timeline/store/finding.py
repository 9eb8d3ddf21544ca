"""Customers: those last heard from, and those found by handle, by name, by words in any message."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, or_, select, text

from peyvand.identity import Organisation, email, phone
from timeline.folds.identity import handle_id
from timeline.folds.interaction import Interaction
from timeline.folds.search import folded, words
from timeline.ports import Customer, Hit, Principal
from timeline.store.customers import customers_by_id
from timeline.store.marks import given_to, set_aside
from timeline.store.paging import interactions
from timeline.store.statements import chunks, table
from timeline.store.tables import HandleNameRow, HandleRow, InteractionRow, ParticipationRow
from timeline.store.trigrams import has_word
from timeline.store.visible import handle_visible, interaction_visible, words_visible

HANDLE, NAME = table(HandleRow), table(HandleNameRow)
INTERACTION, P = table(InteractionRow), table(ParticipationRow)
# How much of the newest a question looks through before it gives what it has.
RECENT = 400
NEAR = 20_000
REACH = (RECENT, 4_000)  # the first page is asked for all day: it looks no further
LINE = 160
_END = text("SELECT max(rowid) FROM interaction_words")
_NEWEST = "SELECT rowid AS seq FROM interaction_words WHERE words @@ to_tsquery('simple', :asked) AND rowid > :after"
_ALL = """
WITH held AS MATERIALIZED (SELECT rowid AS seq FROM interaction_words WHERE words @@ to_tsquery('simple', :asked))
SELECT seq FROM held ORDER BY seq DESC
"""
# Of a pasted page the first words decide.
MOST_WORDS = 20


def recent(connection: Connection, who: Principal, limit: int) -> list[Hit]:
    """Return the customers last heard from; one who writes a lot does not push the others out of sight."""
    found: list[Hit] = []
    for newest in REACH:
        every = select(INTERACTION.c.id).where(INTERACTION.c.content.is_not(None))
        visible = every.where(interaction_visible(who, INTERACTION.c.id))
        ids = connection.execute(visible.order_by(INTERACTION.c.occurred_at.desc()).limit(newest)).scalars().all()
        found = hits(connection, who, ids, limit)
        if len(found) >= limit or len(ids) < newest:
            break
    return found


def hits(
    connection: Connection, who: Principal, ids: Sequence[UUID], limit: int, asked: Sequence[str] = ()
) -> list[Hit]:
    """Return the customers of interactions, each once, with the line that speaks for it."""
    owners: dict[UUID, list[UUID]] = {}
    for part in chunks(ids):
        rows = connection.execute(
            select(P.c.interaction_id, HANDLE.c.customer)
            .join(HANDLE, HANDLE.c.id == P.c.handle_id)
            .where(P.c.interaction_id.in_(part), handle_visible(who, HANDLE.c.id))
        )
        for interaction, customer in rows:
            owners.setdefault(interaction, []).append(customer)
    first: dict[UUID, UUID] = {}
    for i in ids:
        for customer in sorted(owners.get(i, ())):
            first.setdefault(customer, i)
    aside = set_aside(connection, first)
    chosen = dict([(c, i) for c, i in first.items() if c not in aside][:limit])
    found = customers_by_id(connection, who, chosen)
    shown = {i.id: i for i in interactions(connection, who, list(chosen.values()))}
    return [Hit(found[c], line(shown[i], asked), shown[i]) for c, i in chosen.items() if c in found and i in shown]


def line(interaction: Interaction, asked: Sequence[str] = ()) -> str:
    """Return the line of an interaction that holds the words asked for, else its first."""
    parts = [interaction.subject or "", *(interaction.text or "").splitlines()]
    parts += [value for _, value in interaction.form.fields] if interaction.form else []
    lines = [part.strip() for part in parts if part.strip()]
    best = max(lines, key=lambda part: sum(w in folded(part) for w in asked), default="")
    return best if len(best) <= LINE else best[: LINE - 1] + "…"


def search(connection: Connection, who: Principal, organisation: Organisation, query: str, limit: int) -> list[Hit]:
    """Return customers by handle, then by name, then by words."""
    asked = words(query)[:MOST_WORDS]
    by_handle, by_name = _by_handle(connection, who, organisation, query), _by_name(connection, who, asked, limit)
    exact = list(dict.fromkeys([*by_handle, *by_name]))
    aside = set_aside(connection, exact)
    found = customers_by_id(connection, who, [c for c in exact if c not in aside])
    named = [_hit(found[c]) for c in exact if c in found]
    texts = hits(connection, who, _by_words(connection, who, asked), limit, asked)
    return [*named, *(h for h in texts if h.customer.id not in found)][:limit]


def _hit(customer: Customer) -> Hit:
    return Hit(customer, " · ".join(h.value for h in customer.handles[:4]))


def _by_handle(connection: Connection, who: Principal, organisation: Organisation, query: str) -> list[UUID]:
    """Return customers by the whole of a handle in any writing, or by the digits or letters that it begins with."""
    exact = [h for h in (phone(query, organisation.region), email(query)) if h]
    ids = [handle_id(organisation.id, *h.key) for h in exact]
    plain = folded(query).replace(" ", "")
    conditions = [HANDLE.c.id.in_(ids), HANDLE.c.value == query.strip()]
    if len(plain) >= 4 and plain.isdecimal():
        conditions.append(HANDLE.c.value.contains(plain.removeprefix("00").removeprefix("0")))
    elif len(query.strip()) >= 3 and plain.isascii():
        conditions.append(HANDLE.c.value.startswith(query.strip().lower(), autoescape=True))
    rows = connection.execute(
        select(HANDLE.c.customer).where(or_(*conditions), handle_visible(who, HANDLE.c.id)).limit(50)
    )
    return list(dict.fromkeys(rows.scalars()))


def _by_name(connection: Connection, who: Principal, asked: Sequence[str], limit: int) -> list[UUID]:
    if not asked:
        return []
    every = [has_word(NAME.c.folded, word) for word in asked]
    rows = connection.execute(
        select(HANDLE.c.customer)
        .join(NAME, NAME.c.handle_id == HANDLE.c.id)
        .where(*every, handle_visible(who, HANDLE.c.id))
        .limit(limit * 4)
    )
    return list(dict.fromkeys([*given_to(connection, who, asked), *rows.scalars()]))


def _by_words(connection: Connection, who: Principal, asked: Sequence[str]) -> list[UUID]:
    """Return the newest interactions that hold all the words; the last word may be unfinished."""
    if not asked:
        return []
    if connection.dialect.name == "sqlite":
        matching = "SELECT rowid AS seq FROM interaction_words WHERE interaction_words MATCH :asked"
        return _holding(connection, who, matching, asked=" ".join(f'"{w}"' for w in asked) + "*")
    given: Mapping[str, str | int] = {"asked": " & ".join(f"'{w}'" for w in asked) + ":*"}
    # PostgreSQL cannot know how many messages hold a word. One that many hold is among the newest, which are looked
    # through; for another the index of words must be asked, and those that it names are few.
    end = connection.execute(_END).scalar() or 0
    found = _holding(connection, who, _NEWEST, after=end - NEAR, **given)
    if len(found) == RECENT or end <= NEAR:
        return found
    return _one_by_one(connection, who, given)


def _one_by_one(connection: Connection, who: Principal, given: Mapping[str, str | int]) -> list[UUID]:
    """Return the newest interactions of those that the index of words names.

    Each is looked up in turn until there are enough. PostgreSQL takes every word to be in one message of sixty, and
    joined by its own idea it would go through all interactions for one that is in none.
    """
    held = text(_ALL).bindparams(**given).columns(INTERACTION.c.seq).subquery()
    its_id = select(INTERACTION.c.id).where(INTERACTION.c.seq == held.c.seq, words_visible(who, INTERACTION.c.id))
    looked_up = select(held.c.seq, its_id.scalar_subquery().label("id")).offset(0).subquery()
    found = select(looked_up.c.id).where(looked_up.c.id.is_not(None)).order_by(looked_up.c.seq.desc()).limit(RECENT)
    return list(connection.execute(found).scalars())


def _holding(connection: Connection, who: Principal, matching: str, **given: str | int) -> list[UUID]:
    """Return the newest interactions among those that a statement gives, as numbers."""
    seqs = text(matching).bindparams(**given).columns(INTERACTION.c.seq).subquery()
    rows = connection.execute(
        select(INTERACTION.c.id)
        .where(INTERACTION.c.seq.in_(select(seqs.c.seq)), words_visible(who, INTERACTION.c.id))
        .order_by(INTERACTION.c.seq.desc())
        .limit(RECENT)
    )
    return list(rows.scalars())
