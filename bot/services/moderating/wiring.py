"""All that moderation offers to the cogs and jobs, wired in one place."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.services.moderating.acting import ModerationService
from bot.services.moderating.by_hand import ByHandService
from bot.services.moderating.casebook import CaseService
from bot.services.moderating.ending import EndingService
from bot.services.moderating.exchanging import ExchangeService
from bot.services.moderating.house_rules import HouseRuleService
from bot.services.ports import Clock, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """The services of moderation."""

    acting: ModerationService
    ending: EndingService
    cases: CaseService
    exchange: ExchangeService
    by_hand: ByHandService
    house_rules: HouseRuleService


def build_moderation(
    database: Database,
    clock: Clock,
    *,
    wake_sender: Callable[[], None],
    sender_tried: Callable[[str], Awaitable[None]],
) -> Moderation:
    """Wire the services of moderation."""
    return Moderation(
        acting=ModerationService(
            database, clock, wake_sender=wake_sender, sender_tried=sender_tried
        ),
        ending=EndingService(database, clock, wake_sender),
        cases=CaseService(database, clock),
        exchange=ExchangeService(database, clock),
        by_hand=ByHandService(database, clock),
        house_rules=HouseRuleService(database),
    )
