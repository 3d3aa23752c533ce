"""Watches, posts, members, leases and settings in memory; see the ports of these names."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.likes import day_of
from bot.domain.posts import Post, Where
from bot.domain.trust import Written
from bot.services.memory_table import View
from bot.services.ports import Watch
from bot.services.storable import require_storable


class InMemoryWatchStore:
    """Implements `WatchStore`."""

    def __init__(self, watches: View[tuple[CommunityId, PlaceId], Watch]) -> None:
        self._watches = watches

    async def put(self, watch: Watch) -> None:
        """Add a watch or change its mode; who asked last is kept."""
        self._watches.put((watch.community, watch.place), watch)

    async def remove(self, community: CommunityId, place: PlaceId) -> bool:
        """Remove a watch; return whether there was one."""
        return self._watches.remove((community, place))

    async def all(self, community: CommunityId) -> Sequence[Watch]:
        """Return a community's watches, by place."""
        require_storable(community)
        own = (watch for watch in self._watches.rows() if watch.community == community)
        return sorted(own, key=lambda watch: watch.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord:
    """What is kept of a post; only `deleted_at` where that is all that is known."""

    where: Where | None = None
    author: MemberId | None = None
    by_person: bool = False
    created_at: datetime | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None


def is_by(author: MemberId, post: PostRecord | None) -> bool:
    """Tell whether a member wrote a post, as far as it is recorded."""
    return post is not None and post.author == author


class InMemoryPostStore:
    """Implements `PostStore`."""

    def __init__(self, posts: View[tuple[CommunityId, PostId], PostRecord]) -> None:
        self._posts = posts

    async def record(self, posts: Sequence[Post]) -> None:
        """Record posts; one that is known keeps its first record, `edited_at` moves forward."""
        self._posts.require_writable()
        for post in posts:
            key = (post.where.community, post.id)
            known = self._posts.get(key) or PostRecord()
            if known.created_at is None:
                known = replace(
                    known,
                    where=post.where,
                    author=post.author,
                    by_person=post.by_person,
                    created_at=post.created_at,
                )
            edits = [at for at in (known.edited_at, post.edited_at) if at is not None]
            self._posts.put(key, replace(known, edited_at=max(edits, default=None)))

    async def known(
        self, community: CommunityId, posts: Collection[PostId]
    ) -> Mapping[PostId, datetime | None]:
        """Return which of these posts are recorded or marked as deleted, with `edited_at`."""
        found = ((post, self._posts.get((community, post))) for post in posts)
        return {post: record.edited_at for post, record in found if record is not None}

    async def mark_deleted(
        self, community: CommunityId, posts: Collection[PostId], at: datetime
    ) -> None:
        """Mark posts as deleted, also ones that are not known."""
        self._posts.require_writable()
        for post in posts:
            known = self._posts.get((community, post)) or PostRecord()
            deleted = replace(known, deleted_at=known.deleted_at or at)
            self._posts.put((community, post), deleted)

    async def mark_place_deleted(
        self, community: CommunityId, place: PlaceId, at: datetime
    ) -> None:
        """Mark all posts in a channel or thread, or below a parent channel, as deleted."""
        self._posts.require_writable()
        require_storable((community, place, at))
        inside = [
            (key, record)
            for key, record in self._posts.items()
            if key[0] == community and record.where is not None
            if place in (record.where.channel, record.where.parent)
        ]
        for key, record in inside:
            self._posts.put(key, replace(record, deleted_at=record.deleted_at or at))

    async def author(self, community: CommunityId, post: PostId) -> MemberId | None:
        """Return who wrote a post, None where it is not recorded."""
        record = self._posts.get((community, post))
        return None if record is None else record.author

    async def written(
        self, community: CommunityId, author: MemberId, since: datetime
    ) -> Sequence[Written]:
        """Return what a person wrote since then and is not deleted, by UTC day and channel."""
        require_storable((community, author, since))
        found = Counter(
            (day_of(record.created_at), record.where.channel)
            for record in self._posts.rows()
            if record.where is not None
            and record.where.community == community
            and record.author == author
            and record.by_person
            and record.deleted_at is None
            and record.created_at is not None
            and record.created_at >= since
        )
        return [
            Written(day=day, place=place, posts=posts)
            for (day, place), posts in sorted(found.items())
        ]

    async def count(self, community: CommunityId, since: datetime) -> int:
        """Return how many posts by people were made since then and are not deleted."""
        require_storable((community, since))
        return sum(
            record.where is not None
            and record.where.community == community
            and record.by_person
            and record.deleted_at is None
            and record.created_at is not None
            and record.created_at >= since
            for record in self._posts.rows()
        )


class InMemoryMemberStore:
    """Implements `MemberStore`."""

    def __init__(self, choices: View[tuple[CommunityId, MemberId], tuple[bool, datetime]]) -> None:
        self._choices = choices

    async def has_opted_out(self, community: CommunityId, member: MemberId) -> bool:
        """Tell whether the member wants nothing of the bot."""
        choice = self._choices.get((community, member))
        return choice is not None and choice[0]

    async def opted_out(self, community: CommunityId) -> frozenset[MemberId]:
        """Return who wants nothing of the bot."""
        require_storable(community)
        return frozenset(
            member
            for (of, member), (opted_out, _) in self._choices.items()
            if of == community and opted_out
        )

    async def set_opted_out(
        self, community: CommunityId, member: MemberId, opted_out: bool, at: datetime
    ) -> None:
        """Store the choice."""
        self._choices.put((community, member), (opted_out, at))


class InMemoryLeaseStore:
    """Implements `LeaseStore`."""

    def __init__(self, leases: View[str, tuple[str, datetime]]) -> None:
        self._leases = leases

    async def acquire(self, name: str, *, owner: str, until: datetime, now: datetime) -> bool:
        """Take or renew a lease; False while another owner's lease runs."""
        self._leases.require_writable()
        held = self._leases.get(name)
        if held is not None and held[0] != owner and held[1] > now:
            return False
        self._leases.put(name, (owner, until))
        return True

    async def holder(self, name: str) -> str | None:
        """Return the owner of a lease, whether or not it has run out."""
        held = self._leases.get(name)
        return None if held is None else held[0]

    async def release(self, name: str, *, owner: str) -> None:
        """Give a lease back; another owner's stays."""
        self._leases.require_writable()
        held = self._leases.get(name)
        if held is not None and held[0] == owner:
            self._leases.remove(name)


class InMemorySettingStore:
    """Implements `SettingStore`."""

    def __init__(self, settings: View[str, str]) -> None:
        self._settings = settings

    async def get(self, name: str) -> str | None:
        """Return a value."""
        return self._settings.get(name)

    async def put(self, name: str, value: str) -> None:
        """Store a value."""
        self._settings.put(name, value)

    async def keep_first(self, name: str, value: str) -> str:
        """Store a value unless one is there; return the one that is there then."""
        found = self._settings.get(name)
        if found is None:
            self._settings.put(name, value)
        return value if found is None else found

    async def beginning(self, prefix: str) -> Mapping[str, str]:
        """Return the values whose names begin so, by name."""
        return {name: value for name, value in self._settings.items() if name.startswith(prefix)}
