"""Reads what the bot says as Discord would: which links it makes, and whom it mentions."""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\[^\w\s]")
_MASKED = re.compile(r"\[[^\[\]]*\]\(<?(https?://[^)\s]+)\)")
_BARE = re.compile(r"https?://\S+")
_MENTION = re.compile(r"<(?:@[!&]?|#)\d+>|<(?:/|t:|id:|a?:)[^>\s]*>|@(?:everyone|here)\b")


def urls_in(text: str) -> list[str]:
    """Return the addresses that Discord would link."""
    shown = _ESCAPED.sub("", text)
    return _MASKED.findall(shown) + _BARE.findall(_MASKED.sub("", shown))


def mentions_in(text: str) -> list[str]:
    """Return what Discord would show as a mention, a command, a moment or an emoji."""
    return _MENTION.findall(_ESCAPED.sub("", text))
