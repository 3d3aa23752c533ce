"""Cases: the numbered record of what moderators did, and what each kind of action needs.

Pure: knows kinds, states and names of permissions; never the platform or the present moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.wording import N_

LONGEST_REASON = 2000
RECENT = timedelta(minutes=1)
"""Two moderators who do the same to the same target within this time meant one action."""


class CaseKind(StrEnum):
    """What was done."""

    NOTE = "note"
    WARN = "warn"
    TIMEOUT = "timeout"
    UNTIMEOUT = "untimeout"
    KICK = "kick"
    BAN = "ban"
    UNBAN = "unban"
    PURGE = "purge"
    SLOWMODE = "slowmode"
    LOCK = "lock"
    UNLOCK = "unlock"
    FACTCHECK_ATTACH = "factcheck_attach"
    FACTCHECK_WITHDRAW = "factcheck_withdraw"


class CaseState(StrEnum):
    """Where a case's action stands: pending -> done | failed."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


STATES_IN_WORDS = {
    CaseState.PENDING: N_("pending"),
    CaseState.DONE: N_("done"),
    CaseState.FAILED: N_("failed"),
}

ON_MEMBERS = frozenset(
    {
        CaseKind.NOTE,
        CaseKind.WARN,
        CaseKind.TIMEOUT,
        CaseKind.UNTIMEOUT,
        CaseKind.KICK,
        CaseKind.BAN,
        CaseKind.UNBAN,
    }
)
ON_PLACES = frozenset({CaseKind.PURGE, CaseKind.SLOWMODE, CaseKind.LOCK, CaseKind.UNLOCK})
ON_PLATFORM = (ON_MEMBERS | ON_PLACES) - {CaseKind.NOTE, CaseKind.WARN}
"""Kinds that change something on the platform; a warning is only said."""
TOLD = frozenset({CaseKind.WARN, CaseKind.TIMEOUT, CaseKind.KICK, CaseKind.BAN})
"""Kinds of which the member gets a direct message."""
UNDOES = {
    CaseKind.UNBAN: CaseKind.BAN,
    CaseKind.UNTIMEOUT: CaseKind.TIMEOUT,
    CaseKind.UNLOCK: CaseKind.LOCK,
    # The newest of these is what holds: it stands in the place of those before it.
    CaseKind.BAN: CaseKind.BAN,
    CaseKind.TIMEOUT: CaseKind.TIMEOUT,
    CaseKind.SLOWMODE: CaseKind.SLOWMODE,
}
"""Kinds that end a running action of a kind, so that it neither ends nor begins afterwards."""
CAN_BE_TAKEN_BACK = frozenset(UNDOES.values())
ENDS_BY_US = frozenset({CaseKind.BAN, CaseKind.SLOWMODE, CaseKind.LOCK})
"""Temporary actions whose end the platform does not know."""
IN_WORDS = {
    CaseKind.NOTE: N_("note"),
    CaseKind.WARN: N_("warning"),
    CaseKind.TIMEOUT: N_("timeout"),
    CaseKind.UNTIMEOUT: N_("end of a timeout"),
    CaseKind.KICK: N_("kick"),
    CaseKind.BAN: N_("ban"),
    CaseKind.UNBAN: N_("unban"),
    CaseKind.PURGE: N_("purge"),
    CaseKind.SLOWMODE: N_("slowmode"),
    CaseKind.LOCK: N_("lock"),
    CaseKind.UNLOCK: N_("unlock"),
    CaseKind.FACTCHECK_ATTACH: N_("fact-check attached"),
    CaseKind.FACTCHECK_WITHDRAW: N_("fact-check withdrawn"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """What somebody added to a case."""

    by: MemberId | None
    by_name: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One record; `number` is unique in its community.

    Invariants: a kind of `ON_MEMBERS` has a `target`, one of `ON_PLACES` a `place`.
    """

    community: CommunityId
    number: int
    kind: CaseKind
    state: CaseState
    created_at: datetime
    target: MemberId | None = None
    target_name: str = ""
    place: PlaceId | None = None
    by: MemberId | None = None
    """None where the program did it: the end of a temporary action, an automatic timeout."""
    by_name: str = ""
    reason: str = ""
    points: int = 0
    until: datetime | None = None
    ended_at: datetime | None = None
    origin: str | None = None
    """What it came from (an interaction, an entry of the audit log): unique in the community."""
    details: Mapping[str, object] = field(default_factory=dict)
    """What the action needs to be carried out and to be taken back; ids and figures only."""
    problem: str = ""
    notes: tuple[CaseNote, ...] = ()

    @property
    def is_running(self) -> bool:
        """Tell whether it is a temporary or lasting action that has not ended."""
        return self.state is not CaseState.FAILED and self.ended_at is None


def audit_reason(case: Case) -> str:
    """Return what Discord's audit log shows: at most 512 characters, the marker first."""
    by = f" · by {case.by_name}" if case.by_name else ""
    reason = " ".join(case.reason.split())
    text = f"{marker(case.number)}{by}"
    if reason:
        text += f" · {reason}"
    return text if len(text) <= 512 else text[:511] + "\N{HORIZONTAL ELLIPSIS}"


def marker(number: int) -> str:
    """Return the words by which an action of ours is recognised in the audit log.

    >>> marker(12)
    'Footnote case 12'
    """
    return f"Footnote case {number}"


def bears_marker(reason: str, number: int) -> bool:
    """Tell whether an audit-log reason is that of this case.

    >>> bears_marker("Footnote case 1 · by Tomas", 1), bears_marker("Footnote case 12", 1)
    (True, False)
    """
    found = marker(number)
    return reason == found or reason.startswith(f"{found} ")


def active_points(cases: Iterable[Case]) -> int:
    """Return the points of all warnings that were really given and not withdrawn."""
    return sum(
        c.points
        for c in cases
        if c.kind is CaseKind.WARN and c.state is CaseState.DONE and c.ended_at is None
    )
