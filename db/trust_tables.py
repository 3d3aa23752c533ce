"""The tables about rules, reviews, labels, ratings' reasons, pauses and requests.

Knows names, types and constraints only, as `db.tables` does; no text of a post is in any of them.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel, col

from bot.domain.ratings import Standing
from bot.domain.reviews import ReviewKind, ReviewState
from bot.domain.rules import Cause
from db.tables import one_of, partial
from db.types import SafeText, Snowflake


class NoteRulesRow(SQLModel, table=True):
    """What a community has decided; what is empty is left to the program."""

    __tablename__: ClassVar[Any] = "note_rules"

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    review_place_id: int | None = Field(sa_type=Snowflake, default=None)
    auto_threshold: float | None = None
    suggest_threshold: float | None = None
    earned: bool
    hold_seconds: float | None = None
    tag: str = Field(sa_type=SafeText)


class PauseRow(SQLModel, table=True):
    """The newest pause of a place; place 0 stands for all places."""

    __tablename__: ClassVar[Any] = "pause"

    community_id: int = Field(sa_type=Snowflake, primary_key=True)
    place_id: int = Field(sa_type=Snowflake, primary_key=True)
    at: datetime
    by_member_id: int | None = Field(sa_type=Snowflake, default=None)
    resumed_at: datetime | None = None
    resumed_by_id: int | None = Field(sa_type=Snowflake, default=None)


class ReviewRow(SQLModel, table=True):
    """One question to moderators, and its answer."""

    __tablename__: ClassVar[Any] = "review"
    __table_args__ = (one_of("kind", ReviewKind), one_of("state", ReviewState))

    review_id: str = Field(sa_type=SafeText, primary_key=True)
    community_id: int = Field(sa_type=Snowflake)
    kind: str = Field(sa_type=SafeText)
    review_place_id: int = Field(sa_type=Snowflake)
    place_id: int = Field(sa_type=Snowflake)
    channel_id: int = Field(sa_type=Snowflake)
    post_id: int = Field(sa_type=Snowflake)
    slug: str = Field(sa_type=SafeText)
    revision: int
    probability: float
    stance: str = Field(sa_type=SafeText)
    span_start: int
    span_end: int
    threshold: float
    matcher: str = Field(sa_type=SafeText)
    reason: str = Field(sa_type=SafeText)
    created_at: datetime
    note_id: str | None = Field(sa_type=SafeText, default=None)
    state: str = Field(sa_type=SafeText)
    decided_by_id: int | None = Field(sa_type=Snowflake, default=None)
    decided_at: datetime | None = None
    message_id: int | None = Field(sa_type=Snowflake, default=None)


class LabelRow(SQLModel, table=True):
    """A moderator's word on whether a post makes a fact-check's claim."""

    __tablename__: ClassVar[Any] = "label"

    channel_id: int = Field(sa_type=Snowflake, primary_key=True)
    post_id: int = Field(sa_type=Snowflake, primary_key=True)
    slug: str = Field(sa_type=SafeText, primary_key=True)
    community_id: int = Field(sa_type=Snowflake)
    right: bool
    by_member_id: int = Field(sa_type=Snowflake)
    at: datetime


class WithdrawalRow(SQLModel, table=True):
    """A note that was taken back because it was wrong or not wanted."""

    __tablename__: ClassVar[Any] = "withdrawal"
    __table_args__ = (
        one_of("cause", Cause),
        ForeignKeyConstraint(["note_id"], ["note.note_id"], ondelete="CASCADE"),
    )

    note_id: str = Field(sa_type=SafeText, primary_key=True)
    community_id: int = Field(sa_type=Snowflake)
    place_id: int = Field(sa_type=Snowflake)
    cause: str = Field(sa_type=SafeText)
    by_member_id: int | None = Field(sa_type=Snowflake, default=None)
    at: datetime


class RatingReasonRow(SQLModel, table=True):
    """One reason that a member gave with a rating; no check, since reasons may come and go."""

    __tablename__: ClassVar[Any] = "rating_reason"
    __table_args__ = (
        ForeignKeyConstraint(
            ["note_id", "member_id"], ["rating.note_id", "rating.member_id"], ondelete="CASCADE"
        ),
    )

    note_id: str = Field(sa_type=SafeText, primary_key=True)
    member_id: int = Field(sa_type=Snowflake, primary_key=True)
    reason: str = Field(sa_type=SafeText, primary_key=True)


class StandingRow(SQLModel, table=True):
    """What the ratings say about a note, and what they are about to say."""

    __tablename__: ClassVar[Any] = "standing"
    __table_args__ = (
        one_of("standing", Standing),
        one_of("candidate", Standing),
        ForeignKeyConstraint(["note_id"], ["note.note_id"], ondelete="CASCADE"),
    )

    note_id: str = Field(sa_type=SafeText, primary_key=True)
    standing: str = Field(sa_type=SafeText)
    candidate: str | None = Field(sa_type=SafeText, default=None)
    candidate_at: datetime | None = None


class CheckRequestRow(SQLModel, table=True):
    """A post that members want to have checked."""

    __tablename__: ClassVar[Any] = "check_request"

    channel_id: int = Field(sa_type=Snowflake, primary_key=True)
    post_id: int = Field(sa_type=Snowflake, primary_key=True)
    community_id: int = Field(sa_type=Snowflake)
    first_at: datetime
    closed_at: datetime | None = None
    closed_by_id: int | None = Field(sa_type=Snowflake, default=None)
    slug: str | None = Field(sa_type=SafeText, default=None)


class RequesterRow(SQLModel, table=True):
    """A member who asked for a post to be checked."""

    __tablename__: ClassVar[Any] = "requester"
    __table_args__ = (
        ForeignKeyConstraint(
            ["channel_id", "post_id"],
            ["check_request.channel_id", "check_request.post_id"],
            ondelete="CASCADE",
        ),
    )

    channel_id: int = Field(sa_type=Snowflake, primary_key=True)
    post_id: int = Field(sa_type=Snowflake, primary_key=True)
    member_id: int = Field(sa_type=Snowflake, primary_key=True)
    community_id: int = Field(sa_type=Snowflake)
    at: datetime


_OPEN = col(ReviewRow.state) == ReviewState.OPEN.value
partial(col(ReviewRow.channel_id), col(ReviewRow.post_id), where=_OPEN)
partial(col(ReviewRow.community_id), where=_OPEN)
Index(None, col(LabelRow.community_id), col(LabelRow.slug), col(LabelRow.at))
partial(col(CheckRequestRow.community_id), where=col(CheckRequestRow.closed_at).is_(None))
Index(None, col(RequesterRow.community_id), col(RequesterRow.member_id), col(RequesterRow.at))
