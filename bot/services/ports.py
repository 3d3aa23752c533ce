"""What the use cases need of the world, as Protocols; adapters implement them.

All moments are aware UTC datetimes. A store is used only inside `Database.reading()` or
`Database.writing()`; nothing here may be awaited while the network is awaited.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.matches import Reading
from bot.domain.notes import Helpfulness, Judgement, Note, NoteState, Rating
from bot.domain.outbox import Delivery, DeliveryState
from bot.domain.policy import Mode, Outcome, Thresholds
from bot.domain.posts import Post


class Clock(Protocol):
    """The only source of the present moment."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class Reader(Protocol):
    """The matcher: text in, matches out; deterministic, no network, no database."""

    @property
    def version(self) -> str:
        """Name and version of the rules and figures it decides by."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """Thresholds that were calibrated together with it."""
        ...

    def read(self, text: str, *, top: int = 5) -> Reading:
        """Return up to `top` fact-checks that the text raises, best first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One entry of a fact-check's history."""

    fact_check: FactCheck
    by: MemberId | None
    """None where the program itself did it (the starter library, an import by command line)."""
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A place that is watched, and how."""

    community: CommunityId
    place: PlaceId
    mode: Mode
    added_by: MemberId | None
    added_at: datetime


class LibraryStore(Protocol):
    """Fact-checks with their revisions.

    Records of `STARTER_COMMUNITY` are seen by every community, unless the community has its own
    record of the same slug, which then takes the starter's place there.
    """

    async def get(self, community: CommunityId, slug: Slug) -> FactCheck | None:
        """Return the newest revision as this community sees it."""
        ...

    async def revision(self, community: CommunityId, slug: Slug, revision: int) -> FactCheck | None:
        """Return one revision as this community sees it."""
        ...

    async def all(self, community: CommunityId) -> Sequence[FactCheck]:
        """Return the newest revisions as this community sees them, of any status, by slug."""
        ...

    async def history(self, community: CommunityId, slug: Slug) -> Sequence[Revision]:
        """Return all revisions, newest first."""
        ...

    async def owners(self) -> Collection[CommunityId]:
        """Return the communities that have records of their own (the starter's included)."""
        ...

    async def put(
        self,
        community: CommunityId,
        fact_check: FactCheck,
        *,
        by: MemberId | None,
        reason: str,
        at: datetime,
    ) -> None:
        """Store a new record (revision 1 where it has no predecessor) or the next revision.

        Raises:
            ConflictError: `fact_check.revision` is not one more than the newest revision that this
                community sees (another person was faster).
        """
        ...

    async def examples(self, community: CommunityId) -> Sequence[Example]:
        """Return the examples and counter-examples that moderators added, oldest first."""
        ...

    async def add_example(
        self, community: CommunityId, example: Example, *, by: MemberId, at: datetime
    ) -> bool:
        """Store an example once; return False where the same text is there already."""
        ...


class WatchStore(Protocol):
    """Watched places."""

    async def put(self, watch: Watch) -> None:
        """Add a watch or change its mode."""
        ...

    async def remove(self, community: CommunityId, place: PlaceId) -> bool:
        """Remove a watch; return whether there was one."""
        ...

    async def all(self, community: CommunityId) -> Sequence[Watch]:
        """Return a community's watches, by place."""
        ...


class PostStore(Protocol):
    """Ids and times of posts; never their text."""

    async def record(self, posts: Sequence[Post]) -> None:
        """Record posts; one that is known keeps its first record, `edited_at` moves forward."""
        ...

    async def mark_deleted(
        self, community: CommunityId, posts: Collection[PostId], at: datetime
    ) -> None:
        """Mark posts as deleted, also ones that are not known."""
        ...

    async def mark_place_deleted(
        self, community: CommunityId, place: PlaceId, at: datetime
    ) -> None:
        """Mark all posts in a channel or thread, or below a parent channel, as deleted."""
        ...

    async def count(self, community: CommunityId, since: datetime) -> int:
        """Return how many posts by people were recorded since then and are not deleted."""
        ...


class NoteStore(Protocol):
    """Notes and their ratings."""

    async def add(self, note: Note) -> bool:
        """Add a note; return False where a note with this id exists."""
        ...

    async def get(self, note: NoteId) -> Note | None:
        """Return a note."""
        ...

    async def by_post(self, channel: PlaceId, post: PostId) -> Sequence[Note]:
        """Return the notes on one post."""
        ...

    async def by_message(self, channel: PlaceId, message: PostId) -> Note | None:
        """Return the note that this message of ours is."""
        ...

    async def live_in(self, place: PlaceId) -> Sequence[Note]:
        """Return pending and posted notes in a channel, thread, or below a parent channel."""
        ...

    async def set_state(
        self, note: NoteId, state: NoteState, *, message: PostId | None = None
    ) -> None:
        """Move a note on; `message` is kept where none is given."""
        ...

    async def last_in_place(self, place: PlaceId) -> datetime | None:
        """Return when the place last got a note (pending or posted, withdrawn ones included)."""
        ...

    async def last_on_claim(self, channel: PlaceId, slug: Slug) -> datetime | None:
        """Return when this channel or thread last got a note for this fact-check."""
        ...

    async def rate(self, rating: Rating) -> Helpfulness | None:
        """Store or change a member's rating; return the one it replaces."""
        ...

    async def tally(self, note: NoteId) -> Mapping[Helpfulness, int]:
        """Return how many members gave each rating."""
        ...

    async def count(self, community: CommunityId, since: datetime) -> Mapping[NoteState, int]:
        """Return how many notes were made since then, by state."""
        ...


class JudgementStore(Protocol):
    """What was decided about posts that raised a fact-check."""

    async def add(self, judgement: Judgement) -> bool:
        """Add a judgement, or replace the same post's for the same slug; False if unchanged."""
        ...

    async def count(self, community: CommunityId, since: datetime) -> Mapping[Outcome, int]:
        """Return how many judgements were made since then, by outcome."""
        ...


class OutboxStore(Protocol):
    """Deliveries; see `bot.domain.outbox` for their states."""

    async def add(self, delivery: Delivery) -> bool:
        """Add a delivery; return False where its key is known."""
        ...

    async def get(self, key: str) -> Delivery | None:
        """Return a delivery."""
        ...

    async def due(self, now: datetime, limit: int = 50) -> Sequence[Delivery]:
        """Return waiting deliveries that are due, oldest first."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next waiting delivery is due."""
        ...

    async def uncertain(self, now: datetime) -> Sequence[Delivery]:
        """Return deliveries in state sending whose lease has run out."""
        ...

    async def claim(self, key: str, *, owner: str, until: datetime, now: datetime) -> bool:
        """Claim by compare-and-set: waiting, or sending with a lease that ran out; count it."""
        ...

    async def settle(
        self,
        key: str,
        state: DeliveryState,
        *,
        message: PostId | None = None,
        due_at: datetime | None = None,
        problem: str = "",
    ) -> None:
        """End an attempt: done, failed, or waiting again until `due_at`."""
        ...

    async def cancel(self, note: NoteId, problem: str) -> bool:
        """Fail the note's waiting attach delivery; return whether there was one."""
        ...

    async def backlog(self, community: CommunityId) -> int:
        """Return how many deliveries are waiting or being sent."""
        ...


class MemberStore(Protocol):
    """Members' own choices."""

    async def has_opted_out(self, community: CommunityId, member: MemberId) -> bool:
        """Tell whether the member wants nothing of the bot."""
        ...

    async def set_opted_out(
        self, community: CommunityId, member: MemberId, opted_out: bool, at: datetime
    ) -> None:
        """Store the choice."""
        ...


class LeaseStore(Protocol):
    """Named leases, so that only one process does a thing."""

    async def acquire(self, name: str, *, owner: str, until: datetime, now: datetime) -> bool:
        """Take or renew a lease; False while another owner's lease runs."""
        ...

    async def holder(self, name: str) -> str | None:
        """Return the owner of a lease, whether or not it has run out."""
        ...

    async def release(self, name: str, *, owner: str) -> None:
        """Give a lease back."""
        ...


class SettingStore(Protocol):
    """Small facts by name, such as the hash of the commands that were synced last."""

    async def get(self, name: str) -> str | None:
        """Return a value."""
        ...

    async def put(self, name: str, value: str) -> None:
        """Store a value."""
        ...


class Stores(Protocol):
    """All stores of one unit of work."""

    @property
    def library(self) -> LibraryStore: ...  # noqa: D102
    @property
    def watches(self) -> WatchStore: ...  # noqa: D102
    @property
    def posts(self) -> PostStore: ...  # noqa: D102
    @property
    def notes(self) -> NoteStore: ...  # noqa: D102
    @property
    def judgements(self) -> JudgementStore: ...  # noqa: D102
    @property
    def outbox(self) -> OutboxStore: ...  # noqa: D102
    @property
    def members(self) -> MemberStore: ...  # noqa: D102
    @property
    def leases(self) -> LeaseStore: ...  # noqa: D102
    @property
    def settings(self) -> SettingStore: ...  # noqa: D102


class Database(Protocol):
    """Units of work. Never await the network inside one."""

    def reading(self) -> AbstractAsyncContextManager[Stores]:
        """Open a snapshot for reading; writing through it is an error."""
        ...

    def writing(self) -> AbstractAsyncContextManager[Stores]:
        """Open a transaction: committed on a clean exit, rolled back on an exception."""
        ...


class Publisher(Protocol):
    """The platform, as far as notes need it.

    Every method raises `UnavailableError` (or `GoneError` where the target no longer exists).
    """

    async def attach(self, note: Note, fact_check: FactCheck, *, nonce: str) -> PostId:
        """Post the note as a quiet reply without a ping and return the message's id."""
        ...

    async def answer(self, delivery: Delivery) -> PostId:
        """Post `content["text"]` as a quiet reply, with the delivery's key as nonce."""
        ...

    async def update(self, note: Note, fact_check: FactCheck) -> None:
        """Show the note's message as the fact-check is now."""
        ...

    async def delete(self, channel: PlaceId, message: PostId) -> None:
        """Delete a message of ours; one that is gone already is no error."""
        ...

    async def find(self, note: Note, *, since: datetime) -> PostId | None:
        """Look in the channel's history for a message of ours that carries the note's marker."""
        ...

    async def read_text(self, channel: PlaceId, post: PostId) -> str | None:
        """Return a post's text as it stands on the platform now, None where it is gone."""
        ...
