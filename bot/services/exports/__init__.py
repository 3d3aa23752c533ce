"""Exports of discussions as streams of posts. Knows files; never what is decided about a post."""

from bot.services.exports.opening import Source, open_export
from bot.services.exports.values import ExportedPost, Reaction, ReadingTally

__all__ = ["ExportedPost", "Reaction", "ReadingTally", "Source", "open_export"]
