"""The audit of everything that changes things: who used what, when, and how it ended.

Knows names of commands and buttons; never their options, which may hold what members wrote.
"""

import logging
from collections.abc import Sequence

from bot.domain.ids import CommunityId, MemberId
from bot.domain.wording import N_
from bot.services.errors import (
    ConflictError,
    NotAllowedError,
    NotFoundError,
    UnavailableError,
    UserFacingError,
)
from bot.services.ports import AuditEntry, Clock, Database

logger = logging.getLogger(__name__)

DONE, FAILED = N_("done"), N_("failed")
REFUSED = N_("refused")
"""Whoever tried had no right to it."""
MISTAKEN = N_("refused (what was given does not fit)")
MISSING = N_("refused (not there)")
OVERTAKEN = N_("refused (changed meanwhile)")


def outcome_of(error: UserFacingError) -> str:
    """Return how a use ended that was refused: a user's mistake is no failure.

    Why is kept as a kind, since the sentence may quote what a member typed.
    """
    match error:
        case NotAllowedError():
            return REFUSED
        case NotFoundError():
            return MISSING
        case ConflictError():
            return OVERTAKEN
    return MISTAKEN


class AuditService:
    """Written by the edges of commands and buttons only, so that no feature can forget it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def record(
        self, community: CommunityId, member: MemberId, name: str, command: str, outcome: str
    ) -> None:
        """Record a use or an attempt; an outage is logged, since what was done is done."""
        entry = AuditEntry(
            community=community,
            member=member,
            member_name=name,
            command=command,
            outcome=outcome,
            at=self._clock.now(),
        )
        try:
            async with self._database.writing() as stores:
                await stores.audit.add(entry)
        except UnavailableError:
            logger.warning(
                "an audit entry was lost",
                extra={"command": command, "member": member, "outcome": outcome},
            )

    async def latest(
        self, community: CommunityId, *, member: MemberId | None = None, limit: int = 25
    ) -> Sequence[AuditEntry]:
        """Return the newest entries, newest first."""
        async with self._database.reading() as stores:
            return await stores.audit.latest(community, member=member, limit=limit)
