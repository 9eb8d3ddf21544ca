"""What people do without writing: pressing a button, reacting, deleting."""

from ingest_social.bots.groups import GROUPS, require_groups
from ingest_social.bots.scene import Scene, moment
from ingest_social.bots.wire import CallbackQuery, Deleted, Message, Reaction, Sign
from peyvand.errors import Skipped
from peyvand.event import Change, Direction, Flag, InteractionEvent, Kind, Party, Role, event, party


def pressed(scene: Scene, query: CallbackQuery) -> InteractionEvent:
    """Return a pressed button as a message of who pressed it; the vendor does not say when."""
    under = query.message
    if under is not None and under.chat.type in GROUPS:
        require_groups(scene)
    key = f"{scene.account.bot_id}:callback:{query.id}"
    ours = scene.is_ours(query.from_)
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=Direction.INTERNAL if ours else Direction.INBOUND,
        occurred_at=None,
        parties=(scene.person(Role.FROM, query.from_), scene.bot(Role.TO)),
        message_key=key,
        replies_to=(scene.key(under.chat, under.message_id, under.counted_by),) if under else (),
        conversation=under.place if under else None,
        text=_label(query, under),
        language=query.from_.language_code,
        flags=(Flag(name="button", why=query.data or query.game_short_name or ""),),
    )


def reacted(scene: Scene, reaction: Reaction) -> InteractionEvent:
    """Return all signs that somebody shows under a message now; in groups one cannot tell whether it is ours."""
    if reaction.chat.type in GROUPS:
        require_groups(scene)
        if scene.account.groups != "all":
            raise Skipped("reaction in a group")
    key = scene.key(reaction.chat, reaction.message_id)
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=Direction.OUTBOUND if scene.is_ours(reaction.user) else Direction.INBOUND,
        occurred_at=moment(reaction.date),
        change=Change.REACTION,
        change_key=str(scene.update_id),
        order=scene.order(reaction.date),
        parties=(_reactor(scene, reaction),),
        message_key=key,
        conversation=str(reaction.chat.id),
        reactions=tuple(_sign(sign) for sign in reaction.new_reaction),
    )


def deleted(scene: Scene, gone: Deleted) -> list[InteractionEvent]:
    """Return the deletions of a business chat, the only kind of chat that tells of them; without time or author."""
    return [_deletion(scene, gone, message_id) for message_id in gone.message_ids]


def _deletion(scene: Scene, gone: Deleted, message_id: int) -> InteractionEvent:
    key = scene.key(gone.chat, message_id, gone.business_connection_id)
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=Direction.INBOUND,
        occurred_at=None,
        change=Change.DELETED,
        parties=(scene.person(Role.MEMBER, gone.chat),),
        message_key=key,
        conversation=str(gone.chat.id),
    )


def _label(query: CallbackQuery, under: Message | None) -> str | None:
    keyboard = under.reply_markup.inline_keyboard if under and under.reply_markup else None
    for row in keyboard or ():
        for button in row:
            if button.callback_data and button.callback_data == query.data and button.text:
                return button.text
    return query.data or query.game_short_name


def _reactor(scene: Scene, reaction: Reaction) -> Party:
    if reaction.user is not None:
        return scene.person(Role.REACTOR, reaction.user)
    return party(Role.REACTOR, [], scene.organisation, reaction.actor_chat.title if reaction.actor_chat else None)


def _sign(sign: Sign) -> str:
    if sign.custom_emoji_id:
        return f"custom:{sign.custom_emoji_id}"
    return sign.emoji or sign.type or ""
