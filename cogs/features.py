"""The list of features that the bot loads."""

from collections.abc import Callable

from discord.ext import commands

from bot.client import FootnoteBot
from cogs.appeals import AppealsCog
from cogs.automod import AutoModCog
from cogs.by_hand import ByHandCog
from cogs.casebook import AuditCog, CaseCog
from cogs.checking import CheckingCog
from cogs.corrections import CorrectionsCog
from cogs.digests import DigestsCog
from cogs.examples import ExamplesCog
from cogs.factcheck_forms import FactCheckFormsCog
from cogs.factchecks import FactChecksCog
from cogs.flagging import FlagsCog
from cogs.languages import LanguagesCog
from cogs.likes import LikesCog
from cogs.members import MembersCog
from cogs.moderation import ModerationCog
from cogs.mydata import MyDataCog
from cogs.notes import NotesCog
from cogs.places import PlacesCog
from cogs.reactions import ReactionsCog
from cogs.requests import RequestsCog
from cogs.reviews import ReviewsCog
from cogs.setup import SetupCog
from cogs.status import StatusCog
from cogs.trust import TrustCog
from cogs.watching import WatchingCog

FEATURES: tuple[Callable[[FootnoteBot], commands.Cog], ...] = (
    WatchingCog,
    ReactionsCog,
    LanguagesCog,
    LikesCog,
    NotesCog,
    ReviewsCog,
    RequestsCog,
    TrustCog,
    MembersCog,
    MyDataCog,
    CorrectionsCog,
    CheckingCog,
    FactChecksCog,
    FactCheckFormsCog,
    ExamplesCog,
    PlacesCog,
    DigestsCog,
    SetupCog,
    StatusCog,
    ModerationCog,
    CaseCog,
    AppealsCog,
    AuditCog,
    FlagsCog,
    AutoModCog,
    ByHandCog,
)
