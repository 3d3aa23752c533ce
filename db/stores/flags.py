"""Flags and the cards that gather them, in the tables `flag` and `flag_card`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlmodel import col

from bot.domain.flags import (
    DECISIONS_CONSIDERED,
    CardSource,
    CardState,
    Flag,
    FlagCard,
    FlagCardId,
    FlagReason,
    FlagRecord,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.waiting import Queue
from db.flag_tables import FlagCardRow, FlagRow
from db.work import Work

_IS_OPEN = col(FlagCardRow.state) == CardState.OPEN.value
_COUNTS = (CardState.AGREED.value, CardState.DISAGREED.value)


class SqlFlagStore:
    """Implements `FlagStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def open(self, card: FlagCard) -> bool:
        """Add a card; return False where one with this id exists."""
        values = _values(card) | _marks(card)
        return await self._work.insert(FlagCardRow, values, unless=["card_id"])

    async def get(self, card: FlagCardId) -> FlagCard | None:
        """Return a card."""
        row = await self._work.first(
            select(FlagCardRow).where(col(FlagCardRow.card_id) == card), hold=True
        )
        return None if row is None else _card(row)

    async def newest(self, community: CommunityId, subject: str) -> FlagCard | None:
        """Return the newest card of a subject, open or decided."""
        row = await self._work.first(
            select(FlagCardRow)
            .where(col(FlagCardRow.community_id) == community, col(FlagCardRow.subject) == subject)
            .order_by(col(FlagCardRow.generation).desc()),
            hold=True,
        )
        return None if row is None else _card(row)

    async def put(self, card: FlagCard) -> None:
        """Replace a card's marks: all but who decided it and how."""
        await self._work.change(
            update(FlagCardRow).where(col(FlagCardRow.card_id) == card.id).values(_marks(card))
        )

    async def decide(
        self,
        card: FlagCardId,
        state: CardState,
        *,
        by: MemberId,
        at: datetime,
        case: int | None = None,
    ) -> bool:
        """Decide an open card; return False where it was decided before."""
        values = {
            "state": state.value,
            "decided_by_id": by,
            "decided_at": at,
            "case_number": case,
        }
        changed = await self._work.change(
            update(FlagCardRow).where(col(FlagCardRow.card_id) == card, _IS_OPEN).values(values)
        )
        return changed == 1

    async def set_message(self, card: FlagCardId, message: PostId) -> None:
        """Record the card's message."""
        await self._work.change(
            update(FlagCardRow)
            .where(col(FlagCardRow.card_id) == card)
            .values({"message_id": message})
        )

    async def on_post(self, channel: PlaceId, post: PostId) -> Sequence[FlagCard]:
        """Return the open cards about a post."""
        rows = await self._work.rows(
            select(FlagCardRow)
            .where(
                col(FlagCardRow.channel_id) == channel, col(FlagCardRow.post_id) == post, _IS_OPEN
            )
            .order_by(col(FlagCardRow.card_id)),
            hold=True,
        )
        return [_card(row) for row in rows]

    async def waiting(
        self, community: CommunityId, now: datetime, *, limit: int = 25
    ) -> Sequence[FlagCard]:
        """Return open cards that are not put off: urgent ones first, then the oldest."""
        rows = await self._work.rows(
            select(FlagCardRow)
            .where(_waits(community, now))
            .order_by(
                col(FlagCardRow.urgent).desc(),
                col(FlagCardRow.created_at),
                col(FlagCardRow.card_id),
            )
            .limit(limit)
        )
        return [_card(row) for row in rows]

    async def queue(self, community: CommunityId, now: datetime) -> Queue:
        """Return how many open cards are not put off, and when the oldest was made."""
        return await self._work.queue(col(FlagCardRow.created_at), _waits(community, now))

    async def add(self, flag: Flag) -> bool:
        """Add a flag; return False where the member has flagged this post."""
        values = {
            "channel_id": flag.channel,
            "post_id": flag.post,
            "member_id": flag.member,
            "card_id": flag.card,
            "community_id": flag.community,
            "reason": flag.reason.value,
            "text": flag.text,
            "weight": flag.weight,
            "at": flag.at,
        }
        key = ["channel_id", "post_id", "member_id"]
        return await self._work.insert(FlagRow, values, unless=key)

    async def flags(self, card: FlagCardId) -> Sequence[Flag]:
        """Return the flags on a card, oldest first."""
        rows = await self._work.rows(
            select(FlagRow)
            .where(col(FlagRow.card_id) == card)
            .order_by(col(FlagRow.at), col(FlagRow.member_id))
        )
        return [_flag(row) for row in rows]

    async def has_flagged(self, channel: PlaceId, post: PostId, member: MemberId) -> bool:
        """Tell whether a member has flagged a post."""
        found = await self._work.first(
            select(col(FlagRow.member_id)).where(
                col(FlagRow.channel_id) == channel,
                col(FlagRow.post_id) == post,
                col(FlagRow.member_id) == member,
            )
        )
        return found is not None

    async def times(
        self, community: CommunityId, member: MemberId, since: datetime
    ) -> Sequence[datetime]:
        """Return when a member flagged something, since then."""
        return await self._work.rows(
            select(col(FlagRow.at))
            .where(
                col(FlagRow.community_id) == community,
                col(FlagRow.member_id) == member,
                col(FlagRow.at) >= since,
            )
            .order_by(col(FlagRow.at))
        )

    async def record(self, community: CommunityId, member: MemberId) -> FlagRecord:
        """Return how a member's newest flags were decided."""
        states = await self._work.rows(
            select(col(FlagCardRow.state))
            .join(FlagRow, col(FlagRow.card_id) == col(FlagCardRow.card_id))
            .where(
                col(FlagRow.community_id) == community,
                col(FlagRow.member_id) == member,
                col(FlagCardRow.state).in_(_COUNTS),
                col(FlagCardRow.decided_by_id) != member,
            )
            .order_by(col(FlagRow.at).desc(), col(FlagRow.post_id))
            .limit(DECISIONS_CONSIDERED)
        )
        agreed = sum(state == CardState.AGREED.value for state in states)
        return FlagRecord(agreed=agreed, disagreed=len(states) - agreed)


def _waits(community: CommunityId, now: datetime) -> ColumnElement[bool]:
    until = col(FlagCardRow.put_off_until)
    return and_(
        col(FlagCardRow.community_id) == community, _IS_OPEN, or_(until.is_(None), until <= now)
    )


def _values(card: FlagCard) -> dict[str, object]:
    return {
        "card_id": card.id,
        "community_id": card.community,
        "source": card.source.value,
        "subject": card.subject,
        "generation": card.generation,
        "review_place_id": card.review_place,
        "place_id": card.place,
        "channel_id": card.channel,
        "post_id": card.post,
        "author_id": card.author,
        "created_at": card.created_at,
        "state": card.state.value,
        "decided_by_id": card.decided_by,
        "decided_at": card.decided_at,
        "case_number": card.case,
        "message_id": card.message,
    }


def _marks(card: FlagCard) -> dict[str, object]:
    return {
        "put_off_by_id": card.put_off_by,
        "put_off_until": card.put_off_until,
        "post_deleted": card.post_deleted,
        "urgent": card.urgent,
        "details": dict(card.details),
    }


def _card(row: FlagCardRow) -> FlagCard:
    return FlagCard(
        id=FlagCardId(row.card_id),
        community=CommunityId(row.community_id),
        source=CardSource(row.source),
        subject=row.subject,
        generation=row.generation,
        review_place=PlaceId(row.review_place_id),
        place=PlaceId(row.place_id),
        channel=PlaceId(row.channel_id),
        post=None if row.post_id is None else PostId(row.post_id),
        author=MemberId(row.author_id),
        created_at=row.created_at,
        state=CardState(row.state),
        decided_by=None if row.decided_by_id is None else MemberId(row.decided_by_id),
        decided_at=row.decided_at,
        put_off_by=None if row.put_off_by_id is None else MemberId(row.put_off_by_id),
        put_off_until=row.put_off_until,
        post_deleted=row.post_deleted,
        urgent=row.urgent,
        case=row.case_number,
        message=None if row.message_id is None else PostId(row.message_id),
        details=row.details,
    )


def _flag(row: FlagRow) -> Flag:
    return Flag(
        card=FlagCardId(row.card_id),
        community=CommunityId(row.community_id),
        channel=PlaceId(row.channel_id),
        post=PostId(row.post_id),
        member=MemberId(row.member_id),
        reason=FlagReason(row.reason),
        text=row.text,
        weight=row.weight,
        at=row.at,
    )
