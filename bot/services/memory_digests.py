"""Digests in memory; see `DigestStore` and `DigestFacts`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.digest_runs import OPEN_STATES, Audience, DigestPlan, DigestRun, RunState
from bot.domain.digests import Raised
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.notes import Helpfulness, Judgement, Note, NoteState, Rating
from bot.services.memory_places import PostRecord
from bot.services.memory_table import View
from bot.services.ports.digests import Talk
from bot.services.ports.places import Watch
from bot.services.storable import require_storable

RunKey = tuple[CommunityId, Audience, str]


class InMemoryDigestStore:
    """Implements `DigestStore`."""

    def __init__(self, plans: View[CommunityId, DigestPlan], runs: View[RunKey, DigestRun]) -> None:
        self._plans = plans
        self._runs = runs

    async def plan(self, community: CommunityId) -> DigestPlan | None:
        """Return what a community wants."""
        return self._plans.get(community)

    async def plans(self) -> Sequence[DigestPlan]:
        """Return what all communities want, by community."""
        return sorted(self._plans.rows(), key=lambda plan: plan.community)

    async def put_plan(self, plan: DigestPlan) -> None:
        """Store what a community wants."""
        self._plans.put(plan.community, plan)

    async def open(self, run: DigestRun) -> bool:
        """Add a run; return False where there is one for the same period and audience."""
        self._runs.require_writable()
        if self._runs.get(_key(run)) is not None:
            return False
        self._runs.put(_key(run), run)
        return True

    async def get(self, community: CommunityId, audience: Audience, key: str) -> DigestRun | None:
        """Return a run; while writing, it stays as it is until the end."""
        return self._runs.get((community, audience, key))

    async def last(
        self, community: CommunityId, audience: Audience, before: datetime
    ) -> DigestRun | None:
        """Return the run whose period ended last, none of the future."""
        require_storable((community, before))
        runs = [
            run
            for run in self._runs.rows()
            if (run.community, run.audience) == (community, audience) and run.period.end <= before
        ]
        return max(runs, key=lambda run: run.period.end, default=None)

    async def history(
        self, community: CommunityId, audience: Audience | None = None, *, limit: int = 10
    ) -> Sequence[DigestRun]:
        """Return runs, the newest period first."""
        runs = [
            run
            for run in self._runs.rows()
            if run.community == community and audience in (None, run.audience)
        ]
        newest = sorted(
            sorted(runs, key=lambda r: r.audience), key=lambda r: r.period.end, reverse=True
        )
        return newest[:limit]

    async def claimable(self, now: datetime) -> Sequence[DigestRun]:
        """Return runs to be worked on: pending without a live lease, or blocked and due again."""
        require_storable(now)
        found = (run for run in self._runs.rows() if _claimable(run, now))
        return sorted(found, key=lambda run: run.period.end)

    async def claim(
        self, run: DigestRun, *, owner: str, until: datetime, now: datetime
    ) -> DigestRun | None:
        """Claim by compare-and-set, as `claimable` says; None where somebody else was faster."""
        self._runs.require_writable()
        known = self._runs.get(_key(run))
        if known is None or known.attempt != run.attempt or not _claimable(known, now):
            return None
        claimed = replace(known, owner=owner, lease_until=until, attempt=known.attempt + 1)
        self._runs.put(_key(run), claimed)
        return claimed

    async def put(self, run: DigestRun, *, reopen: bool = False) -> bool:
        """Replace a run that is not ended (or is, to reopen it), if its attempt is the newest."""
        self._runs.require_writable()
        known = self._runs.get(_key(run))
        if known is None or known.attempt != run.attempt:
            return False
        if known.state not in OPEN_STATES and not reopen:
            return False
        self._runs.put(_key(run), run)
        return True


class InMemoryDigestFacts:
    """Implements `DigestFacts`."""

    def __init__(
        self,
        posts: View[tuple[CommunityId, PostId], PostRecord],
        judgements: View[tuple[PlaceId, PostId, Slug], Judgement],
        notes: View[NoteId, Note],
        ratings: View[tuple[NoteId, MemberId], Rating],
        plans: View[CommunityId, DigestPlan],
        watches: View[tuple[CommunityId, PlaceId], Watch],
    ) -> None:
        self._posts = posts
        self._judgements = judgements
        self._notes = notes
        self._ratings = ratings
        self._plans = plans
        self._watches = watches

    async def communities(self) -> Sequence[CommunityId]:
        """Return the communities that have a digest's plan or a watched place."""
        watched = {watch.community for watch in self._watches.rows()}
        return sorted(watched | {plan.community for plan in self._plans.rows()})

    async def recorded_since(self, community: CommunityId) -> datetime | None:
        """Return when the first post that is known was made."""
        return min((at for at, _ in self._counted(community)), default=None)

    async def talk_in(
        self, community: CommunityId, channel: PlaceId, start: datetime, end: datetime
    ) -> Talk:
        """Return how many posts that are not deleted were made in a channel or thread."""
        require_storable((community, channel, start, end))
        authors = [
            record.author
            for at, record in self._counted(community)
            if record.where is not None and record.where.channel == channel
            if start <= at < end
        ]
        return Talk(len(authors), len(set(authors)))

    async def raised(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Sequence[Raised]:
        """Return which fact-checks were raised, by place and outcome."""
        require_storable((community, start, end))
        counted = Counter(
            (each.slug, each.channel, each.outcome)
            for each in self._judgements.rows()
            if each.community == community and start <= each.at < end
        )
        return [Raised(*key, count) for key, count in sorted(counted.items())]

    async def notes(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Mapping[NoteState, int]:
        """Return how many notes were made, by state; zeros included."""
        require_storable((community, start, end))
        counted = Counter(
            note.state
            for note in self._notes.rows()
            if note.community == community and start <= note.created_at < end
        )
        return {state: counted[state] for state in NoteState}

    async def ratings(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Mapping[Slug, Mapping[Helpfulness, int]]:
        """Return how members rated notes in this time, by fact-check."""
        found: dict[Slug, Counter[Helpfulness]] = {}
        for rating, note in self._rated(community, start, end):
            found.setdefault(note.slug, Counter())[rating.value] += 1
        return found

    async def raters(
        self, community: CommunityId, start: datetime, end: datetime, limit: int
    ) -> Sequence[MemberId]:
        """Return who rated most notes in this time."""
        counted = Counter(rating.member for rating, _ in self._rated(community, start, end))
        return sorted(counted, key=lambda member: (-counted[member], member))[:limit]

    def _counted(self, community: CommunityId) -> Iterator[tuple[datetime, PostRecord]]:
        for (owner, _), record in self._posts.items():
            counts = record.by_person and record.deleted_at is None
            if owner == community and counts and record.created_at is not None:
                yield record.created_at, record

    def _rated(
        self, community: CommunityId, start: datetime, end: datetime
    ) -> Iterator[tuple[Rating, Note]]:
        require_storable((community, start, end))
        for rating in self._ratings.rows():
            note = self._notes.get(rating.note)
            if note is not None and note.community == community and start <= rating.at < end:
                yield rating, note


def _key(run: DigestRun) -> RunKey:
    return (run.community, run.audience, run.period.key)


def _claimable(run: DigestRun, now: datetime) -> bool:
    again = run.state is RunState.BLOCKED and run.retry_at is not None and run.retry_at <= now
    free = run.lease_until is None or run.lease_until <= now
    return (run.state is RunState.PENDING or again) and free
