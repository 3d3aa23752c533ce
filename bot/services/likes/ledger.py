"""Records posts and reactions, and what they add to the tallies, in one transaction.

Knows the order of events and the rule of what a like is; never a platform or a table.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.events import (
    Event,
    GapRead,
    HistoryRead,
    PlaceDeleted,
    PostCreated,
    PostEdited,
    PostsDeleted,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    ReactionsRead,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import (
    DEFAULT_EMOJI,
    EVERYBODY,
    Emoji,
    Like,
    LikedPost,
    counting_emoji,
    day_of,
    judge,
    quarter_of,
)
from bot.domain.posts import Post
from bot.domain.reactions import ReactionBook
from bot.services.holding import hold
from bot.services.likes.opting_out import without_reactions_of
from bot.services.ports import Clock, KnownPost, Stores, TallyChanges

Numbered = tuple[int, Event]
AboutReactions = ReactionAdded | ReactionRemoved | ReactionsCleared | ReactionsRead
_REACTIONS = (ReactionAdded, ReactionRemoved, ReactionsCleared, ReactionsRead)
_UNKNOWN = KnownPost(channel=None, author=None, by_person=None, created_at=None, deleted=False)


class Ledger:
    """Applies batches of events; the tallies are always what a rebuild would make.

    The queue numbers events from the start of the process; what is stored are those numbers above
    the community's highest of earlier processes, so that no clock has a say in the order.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bases: dict[CommunityId, int] = {}
        self._strangers: set[CommunityId] = set()

    async def record(self, stores: Stores, batch: Sequence[Numbered]) -> None:
        """Record a batch; the caller's transaction makes it one change."""
        by_community: dict[CommunityId, list[Numbered]] = defaultdict(list)
        for number, event in batch:
            by_community[community_of(event)].append((number, event))
        for community, events in by_community.items():
            await self._record(stores, community, events)

    async def _record(
        self, stores: Stores, community: CommunityId, events: Sequence[Numbered]
    ) -> None:
        await hold_tallies(stores, community)
        base = 0
        if any(isinstance(event, _REACTIONS) for _, event in events):
            base = await self._base(stores, community)
            await stores.settings.put(_order_name(community), str(base + events[-1][0]))
            events = without_reactions_of(await stores.members.opted_out(community), events)
        page = await _Page.opened(stores, community, [event for _, event in events])
        for number, event in events:
            page.apply(event, base, number)
        await page.write(stores, self._clock.now())
        if page.has_strangers:
            self._strangers.add(community)
        for _, event in events:
            if isinstance(event, GapRead):
                await stores.coverage.close(community, event.place, event.gap_until)

    def strangers(self) -> set[CommunityId]:
        """Return, once, where reactions met posts of which nothing else is known."""
        found, self._strangers = self._strangers, set()
        return found

    async def _base(self, stores: Stores, community: CommunityId) -> int:
        if community not in self._bases:
            stored = await stores.settings.get(_order_name(community))
            self._bases[community] = int(stored or 0)
        return self._bases[community]


async def hold_tallies(stores: Stores, community: CommunityId) -> None:
    """Wait for whoever else changes a community's tallies, and keep them until the end."""
    await hold(stores, "tallies", community)


def community_of(event: Event) -> CommunityId:
    """Return the community that an event is about."""
    if isinstance(event, PostCreated | PostEdited):
        return event.post.where.community
    return event.community


def posts_of(event: Event) -> Sequence[Post]:
    """Return the posts that an event tells of."""
    match event:
        case PostCreated(post) | PostEdited(post):
            return (post,)
        case HistoryRead(posts=posts):
            return posts
        case _:
            return ()


def _order_name(community: CommunityId) -> str:
    return f"order:{community}"


@dataclass(slots=True)
class _Wanted:
    """What has to be loaded for a batch."""

    written: set[PostId]
    deleted: set[PostId]
    places: set[PlaceId]
    reacted: set[PostId]
    whole: set[PostId]
    pairs: set[tuple[PostId, MemberId]]

    @classmethod
    def by(cls, events: Iterable[Event], emoji: Collection[Emoji]) -> "_Wanted":
        """Gather what a batch of events is about."""
        wanted = cls(set(), set(), set(), set(), set(), set())
        for event in events:
            match event:
                case PostsDeleted(posts=posts):
                    wanted.deleted.update(posts)
                case PlaceDeleted(place=place):
                    wanted.places.add(place)
                case ReactionAdded() | ReactionRemoved():
                    if event.emoji in emoji:
                        wanted.reacted.add(event.post)
                        wanted.pairs.add((event.post, event.member))
                        wanted.pairs.add((event.post, EVERYBODY))
                case ReactionsCleared() | ReactionsRead():
                    wanted.reacted.add(event.post)
                    wanted.whole.add(event.post)
                case _:
                    wanted.written.update(post.id for post in posts_of(event))
        return wanted


class _Page:
    """One community's posts and reactions in a batch: as they were, and as they become."""

    def __init__(
        self,
        community: CommunityId,
        emoji: Collection[Emoji],
        counting: frozenset[Emoji],
        known: dict[PostId, KnownPost],
        liked: dict[PostId, LikedPost],
        book: ReactionBook,
        living: dict[PlaceId, Sequence[PostId]],
    ) -> None:
        self._community = community
        self._emoji = emoji
        self._counting = counting
        self._known = known
        self._liked = liked
        self._book = book
        self._living = living
        self._posts_before: dict[PostId, KnownPost] = {}
        self._liked_before: dict[PostId, LikedPost | None] = {}
        self._likes_before: dict[tuple[PostId, MemberId], Like | None] = {}
        self._written: list[Post] = []
        self.has_strangers = False
        self._gone: set[PostId] = set()
        self._gone_places: set[PlaceId] = set()

    @classmethod
    async def opened(
        cls, stores: Stores, community: CommunityId, events: Sequence[Event]
    ) -> "_Page":
        """Load what these events are about."""
        likes = stores.likes
        chosen = await likes.emoji(community)
        emoji = {*DEFAULT_EMOJI, *chosen}
        wanted = _Wanted.by(events, emoji)
        living = {place: await likes.living_posts_in(community, place) for place in wanted.places}
        gone = wanted.deleted.union(*living.values())
        ids = wanted.written | wanted.reacted | gone
        known = dict(await likes.known_posts(community, ids)) if ids else {}
        liked = dict(await likes.liked_posts(community, ids)) if ids else {}
        vague = (each for each in liked.values() if each.author is None or each.by_person is None)
        learned = {each.post for each in vague}
        whole = wanted.whole | learned | {post for post in gone if post in liked}
        facts = await likes.reactions(community, pairs=wanted.pairs, posts=whole)
        book = ReactionBook(community, facts)
        return cls(community, emoji, counting_emoji(chosen), known, liked, book, living)

    def apply(self, event: Event, base: int, number: int) -> None:
        """Let one event take effect."""
        match event:
            case PostsDeleted(posts=posts):
                self._delete(posts)
            case PlaceDeleted(place=place):
                self._delete_place(place)
            case ReactionAdded() | ReactionRemoved():
                if event.emoji in self._emoji:
                    self._meet(event)
                    self._touch(event.post, event.member)
                    if isinstance(event, ReactionAdded):
                        self._book.add(event, base + number)
                    else:
                        self._book.remove(event, base + number)
            case ReactionsCleared():
                self._touch_all(event.post)
                self._book.clear(event, base + number)
            case ReactionsRead():
                self._read(event, base)
            case _:
                for post in posts_of(event):
                    self._write(post)

    def _read(self, event: ReactionsRead, base: int) -> None:
        forms = {form: who for form, who in event.forms.items() if form[0] in self._emoji}
        if not any(forms.values()) and event.post not in self._liked:
            return
        self._meet(event)
        self._touch_all(event.post, {member for givers in forms.values() for member in givers})
        self._book.read(replace(event, forms=forms), base + event.as_of)

    def _meet(self, event: ReactionAdded | ReactionRemoved | ReactionsRead) -> None:
        """Know the post that a reaction is about, or learn more of it."""
        liked = self._liked.get(event.post)
        known = self._known.get(event.post, _UNKNOWN)
        author, is_person = known.author, known.by_person
        if not isinstance(event, ReactionRemoved):
            author = event.author if author is None else author
            is_person = event.author_is_person if is_person is None else is_person
        if liked is None:
            self.has_strangers |= author is None or is_person is None
            self._see_post(
                LikedPost(
                    community=self._community,
                    post=event.post,
                    channel=known.channel or event.channel,
                    created_at=known.created_at or event.written_at,
                    author=author,
                    by_person=is_person,
                    deleted=known.deleted,
                )
            )
        else:
            self._learn(liked, author, is_person)

    def _learn(self, liked: LikedPost, author: MemberId | None, is_person: bool | None) -> None:
        better = replace(
            liked,
            author=author if liked.author is None else liked.author,
            by_person=is_person if liked.by_person is None else liked.by_person,
        )
        if better != liked:
            self._touch_all(liked.post)
            self._see_post(better)

    def _see_post(self, liked: LikedPost) -> None:
        self._liked_before.setdefault(liked.post, self._liked.get(liked.post))
        self._liked[liked.post] = liked

    def _write(self, post: Post) -> None:
        self._written.append(post)
        known = self._known.get(post.id, _UNKNOWN)
        if known.created_at is None:
            self._posts_before.setdefault(post.id, known)
            self._known[post.id] = KnownPost(
                channel=post.where.channel,
                author=post.author,
                by_person=post.by_person,
                created_at=post.created_at,
                deleted=known.deleted or self._is_in_gone_place(post),
            )
        liked = self._liked.get(post.id)
        if liked is not None:
            self._learn(liked, post.author, post.by_person)

    def _is_in_gone_place(self, post: Post) -> bool:
        gone = self._gone_places
        return bool(gone) and (post.where.channel in gone or post.where.parent in gone)

    def _delete(self, posts: Collection[PostId]) -> None:
        self._gone.update(posts)
        self._mark_gone(posts)

    def _mark_gone(self, posts: Iterable[PostId]) -> None:
        for post in posts:
            known = self._known.get(post, _UNKNOWN)
            if not known.deleted:
                self._posts_before.setdefault(post, known)
                self._known[post] = replace(known, deleted=True)
            liked = self._liked.get(post)
            if liked is not None and not liked.deleted:
                self._touch_all(post)
                self._see_post(replace(liked, deleted=True))

    def _delete_place(self, place: PlaceId) -> None:
        self._gone_places.add(place)
        new = {each.id for each in self._written if place in each.where.places[:2]}
        met = {post for post, liked in self._liked.items() if liked.channel == place}
        self._mark_gone(new.union(met, self._living[place]))

    def _touch_all(self, post: PostId, more: Iterable[MemberId] = ()) -> None:
        for member in self._book.givers(post).union(more):
            self._touch(post, member)

    def _touch(self, post: PostId, member: MemberId) -> None:
        """Remember what a member's like was before the batch."""
        if (post, member) not in self._likes_before:
            self._likes_before[post, member] = self._like(post, member)

    def _like(self, post: PostId, member: MemberId) -> Like | None:
        liked = self._liked.get(post)
        if liked is None:
            return None
        verdict = judge(self._book.of_pair(post, member), liked, self._counting)
        return verdict if isinstance(verdict, Like) else None

    async def write(self, stores: Stores, now: datetime) -> None:
        """Store what changed, and what that adds to the tallies."""
        tallies = _Tallies()
        for pair, before in self._likes_before.items():
            after = self._like(*pair)
            if after != before:
                self._count(tallies, pair[0], before, after)
        for post, before_post in self._posts_before.items():
            tallies.post(before_post, -1)
            tallies.post(self._known[post], +1)
        if self._written:
            await stores.posts.record(self._written)
        if self._gone:
            await stores.posts.mark_deleted(self._community, self._gone, now)
        for place in sorted(self._gone_places):
            await stores.posts.mark_place_deleted(self._community, place, now)
        changed = [self._liked[post] for post in self._liked_before]
        if changed:
            await stores.likes.put_liked_posts(changed)
        if self._book.changed:
            await stores.likes.put_reactions(self._book.changed.values())
        if tallies.some:
            await stores.likes.add_to_tallies(self._community, tallies.changes)

    def _count(
        self, tallies: "_Tallies", post: PostId, before: Like | None, after: Like | None
    ) -> None:
        if before is not None:
            tallies.like(before, -1)
        if after is not None:
            tallies.like(after, +1)
        difference = (after is not None) - (before is not None)
        liked = self._liked[post]
        if difference:
            self._see_post(replace(liked, likes=liked.likes + difference))


class _Tallies:
    """Sums up what a batch adds to each tally."""

    def __init__(self) -> None:
        self.changes = TallyChanges()
        self.some = False

    def like(self, like: Like, sign: int) -> None:
        """Count a like, or take one away."""
        self.some = True
        day = day_of(like.at)
        self.changes.moments.setdefault(quarter_of(like.at), [0, 0])[1] += sign
        self.changes.places.setdefault((day, like.channel), [0, 0])[1] += sign
        self.changes.members.setdefault((day, like.author), [0, 0])[0] += sign
        self.changes.members.setdefault((day, like.giver), [0, 0])[1] += sign

    def post(self, post: KnownPost, sign: int) -> None:
        """Count a post of a person, or take one away."""
        if post.created_at is None or post.channel is None or post.deleted or not post.by_person:
            return
        self.some = True
        self.changes.moments.setdefault(quarter_of(post.created_at), [0, 0])[0] += sign
        place = (day_of(post.created_at), post.channel)
        self.changes.places.setdefault(place, [0, 0])[0] += sign
