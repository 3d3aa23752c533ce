"""Works a digest out of what is recorded; reads in one snapshot and posts nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.digest_runs import DigestPlan
from bot.domain.digests import (
    TOP_CLAIMS,
    TOP_MEMBERS,
    TOP_POSTS,
    TOP_QUESTIONS,
    TOP_THREADS,
    TREND_PERIODS,
    BusyThread,
    ClaimReport,
    CorrectionReport,
    DayCount,
    Digest,
    Figure,
    Link,
    Measure,
    ModeratorDigest,
    Question,
    Raised,
    TopPost,
    places_of,
    top_claims,
    trimmed_trend,
)
from bot.domain.factchecks import FactCheck, Status
from bot.domain.ids import CommunityId, MemberId, PlaceId, Slug
from bot.domain.likes import LikedPost
from bot.domain.notes import Helpfulness, NoteState
from bot.domain.periods import Period, days_of, previous_moment
from bot.domain.policy import Outcome
from bot.domain.sources import SourceHealth
from bot.services.likes import ranking
from bot.services.ports import Activity, Database, Stores, VisibilitySource
from bot.services.stale_notes import stale_notes

QUARTER = timedelta(minutes=15)
SPARE = 4
"""So many times more candidates are read than shown: some want nothing of the bot."""
UNHELPFUL_SHARE = 0.4
UNHELPFUL_RATINGS = 5
REVIEWS_SHOWN = 10
Ratings = Mapping[Slug, Mapping[Helpfulness, int]]


class EverythingShown:
    """Implements `VisibilitySource` where whoever reads owns all the data anyway."""

    async def ready(self) -> None:
        """Return at once."""

    async def shown(
        self, community: CommunityId, reader: PlaceId | None, places: Collection[PlaceId]
    ) -> Collection[PlaceId]:
        """Return all places."""
        del community, reader
        return places


class DigestBuilder:
    """Builds digests of any period, ended or still running."""

    def __init__(self, database: Database, visibility: VisibilitySource) -> None:
        self._database = database
        self._visibility = visibility

    async def ready(self) -> None:
        """Return when digests can be built."""
        await self._visibility.ready()

    async def members(self, plan: DigestPlan, period: Period, *, late: bool = False) -> Digest:
        """Return the digest for members, without places that its readers may not see."""
        async with self._database.reading() as stores:
            candidates = await _Building(stores, plan, period).candidates()
        shown = await self._visibility.shown(plan.community, plan.channel, candidates.places)
        async with self._database.reading() as stores:
            building = _Building(stores, plan, period)
            return await building.members(candidates.only(shown), late=late)

    async def moderators(self, plan: DigestPlan, period: Period) -> ModeratorDigest:
        """Return the digest for moderators."""
        async with self._database.reading() as stores:
            return await _Building(stores, plan, period).moderators()


@dataclass(frozen=True, slots=True)
class _Candidates:
    """What a digest may name, read before it is known what its readers may see."""

    liked: Sequence[LikedPost]
    busy: Sequence[PlaceId]
    raised_in: Collection[PlaceId]

    @property
    def places(self) -> set[PlaceId]:
        return {post.channel for post in self.liked} | {*self.busy} | {*self.raised_in}

    def only(self, shown: Collection[PlaceId]) -> "_Candidates":
        return _Candidates(
            [post for post in self.liked if post.channel in shown],
            [place for place in self.busy if place in shown],
            {place for place in self.raised_in if place in shown},
        )


class _Building:
    """One digest in the making, over one snapshot."""

    def __init__(self, stores: Stores, plan: DigestPlan, period: Period) -> None:
        self._stores = stores
        self._plan = plan
        self._period = period
        self._community = plan.community
        self._end = _whole_quarter(period.end)

    async def candidates(self) -> _Candidates:
        """Read what the digest may name, and spare ones."""
        since, until = self._period.start, self._end
        stores, community = self._stores, self._community
        ranked = await ranking.most_liked_posts(stores, community, since, until, TOP_POSTS * SPARE)
        liked = [each.post for each in ranked if each.counted]
        busy = await stores.likes.busiest_places(community, since, until, TOP_THREADS * SPARE)
        raised = await stores.digest_facts.raised(community, since, self._period.end)
        return _Candidates(liked, [each.place for each in busy], {each.channel for each in raised})

    async def members(self, candidates: _Candidates, *, late: bool) -> Digest:
        period, facts = self._period, self._stores.digest_facts
        days = days_of(period, self._plan.schedule.tz)
        edges = [begin for _, begin, _ in days] + [self._end]
        activity = await self._stores.likes.activity(self._community, edges)
        by_day = [await facts.raised(self._community, begin, end) for _, begin, end in days]
        raised = [each for day in by_day for each in day]
        claims = await self._claims(raised, candidates.raised_in)
        slugs = top_claims(raised)
        return Digest(
            community=self._community,
            key=period.key,
            cadence=self._plan.schedule.cadence.value,
            start=period.start,
            end=period.end,
            zone=self._plan.schedule.zone,
            figures=await self._figures(activity, raised),
            top_posts=await self._top_posts(candidates.liked),
            threads=await self._threads(candidates.busy),
            claims=tuple(claims),
            more_claims=len(slugs) - len(claims),
            corrections=await self._corrections(),
            questions=await self._questions(slugs),
            liked_members=await self._liked_members(),
            rating_members=await self._rating_members(),
            days=tuple(
                DayCount(day, of_day.posts, of_day.likes, _total(claims_of_day))
                for (day, _, _), of_day, claims_of_day in zip(days, activity, by_day, strict=True)
            ),
            late=late,
        )

    async def _figures(
        self, activity: Sequence[Activity], raised: Sequence[Raised]
    ) -> tuple[Figure, ...]:
        now = (sum(a.posts for a in activity), sum(a.likes for a in activity), _total(raised))
        before: tuple[int | None, ...] = (None, None, None)
        earlier = self._earlier_periods(1)
        if earlier and await self._was_watched(*earlier[0]):
            (of_then,) = await self._stores.likes.activity(self._community, earlier[0])
            then = await self._stores.digest_facts.raised(self._community, *earlier[0])
            before = (of_then.posts, of_then.likes, _total(then))
        return tuple(
            Figure(measure, count, count_before)
            for measure, count, count_before in zip(Measure, now, before, strict=True)
        )

    async def _was_watched(self, start: datetime, end: datetime) -> bool:
        """Tell whether a period was recorded from its beginning: else a change means nothing."""
        since = await self._stores.digest_facts.recorded_since(self._community)
        return since is not None and since - start < (end - start) / 4

    def _earlier_periods(self, count: int) -> list[tuple[datetime, datetime]]:
        """Return the periods before this one, the nearest first."""
        found, end = [], self._period.start
        for _ in range(count):
            start = previous_moment(self._plan.schedule, end)
            found.append((start, end))
            end = start
        return found

    async def _top_posts(self, liked: Sequence[LikedPost]) -> tuple[TopPost, ...]:
        authors = [post.author for post in liked if post.author is not None]
        quiet = await self._opted_out(authors)
        shown = [post for post in liked if post.likes and post.author not in quiet]
        return tuple(TopPost(p.channel, p.post, p.likes) for p in shown[:TOP_POSTS])

    async def _threads(self, places: Sequence[PlaceId]) -> tuple[BusyThread, ...]:
        threads = []
        for place in places[: TOP_THREADS + 2]:
            talk = await self._stores.digest_facts.talk_in(
                self._community, place, self._period.start, self._period.end
            )
            if talk.posts:
                threads.append(BusyThread(place, talk.posts, talk.members))
        threads.sort(key=lambda thread: (-thread.posts, thread.channel))
        return tuple(threads[:TOP_THREADS])

    async def _claims(
        self, raised: Sequence[Raised], shown: Collection[PlaceId]
    ) -> list[ClaimReport]:
        period, facts = self._period, self._stores.digest_facts
        slugs = top_claims(raised)[:TOP_CLAIMS]
        if not slugs:
            return []
        ratings = await facts.ratings(self._community, period.start, period.end)
        earlier = [
            await facts.raised(self._community, *span)
            for span in self._earlier_periods(TREND_PERIODS - 1)
        ]
        claims = []
        for slug in slugs:
            fact_check = await self._stores.library.get(self._community, slug)
            trend = [_total(each, slug) for each in reversed(earlier)] + [_total(raised, slug)]
            if fact_check is not None:
                claims.append(_claim(fact_check, raised, trend, ratings, shown))
        return claims

    async def _corrections(self) -> tuple[CorrectionReport, ...]:
        found = await self._stores.corrections.between(
            self._community, self._period.start, self._period.end
        )
        reports = []
        for correction in found:
            fact_check = await self._stores.library.get(self._community, correction.slug)
            claim = fact_check.claim if fact_check else correction.slug
            reports.append(
                CorrectionReport(correction.slug, claim, correction.kind.value, correction.notes)
            )
        return tuple(reports)

    async def _questions(self, slugs: Sequence[Slug]) -> tuple[Question, ...]:
        found = []
        for slug in slugs:
            fact_check = await self._stores.library.get(self._community, slug)
            if fact_check is not None and fact_check.questions:
                found.append(Question(slug, fact_check.questions[0]))
        return tuple(found[:TOP_QUESTIONS])

    async def _liked_members(self) -> tuple[MemberId, ...]:
        ranked = await self._stores.likes.members_by_likes(
            self._community, self._period.start, self._end, TOP_MEMBERS * SPARE
        )
        return await self._willing([each.member for each in ranked])

    async def _rating_members(self) -> tuple[MemberId, ...]:
        ranked = await self._stores.digest_facts.raters(
            self._community, self._period.start, self._period.end, TOP_MEMBERS * SPARE
        )
        return await self._willing(ranked)

    async def _willing(self, members: Sequence[MemberId]) -> tuple[MemberId, ...]:
        quiet = await self._opted_out(members)
        return tuple(member for member in members if member not in quiet)[:TOP_MEMBERS]

    async def _opted_out(self, members: Sequence[MemberId]) -> set[MemberId]:
        return {
            member
            for member in set(members)
            if await self._stores.members.has_opted_out(self._community, member)
        }

    async def _dead_sources(self, published: Sequence[FactCheck]) -> tuple[tuple[Slug, str], ...]:
        urls = {source.url for each in published for source in each.sources if source.url}
        known = await self._stores.sources.states(urls)
        dead = {url for url, state in known.items() if state.health is SourceHealth.DEAD}
        return tuple(
            (each.slug, source.label)
            for each in published
            for source in each.sources
            if source.url in dead
        )[:REVIEWS_SHOWN]

    async def moderators(self) -> ModeratorDigest:
        period, facts, stores = self._period, self._stores.digest_facts, self._stores
        raised = await facts.raised(self._community, period.start, period.end)
        notes = await facts.notes(self._community, period.start, period.end)
        ratings = await facts.ratings(self._community, period.start, period.end)
        published = [
            each
            for each in await stores.library.all(self._community)
            if each.status is Status.PUBLISHED
        ]
        today = period.end.astimezone(self._plan.schedule.tz).date()
        due = sorted(
            (each.review_by, each.slug, each.claim)
            for each in published
            if each.review_by is not None and each.review_by <= today
        )
        return ModeratorDigest(
            community=self._community,
            key=period.key,
            cadence=self._plan.schedule.cadence.value,
            start=period.start,
            end=period.end,
            zone=self._plan.schedule.zone,
            suggested=sum(each.count for each in raised if each.outcome is Outcome.SUGGEST),
            attached=sum(notes.values()) - notes[NoteState.FAILED],
            withdrawn=notes[NoteState.WITHDRAWN],
            failed=notes[NoteState.FAILED],
            backlog=await stores.outbox.backlog(self._community),
            reviews=await stores.reviews.queue(self._community),
            flags=await stores.flags.queue(self._community, period.end),
            appeals=await stores.appeals.queue(self._community),
            stale=len(await stale_notes(stores, self._community)),
            dead_sources=await self._dead_sources(published),
            paused=tuple(
                pause.place
                for pause in await stores.pauses.active(self._community)
                if pause.by is None
            ),
            reviews_due=tuple((slug, claim, day) for day, slug, claim in due[:REVIEWS_SHOWN]),
            unhelpful=tuple(_unhelpful(published, ratings)),
        )


def _claim(
    fact_check: FactCheck,
    raised: Sequence[Raised],
    trend: Sequence[int],
    ratings: Ratings,
    shown: Collection[PlaceId],
) -> ClaimReport:
    slug = fact_check.slug
    attached = [each for each in raised if each.outcome is Outcome.ATTACH]
    rated = ratings.get(slug, {})
    return ClaimReport(
        slug=slug,
        claim=fact_check.claim,
        verdict=fact_check.verdict.value.replace("-", " ") if fact_check.verdict else "",
        raised=_total(raised, slug),
        trend=trimmed_trend(trend),
        places=places_of([each for each in raised if each.channel in shown], slug),
        notes=_total(attached, slug),
        withheld=_total(raised, slug) - _total(attached, slug),
        helpful=rated.get(Helpfulness.HELPFUL, 0),
        rated=sum(rated.values()),
        sources=tuple(Link(source.label, source.url) for source in fact_check.sources[:2]),
    )


def _unhelpful(
    published: Sequence[FactCheck], ratings: Ratings
) -> list[tuple[Slug, str, int, int]]:
    found = []
    for fact_check in published:
        rated = ratings.get(fact_check.slug, {})
        helpful, count = rated.get(Helpfulness.HELPFUL, 0), sum(rated.values())
        if count >= UNHELPFUL_RATINGS and helpful / count < UNHELPFUL_SHARE:
            found.append((fact_check.slug, fact_check.claim, helpful, count))
    return found


def _total(raised: Sequence[Raised], slug: Slug | None = None) -> int:
    return sum(each.count for each in raised if slug is None or each.slug == slug)


def _whole_quarter(moment: datetime) -> datetime:
    """Return the moment, or the next start of a quarter of an hour: tallies are kept by these."""
    start = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return start if start == moment else start + QUARTER
