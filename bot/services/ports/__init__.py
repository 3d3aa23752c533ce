"""What the use cases need of the world, as Protocols; adapters implement them.

All moments are aware UTC datetimes. A store is used only inside `Database.reading()` or
`Database.writing()`; nothing here may be awaited while the network is awaited.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.services.ports.appeals import AppealPublisher, AppealStore, AppealView
from bot.services.ports.cases import ActionPublisher, AuditEntry, AuditStore, CaseQuery, CaseStore
from bot.services.ports.corrections import CorrectionStore, Showing
from bot.services.ports.coverage import CoverageStore
from bot.services.ports.digests import DigestFacts, DigestPublisher, DigestStore, VisibilitySource
from bot.services.ports.flags import FlagPublisher, FlagStore
from bot.services.ports.history import HistoryPage, HistorySource, Listing, Seen
from bot.services.ports.imprints import ImprintStore
from bot.services.ports.leases import LeaseStore, SettingStore
from bot.services.ports.library import KeptExample, LibraryStore, Revision
from bot.services.ports.likes import (
    Activity,
    KnownPost,
    LikeStore,
    MemberLikes,
    PlaceActivity,
    TallyChanges,
)
from bot.services.ports.members import MemberStore
from bot.services.ports.notes import JudgementStore, NoteStore
from bot.services.ports.outbox import OutboxStore
from bot.services.ports.pages import Page, PageSource
from bot.services.ports.places import Watch, WatchStore
from bot.services.ports.posts import PostStore
from bot.services.ports.ratings import RatingStore
from bot.services.ports.sources import SourceStore
from bot.services.ports.trust import (
    LabelStore,
    PauseStore,
    RequestStore,
    ReviewPublisher,
    ReviewStore,
    RuleStore,
    WithdrawalStore,
)
from bot.services.ports.world import Clock, Publisher, Reader

__all__ = [
    "ActionPublisher",
    "Activity",
    "AppealPublisher",
    "AppealStore",
    "AppealView",
    "AuditEntry",
    "AuditStore",
    "CaseQuery",
    "CaseStore",
    "Clock",
    "CorrectionStore",
    "CoverageStore",
    "Database",
    "DigestFacts",
    "DigestPublisher",
    "DigestStore",
    "FlagPublisher",
    "FlagStore",
    "HistoryPage",
    "HistorySource",
    "ImprintStore",
    "JudgementStore",
    "KeptExample",
    "KnownPost",
    "LabelStore",
    "LeaseStore",
    "LibraryStore",
    "LikeStore",
    "Listing",
    "MemberLikes",
    "MemberStore",
    "NoteStore",
    "OutboxStore",
    "Page",
    "PageSource",
    "PauseStore",
    "PlaceActivity",
    "PostStore",
    "Publisher",
    "RatingStore",
    "Reader",
    "RequestStore",
    "ReviewPublisher",
    "ReviewStore",
    "Revision",
    "RuleStore",
    "Seen",
    "SettingStore",
    "Showing",
    "SourceStore",
    "Stores",
    "TallyChanges",
    "VisibilitySource",
    "Watch",
    "WatchStore",
    "WithdrawalStore",
]


class Stores(Protocol):
    """All stores of one unit of work."""

    @property
    def library(self) -> LibraryStore: ...  # noqa: D102
    @property
    def watches(self) -> WatchStore: ...  # noqa: D102
    @property
    def posts(self) -> PostStore: ...  # noqa: D102
    @property
    def notes(self) -> NoteStore: ...  # noqa: D102
    @property
    def judgements(self) -> JudgementStore: ...  # noqa: D102
    @property
    def outbox(self) -> OutboxStore: ...  # noqa: D102
    @property
    def coverage(self) -> CoverageStore: ...  # noqa: D102
    @property
    def likes(self) -> LikeStore: ...  # noqa: D102
    @property
    def members(self) -> MemberStore: ...  # noqa: D102
    @property
    def corrections(self) -> CorrectionStore: ...  # noqa: D102
    @property
    def rules(self) -> RuleStore: ...  # noqa: D102
    @property
    def pauses(self) -> PauseStore: ...  # noqa: D102
    @property
    def reviews(self) -> ReviewStore: ...  # noqa: D102
    @property
    def labels(self) -> LabelStore: ...  # noqa: D102
    @property
    def ratings(self) -> RatingStore: ...  # noqa: D102
    @property
    def withdrawals(self) -> WithdrawalStore: ...  # noqa: D102
    @property
    def requests(self) -> RequestStore: ...  # noqa: D102
    @property
    def cases(self) -> CaseStore: ...  # noqa: D102
    @property
    def appeals(self) -> AppealStore: ...  # noqa: D102
    @property
    def flags(self) -> FlagStore: ...  # noqa: D102
    @property
    def audit(self) -> AuditStore: ...  # noqa: D102
    @property
    def digests(self) -> DigestStore: ...  # noqa: D102
    @property
    def digest_facts(self) -> DigestFacts: ...  # noqa: D102
    @property
    def sources(self) -> SourceStore: ...  # noqa: D102
    @property
    def imprints(self) -> ImprintStore: ...  # noqa: D102
    @property
    def leases(self) -> LeaseStore: ...  # noqa: D102
    @property
    def settings(self) -> SettingStore: ...  # noqa: D102


class Database(Protocol):
    """Units of work. Never await the network inside one."""

    def reading(self) -> AbstractAsyncContextManager[Stores]:
        """Open a snapshot for reading; writing through it is an error."""
        ...

    def writing(self) -> AbstractAsyncContextManager[Stores]:
        """Open a transaction: committed on a clean exit, rolled back on an exception."""
        ...
