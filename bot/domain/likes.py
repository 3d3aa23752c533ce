"""What a like is: one member's counted reaction to another member's post.

Knows reactions as facts and how a like follows from them; never a platform, a table or the clock.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.wording import N_, ngettext

Emoji = NewType("Emoji", str)
"""A normalised emoji: the character without its variants, or a custom emoji's id in digits."""

EVERYBODY = MemberId(0)
"""Whose reaction a clear takes away: it is kept as a withdrawal by everybody."""
ANY_EMOJI = Emoji("")
"""What a clear of all reactions takes away."""

_EMOJI_PRESENTATION = "\ufe0f"
_TEXT_PRESENTATION = "\ufe0e"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def normalise(name: str, custom_id: int | None = None) -> Emoji:
    """Return the key of an emoji: variation selectors and skin tones make no difference.

    A custom emoji is its id: its name can be changed at any time.
    """
    if custom_id is not None:
        return Emoji(str(custom_id))
    ignored = (_EMOJI_PRESENTATION, _TEXT_PRESENTATION)
    return Emoji("".join(c for c in name if c not in ignored and ord(c) not in _SKIN_TONES))


DEFAULT_EMOJI = tuple(normalise(each) for each in ("👍", "❤️", "⭐", "🔥", "💯"))


def shown(likes: int) -> str:
    """Say a number of likes as Discourse does.

    >>> shown(1), shown(12)
    ('1 Like', '12 Likes')
    """
    return ngettext("{count} Like", "{count} Likes", likes).format(count=likes)


def quarter_of(moment: datetime) -> int:
    """Return the number of the quarter of an hour; every time zone's midnight begins one."""
    return (moment - _EPOCH) // _QUARTER


def day_of(moment: datetime) -> int:
    """Return the number of the day in UTC, by which limits are kept."""
    return (moment - _EPOCH) // _DAY


def start_of_day(day: int) -> datetime:
    """Return the moment at which a numbered day begins."""
    return _EPOCH + day * _DAY


def week_of(moment: datetime) -> int:
    """Return the number of the week in UTC; the first Monday of the epoch was its fifth day."""
    return (day_of(moment) + 3) // 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """One member's reaction to one post with one emoji, standing or withdrawn.

    A member can give the same emoji in a normal and a burst form; it is one reaction. Each form
    carries the order number of the last word on it, so that a late word never overtakes it.
    """

    community: CommunityId
    post: PostId
    member: MemberId
    emoji: Emoji
    normal: bool = False
    burst: bool = False
    normal_order: int = 0
    burst_order: int = 0
    at: datetime
    """When it was given: seen live, or the best guess where it was read back later."""
    by_person: bool = True
    """Whether the member is a person, as far as is known: a withdrawal does not tell."""

    @property
    def stands(self) -> bool:
        """Whether it is shown on the platform."""
        return self.normal or self.burst


@dataclass(frozen=True, slots=True, kw_only=True)
class LikedPost:
    """A post with reactions, as likes need it; `author` is None until it was looked up."""

    community: CommunityId
    post: PostId
    channel: PlaceId
    created_at: datetime
    author: MemberId | None = None
    by_person: bool | None = None
    deleted: bool = False
    likes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """One member likes one post, with however many emoji."""

    post: PostId
    channel: PlaceId
    author: MemberId
    giver: MemberId
    at: datetime


class NoLike(StrEnum):
    """Why a member's reactions to a post are no like."""

    WITHDRAWN = N_("withdrawn")
    EMOJI = N_("this emoji does not count here")
    SELF = N_("on one's own post")
    BOT = N_("by a bot")
    ON_BOT = N_("on a bot's post")
    UNKNOWN_AUTHOR = N_("the post's author is not known yet")
    DELETED = N_("the post was deleted")


def judge(
    reactions: Iterable[Reaction], post: LikedPost, counting: Collection[Emoji]
) -> Like | NoLike:
    """Say whether one member's reactions to one post are a like."""
    standing = [each for each in reactions if each.stands]
    if not standing:
        return NoLike.WITHDRAWN
    valid = [each for each in standing if each.emoji in counting]
    if not valid:
        return NoLike.EMOJI
    giver = valid[0].member
    if not all(each.by_person for each in standing):
        return NoLike.BOT
    if post.deleted:
        return NoLike.DELETED
    if post.author is None:
        return NoLike.UNKNOWN_AUTHOR
    if post.author == giver:
        return NoLike.SELF
    if post.by_person is False:
        return NoLike.ON_BOT
    return Like(
        post=post.post,
        channel=post.channel,
        author=post.author,
        giver=giver,
        at=min(each.at for each in valid),
    )


def counting_emoji(chosen: Mapping[Emoji, bool]) -> frozenset[Emoji]:
    """Return the emoji that count, given a community's own choices."""
    choices = dict.fromkeys(DEFAULT_EMOJI, True) | dict(chosen)
    return frozenset(emoji for emoji, counts in choices.items() if counts)
