"""Which live notes show an older text than they should, because the platform refused their edit."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.notes import NoteState
from bot.domain.outbox import DeliveryKind, DeliveryState
from bot.services.ports import Stores

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleNote:
    """A note whose newest edit was refused."""

    channel: PlaceId
    message: PostId
    problem: str
    again_at: datetime | None
    """When it is tried again at the latest; None where it was refused for good."""


async def stale_notes(stores: Stores, community: CommunityId) -> list[StaleNote]:
    """Return a community's notes that show an older text, at most a hundred, the newest first."""
    found = []
    for refused in await stores.outbox.refused(community, DeliveryKind.UPDATE_NOTE, limit=MOST):
        note = await stores.notes.get(refused.note) if refused.note else None
        if note is not None and note.state is NoteState.POSTED and note.message is not None:
            again_at = refused.due_at if refused.state is DeliveryState.WAITING else None
            found.append(
                StaleNote(
                    channel=note.channel,
                    message=note.message,
                    problem=refused.problem,
                    again_at=again_at,
                )
            )
    return found
