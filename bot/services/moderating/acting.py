"""What moderators do: checked, planned, recorded as a case with its delivery, and reported.

A dry run takes the same way up to the moment before anything is written.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.cases import (
    IN_WORDS,
    LONGEST_REASON,
    ON_PLACES,
    ON_PLATFORM,
    RECENT,
    TOLD,
    UNDOES,
    Case,
    CaseKind,
    CaseState,
    active_points,
)
from bot.domain.escalation import COUNTED, Step, step_reached
from bot.domain.ids import CommunityId, MemberId, PlaceId
from bot.domain.standing import Standing, why_bot_cannot, why_not_allowed, why_not_on
from bot.domain.wording import _, in_public, ngettext
from bot.services.dates import say_number
from bot.services.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from bot.services.moderating.deliveries import delivery_of
from bot.services.moderating.house_rules import HouseRules, house_rules
from bot.services.ports import CaseQuery, Clock, Database, Stores

PATIENCE = timedelta(seconds=10)
"""How long a moderator waits for the outcome; the action goes on without them."""


Along = Callable[[Stores, Case], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a moderator wants done."""

    kind: CaseKind
    community: CommunityId
    actor: Standing
    bot: Standing
    origin: str
    target: Standing | None = None
    place: PlaceId | None = None
    in_thread: bool = False
    reason: str = ""
    points: int = 0
    until: datetime | None = None
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be done, in full: the case as it would be recorded, and what follows."""

    case: Case
    points_after: int = 0
    step: Step | None = None
    """The step that a warning reaches."""

    @property
    def tells_member(self) -> bool:
        """Tell whether the member gets a direct message."""
        return self.case.kind in TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an order: its case, and the one that followed by itself."""

    plan: Plan
    case: Case
    followed_by: Case | None = None


class ModerationService:
    """Turns orders into cases, each with one outbox row; nothing is done without its record."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        wake_sender: Callable[[], None],
        sender_tried: Callable[[str], Awaitable[None]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake_sender
        self._tried = sender_tried

    async def plan(self, order: Order) -> Plan:
        """Return what the order would do, and change nothing (a dry run).

        Raises:
            NotAllowedError: whoever asks, or the bot, may not do this.
            InvalidInputError: the order breaks a rule.
            ConflictError: somebody just did the same.
        """
        _require_allowed(order)
        async with self._database.reading() as stores:
            return await self._planned(stores, order)

    async def act(self, order: Order, *, along: Along | None = None) -> Outcome:
        """Record the order and have it carried out; return what came of it.

        `along` writes down what belongs to the case in the same transaction, or refuses.

        Raises:
            NotAllowedError: whoever asks, or the bot, may not do this.
            InvalidInputError: the order breaks a rule.
            ConflictError: somebody just did the same.
        """
        _require_allowed(order)
        async with self._database.writing() as stores:
            # Taking the number first keeps everybody else here waiting: what is looked up
            # afterwards cannot change before this order is recorded.
            number = await stores.cases.next_number(order.community)
            known = await stores.cases.by_origin(order.community, order.origin)
            if known is not None:
                raise ConflictError(
                    _("This was done already: case {number}.").format(number=known.number)
                )
            plan = await self._planned(stores, order)
            case = replace(plan.case, number=number)
            await self._record(stores, case)
            if along is not None:
                await along(stores, case)
            follow = await self._follow(stores, order, plan, case)
        self._wake()
        return await self._outcome(replace(plan, case=case), case, follow)

    async def _outcome(self, plan: Plan, case: Case, follow: Case | None) -> Outcome:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE.total_seconds()):
                for each in (case, follow):
                    if each is not None and each.state is CaseState.PENDING:
                        await self._tried(delivery_of(each).key)
        async with self._database.reading() as stores:
            now = await stores.cases.get(case.community, case.number)
            after = await stores.cases.get(case.community, follow.number) if follow else None
        return Outcome(plan=plan, case=now or case, followed_by=after)

    async def _planned(self, stores: Stores, order: Order) -> Plan:
        await self._refuse_doubles(stores, order)
        rules = await house_rules(stores, order.community)
        details = dict(order.details)
        if order.kind is CaseKind.SLOWMODE:
            details |= await _first_previous(stores, order)
        elif order.kind is CaseKind.UNLOCK:
            details |= await _locked_from(stores, order)
        case = self._case(order, details)
        if order.kind is not CaseKind.WARN or order.target is None:
            return Plan(case=case)
        return await self._warning(stores, case, order.target.member, rules)

    def _case(self, order: Order, details: dict[str, object]) -> Case:
        on_platform = order.kind in ON_PLATFORM or order.kind in TOLD
        return Case(
            community=order.community,
            number=0,
            kind=order.kind,
            state=CaseState.PENDING if on_platform else CaseState.DONE,
            created_at=self._clock.now(),
            target=order.target.member if order.target else None,
            target_name=order.target.name if order.target else "",
            place=order.place,
            by=order.actor.member,
            by_name=order.actor.name,
            reason=order.reason.strip(),
            points=order.points,
            until=order.until,
            origin=order.origin,
            details=details,
        )

    async def _warning(
        self, stores: Stores, case: Case, member: MemberId, rules: HouseRules
    ) -> Plan:
        since = case.created_at - COUNTED
        before = active_points(await stores.cases.warnings(case.community, member, since))
        step = step_reached(rules.steps, before, before + case.points)
        if step is not None and await _is_outlasted(stores, case, member, step):
            step = None
        return Plan(case=case, points_after=before + case.points, step=step)

    async def _record(self, stores: Stores, case: Case) -> None:
        await stores.cases.add(case)
        if case.state is CaseState.PENDING:
            await stores.outbox.add(delivery_of(case))

    async def _follow(self, stores: Stores, order: Order, plan: Plan, warning: Case) -> Case | None:
        """Record the timeout that the community wants at so many points."""
        if plan.step is None or not plan.step.automatic or order.target is None:
            return None
        if why_bot_cannot(CaseKind.TIMEOUT, order.bot) or why_not_on(
            CaseKind.TIMEOUT, order.actor, order.target, order.bot
        ):
            return None
        case = replace(
            warning,
            number=await stores.cases.next_number(order.community),
            kind=CaseKind.TIMEOUT,
            by=None,
            by_name="",
            points=0,
            until=warning.created_at + plan.step.timeout,
            origin=f"{order.origin}:step",
            reason=_step_reason(plan.points_after, warning.number),
            details={},
        )
        await self._record(stores, case)
        return case

    async def _refuse_doubles(self, stores: Stores, order: Order) -> None:
        """Refuse what somebody else does at this moment, or did just now."""
        now = self._clock.now()
        target = order.target.member if order.target else None
        recent = await stores.cases.find(
            order.community, CaseQuery(target=target, kind=order.kind), limit=10
        )
        for case in recent:
            if case.place != order.place or case.state is CaseState.FAILED:
                continue
            if order.kind is CaseKind.PURGE and case.details.get("ids") != order.details.get("ids"):
                continue  # other messages of the same place
            # What came by itself, such as a step's timeout, is no reason to keep people waiting.
            theirs = case.by not in (None, order.actor.member)
            fresh = theirs and now - case.created_at < RECENT and case.kind is not CaseKind.NOTE
            if case.state is CaseState.PENDING or fresh:
                raise ConflictError(_just_done(case))
        if order.kind is CaseKind.LOCK:
            locked = await stores.cases.running(order.community, order.kind, place=order.place)
            if locked:
                raise ConflictError(
                    _("This is locked already: case {number}.").format(number=locked[-1].number)
                )


async def _is_outlasted(stores: Stores, warning: Case, member: MemberId, step: Step) -> bool:
    """Tell whether a timeout runs already that ends no sooner than the step's would."""
    end = warning.created_at + step.timeout
    running = await stores.cases.running(warning.community, CaseKind.TIMEOUT, target=member)
    return any(case.until is not None and case.until >= end for case in running)


def _just_done(case: Case) -> str:
    by = f"<@{case.by}>" if case.by is not None else "Footnote"
    return _(
        "{by} is doing this at the moment, or just did: case {number} ({kind}). Nothing "
        "was done twice."
    ).format(by=by, number=case.number, kind=_(IN_WORDS[case.kind]))


def _require_allowed(order: Order) -> None:
    if len(order.reason) > LONGEST_REASON:
        raise InvalidInputError(
            _("A reason has {limit} characters at most.").format(limit=say_number(LONGEST_REASON))
        )
    in_thread = order.in_thread and order.kind in ON_PLACES
    why = why_not_allowed(order.kind, order.actor, in_thread=in_thread)
    if why is None and order.target is not None:
        why = why_not_on(order.kind, order.actor, order.target, order.bot)
    if why is None:
        why = why_bot_cannot(order.kind, order.bot, in_thread=in_thread)
    if why is not None:
        raise NotAllowedError(why)


async def _first_previous(stores: Stores, order: Order) -> dict[str, object]:
    """Return what a slowmode over a slowmode must restore: what was before the first."""
    running = await stores.cases.running(order.community, order.kind, place=order.place)
    temporary = [case for case in running if case.until is not None]
    if not temporary:
        return {}
    return {"previous": temporary[0].details.get("previous", 0)}


async def _locked_from(stores: Stores, order: Order) -> dict[str, object]:
    """Return what an unlock restores.

    Raises:
        NotFoundError: no lock of ours is on this place.
    """
    locks = await stores.cases.running(order.community, UNDOES[order.kind], place=order.place)
    if not locks:
        raise NotFoundError(_("No lock of mine is on this place."))
    return {"previous": locks[-1].details.get("previous"), "lock": locks[-1].number}


def _step_reason(points: int, warning: int) -> str:
    """Say why a timeout follows: the member concerned reads it, and the audit log."""
    with in_public():
        return ngettext(
            "{points} point of warnings (case {number})",
            "{points} points of warnings (case {number})",
            points,
        ).format(points=points, number=warning)
