"""The list of features that the bot loads."""

from collections.abc import Callable

from cogs.by_hand import ByHandCog
from cogs.casebook import AuditCog, CaseCog
from cogs.checking import CheckingCog
from cogs.corrections import CorrectionsCog
from cogs.digests import DigestsCog
from cogs.moderation import ModerationCog
from cogs.notes import NotesCog
from cogs.places import PlacesCog
from cogs.reactions import ReactionsCog
from cogs.status import StatusCog
from cogs.watching import WatchingCog
from discord.ext import commands

from bot.client import FootnoteBot

FEATURES: tuple[Callable[[FootnoteBot], commands.Cog], ...] = (
    WatchingCog,
    ReactionsCog,
    NotesCog,
    CorrectionsCog,
    CheckingCog,
    PlacesCog,
    DigestsCog,
    StatusCog,
    ModerationCog,
    CaseCog,
    AuditCog,
    ByHandCog,
)
