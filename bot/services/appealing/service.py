"""Appeals: who may ask again about what, what moderators answer, and what follows.

A decision, its entry in the case, what lifts the action and the answer are one transaction. Who
may decide is checked where they ask; that nobody decides about their own case, be it one that they
made or one about them, is checked here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.domain.appeals import (
    AGAIN_AFTER,
    LONGEST,
    MOST_A_MONTH,
    MOST_QUESTIONS,
    SHORTEST,
    Appeal,
    AppealId,
    AppealState,
    CaseRef,
    Hindrance,
    NotNow,
    Said,
    Turn,
    after,
    derive_appeal_id,
    lifted_by,
    ref_of,
    why_not_now,
)
from bot.domain.cases import Case, CaseKind, CaseNote
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.wording import N_, _
from bot.services.appealing.deliveries import answer_of, card_again, card_of
from bot.services.appealing.reading import card_place, case_of, read, view_of
from bot.services.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from bot.services.holding import hold
from bot.services.moderating.acting import ModerationService, Order, Outcome
from bot.services.moderating.house_rules import house_rules
from bot.services.ports import AppealView, Clock, Database, Stores

UNKNOWN_CASE = N_("I have no such case about you on record (any more).")
UNKNOWN = N_("This appeal is not on record any more.")
NOT_YOURS = N_("This is another member's appeal.")
DECIDED = N_("This appeal was decided already, by {name}.")
OWN_CASE = N_(
    "This case is your own action: another moderator has to decide. (The owner of the server can "
    "decide about their own cases.)"
)
OWN_APPEAL = N_("This card is about you, so somebody else has to decide.")
HINDRANCES = {
    Hindrance.NOT_APPEALABLE: N_("There is nothing to appeal in this case."),
    Hindrance.OPEN: N_("Your appeal of this case is with the moderators. They will answer you."),
    Hindrance.ACCEPTED: N_("Your appeal of this case was accepted."),
}
NOWHERE = N_("This server's moderators take no appeals here.")
NO_PLACE = N_("No channel is set for cards: `/setup` or `/watch review` names one.")
LENGTH = N_("Please write {shortest} to {longest} characters.")
NO_QUESTION_OPEN = N_("The moderators are not waiting for an answer of yours.")
ENTRIES = {
    Turn.APPEAL: "Appealed: {text}",
    Turn.QUESTION: "Asked back about the appeal: {text}",
    Turn.ANSWER: "Answered about the appeal: {text}",
    Turn.ACCEPTED: "Accepted the appeal. {text}",
    Turn.REJECTED: "Rejected the appeal: {text}",
}
"""What stands in the case's history; a record, so in one language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A moderator who answers an appeal."""

    member: MemberId
    name: str
    is_owner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What somebody needs to know before they ask or decide."""

    case: Case
    appeal: Appeal | None = None
    lift: CaseKind | None = None
    """What would take the action back, where anything is left."""
    hindrance: str | None = None
    """Why the member cannot appeal now, in one sentence."""
    contact: str = ""


class AppealService:
    """Takes appeals and decisions; the platform hears of them through the outbox."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        acting: ModerationService,
        *,
        wake_sender: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._acting = acting
        self._wake = wake_sender

    # Members

    async def matter(self, ref: CaseRef, member: MemberId) -> Matter:
        """Return a case, and whether its member can appeal it now.

        Raises:
            NotFoundError: there is no such case about this member.
        """
        async with self._database.reading() as stores:
            case = await case_of(stores, ref, member)
            if case is None:
                raise NotFoundError(_(UNKNOWN_CASE))
            return await self._matter(stores, case, member)

    async def _matter(self, stores: Stores, case: Case, member: MemberId) -> Matter:
        appeals = await stores.appeals.of_member(case.community, member)
        same = [each for each in appeals if each.case == ref_of(case)]
        rules = await house_rules(stores, case.community)
        not_now = why_not_now(case, appeals, self._clock.now())
        hindrance = None if not_now is None else _sentence(not_now)
        if hindrance is None and await card_place(stores, case.community) is None:
            hindrance = _(NOWHERE)
        return Matter(
            case=case,
            appeal=same[-1] if same else None,
            hindrance=hindrance,
            contact=rules.contact,
        )

    async def open(self, ref: CaseRef, member: MemberId, name: str, text: str) -> Appeal:
        """Bring a case before the moderators again.

        Raises:
            NotFoundError: there is no such case about this member.
            InvalidInputError: the text is too short or too long.
            ConflictError: it cannot be appealed now; the sentence says why, and from when.
        """
        words = _checked(text)
        async with self._database.writing() as stores:
            case = await case_of(stores, ref, member)
            if case is None:
                raise NotFoundError(_(UNKNOWN_CASE))
            await hold(stores, "appealing", case.community)  # the limit counts what is opened now
            matter = await self._matter(stores, case, member)
            place = await card_place(stores, case.community)
            if matter.hindrance is not None or place is None:
                raise ConflictError(matter.hindrance or _(NOWHERE))
            appeal = await self._opened(stores, case, member, name, words, PlaceId(place))
        self._wake()
        return appeal

    async def _opened(
        self, stores: Stores, case: Case, member: MemberId, name: str, words: str, place: PlaceId
    ) -> Appeal:
        earlier = await stores.appeals.of_member(case.community, member)
        ref, now = ref_of(case), self._clock.now()
        said = Said(turn=Turn.APPEAL, by=member, by_name=name, text=words, at=now)
        appeal = Appeal(
            id=derive_appeal_id(ref, member, sum(each.case == ref for each in earlier)),
            case=ref,
            member=member,
            state=AppealState.OPEN,
            opened_at=now,
            card_place=place,
            said=(said,),
        )
        if not await stores.appeals.add(appeal):
            raise ConflictError(_(HINDRANCES[Hindrance.OPEN]))
        await _write_down(stores, case, said)
        await stores.outbox.add(card_of(appeal, self._clock))
        return appeal

    async def answer(self, appeal_id: AppealId, member: MemberId, name: str, text: str) -> None:
        """Answer what the moderators asked.

        Raises:
            NotFoundError: the appeal or its case is gone.
            NotAllowedError: it is another member's.
            ConflictError: nothing is asked.
        """
        words = _checked(text)
        async with self._database.writing() as stores:
            appeal, case = await _existing(stores, appeal_id)
            if appeal.member != member:
                raise NotAllowedError(_(NOT_YOURS))
            if appeal.state is not AppealState.ASKED:
                raise ConflictError(_(NO_QUESTION_OPEN))
            said = Said(turn=Turn.ANSWER, by=member, by_name=name, text=words, at=self._clock.now())
            await self._said(stores, appeal, case, said, tell=False)
        self._wake()

    # Moderators

    async def waiting(self, community: CommunityId) -> Sequence[AppealView]:
        """Return what is not decided, oldest first."""
        async with self._database.reading() as stores:
            found = await stores.appeals.waiting(community)
            views = [await view_of(stores, each, self._clock) for each in found]
        return [view for view in views if view is not None]

    async def post_again(self, community: CommunityId) -> int:
        """Post the cards of all that waits where cards are posted now; return how many.

        Raises:
            InvalidInputError: no channel is set for cards.
        """
        async with self._database.writing() as stores:
            place = await card_place(stores, community)
            if place is None:
                raise InvalidInputError(_(NO_PLACE))
            waiting = await stores.appeals.waiting(community)
            for appeal in waiting:
                lost = replace(appeal, message=None, card_place=PlaceId(place))
                await stores.appeals.put(lost)
                await stores.outbox.add(card_again(lost, self._clock))
        self._wake()
        return len(waiting)

    async def before_deciding(self, appeal_id: AppealId, judge: Judge | None = None) -> Matter:
        """Return what an appeal is about, and what accepting it would lift.

        Raises:
            NotFoundError: the appeal or its case is gone.
            ConflictError: it was decided.
            NotAllowedError: the case is this moderator's own action, or about them.
        """
        async with self._database.reading() as stores:
            appeal, case = await _existing(stores, appeal_id)
        if judge is not None:
            _require_open(appeal)
            _require_other(appeal, case, judge)
        return Matter(case=case, appeal=appeal, lift=lifted_by(case, self._clock.now()))

    async def accept(
        self, appeal_id: AppealId, judge: Judge, order: Order | None = None
    ) -> Outcome | None:
        """Accept an appeal; with an order, what lifts the action is recorded in the same moment.

        Raises:
            NotFoundError: the appeal or its case is gone.
            ConflictError: it was decided.
            NotAllowedError: the case is theirs or about them, or they may not lift it.
        """
        decide = partial(self._decide, appeal_id=appeal_id, judge=judge, turn=Turn.ACCEPTED)
        if order is not None:
            return await self._acting.act(order, along=decide)
        async with self._database.writing() as stores:
            await decide(stores)
        self._wake()
        return None

    async def reject(self, appeal_id: AppealId, judge: Judge, reason: str) -> None:
        """Reject an appeal, and say why.

        Raises:
            NotFoundError: the appeal or its case is gone.
            InvalidInputError: the reason is too short or too long.
            ConflictError: it was decided.
            NotAllowedError: the case is this moderator's own action, or about them.
        """
        words = _checked(reason)
        async with self._database.writing() as stores:
            await self._decide(
                stores, appeal_id=appeal_id, judge=judge, turn=Turn.REJECTED, text=words
            )
        self._wake()

    async def ask_back(self, appeal_id: AppealId, judge: Judge, question: str) -> None:
        """Ask the member something before deciding.

        Raises:
            NotFoundError: the appeal or its case is gone.
            InvalidInputError: the question is too short or too long, or one too many.
            ConflictError: it was decided.
        """
        words = _checked(question)
        async with self._database.writing() as stores:
            appeal, case = await _existing(stores, appeal_id)
            _require_open(appeal)
            if appeal.questions >= MOST_QUESTIONS:
                raise InvalidInputError(
                    _("You can ask back {most} times at most: please decide.").format(
                        most=MOST_QUESTIONS
                    )
                )
            said = self._word(judge, Turn.QUESTION, words)
            await self._said(stores, appeal, case, said, tell=True)
        self._wake()

    async def _decide(
        self,
        stores: Stores,
        lifting: Case | None = None,
        *,
        appeal_id: AppealId,
        judge: Judge,
        turn: Turn,
        text: str = "",
    ) -> None:
        appeal, case = await _existing(stores, appeal_id)
        _require_open(appeal)
        _require_other(appeal, case, judge)
        said = self._word(judge, turn, text)
        entry = replace(said, text=f"See case {lifting.number}.") if lifting else said
        await self._said(stores, appeal, case, said, tell=True, entry=entry)
        if turn is Turn.ACCEPTED and case.kind is CaseKind.WARN:
            current = await stores.cases.get(case.community, case.number)
            if current is not None:
                await stores.cases.put(replace(current, ended_at=self._clock.now()))

    async def _said(
        self,
        stores: Stores,
        appeal: Appeal,
        case: Case,
        said: Said,
        *,
        tell: bool,
        entry: Said | None = None,
    ) -> None:
        changed = after(appeal, said)
        await stores.appeals.put(changed)
        await _write_down(stores, case, entry or said)
        await stores.outbox.add(card_of(changed, self._clock))
        if tell:
            await stores.outbox.add(answer_of(changed, self._clock))

    def _word(self, judge: Judge, turn: Turn, text: str) -> Said:
        return Said(turn=turn, by=judge.member, by_name=judge.name, text=text, at=self._clock.now())


async def _existing(stores: Stores, appeal_id: AppealId) -> tuple[Appeal, Case]:
    found = await read(stores, appeal_id)
    if found is None:
        raise NotFoundError(_(UNKNOWN))
    return found


async def _write_down(stores: Stores, case: Case, said: Said) -> None:
    """Put what was said into the case's history."""
    body = ENTRIES[said.turn].format(text=said.text).strip()
    note = CaseNote(by=said.by, by_name=said.by_name, body=body, at=said.at)
    await stores.cases.put(replace(case, notes=(*case.notes, note)))


def _require_open(appeal: Appeal) -> None:
    decision = appeal.decision
    if decision is not None:
        raise ConflictError(_(DECIDED).format(name=f"<@{decision.by}>"))


def _require_other(appeal: Appeal, case: Case, judge: Judge) -> None:
    if appeal.member == judge.member:
        raise NotAllowedError(_(OWN_APPEAL))
    if case.by == judge.member and not judge.is_owner:
        raise NotAllowedError(_(OWN_CASE))


def _checked(text: str) -> str:
    words = text.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise InvalidInputError(_(LENGTH).format(shortest=SHORTEST, longest=LONGEST))
    return words


def _sentence(not_now: NotNow) -> str:
    if not_now.until is None:
        return _(HINDRANCES[not_now.why])
    when = f"<t:{int(not_now.until.timestamp())}:D>"
    if not_now.why is Hindrance.TOO_SOON:
        return _(
            "The moderators have answered your appeal of this case. You can ask again {days} days "
            "after it: {when}."
        ).format(days=AGAIN_AFTER.days, when=when)
    return _("You can appeal {most} times in 30 days. Please try again: {when}.").format(
        most=MOST_A_MONTH, when=when
    )
