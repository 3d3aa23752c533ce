"""`/mod`: one command group, whose parts stand in modules of their own."""

from cogs.moderation.group import ModerationCog

__all__ = ["ModerationCog"]
