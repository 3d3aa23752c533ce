"""What is kept of a post that a moderator judged, so that its like is recognised; never its text.

Knows no author, no place and no post: the key names the judgement, so that it can be taken back.
"""

from dataclasses import dataclass

from bot.domain.ids import PlaceId, PostId, Slug
from bot.domain.matches import Stance
from bot.domain.notes import derive_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """One judged post, as far as its like can be recognised by it."""

    key: str
    slug: Slug
    raises: bool
    """True where the post makes the claim, False where it only looks like it."""
    stance: Stance = Stance.ASSERT
    signs: bytes
    form: int
    """Which version of the matcher can compare it."""


def imprint_key(channel: PlaceId, post: PostId, slug: Slug) -> str:
    """Return the name of what was judged; whoever knows the post can work it out again."""
    return derive_key("imprint", channel, post, slug)
