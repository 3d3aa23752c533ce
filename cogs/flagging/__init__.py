"""Flags: the menu and form for members, the cards and `/flags` for moderators."""

from cogs.flagging.group import FlagsCog

__all__ = ["FlagsCog"]
