"""Brings what the platform's own AutoMod did before the moderators, and on record.

The platform tells every action of an execution apart: a card counts each kind of action, so that
an execution with three actions is one execution. What was written is never stored: it is kept in
memory while the card is open, and shown there only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.cases import Case, CaseKind, CaseState
from bot.domain.flags import (
    CardSource,
    FlagCard,
    derive_card_id,
    put_back,
    subject_of_rule,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.wording import _
from bot.services.flagging.cards import Excerpts, open_card, show_change
from bot.services.ports import CaseQuery, Clock, Database, Stores

SAME_END = timedelta(seconds=5)
"""Two timeouts that end within this time are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One action that a rule took against one member."""

    community: CommunityId
    rule: int
    rule_name: str
    action: str
    """block, alert, timeout or restrict."""
    member: MemberId
    member_name: str
    channel: PlaceId
    place: PlaceId
    post: PostId | None
    keyword: str = ""
    """What the rule looks for: moderators wrote it, not the member."""
    timeout: timedelta | None = None
    content: str = ""
    """What the member wrote, where the platform says it; never stored."""


class ExecutionService:
    """Records executions; it never decides which text breaks a rule."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        excerpts: Excerpts,
        *,
        wake_sender: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake_sender = wake_sender
        self._excerpts = excerpts

    async def record(self, done: Execution) -> FlagCard | None:
        """Record one action of an execution; return its card, None where none is wanted."""
        now = self._clock.now()
        async with self._database.writing() as stores:
            if done.timeout is not None:
                await _record_timeout(stores, done, now)
            rules = await stores.rules.get(done.community)
            if rules.review_place is None:
                return None
            card = await _gathered(stores, done, rules.review_place, now)
        if done.content:
            self._excerpts.keep(card.id, done.content)
        self._wake_sender()
        return card


async def _gathered(
    stores: Stores, done: Execution, review_place: PlaceId, now: datetime
) -> FlagCard:
    """Return the open card of the rule, the member and the channel, with this action counted."""
    subject = subject_of_rule(done.rule, done.member, done.channel)
    newest = await stores.flags.newest(done.community, subject)
    if newest is not None and newest.is_open:
        card = put_back(replace(newest, details=_details(done, newest.details)), now)
        await stores.flags.put(card)
        await show_change(stores, card, now, "execution", now.isoformat(), done.action)
        return card
    generation = 0 if newest is None else newest.generation + 1
    card = FlagCard(
        id=derive_card_id(done.community, subject, generation),
        community=done.community,
        source=CardSource.AUTOMOD,
        subject=subject,
        generation=generation,
        review_place=review_place,
        place=done.place,
        channel=done.channel,
        post=done.post,
        author=done.member,
        created_at=now,
        details=_details(done, {}),
    )
    await open_card(stores, card, now)
    return card


def _details(done: Execution, before: Mapping[str, object]) -> dict[str, object]:
    known = before.get("actions")
    actions = dict(known) if isinstance(known, dict) else {}
    actions[done.action] = actions.get(done.action, 0) + 1
    return {
        "rule": done.rule,
        "rule_name": done.rule_name or before.get("rule_name", ""),
        "keyword": done.keyword or before.get("keyword", ""),
        "actions": actions,
    }


async def _record_timeout(stores: Stores, done: Execution, now: datetime) -> None:
    """Record a timeout that AutoMod made as a case, once."""
    until = now + (done.timeout or timedelta())
    query = CaseQuery(target=done.member, kind=CaseKind.TIMEOUT)
    for known in await stores.cases.find(done.community, query, limit=3):
        same = known.until is not None and abs(known.until - until) < SAME_END
        if same and known.details.get("rule") == done.rule:
            return
    name = done.rule_name
    case = Case(
        community=done.community,
        number=await stores.cases.next_number(done.community),
        kind=CaseKind.TIMEOUT,
        state=CaseState.DONE,
        created_at=now,
        target=done.member,
        target_name=done.member_name,
        by_name="AutoMod",
        reason=_("AutoMod’s rule “{name}”").format(name=name) if name else "AutoMod",
        until=until,
        origin=f"automod:{done.rule}:{done.member}:{now.isoformat()}",
        details={"by_hand": True, "rule": done.rule},
    )
    await stores.cases.add(case)
