"""What an export holds, as values; knows nothing of files or JSON."""

from dataclasses import dataclass, field

from bot.domain.ids import MemberId
from bot.domain.posts import Post

LIKE_EMOJI = frozenset({"👍", "❤", "⭐", "🔥", "💯"})
"""The emoji that count as likes by default, without variation selectors."""
_VARIATION_SELECTOR = "\N{VARIATION SELECTOR-16}"


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji on one post.

    Attributes:
        emoji: the character, or the custom emoji's name.
        emoji_id: a custom emoji's id, 0 for a standard one.
        count: how many reacted, as the export says.
        members: who reacted, without bots; None in exports that do not name them.
    """

    emoji: str
    emoji_id: int
    count: int
    members: tuple[MemberId, ...] | None = None

    @property
    def is_like(self) -> bool:
        """Tell whether this emoji counts as a like by default."""
        return not self.emoji_id and self.emoji.replace(_VARIATION_SELECTOR, "") in LIKE_EMOJI


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPost:
    """A post with what only an export knows about it."""

    post: Post
    place: str
    """Name of the channel or thread."""
    link: str = ""
    """Address of the post, where it has one."""
    reactions: tuple[Reaction, ...] = ()
    stated_likes: int = 0
    """Likes that a thread file states; exports have reactions instead."""

    @property
    def likes(self) -> int:
        """Count the members who liked the post, the author not included.

        Where an export gives counts without members, the most frequent like emoji is what is
        certain: the same member may have used two.
        """
        likes = [reaction for reaction in self.reactions if reaction.is_like]
        named = {m for reaction in likes for m in reaction.members or ()} - {self.post.author}
        unnamed = max((r.count for r in likes if r.members is None), default=0)
        return self.stated_likes + max(len(named), unnamed)


@dataclass(slots=True)
class ReadingTally:
    """What was read so far, and what was wrong with it."""

    posts: int = 0
    system_messages: int = 0
    """Joins, pins, started threads: no posts."""
    repeated: int = 0
    """Messages that stand in two files of the export."""
    unreadable: int = 0
    too_long: int = 0
    problems: list[str] = field(default_factory=list)
    """One sentence each, safe to show; never a message's text."""
    ended_early: bool = False

    def absorb(self, other: "ReadingTally") -> None:
        """Add what was read elsewhere."""
        self.posts += other.posts
        self.system_messages += other.system_messages
        self.repeated += other.repeated
        self.unreadable += other.unreadable
        self.too_long += other.too_long
        self.problems.extend(other.problems)
        self.ended_early |= other.ended_early
