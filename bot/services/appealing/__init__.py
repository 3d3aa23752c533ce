"""Appeals: opened by members, decided by moderators, answered by direct message or on the form."""

from bot.services.appealing.offering import AppealOffers
from bot.services.appealing.service import AppealService, Judge, Matter

__all__ = ["AppealOffers", "AppealService", "Judge", "Matter"]
