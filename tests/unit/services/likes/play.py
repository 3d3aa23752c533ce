"""Random histories of a small community, and what its likes are by a rule written down anew."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from bot.domain.events import (
    Event,
    PlaceDeleted,
    PostCreated,
    PostsDeleted,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    ReactionsRead,
)
from bot.domain.ids import MemberId, PlaceId, PostId
from bot.domain.likes import ANY_EMOJI, Emoji
from tests.builders import CHANNEL, COMMUNITY, FORUM, NOON, build_post, build_where

THUMB, HEART, CAT = Emoji("👍"), Emoji("❤"), Emoji("🐈")
PLACES = (CHANNEL, FORUM)
BOT_POST = PostId(4)
BOT = MemberId(5)
AUTHORS = {PostId(n): MemberId(1 + n % 3) for n in range(1, 6)}

posts = st.sampled_from(sorted(AUTHORS))
members = st.integers(1, 5).map(MemberId)
emoji = st.sampled_from([THUMB, HEART, CAT])
bursts = st.booleans()


def place_of(post: PostId) -> PlaceId:
    """Return where a post stands: the first three in the channel."""
    return PLACES[post > 3]


def written(post: PostId) -> PostCreated:
    """Return the event of a post; the fourth is a bot's."""
    return PostCreated(
        build_post(
            id=post,
            author=AUTHORS[post],
            by_person=post != BOT_POST,
            where=build_where(channel=place_of(post)),
            created_at=NOON + post * timedelta(hours=11),
        )
    )


def added(post: PostId, member: MemberId, what: Emoji, burst: bool = False) -> ReactionAdded:
    """Return a reaction that tells its post's author."""
    return ReactionAdded(
        community=COMMUNITY,
        channel=place_of(post),
        post=post,
        written_at=NOON + post * timedelta(hours=11),
        author=AUTHORS[post],
        member=member,
        by_person=member != BOT,
        emoji=what,
        burst=burst,
        at=NOON + timedelta(days=3),
    )


def removed(post: PostId, member: MemberId, what: Emoji, burst: bool = False) -> ReactionRemoved:
    """Return a withdrawal."""
    return ReactionRemoved(
        community=COMMUNITY,
        channel=place_of(post),
        post=post,
        written_at=NOON + post * timedelta(hours=11),
        member=member,
        emoji=what,
        burst=burst,
        at=NOON + timedelta(days=3),
    )


def cleared(post: PostId, what: Emoji = ANY_EMOJI) -> ReactionsCleared:
    """Return a clear."""
    return ReactionsCleared(
        community=COMMUNITY,
        channel=place_of(post),
        post=post,
        written_at=NOON,
        emoji=what,
        at=NOON + timedelta(days=3),
    )


def without_author(event: ReactionAdded) -> ReactionAdded:
    """Return the same, as an older gateway would tell it."""
    return replace(event, author=None)


events = st.one_of(
    st.builds(written, posts),
    st.builds(added, posts, members, emoji, bursts),
    st.builds(added, posts, members, emoji, bursts).map(without_author),
    st.builds(removed, posts, members, emoji, bursts),
    st.builds(cleared, posts, st.sampled_from([ANY_EMOJI, THUMB])),
    posts.map(lambda post: PostsDeleted(COMMUNITY, place_of(post), (post,))),
    st.just(PlaceDeleted(COMMUNITY, FORUM)),
)
histories = st.lists(
    st.tuples(events, st.timedeltas(timedelta(0), timedelta(hours=9))), max_size=40
)


class Platform:
    """What really stands on the platform, kept as plainly as can be."""

    def __init__(self) -> None:
        self.written: set[PostId] = set()
        self.deleted: set[PostId] = set()
        self.standing: set[tuple[PostId, MemberId, Emoji, bool]] = set()

    def can(self, event: Event) -> bool:
        """Tell whether this can happen: nobody reacts to what is deleted."""
        post = event.post.id if isinstance(event, PostCreated) else getattr(event, "post", None)
        return post not in self.deleted

    def apply(self, event: Event) -> None:
        """Let an event take effect."""
        match event:
            case PostCreated(post):
                self.written.add(post.id)
            case ReactionAdded():
                self.standing.add((event.post, event.member, event.emoji, event.burst))
            case ReactionRemoved():
                self.standing.discard((event.post, event.member, event.emoji, event.burst))
            case ReactionsCleared():
                self.standing = {
                    each
                    for each in self.standing
                    if each[0] != event.post or event.emoji not in (ANY_EMOJI, each[2])
                }
            case PostsDeleted(posts=gone):
                self.deleted.update(gone)
            case PlaceDeleted(place=place):
                self.deleted.update(post for post in AUTHORS if place_of(post) == place)
            case _:
                raise AssertionError(event)

    def likes(self, counting: set[Emoji]) -> set[tuple[PostId, MemberId]]:
        """Return who likes what, if the authors and bots of all posts are known."""
        return {
            (post, member)
            for post, member, what, _ in self.standing
            if what in counting
            and member not in (BOT, AUTHORS[post])
            and post != BOT_POST
            and post not in self.deleted
        }

    def read(self, post: PostId, as_of: int) -> ReactionsRead:
        """Return what a look at a post shows."""
        forms: dict[tuple[Emoji, bool], dict[MemberId, bool]] = {}
        for of, member, what, burst in self.standing:
            if of == post:
                forms.setdefault((what, burst), {})[member] = member != BOT
        return ReactionsRead(
            community=COMMUNITY,
            channel=place_of(post),
            post=post,
            written_at=NOON + post * timedelta(hours=11),
            author=AUTHORS[post],
            author_is_person=post != BOT_POST,
            as_of=as_of,
            forms=forms,
            at=NOON + timedelta(days=2),
        )
