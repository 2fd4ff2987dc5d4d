"""Slack: a day of a channel, a channel's messages from the API, and the lists of people and channels beside them."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .meanings import is_no_event, kind_of
from .reading import Entry, Setting
from .shapes import dicts, first_dict, has, has_any, moment, said
from .slack_words import of_blocks, words

KIND = "slack_export"
# Subtypes that only say something about the channel itself.
HOUSEKEEPING = {
    "channel_join": "Somebody joined the channel", "channel_leave": "Somebody left the channel",
    "group_join": "Somebody joined the channel", "group_leave": "Somebody left the channel",
    "channel_topic": "The channel's topic was set", "channel_purpose": "The channel's purpose was set",
    "group_topic": "The channel's topic was set", "group_purpose": "The channel's purpose was set",
    "channel_name": "The channel was renamed", "group_name": "The channel was renamed",
    "channel_archive": "The channel was archived", "channel_unarchive": "The channel was unarchived",
    "group_archive": "The channel was archived", "group_unarchive": "The channel was unarchived",
    "channel_convert_to_private": "The channel was made private", "channel_posting_permissions": "A setting of the channel",
    "channel_canvas_updated": "The channel's canvas was changed", "bot_add": "An app was added to the channel",
    "bot_remove": "An app was removed from the channel", "bot_enable": "An app was added to the channel",
    "bot_disable": "An app was removed from the channel", "app_conversation_join": "An app was added to the channel",
    "pinned_item": "A message was pinned", "unpinned_item": "A message was unpinned", "tombstone": "A deleted message",
    "message_deleted": "A deleted message", "reminder_add": "A reminder was set", "reminder_delete": "A reminder was deleted",
    "ekm_access_denied": "A message that the export may not show", "slackbot_response": "An automatic answer of Slackbot",
    "joiner_notification": "A greeting by Slack", "joiner_notification_for_inviter": "A greeting by Slack",
    "message_replied": "A note about a thread",
}  # fmt: skip
# Slack writes these for the person: "<@U1> uploaded a file".
SELF_TOLD = {"file_share", "file_comment", "channel_join", "channel_leave"}
_ADDED_APP = re.compile(r"/services/(B\w{5,20})\|([^<>|]{1,80})>")
ABOUT_LISTS = {
    "people": "This is the list of people of a Slack export; the messages are in the folders of its channels.",
    "channels": "This is the list of channels of a Slack export; the messages are in the folders of its channels.",
    "log": "This is the log of the apps in a Slack export; the messages are in the folders of its channels.",
}


def knows(node: Any) -> bool:
    if not isinstance(node, dict):
        return knows_messages(node) or bool(list_named(node))
    inside = node.get("messages")
    if not isinstance(inside, list):
        return _is_alone(node)
    return knows_messages(inside) or (not inside and has_any(node, "ok", "channel_id"))


def _is_alone(node: dict[str, Any]) -> bool:
    """One message, as an event of the API brings it."""
    return node.get("type") == "message" and _is_message(node)


def knows_messages(node: Any) -> bool:
    return any(_is_message(one) for one in dicts(node)[:5])


def _is_message(node: dict[str, Any]) -> bool:
    if not has(node, "ts") or "." not in str(node["ts"]):
        return False
    return node.get("type", "message") == "message" and has_any(
        node, "text", "user", "bot_id", "subtype", "message", "blocks"
    )


def list_named(node: Any) -> str:
    """Which of the lists at the top of an export this is, if one."""
    first = first_dict(node) if isinstance(node, list) else {}
    if (
        has(first, "id", "name")
        and has_any(first, "profile", "real_name", "is_bot", "deleted")
        and "is_channel" not in first
    ):
        return "people"
    if has(first, "id") and has_any(first, "creator", "members", "is_channel") and has_any(first, "created", "members"):
        return "channels"
    return "log" if has_any(first, "service_type", "app_type") and has_any(first, "change_type", "user_name") else ""


def people_in(node: Any) -> dict[str, str]:
    """Names by id. The full name, because it is what people are matched by."""
    found = {}
    for user in dicts(node):
        name = said(
            user, "profile.real_name", "real_name", "profile.display_name", "profile.real_name_normalized", "name"
        )
        if said(user, "id") and name:
            found[said(user, "id")] = name
    return found


def channels_in(node: Any) -> dict[str, str]:
    return {said(one, "id"): said(one, "name") for one in dicts(node) if said(one, "id") and said(one, "name")}


def read(node: Any, setting: Setting) -> list[Entry]:
    if isinstance(node, dict) and _is_alone(node):
        return _distinct([node], setting)
    if isinstance(node, dict):
        channel = said(node, "channel_name", "name", "channel.name", "channel") or setting.channel
        setting = replace(setting, channel=channel, people={**setting.people, **people_in(node.get("users"))})
        return read(node.get("messages"), setting)
    if list_named(node):
        return []
    return _distinct(dicts(node), setting)


def _distinct(messages: Iterable[dict[str, Any]], setting: Setting) -> list[Entry]:
    """Each message once: an answer that was also sent to the channel stands in both."""
    told: dict[tuple[str, str], Entry] = {}
    for message in messages:
        for one in (message, *_answers(message)):
            if has(one, "ts"):
                entry = _entry(one, setting)
                told.setdefault((said(one, "ts"), entry.text), entry)
    return list(told.values())


def _answers(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of a thread, where a tool has put them into its first message; Slack itself only lists their times there."""
    return [
        one
        for name in ("slackdump_thread_replies", "replies", "thread")
        for one in dicts(message.get(name))
        if has(one, "text")
    ]


def _entry(message: dict[str, Any], setting: Setting) -> Entry:
    subtype = said(message, "subtype")
    if subtype == "message_changed" and isinstance(message.get("message"), dict):
        message = {**message["message"], "edited": True}
        subtype = said(message, "subtype")
    people = {**setting.people, **_profile_of(message)}
    setting = replace(setting, people=people)
    text = text_of(message, setting)
    reason = HOUSEKEEPING.get(subtype, "") or _reason(message, text)
    channel = setting.channel or said(message, "channel_name")
    entry = Entry(
        moment(message, setting, "ts"), text or _shown(message, setting), who_of(message, setting), kind_of(text),
        _source(message, channel, setting), key=f"slack|{said(message, 'ts')}|{said(message, 'user', 'bot_id', 'username')}",
        left_out=reason,
    )  # fmt: skip
    if subtype == "me_message":
        entry.text = f"{entry.who} {entry.text}"
    entry.text = entry.text.removeprefix(f"@{entry.who} ") if subtype in SELF_TOLD else entry.text
    return entry


def apps_in(node: Any) -> dict[str, str]:
    """Names of apps by id, as the channel was told when they were added to it."""
    added = [said(one, "text") for one in dicts(node) if said(one, "subtype") == "bot_add"]
    return {match[1]: match[2] for text in added for match in _ADDED_APP.finditer(text[:2000])}


def _profile_of(message: dict[str, Any]) -> dict[str, str]:
    name = said(message, "user_profile.real_name", "user_profile.display_name", "user_profile.name")
    return {said(message, "user"): name} if name and said(message, "user") else {}


def _reason(message: dict[str, Any], text: str) -> str:
    if said(message, "user") == "USLACKBOT":
        return HOUSEKEEPING["slackbot_response"]
    if message.get("hidden") is True and not text:
        return "A deleted message"
    if not text:
        return "A message without words"
    if said(message, "subtype") in {"file_share", "file_comment"} or message.get("files"):
        return ""
    return is_no_event(text)


def text_of(message: dict[str, Any], setting: Setting) -> str:
    """What the channel showed: the words, else the blocks, and what an app attached to them."""
    own = words(said(message, "text"), setting) or of_blocks(message.get("blocks"), setting)
    attached = [_attachment(one, setting) for one in dicts(message.get("attachments")) if _speaks(one, own)]
    files = [f"📎 {said(one, 'title', 'name')}" for one in dicts(message.get("files")) if said(one, "title", "name")]
    return "\n".join(part for part in (own, *attached, *files) if part)


def _speaks(attachment: dict[str, Any], own: str) -> bool:
    """The preview of a page that somebody linked to is nobody's words."""
    is_preview = has_any(attachment, "from_url", "original_url", "is_msg_unfurl", "service_name")
    return not own or not is_preview or bool(said(attachment, "pretext"))


def _attachment(node: dict[str, Any], setting: Setting) -> str:
    fields = [f"{said(one, 'title')}: {said(one, 'value')}" for one in dicts(node.get("fields")) if said(one, "value")]
    parts = [said(node, "pretext"), said(node, "title"), said(node, "text"), *fields]
    told = "\n".join(dict.fromkeys(part for part in (words(part, setting) for part in parts) if part))
    return told or of_blocks(node.get("blocks"), setting) or words(said(node, "fallback"), setting)


def who_of(message: dict[str, Any], setting: Setting) -> str:
    user = said(message, "user", "comment.user", "file.user")
    bot = said(message, "username", "bot_profile.name", "user_name")
    if said(message, "subtype") == "bot_message" or (said(message, "bot_id") and not setting.people.get(user)):
        return (
            bot
            or setting.people.get(user)
            or setting.people.get(said(message, "bot_id"))
            or _service(message)
            or "An app"
        )
    return setting.people.get(user) or bot or user or "Unknown"


def _service(message: dict[str, Any]) -> str:
    return next(
        (
            said(one, "author_name", "service_name", "footer")
            for one in dicts(message.get("attachments"))
            if said(one, "author_name", "service_name", "footer")
        ),
        "",
    )


def _shown(message: dict[str, Any], setting: Setting) -> str:
    """Something to show of a message without words."""
    if reactions := dicts(message.get("reactions")):
        return "Reactions: " + words(" ".join(f":{said(one, 'name')}:" for one in reactions), setting)
    return said(message, "subtype").replace("_", " ") or "(no words)"


def _source(message: dict[str, Any], channel: str, setting: Setting) -> str:
    if link := said(message, "permalink"):
        return link
    is_reply = said(message, "thread_ts") not in {"", said(message, "ts")}
    name = channel if not channel or channel.startswith(("#", "@")) else f"#{channel}"
    edited = "edited" if message.get("edited") else ""
    return setting.where(name, f"message {said(message, 'ts')}", "in a thread" if is_reply else "", edited)
