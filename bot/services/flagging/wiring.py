"""All that flags offer to the cogs and jobs, wired in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.services.flagging.cards import Excerpts
from bot.services.flagging.deciding import FlagDecisions
from bot.services.flagging.executions import ExecutionService
from bot.services.flagging.flagging import FlagService, Trust
from bot.services.flagging.rules import FlagRuleService
from bot.services.library import LibraryService
from bot.services.moderating.acting import ModerationService
from bot.services.ports import Clock, Database, Publisher
from bot.services.reviewing import Learn


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagging:
    """The services of flags."""

    taking: FlagService
    deciding: FlagDecisions
    executions: ExecutionService
    rules: FlagRuleService


def build_flagging(
    database: Database,
    clock: Clock,
    acting: ModerationService,
    library: LibraryService,
    publisher: Publisher,
    excerpts: Excerpts,
    *,
    trust: Trust,
    learn: Learn | None = None,
    wake_sender: Callable[[], None],
) -> Flagging:
    """Wire the services of flags."""
    return Flagging(
        taking=FlagService(database, clock, wake_sender=wake_sender, trust=trust),
        deciding=FlagDecisions(
            database, clock, acting, library, publisher, learn=learn, wake_sender=wake_sender
        ),
        executions=ExecutionService(database, clock, excerpts, wake_sender=wake_sender),
        rules=FlagRuleService(database),
    )
