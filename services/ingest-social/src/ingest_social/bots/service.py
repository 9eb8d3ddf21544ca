"""Messages that nobody wrote: the vendor's own notices inside a chat.

https://core.telegram.org/bots/api#message (the fields described as "Service message: …")
"""

from ingest_social.bots.wire import Message
from peyvand.errors import BadPayload, Skipped

NOTICES = {
    "new_chat_members", "new_chat_member", "new_chat_participant", "left_chat_member", "left_chat_participant",
    "new_chat_title", "new_chat_photo", "delete_chat_photo", "group_chat_created", "supergroup_chat_created",
    "channel_chat_created", "message_auto_delete_timer_changed", "migrate_to_chat_id", "migrate_from_chat_id",
    "pinned_message", "users_shared", "chat_shared", "connected_website", "write_access_allowed",
    "proximity_alert_triggered", "boost_added", "chat_background_set", "checklist_tasks_done",
    "checklist_tasks_added", "direct_message_price_changed", "paid_message_price_changed",
    "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
    "general_forum_topic_hidden", "general_forum_topic_unhidden", "giveaway", "giveaway_created",
    "giveaway_winners", "giveaway_completed", "gift", "gift_upgrade_sent", "unique_gift", "chat_owner_left",
    "chat_owner_changed", "managed_bot_created", "poll_option_added", "poll_option_deleted",
    "suggested_post_approved", "suggested_post_approval_failed", "suggested_post_declined",
    "suggested_post_paid", "suggested_post_refunded", "video_chat_scheduled", "video_chat_started",
    "video_chat_ended", "video_chat_participants_invited",
}  # fmt: skip
PAYMENTS = {"successful_payment", "refunded_payment"}
# They say how a message came, not what it says.
_CIRCUMSTANCES = {
    "sender_boost_count", "sender_tag", "via_bot", "has_protected_content", "is_from_offline", "is_paid_post",
    "author_signature", "paid_star_count", "reply_to_story", "reply_to_checklist_task_id",
    "reply_to_poll_option_id", "link_preview_options", "effect_id", "suggested_post_info",
    "show_caption_above_media", "has_media_spoiler", "forward_from_message_id", "forward_date",
    "forward_signature", "guest_bot_caller_user", "guest_bot_caller_chat",
}  # fmt: skip


def skip_notice(message: Message) -> None:
    """Return when a message without words or files is no notice; raises Skipped."""
    fields = _fields(message)
    if fields & NOTICES:
        raise Skipped("service message")
    if fields & PAYMENTS:
        raise Skipped("payment notice")
    if "passport_data" in fields:
        raise Skipped("passport data, encrypted for the bot's owner")


def unknown(message: Message) -> BadPayload:
    """Return why a message that is neither words nor files nor a notice is kept: the vendor has invented something."""
    return BadPayload(f"a message with {', '.join(sorted(_fields(message) - _CIRCUMSTANCES)) or 'no content':.200}")


def _fields(message: Message) -> set[str]:
    return {name for name, value in (message.model_extra or {}).items() if value is not None}
