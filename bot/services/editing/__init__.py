"""The library as moderators change it: forms, revisions, imports and exports."""

from bot.services.editing.importing import ImportOutcome, ImportService
from bot.services.editing.service import EditingService, Saved

__all__ = ["EditingService", "ImportOutcome", "ImportService", "Saved"]
