"""Appeals: a member asks that a case about them be looked at again, and what may be asked when.

Pure: knows cases and moments; never a message, a web page or the present moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.cases import TOLD, Case, CaseKind, CaseState
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.notes import derive_key

AppealId = NewType("AppealId", str)

APPEALABLE = TOLD
"""Whoever is told of an action can ask about it."""
AGAIN_AFTER = timedelta(days=30)
"""After a refusal the same case can be appealed again, this long after the last appeal."""
MONTH = timedelta(days=30)
MOST_A_MONTH = 3
"""Appeals of one member in one community."""
MOST_QUESTIONS = 3
"""So often moderators may ask back before they decide."""
SHORTEST, LONGEST = 10, 1000
"""Characters of what is written in an appeal, a question, an answer or a refusal."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LIFTED_BY = {CaseKind.TIMEOUT: CaseKind.UNTIMEOUT, CaseKind.BAN: CaseKind.UNBAN}
"""What takes an action back; a warning's points are withdrawn, a kick leaves nothing to lift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOffer:
    """How the member concerned can appeal; neither way where nobody would read it."""

    case: "CaseRef | None" = None
    """What the button in the message is about."""
    link: str = ""
    link_until: datetime | None = None


NO_OFFER = AppealOffer()


class AppealState(StrEnum):
    """Where an appeal stands: open <-> asked; both -> accepted | rejected."""

    OPEN = "open"
    ASKED = "asked"
    """The moderators asked back and wait for the member."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Turn(StrEnum):
    """What somebody said in an appeal."""

    APPEAL = "appeal"
    QUESTION = "question"
    ANSWER = "answer"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRef:
    """Names a case for good: its number can change with an import, its moment cannot."""

    community: CommunityId
    kind: CaseKind
    at: datetime

    @property
    def key(self) -> str:
        """What stands in a button or a link.

        >>> moment = datetime(2026, 11, 23, tzinfo=UTC)
        >>> CaseRef(community=CommunityId(7), kind=CaseKind.BAN, at=moment).key
        '7-ban-1795392000000000'
        """
        return f"{self.community}-{self.kind}-{(self.at - _EPOCH) // _MICROSECOND}"


def read_key(key: str) -> CaseRef | None:
    """Return the case that a key names, None where it is none."""
    parts = key.split("-")
    if len(parts) != 3 or not (parts[0].isdecimal() and parts[2].isdecimal()):
        return None
    try:
        at = _EPOCH + int(parts[2]) * _MICROSECOND
        return CaseRef(community=CommunityId(int(parts[0])), kind=CaseKind(parts[1]), at=at)
    except (ValueError, OverflowError):
        return None


def ref_of(case: Case) -> CaseRef:
    """Return a case's name for good."""
    return CaseRef(community=case.community, kind=case.kind, at=case.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One turn of an appeal."""

    turn: Turn
    by: MemberId
    by_name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """One appeal; `said` begins with what the member wrote."""

    id: AppealId
    case: CaseRef
    member: MemberId
    state: AppealState
    opened_at: datetime
    card_place: PlaceId
    """Where the moderators see it."""
    said: tuple[Said, ...]
    message: PostId | None = None
    told: bool | None = None
    """Whether the newest word of the moderators reached the member; None before there was one."""

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for anybody."""
        return self.state in (AppealState.OPEN, AppealState.ASKED)

    @property
    def decision(self) -> Said | None:
        """The turn that decided it."""
        last = self.said[-1]
        return last if last.turn in (Turn.ACCEPTED, Turn.REJECTED) else None

    @property
    def questions(self) -> int:
        """How often the moderators asked back."""
        return sum(each.turn is Turn.QUESTION for each in self.said)


STATE_AFTER = {
    Turn.APPEAL: AppealState.OPEN,
    Turn.QUESTION: AppealState.ASKED,
    Turn.ANSWER: AppealState.OPEN,
    Turn.ACCEPTED: AppealState.ACCEPTED,
    Turn.REJECTED: AppealState.REJECTED,
}


def after(appeal: Appeal, said: Said) -> Appeal:
    """Return the appeal with one more turn."""
    return replace(appeal, said=(*appeal.said, said), state=STATE_AFTER[said.turn], told=None)


def derive_appeal_id(case: CaseRef, member: MemberId, earlier: int) -> AppealId:
    """Return the id of a member's next appeal of a case, the same at every attempt."""
    return AppealId(derive_key("appeal", case.key, member, earlier))


class Hindrance(StrEnum):
    """Why a member cannot appeal now."""

    NOT_APPEALABLE = "not-appealable"
    OPEN = "open"
    ACCEPTED = "accepted"
    TOO_SOON = "too-soon"
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True)
class NotNow:
    """Why not, and from when it is possible, if ever."""

    why: Hindrance
    until: datetime | None = None


def why_not_now(case: Case, earlier: Sequence[Appeal], now: datetime) -> NotNow | None:
    """Return what hinders an appeal of a case, given all of the member's appeals there."""
    if case.kind not in APPEALABLE or case.state is CaseState.FAILED:
        return NotNow(Hindrance.NOT_APPEALABLE)
    same = [each for each in earlier if each.case == ref_of(case)]
    if any(each.is_open for each in same):
        return NotNow(Hindrance.OPEN)
    if any(each.state is AppealState.ACCEPTED for each in same):
        return NotNow(Hindrance.ACCEPTED)
    again = max((each.opened_at + AGAIN_AFTER for each in same), default=now)
    if again > now:
        return NotNow(Hindrance.TOO_SOON, again)
    return _too_many(earlier, now)


def _too_many(earlier: Iterable[Appeal], now: datetime) -> NotNow | None:
    recent = sorted(each.opened_at for each in earlier if each.opened_at > now - MONTH)
    if len(recent) < MOST_A_MONTH:
        return None
    return NotNow(Hindrance.TOO_MANY, recent[-MOST_A_MONTH] + MONTH)


def lifted_by(case: Case, now: datetime) -> CaseKind | None:
    """Return what would take a case's action back, None where nothing is left to take back."""
    if case.ended_at is not None or (case.until is not None and case.until <= now):
        return None
    return LIFTED_BY.get(case.kind)
