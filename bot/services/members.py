"""Members' own choice: whether the bot may react to their posts.

Knows what has to end when somebody wants no notes; must never ask them why.
"""

from collections.abc import Callable

from bot.domain.ids import CommunityId, MemberId
from bot.domain.reviews import ReviewKind
from bot.services.ports import Clock, Database
from bot.services.review_cards import outdate
from bot.services.withdrawing import withdraw


class MemberService:
    """Stores members' choices; everybody decides for themselves."""

    def __init__(
        self, database: Database, clock: Clock, *, wake_sender: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake_sender = wake_sender

    async def opt_out(self, community: CommunityId, member: MemberId) -> None:
        """Let a member's posts get no notes from now on, whoever asked for them.

        In the same transaction the notes that are about to be posted are taken back, and no
        moderator is asked any more whether one should be attached.
        """
        async with self._database.writing() as stores:
            await stores.members.set_opted_out(community, member, True, self._clock.now())
            for note in await stores.notes.pending_by(community, member):
                await withdraw(stores, note, self._clock)
            for review in await stores.reviews.open_by(community, member):
                if review.kind is ReviewKind.SUGGESTION:
                    await outdate(stores, review, self._clock)
        self._wake_sender()

    async def opt_in(self, community: CommunityId, member: MemberId) -> None:
        """Let a member's posts get notes again."""
        async with self._database.writing() as stores:
            await stores.members.set_opted_out(community, member, False, self._clock.now())
