"""Bringing fact-checks into a community's library from a file or a web page, and taking them out.

Knows which are new, taken or broken; a broken one never keeps the others out, a broken file does.
"""

import asyncio
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.factchecks import FactCheck, Status
from bot.domain.ids import CommunityId, MemberId, Slug
from bot.domain.linting import Severity
from bot.domain.wording import N_, _
from bot.services.dates import say_number
from bot.services.editing.service import EditingService, Saved, free_slug
from bot.services.errors import InvalidInputError
from bot.services.formats import claimreview, jsonl, markdown, page
from bot.services.formats.reports import Imported
from bot.services.library import LibraryService
from bot.services.library_import import parse_text
from bot.services.ports.pages import PageSource

LARGEST_FILE = 2_000_000
"""Bytes of a file that may be imported."""
MOST_RECORDS = 500
UNFIT = N_(
    "“{slug}” is published, and with what the file says it could not be; it stays as it is: "
    "{problem}. {remedy}"
)
STAMP = (2026, 1, 1, 0, 0, 0)
"""Of every file in an archive: the same library gives the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcome:
    """What an import did."""

    saved: tuple[Saved, ...]
    taken: tuple[Slug, ...] = ()
    """Left out: there is a fact-check of that name already."""
    unpublished: tuple[Slug, ...] = ()
    """Replaced: they were published and are not any more, so their live notes collapse."""
    problems: tuple[str, ...] = ()
    """A sentence for each record that is broken."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """A file to hand out."""

    name: str
    data: bytes
    count: int


class ImportService:
    """Imports and exports for moderators."""

    def __init__(
        self,
        library: LibraryService,
        editing: EditingService,
        pages: PageSource,
    ) -> None:
        self._library = library
        self._editing = editing
        self._pages = pages

    async def from_file(
        self,
        community: CommunityId,
        name: str,
        data: bytes,
        *,
        by: MemberId,
        overwrite: bool = False,
    ) -> ImportOutcome:
        """Import a file in any known format: all of it, or after a mistake none.

        Raises:
            UserFacingError: it is too large, no text, in no known format, or broken.
        """
        if len(data) > LARGEST_FILE:
            raise InvalidInputError(
                _("{name} is larger than {limit} MB.").format(
                    name=name, limit=LARGEST_FILE // 1_000_000
                )
            )
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InvalidInputError(_("{name} is not text in UTF-8.").format(name=name)) from None
        # Beside the loop: two million characters take a moment, and others are being answered.
        imported = await asyncio.to_thread(parse_text, text, name)
        return await self._store(community, imported, (), name, by=by, overwrite=overwrite)

    async def from_address(
        self, community: CommunityId, address: str, *, by: MemberId, overwrite: bool = False
    ) -> ImportOutcome:
        """Import what a web page has, always as drafts.

        Raises:
            UserFacingError: the page is refused or not there, or has nothing to import.
        """
        found = await self._pages.fetch(address)
        if "html" in found.content_type:
            imported, problems = await asyncio.to_thread(page.parse, found.text, found.url)
        else:
            imported, problems = await asyncio.to_thread(parse_text, found.text, found.url), ()
        drafts = tuple(
            replace(record, fact_check=replace(record.fact_check, status=Status.DRAFT))
            for record in imported.records
        )
        imported = replace(imported, records=drafts)
        return await self._store(
            community, imported, problems, found.url, by=by, overwrite=overwrite
        )

    async def _store(
        self,
        community: CommunityId,
        imported: Imported,
        problems: tuple[str, ...],
        name: str,
        *,
        by: MemberId,
        overwrite: bool,
    ) -> ImportOutcome:
        if not problems:
            _require_some(imported, name)
        _require_not_too_many(imported, name)
        known = {fc.slug: fc for fc in await self._editing.listing(community, None)}
        saved: list[Saved] = []
        taken: list[Slug] = []
        unpublished: list[Slug] = []
        slugs: set[Slug] = set()
        for fact_check in imported.fact_checks:
            slug = free_slug(fact_check.slug, slugs)
            old = known.get(slug)
            if old is not None and not overwrite:
                taken.append(slug)
                continue
            slugs.add(slug)
            revision = old.revision + 1 if old else 1
            checked = self._editing.checked(replace(fact_check, slug=slug, revision=revision))
            was_published = old is not None and old.status is Status.PUBLISHED
            if was_published and checked.held_back:
                problems = (*problems, _unfit(checked))
                continue
            saved.append(checked)
            if was_published and checked.fact_check.status is not Status.PUBLISHED:
                unpublished.append(slug)
        reason = f"imported from {name}"[:200]
        records = [one.fact_check for one in saved]
        await self._library.change_all(community, records, by=by, reason=reason)
        return ImportOutcome(
            saved=tuple(saved),
            taken=tuple(taken),
            unpublished=tuple(unpublished),
            problems=problems,
            warnings=tuple(warned.sentence for warned in imported.warnings),
        )

    async def export(self, community: CommunityId, slug: Slug | None, form: str) -> ExportFile:
        """Return one fact-check or all of them as a file: markdown, jsonl or claimreview.

        Raises:
            NotFoundError: there is no such fact-check.
        """
        if slug is None:
            records = await self._editing.listing(community, None)
        else:
            records = [await self._library.get(community, slug)]
        stem = slug or "fact-checks"
        if form == "jsonl":
            text = jsonl.render(records)
            return ExportFile(name=f"{stem}.jsonl", data=text.encode(), count=len(records))
        if form == "claimreview":
            text = claimreview.render(records)
            return ExportFile(name=f"{stem}.json", data=text.encode(), count=len(records))
        if slug is not None:
            text = markdown.render(records[0])
            return ExportFile(name=f"{stem}.md", data=text.encode(), count=1)
        return ExportFile(name=f"{stem}.zip", data=_zipped(records), count=len(records))


def _require_some(imported: Imported, name: str) -> None:
    if not imported.records:
        raise InvalidInputError(
            _("{name}: no fact-check in it, so nothing was imported.").format(name=name)
        )


def _require_not_too_many(imported: Imported, name: str) -> None:
    if len(imported.records) > MOST_RECORDS:
        raise InvalidInputError(
            _(
                "{name} holds {count} fact-checks, {limit} can be imported at "
                "once. Use `footnote library import`, or split the file."
            ).format(name=name, count=say_number(len(imported.records)), limit=MOST_RECORDS)
        )


def _unfit(checked: Saved) -> str:
    error = next(each for each in checked.findings if each.severity is Severity.ERROR)
    return _(UNFIT).format(slug=checked.fact_check.slug, problem=error.problem, remedy=error.remedy)


def _zipped(records: Sequence[FactCheck]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in records:
            entry = zipfile.ZipInfo(f"{record.slug}.md", STAMP)
            archive.writestr(entry, markdown.render(record))
    return file.getvalue()
