"""Adding, editing, pausing and retiring fact-checks: every change is a revision with a reason.

Knows what may be published; must never show anything or know who may ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.factchecks import STATUS_WORDS, FactCheck, Status
from bot.domain.ids import CommunityId, MemberId, Slug
from bot.domain.linting import Finding, Severity, lint, lint_library
from bot.domain.wording import N_, _
from bot.services.editing.forms import changed, one_line
from bot.services.errors import ConflictError, InvalidInputError, NotFoundError
from bot.services.formats.words import slug_of
from bot.services.library import LibraryService
from bot.services.ports import Clock, Database, Revision

REASON_LIMIT = 200
UNFIT = N_(
    "“{slug}” is published, and with this edit it could not be. So it stays as it is, and so do "
    "its notes. What has to be mended:"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A fact-check as it was stored."""

    fact_check: FactCheck
    findings: tuple[Finding, ...]
    held_back: bool = False
    """Whether it was to be published and became a draft."""


class OvertakenError(ConflictError):
    """Somebody else changed the record while a form was open; the text in it is not lost.

    Attributes:
        mine: the record as the form would have made it.
    """

    def __init__(self, message: str, mine: FactCheck) -> None:
        super().__init__(message)
        self.mine = mine


class UnfitError(InvalidInputError):
    """A published fact-check was to get an error; it stays as it is, and the text is not lost.

    Attributes:
        mine: the record as the form would have made it.
        findings: what the linter has against it.
    """

    def __init__(self, mine: FactCheck, findings: tuple[Finding, ...]) -> None:
        super().__init__(_(UNFIT).format(slug=mine.slug))
        self.mine = mine
        self.findings = findings


class EditingService:
    """What moderators do to the library of their community."""

    def __init__(self, database: Database, library: LibraryService, clock: Clock) -> None:
        self._database = database
        self._library = library
        self._clock = clock

    async def add(
        self, community: CommunityId, fields: Mapping[str, str], *, by: MemberId
    ) -> Saved:
        """Store a new fact-check; it is published where the linter has nothing against it.

        One with the claim of another becomes a draft: a post that raises it has one note.

        Raises:
            InvalidInputError: there is no claim, or a field is too long.
        """
        claim = one_line(fields.get("claim", ""))
        slug = await self._free_slug(community, slug_of(claim) if claim else "empty")
        blank = FactCheck(
            slug=slug,
            claim=claim or "-",
            checked_on=self._clock.now().date(),
            status=Status.PUBLISHED,
        )
        new = changed(blank, fields)
        twins = await self._twins(community, new)
        saved = self.checked(replace(new, status=Status.DRAFT) if twins else new)
        if twins:
            saved = replace(saved, findings=(*twins, *saved.findings), held_back=True)
        await self._library.change(community, saved.fact_check, by=by, reason="added")
        return saved

    async def edit(
        self,
        community: CommunityId,
        slug: Slug,
        fields: Mapping[str, str],
        *,
        begun_at: int,
        reason: str,
        by: MemberId,
    ) -> Saved:
        """Store what a form made of the revision with which it was opened.

        Raises:
            OvertakenError: there is a newer revision by now.
            UnfitError: it is published, and could not stay so.
            InvalidInputError: a field is too long, or there is no reason.
        """
        async with self._database.reading() as stores:
            old = await stores.library.revision(community, slug, begun_at)
        if old is None:
            raise NotFoundError(
                _("There is no revision {number} of “{slug}” here.").format(
                    number=begun_at, slug=slug
                )
            )
        new = replace(changed(old, fields), revision=begun_at + 1)
        if replace(new, revision=begun_at) == old:
            raise InvalidInputError(_("Nothing was changed."))
        reason = require_reason(reason)
        checked = self.checked(new)
        if checked.held_back:
            current = await self._library.get(community, slug)
            if current.revision == begun_at:
                raise UnfitError(new, checked.findings)
        try:
            return await self.save(community, new, by=by, reason=reason)
        except ConflictError as conflict:
            raise OvertakenError(str(conflict), new) from conflict

    async def set_status(
        self, community: CommunityId, slug: Slug, status: Status, *, reason: str, by: MemberId
    ) -> Saved:
        """Pause, retire or publish a fact-check.

        Raises:
            InvalidInputError: it has that status already, may not be published, or no reason.
        """
        old = await self._library.get(community, slug)
        if old.status is status:
            raise InvalidInputError(
                _("“{slug}” is {status} already.").format(slug=slug, status=_(STATUS_WORDS[status]))
            )
        errors = self._errors(old)
        if status is Status.PUBLISHED and errors:
            raise InvalidInputError(
                _("“{slug}” cannot be published yet: {problem}. {remedy}").format(
                    slug=slug, problem=errors[0].problem, remedy=errors[0].remedy
                )
                + (
                    _(" ({count} more: `/factcheck show`)").format(count=len(errors) - 1)
                    if len(errors) > 1
                    else ""
                )
            )
        new = old.revised(status=status)
        return await self.save(community, new, by=by, reason=require_reason(reason))

    async def save(
        self, community: CommunityId, fact_check: FactCheck, *, by: MemberId, reason: str
    ) -> Saved:
        """Store a revision; one that may not be published becomes a draft."""
        saved = self.checked(fact_check)
        await self._library.change(community, saved.fact_check, by=by, reason=reason)
        return saved

    def checked(self, fact_check: FactCheck) -> Saved:
        """Return the fact-check as it may be stored, with what the linter says of it."""
        findings = lint(fact_check, self._clock.now().date())
        held = fact_check.status is Status.PUBLISHED and bool(self._errors(fact_check))
        kept = replace(fact_check, status=Status.DRAFT) if held else fact_check
        return Saved(fact_check=kept, findings=findings, held_back=held)

    async def history(self, community: CommunityId, slug: Slug) -> Sequence[Revision]:
        """Return all revisions, newest first.

        Raises:
            NotFoundError: there is no such fact-check.
        """
        async with self._database.reading() as stores:
            found = await stores.library.history(community, slug)
        if not found:
            raise NotFoundError(_("There is no fact-check called “{slug}” here.").format(slug=slug))
        return found

    async def two_revisions(
        self, community: CommunityId, slug: Slug, before: int | None, after: int | None
    ) -> tuple[FactCheck, FactCheck]:
        """Return two revisions to compare; the newest and the one before it by default.

        Raises:
            NotFoundError: one of them does not exist.
        """
        found = {e.fact_check.revision: e.fact_check for e in await self.history(community, slug)}
        newest = after if after is not None else max(found)
        older = [number for number in found if number < newest]
        oldest = before if before is not None else max(older, default=newest)
        for number in (oldest, newest):
            if number not in found:
                raise NotFoundError(
                    _("There is no revision {number} of “{slug}”; it has {found}.").format(
                        number=number, slug=slug, found=len(found)
                    )
                )
        if oldest == newest:
            raise InvalidInputError(
                _("“{slug}” has only revision {newest}: nothing to compare.").format(
                    slug=slug, newest=newest
                )
            )
        return found[oldest], found[newest]

    async def listing(self, community: CommunityId, status: Status | None) -> list[FactCheck]:
        """Return fact-checks of a status, or all of them, by claim."""
        records = await self._library.records(community)
        return [record for record in records if status in (None, record.status)]

    async def search(self, community: CommunityId, words: str) -> list[FactCheck]:
        """Return fact-checks of any status that contain all of these words, at most 25."""
        wanted = words.casefold().split()
        found = [
            record
            for record in await self.listing(community, None)
            if all(word in f"{record.slug} {record.claim}".casefold() for word in wanted)
        ]
        return found[:25]

    def _errors(self, fact_check: FactCheck) -> list[Finding]:
        found = lint(fact_check, self._clock.now().date())
        return [finding for finding in found if finding.severity is Severity.ERROR]

    async def _twins(self, community: CommunityId, new: FactCheck) -> tuple[Finding, ...]:
        """Return what the linter says where a live fact-check has the same claim already."""
        records = [
            record
            for record in await self._library.records(community)
            if record.status in (Status.PUBLISHED, Status.PAUSED)
        ]
        return tuple(
            replace(finding, severity=Severity.ERROR)
            for at, finding in lint_library([*records, new])
            if at == len(records)
        )

    async def _free_slug(self, community: CommunityId, slug: str) -> Slug:
        async with self._database.reading() as stores:
            taken = {record.slug for record in await stores.library.all(community)}
        return free_slug(slug, taken)


def free_slug(slug: str, taken: set[Slug]) -> Slug:
    """Return the slug, or its first variant with a number that nobody has taken."""
    free, number = slug, 2
    while free in taken:
        free, number = f"{slug[:70].rstrip('-')}-{number}", number + 1
    return Slug(free)


def require_reason(reason: str) -> str:
    """Return the reason in one line.

    Raises:
        InvalidInputError: there is none, or it is too long to be shown on a note.
    """
    said = one_line(reason)
    if not said:
        raise InvalidInputError(_("Say why in a few words; the reason stands in the history."))
    if len(said) > REASON_LIMIT:
        raise InvalidInputError(
            _("The reason has {count} characters, {limit} fit.").format(
                count=len(said), limit=REASON_LIMIT
            )
        )
    return said
