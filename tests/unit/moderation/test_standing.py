"""Who may do what to whom."""

from typing import Any

import pytest

from bot.domain.cases import CaseKind
from bot.domain.escalation import DEFAULT_STEPS, Step, step_reached
from bot.domain.ids import MemberId
from bot.domain.standing import (
    NEEDED,
    Standing,
    needed_for,
    why_bot_cannot,
    why_not_allowed,
    why_not_on,
)

PUNISHING = (CaseKind.WARN, CaseKind.TIMEOUT, CaseKind.KICK, CaseKind.BAN)


def build_standing(member: int, **changes: Any) -> Standing:
    values: dict[str, Any] = {"member": MemberId(member), "name": f"member {member}"}
    return Standing(**(values | changes))


MODERATOR = build_standing(1, rank=5, permissions=frozenset(NEEDED.values()))
MEMBER = build_standing(2, rank=1)
BOT = build_standing(3, rank=6, permissions=frozenset({*NEEDED.values(), "manage_roles"}))


@pytest.mark.parametrize("kind", list(CaseKind))
def test_a_member_without_permissions_may_do_nothing(kind: CaseKind) -> None:
    assert why_not_allowed(kind, MEMBER) is not None
    for able in (
        build_standing(4, permissions=frozenset({needed_for(kind)})),
        build_standing(4, permissions=frozenset({"administrator"})),
        build_standing(4, has_moderator_role=True),
        build_standing(4, is_owner=True),
    ):
        assert why_not_allowed(kind, able) is None


@pytest.mark.parametrize("kind", PUNISHING)
def test_rank_decides_on_whom_an_action_is_possible(kind: CaseKind) -> None:
    assert why_not_on(kind, MODERATOR, MEMBER, BOT) is None
    for target in (
        MODERATOR,
        BOT,
        build_standing(7, rank=5),
        build_standing(7, rank=9),
        build_standing(7, is_owner=True),
    ):
        assert why_not_on(kind, MODERATOR, target, BOT) is not None


def test_the_owner_is_above_every_role_but_the_bot_is_not() -> None:
    owner = build_standing(9, is_owner=True)
    high = build_standing(8, rank=20)
    assert why_not_on(CaseKind.WARN, owner, high, BOT) is None
    assert "My highest role" in (why_not_on(CaseKind.KICK, owner, high, BOT) or "")


def test_somebody_who_left_can_be_banned_but_not_kicked() -> None:
    gone = build_standing(7, is_present=False)
    assert why_not_on(CaseKind.BAN, MODERATOR, gone, BOT) is None
    assert why_not_on(CaseKind.UNBAN, MODERATOR, gone, BOT) is None
    assert "not a member" in (why_not_on(CaseKind.KICK, MODERATOR, gone, BOT) or "")


def test_an_administrator_cannot_be_timed_out() -> None:
    admin = build_standing(7, rank=1, permissions=frozenset({"administrator"}))
    assert "administrator" in (why_not_on(CaseKind.TIMEOUT, MODERATOR, admin, BOT) or "")


def test_what_the_bot_lacks_is_named() -> None:
    assert why_bot_cannot(CaseKind.LOCK, BOT) is None
    weak = build_standing(3, rank=6)
    assert "“Ban Members”" in (why_bot_cannot(CaseKind.BAN, weak) or "")
    assert "“Manage Threads”" in (why_bot_cannot(CaseKind.LOCK, weak, in_thread=True) or "")
    assert why_bot_cannot(CaseKind.NOTE, weak) is None


def test_a_warning_reaches_the_highest_step_that_it_crosses() -> None:
    assert step_reached(DEFAULT_STEPS, 0, 2) is None
    assert step_reached(DEFAULT_STEPS, 2, 9) == DEFAULT_STEPS[-1]
    assert step_reached((), 0, 100) is None
    assert not any(step.automatic for step in DEFAULT_STEPS)
    assert isinstance(step_reached(DEFAULT_STEPS, 4, 5), Step)
