import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import Slug
from bot.domain.matches import Match, Stance
from bot.domain.policy import Mode, Outcome, Reason
from bot.matching.matcher import Matcher
from bot.services.exports import open_export
from bot.services.libraries import starter_examples, starter_library
from bot.services.replay_lines import (
    finding_json,
    finding_line,
    printable,
    summary_json,
    summary_lines,
)
from bot.services.replaying import Finding, Replay, ReplayClock, begin_of, cut_excerpt
from tests.unit.replay.exporting import export, message, reaction, user, write
from tests.unit.replay.keyword_reader import KeywordReader, fact_check

ROOT = Path(__file__).parents[3]
SEED = ROOT.parent / "shared" / "seeds" / "discourse-asia-ai-art.txt"
LIBRARY = (fact_check("alpha"), fact_check("beta"))
SAID = "people keep telling me about "


async def replayed(path: Path, **options: Any) -> tuple[list[Finding], Replay]:
    source = open_export(path, begin=begin_of(LIBRARY))
    replay = Replay(source, LIBRARY, KeywordReader.build, **options)
    return [finding async for finding in replay.findings()], replay


def outcomes(findings: Sequence[Finding]) -> list[tuple[str, Outcome, Reason]]:
    return [(finding.slug, finding.outcome, finding.reason) for finding in findings]


def at(clock: str) -> str:
    return f"2026-11-01T{clock}:00+00:00"


async def test_two_claims_four_minutes_apart_get_one_note(tmp_path: Path) -> None:
    posts = [message(1, SAID + "alpha", at("10:00")), message(2, SAID + "beta", at("10:04"))]
    findings, _ = await replayed(write(tmp_path / "e.json", export(posts)))

    assert outcomes(findings) == [
        ("alpha", Outcome.ATTACH, Reason.CONFIDENT),
        ("beta", Outcome.NONE, Reason.PLACE_COOLDOWN),
    ]


async def test_two_claims_six_minutes_apart_get_two_notes(tmp_path: Path) -> None:
    posts = [message(1, SAID + "alpha", at("10:00")), message(2, SAID + "beta", at("10:06"))]
    findings, _ = await replayed(write(tmp_path / "e.json", export(posts)))

    assert [finding.outcome for finding in findings] == [Outcome.ATTACH, Outcome.ATTACH]


async def test_a_claim_comes_back_after_thirty_days(tmp_path: Path) -> None:
    posts = [
        message(1, SAID + "alpha", "2026-10-01T10:00:00+00:00"),
        message(2, SAID + "alpha", "2026-10-20T10:00:00+00:00"),
        message(3, SAID + "alpha", "2026-11-01T10:00:00+00:00"),
    ]
    findings, _ = await replayed(write(tmp_path / "e.json", export(posts)))

    assert [finding.reason for finding in findings] == [
        Reason.CONFIDENT,
        Reason.ALREADY_IN_THREAD,
        Reason.CONFIDENT,
    ]


async def test_a_stale_fact_check_is_suggested_by_the_export_s_clock(tmp_path: Path) -> None:
    posts = [message(1, SAID + "alpha", "2028-01-01T10:00:00+00:00")]
    findings, _ = await replayed(write(tmp_path / "e.json", export(posts)))

    assert outcomes(findings) == [("alpha", Outcome.SUGGEST, Reason.STALE)]


async def test_threads_of_one_forum_share_its_cooldown(tmp_path: Path) -> None:
    forum = {"type": "GuildPublicThread", "categoryId": "50"}
    first = [message(1, SAID + "alpha", at("10:00"))]
    second = [message(2, SAID + "alpha", at("10:02")), message(3, SAID + "alpha", at("10:09"))]
    write(tmp_path / "a.json", export(first, id="10", **forum))
    write(tmp_path / "b.json", export(second, id="11", **forum))
    findings, _ = await replayed(tmp_path)

    assert [finding.reason for finding in findings] == [
        Reason.CONFIDENT,
        Reason.PLACE_COOLDOWN,
        Reason.CONFIDENT,
    ]


async def test_bots_get_no_note_and_are_counted(tmp_path: Path) -> None:
    posts = [message(1, SAID + "alpha", author=user(9, bot=True)), message(2, "hello there")]
    findings, replay = await replayed(write(tmp_path / "e.json", export(posts)))

    assert findings == []
    assert (replay.summary.posts, replay.summary.by_people) == (2, 1)
    assert replay.summary.reasons == {Reason.NOT_A_PERSON: 1, Reason.NO_MATCH: 1}


async def test_an_edited_post_is_judged_as_it_was_last_and_marked(tmp_path: Path) -> None:
    edited = message(1, SAID + "alpha", timestampEdited="2026-11-02T10:00:00+00:00")
    findings, _ = await replayed(write(tmp_path / "e.json", export([edited])))

    assert findings[0].edited
    assert findings[0].at == datetime(2026, 11, 1, 10, 1, 0, 123000, tzinfo=UTC)
    assert "(edited)" in finding_line(findings[0])


async def test_a_place_that_wants_suggestions_gets_no_note(tmp_path: Path) -> None:
    file = write(tmp_path / "e.json", export([message(1, SAID + "alpha")]))
    findings, _ = await replayed(file, mode=Mode.SUGGEST)

    assert outcomes(findings) == [("alpha", Outcome.SUGGEST, Reason.SUGGEST_MODE)]


async def test_the_same_export_gives_the_same_lines(tmp_path: Path) -> None:
    posts = [
        message(
            n,
            SAID + ("alpha", "maybe beta", "not alpha", "tea")[n % 4],
            at(f"{8 + n // 6:02}:{n % 6}0"),
        )
        for n in range(60)
    ]
    file = write(tmp_path / "e.json", export(posts))

    runs = []
    for _ in range(2):
        findings, replay = await replayed(file)
        runs.append([*map(finding_json, findings), summary_json(replay.summary)])

    assert runs[0] == runs[1]
    assert len(runs[0]) > 10


async def test_the_summary_adds_up(tmp_path: Path) -> None:
    posts = [
        message(1, SAID + "alpha", at("10:00"), reactions=[reaction("👍", [user(2), user(3)])]),
        message(2, SAID + "beta", at("10:01")),
        message(3, SAID + "maybe alpha", "2026-12-24T10:00:00+00:00"),
        message(4, "tea is ready", "2026-12-24T11:00:00+00:00"),
    ]
    _, replay = await replayed(write(tmp_path / "e.json", export(posts)))
    told = json.loads(summary_json(replay.summary))

    assert (told["attached"], told["suggested"], told["withheld"]) == (1, 1, 1)
    assert (told["likes"], told["liked_posts"]) == (2, 1)
    assert told["fact_checks"] == {
        "alpha": {"attached": 1, "suggested": 1, "withheld": 0},
        "beta": {"attached": 0, "suggested": 0, "withheld": 1},
    }
    assert told["days"]["2026-12-24"] == {
        "posts": 2,
        "attached": 0,
        "suggested": 1,
        "withheld": 0,
    }
    assert sum(told["reasons"].values()) == told["posts"] - told["attached"]
    assert "2 Likes on 1 post." in list(summary_lines(replay.summary))


@pytest.mark.shared
@pytest.mark.skipif(not SEED.exists(), reason="the seeds are not beside the checkout")
async def test_the_forum_topic_gets_its_note_once_and_its_like_is_counted() -> None:
    fact_checks = starter_library()
    source = open_export(SEED, begin=begin_of(fact_checks))
    replay = Replay(source, fact_checks, Matcher.build, examples=starter_examples())
    attached = [f.slug async for f in replay.findings() if f.outcome is Outcome.ATTACH]

    assert attached == ["asia-embraces-ai-art"]
    assert replay.summary.likes == 1


def test_the_replay_clock_never_goes_back() -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    clock = ReplayClock(early)
    clock.advance(late)
    clock.advance(early)

    assert clock.now() == late


def test_a_long_post_is_cut_around_its_sentence() -> None:
    text = f"{'a ' * 200}the sentence{' b' * 200}"
    start = text.index("the")
    match = Match(
        slug=Slug("x"),
        probability=0.9,
        sentence="the sentence",
        span=(start, start + len("the sentence")),
        stance=Stance.ASSERT,
    )
    excerpt = cut_excerpt(text, match)

    assert excerpt.sentence == "the sentence"
    assert excerpt.before.startswith("…")
    assert excerpt.after.endswith("…")
    assert len(excerpt.before) <= 121


def test_what_steers_a_terminal_is_not_printed() -> None:
    assert printable("a\x1b[31m\u202eb\n[bold]c[/bold] 👩\u200d🎨") == (
        "a\ufffd[31m\ufffdb [bold]c[/bold] 👩\u200d🎨"
    )


async def test_no_line_carries_a_control_character(tmp_path: Path) -> None:
    posts = [message(1, SAID + "alpha \x1b]0;title\x07 \x9b31m \r over", name="\x1b[2J")]
    file = write(tmp_path / "e.json", export(posts, name="gen\x1b[2Jeral"))
    findings, replay = await replayed(file)
    lines = [finding_line(findings[0]), finding_json(findings[0]), *summary_lines(replay.summary)]

    assert all(ord(char) >= 0x20 or char == "\n" for line in lines for char in line)
    assert not any("\x9b" in line for line in lines)
