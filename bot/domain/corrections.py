"""How a note is to be shown, now that its fact-check has moved on, and what to call the change.

Pure rules over two revisions and a day; never decides when a message is edited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.factchecks import FactCheck, Status
from bot.domain.ids import CommunityId, Slug
from bot.domain.policy import is_stale
from bot.domain.wording import N_


class NoteShape(StrEnum):
    """The shapes that a note's message can take."""

    FULL = "full"
    EXPIRED = "expired"
    """In full, with a line that says that the check is past its review."""
    PAUSED = "paused"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"
    """Members or moderators found the note itself not helpful; the fact-check may be fine."""


COLLAPSED = frozenset({NoteShape.PAUSED, NoteShape.RETIRED, NoteShape.WITHDRAWN})
"""Shapes that show one line and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteForm:
    """What a note's message shows besides the fact-check itself."""

    shape: NoteShape = NoteShape.FULL
    reason: str = ""
    """Why it is collapsed, in a moderator's or the program's words."""
    changed: tuple[str, ...] = ()
    """What is different from the note as it was attached, in a word each."""
    changed_at: datetime | None = None
    """When the fact-check became what is shown."""

    @property
    def collapsed(self) -> bool:
        """Whether only one line is shown."""
        return self.shape in COLLAPSED


ATTACHED = NoteForm()
"""The form in which every note begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One revision of a fact-check with its reason and moment."""

    fact_check: FactCheck
    reason: str
    at: datetime


class CorrectionKind(StrEnum):
    """What happened to a fact-check that has live notes."""

    EDITED = "edited"
    PAUSED = "paused"
    RETIRED = "retired"
    RESUMED = "resumed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One change that travelled to live notes; digests list these."""

    community: CommunityId
    slug: Slug
    from_revision: int
    to_revision: int
    kind: CorrectionKind
    notes: int
    """How many notes it touched."""
    at: datetime


_SHAPE_OF: dict[Status, NoteShape] = {
    Status.PUBLISHED: NoteShape.FULL,
    Status.DRAFT: NoteShape.PAUSED,
    Status.PAUSED: NoteShape.PAUSED,
    Status.RETIRED: NoteShape.RETIRED,
}


def shape_of(fact_check: FactCheck, today: date) -> NoteShape:
    """Return the shape that notes on this fact-check take today."""
    shape = _SHAPE_OF[fact_check.status]
    return NoteShape.EXPIRED if shape is NoteShape.FULL and is_stale(fact_check, today) else shape


def form_of(attached: FactCheck, history: Sequence[Entry], today: date) -> NoteForm:
    """Return how a note is to be shown.

    Args:
        attached: the revision with which the note was attached.
        history: the fact-check's revisions, newest first; at least one.
        today: the day on which it is shown.
    """
    newest = history[0]
    shape = shape_of(newest.fact_check, today)
    if shape in COLLAPSED:
        since = _since_status(history)
        return NoteForm(shape=shape, reason=since.reason, changed_at=since.at)
    changed = changes_between(attached, newest.fact_check)
    return NoteForm(shape=shape, changed=changed, changed_at=newest.at if changed else None)


def changes_between(old: FactCheck, new: FactCheck) -> tuple[str, ...]:
    """Name what a reader of the note can see to be different, in a word each.

    >>> from bot.domain.ids import Slug
    >>> old = FactCheck(slug=Slug("a"), claim="A")
    >>> changes_between(old, old.revised(summary="More is known.", topics=("x",)))
    ('summary',)
    """
    pairs: tuple[tuple[str, object, object], ...] = (
        (N_("wording"), old.claim, new.claim),
        (N_("finding"), (old.verdict, old.unknown_verdict), (new.verdict, new.unknown_verdict)),
        (N_("summary"), old.summary, new.summary),
        (N_("details"), old.details, new.details),
        (N_("sources"), old.sources, new.sources),
        (N_("checked again"), old.checked_on, new.checked_on),
    )
    return tuple(name for name, before, after in pairs if before != after)


def kind_of(before: NoteShape, after: NoteShape) -> CorrectionKind:
    """Return what to call a change of shape, or of content where the shape stays."""
    if before in COLLAPSED and after not in COLLAPSED:
        return CorrectionKind.RESUMED
    if before is after:
        return CorrectionKind.EDITED
    return _KIND_OF.get(after, CorrectionKind.EDITED)


_KIND_OF: dict[NoteShape, CorrectionKind] = {
    NoteShape.PAUSED: CorrectionKind.PAUSED,
    NoteShape.RETIRED: CorrectionKind.RETIRED,
    NoteShape.EXPIRED: CorrectionKind.EXPIRED,
}


def _since_status(history: Sequence[Entry]) -> Entry:
    """Return the revision with which the newest status began: its reason is the one that counts."""
    since = history[0]
    for entry in history[1:]:
        if entry.fact_check.status is not since.fact_check.status:
            break
        since = entry
    return since
