"""Builds exports in DiscordChatExporter's format for tests; the words are our own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]

GUILD = {"id": "200000000000000001", "name": "Sketch club", "iconUrl": "icon.png"}
CHANNEL = {
    "id": "200000000000000002",
    "type": "GuildTextChat",
    "categoryId": "200000000000000003",
    "category": "Talk",
    "name": "general",
    "topic": None,
}


def user(number: int = 1, *, bot: bool = False) -> Json:
    return {
        "id": str(300000000000000000 + number),
        "name": f"member{number}",
        "discriminator": "0000",
        "nickname": f"Member {number}",
        "color": None,
        "isBot": bot,
        "roles": [],
        "avatarUrl": "avatar.png",
    }


def message(number: int, content: str = "hello", at: str = "", **changes: Any) -> Json:
    return {
        "id": str(400000000000000000 + number),
        "type": "Default",
        "timestamp": at or f"2026-11-01T10:{number % 60:02}:00.123+00:00",
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": content,
        "author": user(),
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        **changes,
    }


def reaction(
    emoji: str, givers: Sequence[Json] | None, count: int = 0, *, custom: str = ""
) -> Json:
    given: Json = {
        "emoji": {"id": custom, "name": emoji, "code": emoji, "isAnimated": False, "imageUrl": ""},
        "count": len(givers) if givers is not None else count,
    }
    return given if givers is None else {**given, "users": list(givers)}


def export(messages: Sequence[Any], **channel: Any) -> Json:
    return {
        "guild": GUILD,
        "channel": {**CHANNEL, **channel},
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2026-11-22T12:00:00+00:00",
        "messages": list(messages),
        "messageCount": len(messages),
    }


def write(path: Path, exported: object) -> Path:
    path.write_text(json.dumps(exported, ensure_ascii=False, indent=2), encoding="utf-8")
    return path
