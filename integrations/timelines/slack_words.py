"""Slack's own markup as words: mentions get names, links keep their addresses, codes become emoji."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from .reading import Setting
from .shapes import dicts, said

_MARK = re.compile(r"<(?P<sign>[@#!]?)(?P<target>[^<>|\s][^<>|]{0,2000})(?:\|(?P<label>[^<>]{0,2000}))?>")
_FENCE = re.compile(r"\n?```\n?")
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]{1,300})\*(?![\w*])")
_EMOJI = re.compile(r":([a-z0-9_+\-]{1,40}):(?::skin-tone-\d:)?")
EMOJI = {
    "fire": "🔥", "rotating_light": "🚨", "warning": "⚠️", "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌",
    "red_circle": "🔴", "large_green_circle": "🟢", "large_yellow_circle": "🟡", "large_orange_circle": "🟠",
    "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "eyes": "👀", "tada": "🎉", "pray": "🙏", "wave": "👋",
    "smile": "😄", "slightly_smiling_face": "🙂", "joy": "😂", "thinking_face": "🤔", "scream": "😱", "sob": "😭",
    "heart": "❤️", "rocket": "🚀", "bug": "🐛", "wrench": "🔧", "hammer": "🔨", "phone": "☎️", "telephone_receiver": "📞",
    "pager": "📟", "clock1": "🕐", "hourglass": "⌛", "chart_with_upwards_trend": "📈", "chart_with_downwards_trend": "📉",
    "bar_chart": "📊", "point_up": "☝️", "point_down": "👇", "point_right": "👉", "ok_hand": "👌", "clap": "👏",
    "muscle": "💪", "100": "💯", "boom": "💥", "zap": "⚡", "lock": "🔒", "key": "🔑", "mag": "🔍", "memo": "📝",
    "link": "🔗", "calendar": "📅", "email": "📧", "speech_balloon": "💬", "question": "❓", "exclamation": "❗",
    "no_entry": "⛔", "construction": "🚧", "information_source": "ℹ️", "arrow_right": "➡️", "arrow_up": "⬆️",
    "arrow_down": "⬇️", "bell": "🔔", "sos": "🆘", "ambulance": "🚑", "fire_engine": "🚒", "green_heart": "💚",
    "facepalm": "🤦", "shrug": "🤷", "raised_hands": "🙌", "party_popper": "🎉", "sweat_smile": "😅", "grimacing": "😬",
}  # fmt: skip


def words(text: str, setting: Setting) -> str:
    """As a reader of the channel saw it."""
    told = _MARK.sub(lambda match: _mark(match, setting), _BOLD.sub(r"\1", _FENCE.sub("\n", text)))
    return html.unescape(_EMOJI.sub(lambda match: EMOJI.get(match[1], match[0]), told)).strip()


def _mark(match: re.Match[str], setting: Setting) -> str:
    target, label = match["target"], match["label"] or ""
    if match["sign"] == "@":
        return f"@{setting.people.get(target) or label.lstrip('@') or target}"
    if match["sign"] == "#":
        return f"#{label or setting.channels.get(target) or target}"
    return _special(target, label) if match["sign"] == "!" else _link(target, label)


def _special(target: str, label: str) -> str:
    name, _, rest = target.partition("^")
    if name == "date":
        number = rest.split("^")[0]
        at = datetime.fromtimestamp(int(number), UTC) if number.isdigit() and len(number) < 12 else None
        return label or (at.strftime("%Y-%m-%d %H:%M UTC") if at else rest)
    return label if label.startswith("@") else f"@{label or name}"


def _link(target: str, label: str) -> str:
    """The address stays beside its words, unless they repeat a part of it."""
    if not label or label == target:
        return target.removeprefix("mailto:").removeprefix("tel:")
    if target.startswith(("tel:", "mailto:")) or label.replace("…", "").strip("/ ") in target:
        return label
    return f"{label} ({target})"


def of_blocks(blocks: Any, setting: Setting) -> str:
    """The words of a message that was laid out in blocks."""
    return "\n".join(part for block in dicts(blocks) for part in _block(block, setting) if part.strip()).strip()


def _block(block: dict[str, Any], setting: Setting) -> Iterator[str]:
    if block.get("type") == "rich_text":
        yield _rich(block, setting, 0)
        return
    text = block.get("text")
    if said(text, "text"):
        yield words(said(text, "text"), setting)
    elif isinstance(text, str):
        yield words(text, setting)
    for one in dicts(block.get("fields")) + dicts(block.get("elements")):
        if said(one, "type") in {"mrkdwn", "plain_text"}:
            yield words(said(one, "text"), setting)


_BREAKS = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}


def _rich(node: dict[str, Any], setting: Setting, depth: int) -> str:
    if depth > 8:
        return ""
    parts = []
    for one in dicts(node.get("elements")):
        if said(one, "type") in _BREAKS:
            parts.append(_rich(one, setting, depth + 1) + "\n")
        else:
            parts.append(_piece(one, setting))
    return "".join(parts).rstrip("\n") if depth else "".join(parts).strip()


def _piece(one: dict[str, Any], setting: Setting) -> str:
    kind = one.get("type")
    if kind == "user":
        return f"@{setting.people.get(said(one, 'user_id')) or said(one, 'user_id')}"
    if kind == "channel":
        return f"#{setting.channels.get(said(one, 'channel_id')) or said(one, 'channel_id')}"
    if kind == "emoji":
        name = said(one, "name")
        return EMOJI.get(name, f":{name}:")
    if kind == "broadcast":
        return f"@{said(one, 'range')}"
    if kind == "link":
        return _link(said(one, "url"), said(one, "text"))
    text = one.get("text")
    return text if isinstance(text, str) else said(one, "fallback", "usergroup_id")
