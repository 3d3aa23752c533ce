"""Notes and their ratings, in the tables `note` and `rating`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, func, or_, select, update
from sqlmodel import col

from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.matches import Stance
from bot.domain.notes import LEADS_TO, Helpfulness, Note, NoteState, Rating
from bot.domain.wording import _
from bot.services.errors import NotFoundError
from db.stores.posts import written_by
from db.tables import NoteRow, RatingRow
from db.work import Work

_LIVE = (NoteState.PENDING.value, NoteState.POSTED.value)


class SqlNoteStore:
    """Implements `NoteStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, note: Note) -> bool:
        """Add a note; return False where a note with this id exists."""
        return await self._work.insert(NoteRow, _values(note), unless=["note_id"])

    async def get(self, note: NoteId) -> Note | None:
        """Return a note."""
        row = await self._work.first(select(NoteRow).where(col(NoteRow.note_id) == note), hold=True)
        return None if row is None else note_of(row)

    async def by_post(self, channel: PlaceId, post: PostId) -> Sequence[Note]:
        """Return the notes on one post, oldest first."""
        rows = await self._work.rows(
            select(NoteRow)
            .where(col(NoteRow.channel_id) == channel, col(NoteRow.post_id) == post)
            .order_by(col(NoteRow.created_at), col(NoteRow.note_id)),
            hold=True,
        )
        return [note_of(row) for row in rows]

    async def by_message(self, channel: PlaceId, message: PostId) -> Note | None:
        """Return the note that this message of ours is."""
        row = await self._work.first(
            select(NoteRow).where(
                col(NoteRow.channel_id) == channel, col(NoteRow.message_id) == message
            ),
            hold=True,
        )
        return None if row is None else note_of(row)

    async def live_in(self, place: PlaceId) -> Sequence[Note]:
        """Return pending and posted notes in a channel, thread, or below a parent channel."""
        rows = await self._work.rows(
            select(NoteRow)
            .where(
                or_(col(NoteRow.channel_id) == place, col(NoteRow.place_id) == place),
                col(NoteRow.state).in_(_LIVE),
            )
            .order_by(col(NoteRow.created_at), col(NoteRow.note_id)),
            hold=True,
        )
        return [note_of(row) for row in rows]

    async def withdrawn_among(
        self, channel: PlaceId, messages: Collection[PostId]
    ) -> Sequence[Note]:
        """Return withdrawn notes whose message is among these, oldest first."""
        rows = await self._work.rows(
            select(NoteRow)
            .where(
                col(NoteRow.channel_id) == channel,
                col(NoteRow.state) == NoteState.WITHDRAWN.value,
                col(NoteRow.message_id).in_(messages),
            )
            .order_by(col(NoteRow.created_at), col(NoteRow.note_id))
        )
        return [note_of(row) for row in rows]

    async def pending_by(self, community: CommunityId, author: MemberId) -> Sequence[Note]:
        """Return pending notes on a member's posts, oldest first."""
        rows = await self._work.rows(
            select(NoteRow)
            .where(
                col(NoteRow.community_id) == community,
                col(NoteRow.state) == NoteState.PENDING.value,
                written_by(author, community=col(NoteRow.community_id), post=col(NoteRow.post_id)),
            )
            .order_by(col(NoteRow.created_at), col(NoteRow.note_id)),
            hold=True,
        )
        return [note_of(row) for row in rows]

    async def set_state(
        self, note: NoteId, state: NoteState, *, message: PostId | None = None
    ) -> None:
        """Move a note on, never back; `message` is kept where none is given."""
        allowed = [old.value for old, later in LEADS_TO.items() if state in later]
        new_state = case((col(NoteRow.state).in_(allowed), state.value), else_=col(NoteRow.state))
        await self._work.change(
            update(NoteRow)
            .where(col(NoteRow.note_id) == note)
            .values({"state": new_state} | ({} if message is None else {"message_id": message}))
        )

    async def last_in_place(self, place: PlaceId) -> datetime | None:
        """Return when the place last got a note (pending or posted, withdrawn ones included)."""
        return await self._work.first(
            select(func.max(col(NoteRow.created_at))).where(
                col(NoteRow.place_id) == place,
                col(NoteRow.state) != NoteState.FAILED.value,
            )
        )

    async def last_on_claim(self, channel: PlaceId, slug: Slug) -> datetime | None:
        """Return when this channel or thread last got a note for this fact-check."""
        return await self._work.first(
            select(func.max(col(NoteRow.created_at))).where(
                col(NoteRow.channel_id) == channel,
                col(NoteRow.slug) == slug,
                col(NoteRow.state) != NoteState.FAILED.value,
            )
        )

    async def live_on_claim(self, channel: PlaceId, slug: Slug) -> Note | None:
        """Return the newest note for this fact-check that a channel or thread shows."""
        row = await self._work.first(
            select(NoteRow)
            .where(
                col(NoteRow.channel_id) == channel,
                col(NoteRow.slug) == slug,
                col(NoteRow.state) == NoteState.POSTED.value,
            )
            .order_by(col(NoteRow.created_at).desc(), col(NoteRow.note_id))
        )
        return None if row is None else note_of(row)

    async def rate(self, rating: Rating) -> Helpfulness | None:
        """Store or change a member's rating; return the one it replaces.

        Raises:
            NotFoundError: there is no such note.
        """
        if await self.get(rating.note) is None:
            raise NotFoundError(_("That note does not exist any more."))
        this = (
            col(RatingRow.note_id) == rating.note,
            col(RatingRow.member_id) == rating.member,
        )
        values = {"value": rating.value.value, "at": rating.at}
        key = {"note_id": rating.note, "member_id": rating.member}
        if await self._work.insert(RatingRow, key | values, unless=list(key)):
            return None
        before = await self._work.first(select(col(RatingRow.value)).where(*this), hold=True)
        await self._work.change(update(RatingRow).where(*this).values(values))
        return None if before is None else Helpfulness(before)

    async def tally(self, note: NoteId) -> Mapping[Helpfulness, int]:
        """Return how many members gave each rating; zeros included."""
        pairs = await self._work.pairs(
            select(col(RatingRow.value), func.count())
            .where(col(RatingRow.note_id) == note)
            .group_by(col(RatingRow.value))
        )
        counted = dict(pairs)
        return {value: counted.get(value.value, 0) for value in Helpfulness}

    async def count(self, community: CommunityId, since: datetime) -> Mapping[NoteState, int]:
        """Return how many notes were made since then, by state; zeros included."""
        pairs = await self._work.pairs(
            select(col(NoteRow.state), func.count())
            .where(col(NoteRow.community_id) == community, col(NoteRow.created_at) >= since)
            .group_by(col(NoteRow.state))
        )
        counted = dict(pairs)
        return {state: counted.get(state.value, 0) for state in NoteState}


def _values(note: Note) -> dict[str, object]:
    return {
        "note_id": note.id,
        "community_id": note.community,
        "place_id": note.place,
        "channel_id": note.channel,
        "post_id": note.post,
        "slug": note.slug,
        "revision": note.revision,
        "probability": note.probability,
        "stance": note.stance.value,
        "span_start": note.span[0],
        "span_end": note.span[1],
        "threshold": note.threshold,
        "matcher": note.matcher,
        "created_at": note.created_at,
        "state": note.state.value,
        "message_id": note.message,
    }


def note_of(row: NoteRow) -> Note:
    """Return the note that a row holds."""
    return Note(
        id=NoteId(row.note_id),
        community=CommunityId(row.community_id),
        place=PlaceId(row.place_id),
        channel=PlaceId(row.channel_id),
        post=PostId(row.post_id),
        slug=Slug(row.slug),
        revision=row.revision,
        probability=row.probability,
        stance=Stance(row.stance),
        span=(row.span_start, row.span_end),
        threshold=row.threshold,
        matcher=row.matcher,
        created_at=row.created_at,
        state=NoteState(row.state),
        message=None if row.message_id is None else PostId(row.message_id),
    )
