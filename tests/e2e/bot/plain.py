"""Reads what the bot says as Discord would: which links it makes, and whom it mentions."""

from __future__ import annotations

import re

_MASKED = re.compile(r"(?<!\\)\[(?:[^\]\\]|\\.)*\]\((https?://[^)\s]+)\)")
_BARE = re.compile(r"(?<!\]\()https?://\S+")
_MENTION = re.compile(r"(?<!\\)<(?:@[!&]?|#)\d+>|@(?:everyone|here)\b")


def urls_in(text: str) -> list[str]:
    """Return the addresses that Discord would link."""
    return _MASKED.findall(text) + _BARE.findall(_MASKED.sub("", text))


def mentions_in(text: str) -> list[str]:
    """Return what Discord would show as a mention."""
    return _MENTION.findall(text)
