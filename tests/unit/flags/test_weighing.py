"""What a flag weighs, how often a member may flag, and what a rule of AutoMod may look like."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.automod_rules import (
    RULES_ALLOWED,
    Preset,
    RuleDraft,
    RuleKind,
    problem_of,
    why_no_more,
    words_in,
)
from bot.domain.flags import (
    LIMITS,
    LONGEST_LIMIT,
    MOST_TRUST,
    FlagReason,
    FlagRecord,
    counts_by_reason,
    derive_card_id,
    free_again,
    weight_of,
)
from tests.builders import COMMUNITY, NOON
from tests.contract.test_flags import build_card, build_flag

counts = st.integers(0, 100)
records = st.builds(FlagRecord, agreed=counts, disagreed=counts)


@given(records, st.floats(-10, 10))
def test_every_flag_weighs_something_and_none_outweighs_four(
    record: FlagRecord, trust: float
) -> None:
    assert 0 < weight_of(record, trust) <= 2 * MOST_TRUST


@given(records)
def test_a_flag_that_was_right_never_lowers_the_weight_and_a_wrong_one_never_raises_it(
    record: FlagRecord,
) -> None:
    right = replace(record, agreed=record.agreed + 1)
    wrong = replace(record, disagreed=record.disagreed + 1)
    assert weight_of(wrong) <= weight_of(record) <= weight_of(right)


@given(records, st.floats(0.5, 2), st.floats(0.5, 2))
def test_more_trust_never_lowers_the_weight(record: FlagRecord, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert weight_of(record, low) <= weight_of(record, high)


def test_a_newcomers_flag_weighs_one_and_a_proven_members_nearly_two() -> None:
    assert weight_of(FlagRecord()) == 1
    assert weight_of(FlagRecord(agreed=100)) > 1.95
    assert weight_of(FlagRecord(disagreed=100)) < 0.05


@given(st.lists(st.integers(0, 100_000), max_size=40).map(sorted))
def test_whoever_waits_as_told_never_breaks_a_limit(seconds: list[int]) -> None:
    taken: list[datetime] = []
    for second in seconds:
        now = NOON + timedelta(seconds=second)
        if free_again(taken, now) is None:
            taken.append(now)
    for most, span in LIMITS:
        for first in taken:
            assert sum(first <= each < first + span for each in taken) <= most


@given(st.lists(st.integers(0, 86_400), min_size=1, max_size=30))
def test_one_who_is_told_a_moment_may_flag_at_that_moment(seconds: list[int]) -> None:
    times = [NOON - timedelta(seconds=each) for each in seconds]
    free = free_again(times, NOON)
    assert free is None or (free > NOON and free_again(times, free) is None)
    assert free_again(times, NOON + LONGEST_LIMIT) is None


def test_reasons_are_counted_with_the_most_frequent_first() -> None:
    card = build_card()
    reasons = (FlagReason.SPAM, FlagReason.OFF_TOPIC, FlagReason.SPAM)
    flags = [build_flag(card, reason=reason) for reason in reasons]
    assert list(counts_by_reason(flags).items()) == [
        (FlagReason.SPAM, 2),
        (FlagReason.OFF_TOPIC, 1),
    ]


def test_another_generation_is_another_card() -> None:
    assert derive_card_id(COMMUNITY, "post:1:2", 0) != derive_card_id(COMMUNITY, "post:1:2", 1)


FINE: dict[RuleKind, dict[str, Any]] = {
    RuleKind.KEYWORD: {"keywords": ("coins",)},
    RuleKind.SPAM: {},
    RuleKind.PRESET: {"presets": (Preset.SLURS,)},
    RuleKind.MENTIONS: {"mentions": 5},
}


def draft(kind: RuleKind, **changes: object) -> RuleDraft:
    values: dict[str, Any] = {"kind": kind, "name": "a rule"} | FINE[kind] | changes
    return RuleDraft(**values)


def test_a_rule_of_each_kind_is_fine_and_has_a_limit() -> None:
    for kind in RuleKind:
        assert problem_of(draft(kind)) is None, kind
        assert why_no_more(kind, RULES_ALLOWED[kind] - 1) is None
        assert "Discord allows" in str(why_no_more(kind, RULES_ALLOWED[kind]))


def test_what_discord_would_refuse_is_refused_with_its_limit() -> None:
    keyword, spam = RuleKind.KEYWORD, RuleKind.SPAM
    hour = timedelta(hours=1)
    for sentence, wrong in {
        "1 to 100 characters": draft(spam, name=" "),
        "Which words?": draft(keyword, keywords=()),
        "1000 of these at most, and these are 1001": draft(keyword, keywords=("x",) * 1001),
        "60 characters for each": draft(keyword, keywords=("x" * 61,)),
        "260 characters for each": draft(keyword, patterns=("x" * 261,)),
        "100 of these at most": draft(keyword, allowed=("x",) * 101),
        "Which of Discord’s lists?": draft(RuleKind.PRESET, presets=()),
        "From how many mentions": draft(RuleKind.MENTIONS, mentions=51),
        "150 characters": draft(spam, message="x" * 151),
        "only rules about words and about mentions": draft(spam, timeout=hour),
        "28 days at most": draft(keyword, timeout=timedelta(days=29)),
        "`words` has no meaning for a rule about spam": draft(spam, keywords=("x",)),
    }.items():
        assert sentence in str(problem_of(wrong)), sentence


def test_words_are_read_from_a_list_with_commas() -> None:
    assert words_in(" buy  coins ,,*casino*, buy coins") == ("buy coins", "*casino*")
    assert words_in(None) == ()
