"""Fact-checks with their revisions, and examples, in four tables.

The head row says which revision is the newest and is moved by compare-and-set; the revision rows
hold whole records and never change.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, and_, delete, select
from sqlmodel import col

from bot.domain.factcheck_document import from_document, to_document
from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import STARTER_COMMUNITY, CommunityId, MemberId, Slug
from bot.domain.wording import _
from bot.services.errors import ConflictError, InvalidInputError
from bot.services.ports import KeptExample, Revision
from bot.services.storable import require_storable, require_text
from db.tables import ExampleRow, FactCheckRevisionRow, FactCheckRow
from db.work import Work


class SqlLibraryStore:
    """Implements `LibraryStore`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, community: CommunityId, slug: Slug) -> FactCheck | None:
        """Return the newest revision as this community sees it."""
        rows = await self._work.rows(
            _newest(community).where(col(FactCheckRevisionRow.slug) == slug)
        )
        own = [row for row in rows if row.community_id == community]
        seen = own or list(rows)
        return from_document(seen[0].document) if seen else None

    async def revision(self, community: CommunityId, slug: Slug, revision: int) -> FactCheck | None:
        """Return one revision as this community sees it."""
        for entry in await self._entries(community, slug):
            if entry.revision == revision:
                return from_document(entry.document)
        return None

    async def all(self, community: CommunityId) -> Sequence[FactCheck]:
        """Return the newest revisions as this community sees them, of any status, by slug."""
        rows = await self._work.rows(_newest(community))
        # The community's own come last and take the starter's place.
        rows = sorted(rows, key=lambda row: row.community_id == community)
        seen = {row.slug: row.document for row in rows}
        return [from_document(seen[slug]) for slug in sorted(seen)]

    async def own(self, community: CommunityId) -> Sequence[FactCheck]:
        """Return the newest revisions of the community's own records alone, by slug."""
        own = _newest(community).where(col(FactCheckRevisionRow.community_id) == community)
        rows = await self._work.rows(own.order_by(col(FactCheckRevisionRow.slug)))
        return sorted((from_document(row.document) for row in rows), key=lambda one: one.slug)

    async def history(self, community: CommunityId, slug: Slug) -> Sequence[Revision]:
        """Return all revisions, newest first."""
        return [
            Revision(
                fact_check=from_document(row.document),
                by=None if row.by_member_id is None else MemberId(row.by_member_id),
                reason=row.reason,
                at=row.at,
            )
            for row in await self._entries(community, slug)
        ]

    async def owners(self) -> Collection[CommunityId]:
        """Return the communities with records or examples of their own (the starter's included)."""
        rows = [
            *await self._work.rows(select(col(FactCheckRow.community_id)).distinct()),
            *await self._work.rows(select(col(ExampleRow.community_id)).distinct()),
        ]
        return {CommunityId(row) for row in rows}

    async def put(
        self,
        community: CommunityId,
        fact_check: FactCheck,
        *,
        by: MemberId | None,
        reason: str,
        at: datetime,
    ) -> None:
        """Store a new record or the next revision.

        Raises:
            ConflictError: `fact_check.revision` is not one more than the newest revision that this
                community sees.
        """
        key = {"community_id": community, "slug": fact_check.slug}
        document = _document(fact_check)
        # Before the first statement: whoever catches the refusal must find nothing half-written.
        require_storable((document, by, reason, at))
        newest = await self._newest_revision(community, fact_check.slug)
        moved = fact_check.revision == newest + 1 and await self._work.upsert(
            FactCheckRow,
            key | {"revision": fact_check.revision, "status": fact_check.status.value},
            key=list(key),
            change=lambda _old, new: {"revision": new["revision"], "status": new["status"]},
            where=lambda old, new: old["revision"] == new["revision"] - 1,
        )
        if not moved:
            raise _overtaken(fact_check.slug)
        entry = {"revision": fact_check.revision, "document": document, "reason": reason}
        await self._work.insert(
            FactCheckRevisionRow,
            key | entry | {"by_member_id": by, "at": at},
            unless=["community_id", "slug", "revision"],
        )

    async def put_first(
        self,
        community: CommunityId,
        fact_checks: Sequence[FactCheck],
        *,
        by: MemberId | None,
        reason: str,
        at: datetime,
    ) -> None:
        """Store the first revisions of many records, none of which this community sees yet.

        Raises:
            ConflictError: one of them is there, comes twice, or is no first revision.
        """
        documents = [_document(one) for one in fact_checks]
        require_storable((documents, by, reason, at))
        seen = select(col(FactCheckRow.slug)).where(
            col(FactCheckRow.community_id).in_({community, STARTER_COMMUNITY})
        )
        there = set(await self._work.rows(seen))
        for one in fact_checks:
            if one.slug in there or one.revision != 1:
                raise _overtaken(one.slug)
            there.add(one.slug)
        key = {"community_id": community, "revision": 1}
        entry = key | {"reason": reason, "by_member_id": by, "at": at}
        await self._work.insert_all(
            FactCheckRow,
            [key | {"slug": one.slug, "status": one.status.value} for one in fact_checks],
        )
        await self._work.insert_all(
            FactCheckRevisionRow,
            [
                entry | {"slug": one.slug, "document": document}
                for one, document in zip(fact_checks, documents, strict=True)
            ],
        )

    async def examples(self, community: CommunityId) -> Sequence[Example]:
        """Return the examples and counter-examples that moderators added, oldest first."""
        rows = await self._work.rows(
            select(ExampleRow)
            .where(col(ExampleRow.community_id) == community)
            .order_by(col(ExampleRow.number))
        )
        return [_example(row) for row in rows]

    async def add_example(
        self, community: CommunityId, example: Example, *, by: MemberId, at: datetime
    ) -> bool:
        """Store an example once; return False where the same text is there already."""
        text = require_text(example.text)
        return await self._work.insert(
            ExampleRow,
            {
                "community_id": community,
                "slug": example.slug,
                "text": text,
                "text_digest": sha256(text.encode()).hexdigest(),
                "raises": example.raises,
                "stance": example.stance,
                "by_member_id": by,
                "at": at,
            },
            unless=["community_id", "slug", "text_digest"],
        )

    async def kept_examples(self, community: CommunityId, slug: Slug) -> Sequence[KeptExample]:
        """Return what moderators added to one fact-check, oldest first."""
        rows = await self._work.rows(
            select(ExampleRow)
            .where(col(ExampleRow.community_id) == community, col(ExampleRow.slug) == slug)
            .order_by(col(ExampleRow.number))
        )
        return [
            KeptExample(example=_example(row), by=MemberId(row.by_member_id), at=row.at)
            for row in rows
        ]

    async def remove_example(self, community: CommunityId, slug: Slug, text: str) -> bool:
        """Forget an example; return False where there is none with this text."""
        removed = await self._work.change(
            delete(ExampleRow).where(
                col(ExampleRow.community_id) == community,
                col(ExampleRow.slug) == slug,
                col(ExampleRow.text_digest) == sha256(text.encode("utf-8", "replace")).hexdigest(),
            )
        )
        return removed == 1

    async def _newest_revision(self, community: CommunityId, slug: Slug) -> int:
        """Return the number of the newest revision that the community sees, 0 where none is."""
        heads = await self._work.rows(
            select(FactCheckRow).where(
                col(FactCheckRow.community_id).in_({community, STARTER_COMMUNITY}),
                col(FactCheckRow.slug) == slug,
            )
        )
        own = [head.revision for head in heads if head.community_id == community]
        return max(own or [head.revision for head in heads], default=0)

    async def _entries(self, community: CommunityId, slug: Slug) -> Sequence[FactCheckRevisionRow]:
        """Return the revisions, newest first: the community's own, and the starter's before them.

        What the starter became after the community made the record its own is not seen.
        """
        rows = await self._work.rows(
            select(FactCheckRevisionRow)
            .where(
                col(FactCheckRevisionRow.community_id).in_({community, STARTER_COMMUNITY}),
                col(FactCheckRevisionRow.slug) == slug,
            )
            .order_by(col(FactCheckRevisionRow.revision).desc())
        )
        own = [row for row in rows if row.community_id == community]
        if not own:
            return rows
        return own + [
            row for row in rows if row.community_id != community and row.revision < own[-1].revision
        ]


def _newest(community: CommunityId) -> Select[Any]:
    """Select the newest revisions of the community's and of the starter's records."""
    return (
        select(FactCheckRevisionRow)
        .join(
            FactCheckRow,
            and_(
                col(FactCheckRow.community_id) == col(FactCheckRevisionRow.community_id),
                col(FactCheckRow.slug) == col(FactCheckRevisionRow.slug),
                col(FactCheckRow.revision) == col(FactCheckRevisionRow.revision),
            ),
        )
        .where(col(FactCheckRow.community_id).in_({community, STARTER_COMMUNITY}))
    )


def _example(row: ExampleRow) -> Example:
    return Example(slug=Slug(row.slug), text=row.text, raises=row.raises, stance=row.stance)


def _overtaken(slug: Slug) -> ConflictError:
    return ConflictError(
        _(
            "“{slug}” was changed by somebody else in the meantime; look at the newest "
            "revision and try again."
        ).format(slug=slug)
    )


def _document(fact_check: FactCheck) -> dict[str, Any]:
    try:
        return to_document(fact_check)
    except ValueError as error:
        raise InvalidInputError(f"{fact_check.slug}: {error}.") from None
