"""Cases about notes: what moderators attach or take back, in the transaction that does it."""

from bot.domain.cases import Case, CaseKind, CaseState
from bot.domain.ids import MemberId
from bot.domain.notes import Note
from bot.services.ports import Clock, Stores


async def record_note_case(
    stores: Stores, kind: CaseKind, note: Note, *, by: MemberId, clock: Clock
) -> None:
    """Record that a moderator attached or took back a note; never what the post says."""
    origin = origin_of(kind, note)
    if await stores.cases.by_origin(note.community, origin):
        return
    await stores.cases.add(
        Case(
            community=note.community,
            number=await stores.cases.next_number(note.community),
            kind=kind,
            state=CaseState.DONE,
            created_at=clock.now(),
            target=await stores.posts.author(note.community, note.post),
            place=note.channel,
            by=by,
            reason=f"Fact-check {note.slug}",
            origin=origin,
            details={"post": note.post},
        )
    )


def origin_of(kind: CaseKind, note: Note) -> str:
    """Return what such a case came from; a note has one of each kind at most."""
    return f"{kind}:{note.id}"
