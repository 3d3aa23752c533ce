"""Takes members' flags: who may flag what, how much it weighs, and which card gathers it.

Invariants: a member flags a post once; a post has one open card; the flag, its card and what is to
be shown of them are one transaction.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.cases import Case, CaseKind, CaseState
from bot.domain.flags import (
    LONGEST_LIMIT,
    LONGEST_TEXT,
    QUIET_AFTER_DECISION,
    CardSource,
    Flag,
    FlagCard,
    FlagCardId,
    FlagReason,
    FlagRecord,
    derive_card_id,
    free_again,
    put_back,
    subject_of_post,
    total_weight,
    weight_of,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.wording import N_, _, in_public
from bot.services.dates import say_number
from bot.services.errors import ConflictError, InvalidInputError, NotFoundError
from bot.services.flagging.cards import alert_moderators, open_card, show_change
from bot.services.flagging.rules import flag_rules
from bot.services.holding import hold
from bot.services.moderating.deliveries import delivery_of
from bot.services.ports import Clock, Database, Stores

OWN_POST = N_("This is your own post: you can delete it.")
OUR_POST = N_("This is a message of mine. Under a note you can press “Not helpful”.")
FLAGGED_ALREADY = N_("You have flagged this post already; the moderators see it.")
JUST_DECIDED = N_("The moderators have just looked at this post. Please write to them directly.")
TOO_OFTEN = N_("You have flagged a lot just now. You can flag again {when}.")
NEEDS_WORDS = N_("Please say in a few words what is wrong with this post.")
TOO_LONG = N_("A flag has {limit} characters at most.")
NO_REVIEW_PLACE = N_(
    "The moderators have not chosen a review channel yet (`/watch review`); please write to them."
)
LOCKED_BECAUSE = N_("Flags on the opening post reached the weight that this server set")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedPost:
    """A post as the platform shows it now; never its text."""

    community: CommunityId
    place: PlaceId
    channel: PlaceId
    post: PostId
    author: MemberId
    is_ours: bool = False
    opens_thread: bool = False
    """Whether it is the opening post of a forum's thread."""


Trust = Callable[[Stores, CommunityId, MemberId], Awaitable[float]]
"""The factor with which a member's trust level weights their flags."""


async def _equal_trust(stores: Stores, community: CommunityId, member: MemberId) -> float:
    del stores, community, member
    return 1.0


class FlagService:
    """Takes flags; what moderators decide is in `bot.services.flagging.deciding`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        wake_sender: Callable[[], None],
        trust: Trust = _equal_trust,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake_sender = wake_sender
        self._trust = trust

    async def require_may_flag(self, post: FlaggedPost, member: MemberId) -> None:
        """See, before anybody writes anything, that a flag would be taken.

        Raises:
            UserFacingError: it would not be.
        """
        async with self._database.reading() as stores:
            await self._checked(stores, post, member)

    async def flag(
        self, post: FlaggedPost, member: MemberId, reason: FlagReason, text: str
    ) -> FlagCard:
        """Take a flag; return its card.

        Raises:
            InvalidInputError: it is the member's own post, one of ours, or the words do not fit.
            ConflictError: it was flagged or decided already, or the member flags too often.
        """
        words = _words(reason, text)
        weight = await self._weight(post, member)
        async with self._database.writing() as stores:
            await hold(stores, "flagging", post.community)  # limits count what others take now
            open_one, generation, review_place = await self._checked(stores, post, member)
            now = self._clock.now()
            card = open_one or _card(post, generation, review_place, now)
            if open_one is None and not await open_card(stores, card, now):
                # Somebody else opened it at this moment.
                card = await existing_card(stores, card.id)
            flag = Flag(
                card=card.id,
                community=post.community,
                channel=post.channel,
                post=post.post,
                member=member,
                reason=reason,
                text=words,
                weight=weight,
                at=now,
            )
            if not await stores.flags.add(flag):
                raise ConflictError(_(FLAGGED_ALREADY))
            card = await self._gathered(stores, post, card, flag)
        self._wake_sender()
        return card

    async def _weight(self, post: FlaggedPost, member: MemberId) -> float:
        """Work out what a flag weighs before anything is written: it reads months of figures."""
        async with self._database.reading() as stores:
            await self._checked(stores, post, member)
            record = await stores.flags.record(post.community, member)
            return weight_of(record, await self._trust(stores, post.community, member))

    async def _checked(
        self, stores: Stores, post: FlaggedPost, member: MemberId
    ) -> tuple[FlagCard | None, int, PlaceId]:
        """Return the open card of the post, its next generation, and where cards are posted."""
        if post.is_ours:
            raise InvalidInputError(_(OUR_POST))
        if post.author == member:
            raise InvalidInputError(_(OWN_POST))
        if await stores.flags.has_flagged(post.channel, post.post, member):
            raise ConflictError(_(FLAGGED_ALREADY))
        now = self._clock.now()
        times = await stores.flags.times(post.community, member, now - LONGEST_LIMIT)
        free = free_again(times, now)
        if free is not None:
            raise ConflictError(_(TOO_OFTEN).format(when=f"<t:{int(free.timestamp()) + 1}:R>"))
        rules = await stores.rules.get(post.community)
        if rules.review_place is None:
            raise InvalidInputError(_(NO_REVIEW_PLACE))
        newest = await stores.flags.newest(post.community, subject_of_post(post.channel, post.post))
        if newest is None or newest.is_open:
            return newest, 0, rules.review_place
        if newest.decided_at is not None and now - newest.decided_at < QUIET_AFTER_DECISION:
            raise ConflictError(_(JUST_DECIDED))
        return None, newest.generation + 1, rules.review_place

    async def _gathered(
        self, stores: Stores, post: FlaggedPost, card: FlagCard, flag: Flag
    ) -> FlagCard:
        """Mark the card as the flags on it demand, and have it shown."""
        flags, now = await stores.flags.flags(card.id), flag.at
        rules = await flag_rules(stores, card.community)
        bar = rules.urgent_weight
        changed = put_back(card, now)
        if bar is not None and not card.urgent and total_weight(flags) >= bar:
            changed = replace(changed, urgent=True)
        if changed != card:
            await stores.flags.put(changed)
        if len(flags) > 1 or changed != card:
            await show_change(stores, card, now, "flag", flag.member)
        if changed.urgent and not card.urgent:
            await alert_moderators(stores, changed, now)
            if rules.lock_threads and post.opens_thread:
                await _lock(stores, changed, now)
        return changed

    async def post_deleted(self, channel: PlaceId, *posts: PostId) -> None:
        """Have open cards say that their post is gone."""
        async with self._database.reading() as stores:
            if not any([await stores.flags.on_post(channel, post) for post in posts]):
                return
        async with self._database.writing() as stores:
            for post in posts:
                for card in await stores.flags.on_post(channel, post):
                    await stores.flags.put(replace(card, post_deleted=True))
                    await show_change(stores, card, self._clock.now(), "deleted")
        self._wake_sender()

    async def card(self, card_id: str) -> FlagCard:
        """Return a card.

        Raises:
            NotFoundError: it is not known.
        """
        async with self._database.reading() as stores:
            return await existing_card(stores, card_id)

    async def flags_on(self, card_id: str) -> tuple[FlagCard, tuple[Flag, ...]]:
        """Return a card with its flags.

        Raises:
            NotFoundError: it is not known.
        """
        async with self._database.reading() as stores:
            card = await existing_card(stores, card_id)
            return card, tuple(await stores.flags.flags(card.id))

    async def record(self, community: CommunityId, member: MemberId) -> tuple[FlagRecord, float]:
        """Return how a member's flags were decided, and the factor for their trust."""
        async with self._database.reading() as stores:
            record = await stores.flags.record(community, member)
            return record, await self._trust(stores, community, member)

    async def waiting(self, community: CommunityId, *, limit: int = 25) -> tuple[FlagCard, ...]:
        """Return what waits for moderators: urgent cards first, then the oldest."""
        async with self._database.reading() as stores:
            return tuple(await stores.flags.waiting(community, self._clock.now(), limit=limit))


async def existing_card(stores: Stores, card_id: str) -> FlagCard:
    """Return a card.

    Raises:
        NotFoundError: it is not known.
    """
    card = await stores.flags.get(FlagCardId(card_id))
    if card is None:
        raise NotFoundError(_("This card is not known here any more."))
    return card


def _words(reason: FlagReason, text: str) -> str:
    words = text.strip()
    if len(words) > LONGEST_TEXT:
        raise InvalidInputError(_(TOO_LONG).format(limit=say_number(LONGEST_TEXT)))
    if reason is FlagReason.SOMETHING_ELSE and not words:
        raise InvalidInputError(_(NEEDS_WORDS))
    return words


def _card(post: FlaggedPost, generation: int, review_place: PlaceId, now: datetime) -> FlagCard:
    subject = subject_of_post(post.channel, post.post)
    return FlagCard(
        id=derive_card_id(post.community, subject, generation),
        community=post.community,
        source=CardSource.MEMBERS,
        subject=subject,
        generation=generation,
        review_place=review_place,
        place=post.place,
        channel=post.channel,
        post=post.post,
        author=post.author,
        created_at=now,
    )


async def _lock(stores: Stores, card: FlagCard, now: datetime) -> None:
    """Lock the thread that the post opens, as a case of nobody's that `/mod unlock` takes back."""
    community, lock = card.community, CaseKind.LOCK
    if await stores.cases.running(community, lock, place=card.channel):
        return
    with in_public():
        reason = _(LOCKED_BECAUSE)
    case = Case(
        community=community,
        number=await stores.cases.next_number(community),
        kind=lock,
        state=CaseState.PENDING,
        created_at=now,
        place=card.channel,
        reason=reason,
        origin=f"flags:{card.id}",
        details={"previous": {"locked": False}},
    )
    await stores.cases.add(case)
    await stores.outbox.add(delivery_of(case))
