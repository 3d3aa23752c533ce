"""The stores of `bot.services.ports`, one module each, in expressions that fit both dialects."""

from db.stores.appeals import SqlAppealStore
from db.stores.cases import SqlAuditStore, SqlCaseStore
from db.stores.corrections import SqlCorrectionStore
from db.stores.coverage import SqlCoverageStore
from db.stores.digest_facts import SqlDigestFacts
from db.stores.digests import SqlDigestStore
from db.stores.flags import SqlFlagStore
from db.stores.imprints import SqlImprintStore
from db.stores.judgements import SqlJudgementStore
from db.stores.leases import SqlLeaseStore
from db.stores.library import SqlLibraryStore
from db.stores.likes import SqlLikeStore
from db.stores.members import SqlMemberStore
from db.stores.notes import SqlNoteStore
from db.stores.outbox import SqlOutboxStore
from db.stores.posts import SqlPostStore
from db.stores.ratings import SqlRatingStore
from db.stores.requests import SqlRequestStore
from db.stores.reviews import SqlLabelStore, SqlReviewStore
from db.stores.rules import SqlPauseStore, SqlRuleStore, SqlWithdrawalStore
from db.stores.settings import SqlSettingStore
from db.stores.sources import SqlSourceStore
from db.stores.watches import SqlWatchStore
from db.work import Work

__all__ = ["SqlStores"]


class SqlStores:
    """All stores of one transaction."""

    def __init__(self, work: Work) -> None:
        self.library = SqlLibraryStore(work)
        self.watches = SqlWatchStore(work)
        self.posts = SqlPostStore(work)
        self.notes = SqlNoteStore(work)
        self.judgements = SqlJudgementStore(work)
        self.outbox = SqlOutboxStore(work)
        self.members = SqlMemberStore(work)
        self.corrections = SqlCorrectionStore(work)
        self.coverage = SqlCoverageStore(work)
        self.likes = SqlLikeStore(work)
        self.rules = SqlRuleStore(work)
        self.pauses = SqlPauseStore(work)
        self.reviews = SqlReviewStore(work)
        self.labels = SqlLabelStore(work)
        self.ratings = SqlRatingStore(work)
        self.withdrawals = SqlWithdrawalStore(work)
        self.requests = SqlRequestStore(work)
        self.cases = SqlCaseStore(work)
        self.appeals = SqlAppealStore(work)
        self.audit = SqlAuditStore(work)
        self.flags = SqlFlagStore(work)
        self.digests = SqlDigestStore(work)
        self.digest_facts = SqlDigestFacts(work)
        self.sources = SqlSourceStore(work)
        self.imprints = SqlImprintStore(work)
        self.leases = SqlLeaseStore(work)
        self.settings = SqlSettingStore(work)
