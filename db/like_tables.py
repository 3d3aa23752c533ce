"""The tables about likes: reactions as facts, and the tallies that follow from them.

Knows names, types and constraints only, as `db.tables` does. Moments stand here as microseconds
since 1970: five million rows are read by them, and both databases can count in them.
"""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel, col

from db.tables import partial
from db.types import SafeText, Snowflake

WITHOUT_ROWID = {"sqlite_with_rowid": False}
"""On SQLite the primary key is the table; with a hidden row number it would be stored twice."""


class ReactionRow(SQLModel, table=True):
    """One member's reaction to one post with one emoji, standing or withdrawn.

    Member 0 is everybody: the row says when a moderator cleared reactions.
    """

    __tablename__: ClassVar[Any] = "reaction"
    __table_args__ = (WITHOUT_ROWID,)

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    post_id: int = Field(sa_type=Snowflake, primary_key=True)
    member_id: int = Field(sa_type=Snowflake, primary_key=True)
    emoji: str = Field(sa_type=SafeText, primary_key=True)
    normal: bool
    burst: bool
    normal_order: int = Field(sa_type=BigInteger)
    burst_order: int = Field(sa_type=BigInteger)
    given: int = Field(sa_type=BigInteger)
    by_person: bool


class LikedPostRow(SQLModel, table=True):
    """A post with reactions, and how many likes it has."""

    __tablename__: ClassVar[Any] = "liked_post"
    __table_args__ = (WITHOUT_ROWID,)

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    post_id: int = Field(sa_type=Snowflake, primary_key=True)
    channel_id: int = Field(sa_type=Snowflake)
    author_id: int | None = Field(sa_type=Snowflake, default=None)
    by_person: bool | None = None
    created: int = Field(sa_type=BigInteger)
    created_day: int
    deleted: bool
    likes: int


class LikeEmojiRow(SQLModel, table=True):
    """A community's own choice about an emoji."""

    __tablename__: ClassVar[Any] = "like_emoji"

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    emoji: str = Field(sa_type=SafeText, primary_key=True)
    counts: bool


class MomentTallyRow(SQLModel, table=True):
    """Posts written and likes given in one quarter of an hour."""

    __tablename__: ClassVar[Any] = "tally_moment"
    __table_args__ = (WITHOUT_ROWID,)

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    quarter: int = Field(primary_key=True)
    posts: int
    likes: int


class PlaceTallyRow(SQLModel, table=True):
    """Posts written and likes given in one channel or thread on one UTC day."""

    __tablename__: ClassVar[Any] = "tally_place"
    __table_args__ = (WITHOUT_ROWID,)

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    day: int = Field(primary_key=True)
    channel_id: int = Field(sa_type=Snowflake, primary_key=True)
    posts: int
    likes: int


class MemberTallyRow(SQLModel, table=True):
    """Likes that one member got and gave on one UTC day."""

    __tablename__: ClassVar[Any] = "tally_member"
    __table_args__ = (WITHOUT_ROWID,)

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    day: int = Field(primary_key=True)
    member_id: int = Field(sa_type=Snowflake, primary_key=True)
    received: int
    given: int


# By giver, for limits and explanations, and for a member who wants to be forgotten.
Index(None, col(ReactionRow.community_id), col(ReactionRow.member_id), col(ReactionRow.given))
# The most liked posts of each day, oldest first where equal, without looking at the others.
partial(
    col(LikedPostRow.community_id),
    col(LikedPostRow.created_day),
    col(LikedPostRow.likes).desc(),
    col(LikedPostRow.post_id),
    where=col(LikedPostRow.likes) > 0,
)
# The most liked members of a period, without a look at those who only give.
partial(
    col(MemberTallyRow.community_id),
    col(MemberTallyRow.day),
    col(MemberTallyRow.member_id),
    col(MemberTallyRow.received),
    where=col(MemberTallyRow.received) > 0,
)
Index(None, col(LikedPostRow.community_id), col(LikedPostRow.author_id))
Index(None, col(LikedPostRow.community_id), col(LikedPostRow.channel_id))
