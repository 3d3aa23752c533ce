"""What happens to a post: is it watched, what does it raise, what is done about it.

Writes down what is decided in one transaction; posting is the outbox sender's work.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from bot.domain.events import HistoryRead
from bot.domain.factchecks import FactCheck
from bot.domain.ids import PlaceId, PostId, Slug
from bot.domain.matches import Match, Reading
from bot.domain.notes import Judgement, Note, NoteState, derive_key, derive_note_id
from bot.domain.outbox import Delivery, DeliveryKind
from bot.domain.policy import (
    Circumstances,
    Decision,
    Mode,
    Outcome,
    Reason,
    Thresholds,
    decide,
    decide_text,
)
from bot.domain.posts import Post
from bot.domain.reviews import ReviewKind
from bot.domain.rules import NoteRules, is_paused
from bot.domain.wording import N_
from bot.services.deliveries import ASKED_FOR
from bot.services.library import LibraryService
from bot.services.places import PlaceService
from bot.services.ports import Clock, Database, Reader, Stores
from bot.services.review_cards import ask_moderators, outdate, review_of
from bot.services.withdrawing import clear_away, withdraw

LOOK_BACK = timedelta(hours=24)
"""A note on an older post that was missed would come out of the blue."""
ALREADY_NOTED = N_("The note on this claim is already in this thread.")
NOTHING_KNOWN = N_(
    "No fact-check in the library is about this. `/check` searches it by your own words."
)


def _nobody_waits() -> None:
    """Stand in where no sender runs, as in a replay."""


class WatchingService:
    """Considers posts as they come, are edited and go.

    Invariants: a note, its judgement and its delivery are written in one transaction or not at
    all; a post gets a note for a fact-check at most once, whatever is repeated.
    """

    def __init__(
        self,
        database: Database,
        library: LibraryService,
        places: PlaceService,
        clock: Clock,
        *,
        hold: timedelta = timedelta(),
        wake_sender: Callable[[], None] = _nobody_waits,
    ) -> None:
        self._database = database
        self._library = library
        self._places = places
        self._clock = clock
        self._hold = hold
        self._wake_sender = wake_sender

    def ignores(self, post: Post) -> bool:
        """Tell at once that nothing is to be done about a post: most of them are of this kind."""
        if not post.by_person:
            return True
        return not post.asks_bot and self._places.ignores(post.where)

    async def consider(self, post: Post) -> Decision:
        """Decide about a new post, and write down what is to be done."""
        if not post.by_person:
            return Decision(Outcome.NONE, Reason.NOT_A_PERSON)
        mode = await self._places.mode(post.where)
        if mode is None and not post.asks_bot:
            return Decision(Outcome.NONE, Reason.NOT_WATCHED)
        reader = await self._library.reader(post.where.community)
        reading = reader.read(post.text)
        if reading.best is None and not post.asks_bot:
            return Decision(Outcome.NONE, Reason.NO_MATCH)
        if not post.asks_bot and (passed := await self._passed_over(post, reading, reader)):
            return passed
        async with self._database.writing() as stores:
            decision = await self._decide(stores, post, reading, reader, mode or Mode.AUTO)
            if post.asks_bot and decision.outcome is Outcome.NONE:
                await self._answer(stores, post, decision)
        if decision.outcome is not Outcome.NONE or post.asks_bot:
            self._wake_sender()
        return decision

    async def _passed_over(self, post: Post, reading: Reading, reader: Reader) -> Decision | None:
        """Return the decision about a post of which nothing is to be written down, if it is one.

        Much of ordinary chat raises some fact-check a little: writers need not wait for it.
        """
        async with self._database.reading() as stores:
            rules = await stores.rules.get(post.where.community)
        thresholds = _thresholds(rules, reader)
        if reading.best is None or reading.best.probability >= thresholds.suggest:
            return None
        return decide_text(reading, thresholds)

    async def reconsider(self, post: Post) -> Decision:
        """Judge an edited post again: a note that no longer fits goes, a new claim gets one."""
        decision = await self.consider(post)
        reader = await self._library.reader(post.where.community)
        matches = reader.read(post.text).matches
        async with self._database.writing() as stores:
            rules = await stores.rules.get(post.where.community)
            least = _thresholds(rules, reader).suggest
            likely = {match.slug for match in matches if match.probability >= least}
            for note in await stores.notes.by_post(post.where.channel, post.id):
                if note.slug not in likely:
                    await withdraw(stores, note, self._clock)
            for review in await stores.reviews.open_on(post.where.channel, post.id):
                if review.slug not in likely and review.kind is ReviewKind.SUGGESTION:
                    await outdate(stores, review, self._clock)
        self._wake_sender()
        return decision

    async def forget_posts(self, channel: PlaceId, posts: Collection[PostId]) -> None:
        """Take the notes of deleted posts along."""
        async with self._database.writing() as stores:
            for post in posts:
                await self._forget_message(stores, channel, post)
                for note in await stores.notes.by_post(channel, post):
                    await clear_away(stores, note, self._clock)
                for review in await stores.reviews.open_on(channel, post):
                    if review.kind in (ReviewKind.SUGGESTION, ReviewKind.APPEAL):
                        await outdate(stores, review, self._clock)
        self._wake_sender()

    async def compare(self, history: HistoryRead) -> None:
        """Make up for what was missed in a place: new posts, edits, and posts that are gone."""
        there = {post.id: post for post in history.posts}
        async with self._database.reading() as stores:
            known = await stores.posts.known(history.community, there)
            notes = await stores.notes.live_in(history.channel)
            collapsed = await stores.notes.withdrawn_among(history.channel, there)
            asked = await stores.reviews.open_in(history.channel)
        for post in history.posts:
            if post.id not in known:
                if await self._is_news(post):
                    await self.consider(post)
            elif post.edited_at is not None and _before(known[post.id], post.edited_at):
                await self.reconsider(post)
        noted = [note for note in notes if note.channel == history.channel]
        on_them = {note.post for note in noted} | {note.message for note in noted if note.message}
        on_them |= {note.post for note in collapsed}
        on_them |= {review.post for review in asked if review.channel == history.channel}
        newest = history.reaches_to or max(on_them, default=history.reaches_back_to)
        read = range(history.reaches_back_to, newest + 1)
        gone = {one for one in on_them if one in read and one not in there}
        # An empty answer may also mean that the permission to read was lost in between.
        if gone and there:
            await self.forget_posts(history.channel, gone)

    async def _is_news(self, post: Post) -> bool:
        """Tell whether a missed post is still to be judged: a late note comes out of the blue.

        What was said before a place was watched is nobody's business.
        """
        watch = await self._places.watch_of(post.where)
        earliest = self._clock.now() - LOOK_BACK
        if watch is not None:
            earliest = max(earliest, watch.added_at)
        return post.created_at >= earliest

    async def forget_place(self, place: PlaceId) -> None:
        """Mark all in a deleted place as gone: the platform sends no event for each post."""
        async with self._database.writing() as stores:
            for note in await stores.notes.live_in(place):
                await stores.outbox.cancel(note.id, "the place was deleted")
                await stores.notes.set_state(note.id, NoteState.WITHDRAWN)
            for review in await stores.reviews.open_in(place):
                # A pause of the parent goes on, although the thread that led to it is gone.
                if review.kind is not ReviewKind.BREAKER or review.place == place:
                    await outdate(stores, review, self._clock)
        self._wake_sender()

    async def _decide(
        self, stores: Stores, post: Post, reading: Reading, reader: Reader, mode: Mode
    ) -> Decision:
        match = reading.best
        if match is None:
            return Decision(Outcome.NONE, Reason.NO_MATCH)
        community, channel = post.where.community, post.where.channel
        note_id = derive_note_id(channel, post.id, match.slug)
        if await stores.notes.get(note_id) is not None:
            return Decision(Outcome.NONE, Reason.ALREADY_JUDGED, match)
        if await stores.members.has_opted_out(community, post.author):
            return Decision(Outcome.NONE, Reason.OPTED_OUT, match)
        fact_check = await stores.library.get(community, match.slug)
        rules = await stores.rules.get(community)
        thresholds = _thresholds(rules, reader)
        circumstances = await self._circumstances(stores, post, match.slug, mode, rules)
        decision = decide(reading, fact_check, thresholds, circumstances)
        if match.probability >= thresholds.suggest:
            await stores.judgements.add(_judgement(post, decision, match, circumstances.now))
        if decision.outcome is not Outcome.NONE and fact_check is not None:
            note = _note(post, match, fact_check, thresholds, reader, circumstances.now)
            await self._carry_out(stores, decision, note, rules)
        return decision

    async def _circumstances(
        self, stores: Stores, post: Post, slug: Slug, mode: Mode, rules: NoteRules
    ) -> Circumstances:
        where = post.where
        pauses = await stores.pauses.active(where.community)
        earned = not rules.earned or (await stores.labels.precision(where.community, slug)).earned
        return Circumstances(
            now=self._clock.now(),
            mode=mode,
            last_note_in_place=await stores.notes.last_in_place(where.parent or where.channel),
            last_note_on_claim=await stores.notes.last_on_claim(where.channel, slug),
            paused=is_paused(pauses, where.places),
            earned=earned,
            asked=post.asks_bot,
        )

    async def _carry_out(
        self, stores: Stores, decision: Decision, note: Note, rules: NoteRules
    ) -> None:
        """Attach after the hold, or ask the moderators: once while a thread's question is open."""
        if decision.outcome is Outcome.ATTACH:
            asked = decision.reason is Reason.ASKED
            held = timedelta() if asked else rules.hold
            await stores.notes.add(note)
            due_at = note.created_at + (self._hold if held is None else held)
            await stores.outbox.add(attachment(note, due_at=due_at, asked_for=asked))
        elif rules.review_place is not None and not await stores.reviews.asked_in(
            note.channel, note.slug
        ):
            review = review_of(note, ReviewKind.SUGGESTION, rules.review_place, decision.reason)
            await ask_moderators(stores, review, self._clock)

    async def _answer(self, stores: Stores, post: Post, decision: Decision) -> None:
        if decision.reason in (Reason.ALREADY_JUDGED, Reason.OPTED_OUT):
            return
        noted = decision.reason is Reason.ALREADY_IN_THREAD
        text = ALREADY_NOTED if noted else NOTHING_KNOWN
        now = self._clock.now()
        await stores.outbox.add(
            Delivery(
                key=derive_key("answer", post.where.channel, post.id),
                kind=DeliveryKind.ANSWER,
                community=post.where.community,
                channel=post.where.channel,
                reply_to=post.id,
                content={"text": text},
                created_at=now,
                due_at=now,
            )
        )

    async def _forget_message(self, stores: Stores, channel: PlaceId, message: PostId) -> None:
        """A note's own message was deleted, by a moderator say: that withdraws the note."""
        note = await stores.notes.by_message(channel, message)
        if note is not None and note.state is NoteState.POSTED:
            await stores.notes.set_state(note.id, NoteState.WITHDRAWN)


def _before(known: datetime | None, now: datetime) -> bool:
    return known is None or known < now


def _thresholds(rules: NoteRules, reader: Reader) -> Thresholds:
    return rules.thresholds or reader.thresholds


def attachment(note: Note, *, due_at: datetime, asked_for: bool) -> Delivery:
    """Return the delivery that posts a note; `asked_for` by the author, or by a moderator."""
    return Delivery(
        key=note.id,
        kind=DeliveryKind.ATTACH_NOTE,
        community=note.community,
        channel=note.channel,
        note=note.id,
        reply_to=note.post,
        content={ASKED_FOR: True} if asked_for else {},
        created_at=note.created_at,
        due_at=due_at,
    )


def _note(
    post: Post,
    match: Match,
    fact_check: FactCheck,
    thresholds: Thresholds,
    reader: Reader,
    now: datetime,
) -> Note:
    return Note(
        id=derive_note_id(post.where.channel, post.id, match.slug),
        community=post.where.community,
        place=post.where.parent or post.where.channel,
        channel=post.where.channel,
        post=post.id,
        slug=match.slug,
        revision=fact_check.revision,
        probability=match.probability,
        stance=match.stance,
        span=match.span,
        threshold=thresholds.auto,
        matcher=reader.version,
        created_at=now,
    )


def _judgement(post: Post, decision: Decision, match: Match, now: datetime) -> Judgement:
    return Judgement(
        community=post.where.community,
        channel=post.where.channel,
        post=post.id,
        slug=match.slug,
        outcome=decision.outcome,
        reason=decision.reason,
        probability=match.probability,
        stance=match.stance,
        at=now,
    )
