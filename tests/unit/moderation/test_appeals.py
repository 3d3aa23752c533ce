"""Which appeals are possible when, and links that cannot be made up."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.appeal_links import LINK_LIFE, AppealLink, read_token, sign
from bot.domain.appeals import (
    AGAIN_AFTER,
    MONTH,
    Appeal,
    AppealState,
    CaseRef,
    Hindrance,
    NotNow,
    Said,
    Turn,
    after,
    lifted_by,
    read_key,
    ref_of,
    why_not_now,
)
from bot.domain.cases import Case, CaseKind, CaseState
from bot.domain.ids import CommunityId, MemberId
from tests.builders import NOON
from tests.contract.test_appeals import build_appeal
from tests.unit.moderation.strategies import MOMENTS, build_case

DAY = timedelta(days=1)
BAN = build_case(kind=CaseKind.BAN, created_at=NOON)


def of(case: Case, opened_at: datetime = NOON, **changes: Any) -> Appeal:
    """Return an open appeal of a case."""
    return replace(build_appeal(), case=ref_of(case), opened_at=opened_at, **changes)


def test_a_case_that_was_told_can_be_appealed() -> None:
    for kind in CaseKind:
        possible = why_not_now(replace(BAN, kind=kind), [], NOON) is None
        assert possible == (kind in (CaseKind.WARN, CaseKind.TIMEOUT, CaseKind.KICK, CaseKind.BAN))
    failed = replace(BAN, state=CaseState.FAILED)
    assert why_not_now(failed, [], NOON) == NotNow(Hindrance.NOT_APPEALABLE)


@pytest.mark.parametrize("state", [AppealState.OPEN, AppealState.ASKED])
def test_a_case_has_one_open_appeal(state: AppealState) -> None:
    long_after = NOON + 400 * DAY
    assert why_not_now(BAN, [of(BAN, state=state)], long_after) == NotNow(Hindrance.OPEN)


def test_an_accepted_appeal_is_the_last_one() -> None:
    accepted = of(BAN, state=AppealState.ACCEPTED)
    assert why_not_now(BAN, [accepted], NOON + 400 * DAY) == NotNow(Hindrance.ACCEPTED)


def test_a_rejected_appeal_can_be_repeated_after_thirty_days() -> None:
    rejected = of(BAN, state=AppealState.REJECTED)
    too_soon = why_not_now(BAN, [rejected], NOON + AGAIN_AFTER - DAY)
    assert too_soon == NotNow(Hindrance.TOO_SOON, NOON + AGAIN_AFTER)
    assert why_not_now(BAN, [rejected], NOON + AGAIN_AFTER) is None


def test_a_member_appeals_three_times_a_month_at_most() -> None:
    others = [
        of(replace(BAN, created_at=NOON - n * DAY), NOON + n * DAY, state=AppealState.REJECTED)
        for n in range(3)
    ]
    now = NOON + 3 * DAY
    assert why_not_now(BAN, others, now) == NotNow(Hindrance.TOO_SOON, NOON + AGAIN_AFTER)
    other_case = replace(BAN, created_at=NOON + DAY)
    assert why_not_now(other_case, others, now) == NotNow(Hindrance.TOO_MANY, NOON + MONTH)
    assert why_not_now(other_case, others, NOON + MONTH) is None


def test_what_was_said_moves_the_appeal() -> None:
    appeal = replace(of(BAN), told=True)
    for turn, state in {
        Turn.QUESTION: AppealState.ASKED,
        Turn.ANSWER: AppealState.OPEN,
        Turn.REJECTED: AppealState.REJECTED,
        Turn.ACCEPTED: AppealState.ACCEPTED,
    }.items():
        said = Said(turn=turn, by=MemberId(1), by_name="x", text="y", at=NOON)
        moved = after(appeal, said)
        assert (moved.state, moved.said[-1], moved.told) == (state, said, None)
        assert (moved.decision is not None) == (not moved.is_open)


def test_only_what_still_lasts_is_lifted() -> None:
    timeout = replace(BAN, kind=CaseKind.TIMEOUT, until=NOON + DAY)
    assert lifted_by(BAN, NOON) is CaseKind.UNBAN
    assert lifted_by(timeout, NOON) is CaseKind.UNTIMEOUT
    assert lifted_by(timeout, NOON + DAY) is None
    assert lifted_by(replace(BAN, ended_at=NOON), NOON) is None
    assert lifted_by(replace(BAN, kind=CaseKind.KICK), NOON) is None
    assert lifted_by(replace(BAN, kind=CaseKind.WARN), NOON) is None


REFS = st.builds(
    CaseRef,
    community=st.integers(1, 2**63 - 1).map(CommunityId),
    kind=st.sampled_from(list(CaseKind)),
    at=st.tuples(MOMENTS, st.integers(0, 999_999)).map(
        lambda pair: pair[0] + timedelta(microseconds=pair[1])
    ),
)
SECRET = b"s" * 32


@given(REFS, st.integers(1, 2**63 - 1))
def test_a_case_and_a_link_come_back_as_they_were(ref: CaseRef, member: int) -> None:
    assert read_key(ref.key) == ref
    link = AppealLink(case=ref, member=MemberId(member), until=NOON)
    token = sign(SECRET, link)
    assert read_token(SECRET, token, NOON - DAY) == link
    assert read_token(SECRET, token, NOON) is None
    assert read_token(b"t" * 32, token, NOON - DAY) is None


@given(st.data(), REFS)
def test_no_changed_link_is_taken(data: st.DataObject, ref: CaseRef) -> None:
    token = sign(SECRET, AppealLink(case=ref, member=MemberId(5), until=NOON + LINK_LIFE))
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("AQgwZ09-_."))
    changed = token[:at] + letter + token[at + 1 :]
    read = read_token(SECRET, changed, NOON)
    assert read is None or changed == token


@given(st.text(max_size=60))
def test_any_text_is_refused_and_never_an_error(text: str) -> None:
    assert read_token(SECRET, text, NOON) is None
    assert read_token(SECRET, f"{text}.{text}", NOON) is None
    assert read_key(text) is None


def test_a_key_that_names_no_moment_is_none() -> None:
    for key in (f"1-ban-{10**18}", "1-ban-", "1-hug-5", "²-ban-5", "1-ban-5-6", "-ban-5"):
        assert read_key(key) is None, key
