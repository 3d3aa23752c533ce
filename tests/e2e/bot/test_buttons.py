"""The buttons under a note answer whoever presses them, also after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.client import OLD_BUTTON
from bot.domain.ids import NoteId
from bot.sandbox import Answer, Sandbox
from bot.sandbox.state import Message
from bot.services.notes import NoteService
from tests.e2e.bot.live import ASIA, CLAIM, Live, live, live_settings, logged
from tests.e2e.bot.plain import urls_in


async def pressed(running: Live, note: Message, button: str, *, by: str = "Sol") -> Answer:
    answer = await running.sandbox.member(by).press(note, button).answer()
    assert answer.ephemeral
    return answer


async def test_details_show_the_numbered_sources_to_whoever_asks(running: Live) -> None:
    _, note = await running.raise_claim()
    answer = await pressed(running, note, "Sources & details")
    assert "Surveys differ by country" in answer.text
    for n in (1, 2):
        assert f"[{n}] [Publisher {n} — Report {n}" in answer.text
        assert f"https://example.org/{ASIA}/{n}" in urls_in(answer.text)
    assert "Finding: mixed" in answer.text
    assert running.sandbox.bot_messages("ai-art-talk") == [note]


async def test_why_shows_the_sentence_and_the_probability(running: Live) -> None:
    _, note = await running.raise_claim(text=f"{CLAIM} And my cat is asleep.")
    answer = await pressed(running, note, "Why this note?")
    (row,) = running.rows("note")
    assert f"> {CLAIM}" in answer.text
    assert "cat" not in answer.text
    assert f"{row['probability']:.0%} (attaches by itself" in answer.text
    assert "says so" in answer.text
    assert answer.labels == ["Not this claim"]


@pytest.mark.thorough
async def test_why_says_so_when_the_post_was_changed(running: Live) -> None:
    post, note = await running.raise_claim()
    post.content = "Something else altogether."
    answer = await pressed(running, note, "Why this note?")
    assert "does not make this claim any more" in answer.text
    assert "else altogether" not in answer.text


async def test_a_rating_is_stored_and_can_be_changed(running: Live) -> None:
    _, note = await running.raise_claim()
    first = await pressed(running, note, "Helpful")
    again = await pressed(running, note, "Helpful")
    changed = await pressed(running, note, "Not helpful")
    await pressed(running, note, "Helpful", by="Priya")
    assert "rated this note as helpful" in first.text
    assert "replaces" not in again.text
    assert "rated this note as not helpful. It replaces" in changed.text
    ratings = {row["member_id"]: row["value"] for row in running.rows("rating")}
    people = running.sandbox.people
    assert ratings == {int(people["Sol"].id): "not-helpful", int(people["Priya"].id): "helpful"}


@pytest.mark.thorough
async def test_a_members_dispute_is_only_counted(running: Live) -> None:
    _, note = await running.raise_claim()
    why = await pressed(running, note, "Why this note?")
    assert why.message is not None
    answer = await pressed(running, why.message, "Not this claim")
    assert "counted" in answer.text
    await running.done()
    assert running.notes("ai-art-talk") == [note]
    (rating,) = running.rows("rating")
    assert rating["value"] == "not-helpful"


async def test_a_moderators_dispute_takes_the_note_back(running: Live) -> None:
    _, note = await running.raise_claim()
    why = await pressed(running, note, "Why this note?", by="Tomas")
    assert why.message is not None
    answer = await pressed(running, why.message, "Not this claim", by="Tomas")
    assert answer.text.startswith("The note was taken back.\nPosts nearly like it")
    await running.done()
    assert running.sandbox.bot_messages("ai-art-talk") == []
    again = await pressed(running, why.message, "Not this claim", by="Tomas")
    assert again.text == "This note was taken back already."


async def test_buttons_work_after_a_restart(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = live_settings(sandbox, tmp_path)
    async with live(sandbox, settings) as first:
        await first.watch("ai-art-talk")
        _, note = await first.raise_claim()
        await pressed(first, note, "Helpful")
    async with live(sandbox, settings) as second:
        await second.done()
        assert second.sandbox.bot_messages("ai-art-talk") == [note]
        assert "Surveys differ" in (await pressed(second, note, "Sources & details")).text
        assert f"> {CLAIM}" in (await pressed(second, note, "Why this note?")).text
        assert "replaces" in (await pressed(second, note, "Not helpful")).text


@pytest.mark.parametrize(
    "custom_id", ["fc1:bygone:AAAAAAAAAAAAAAAAAAAAAA", "fc1:details:short", "fc1:"]
)
async def test_a_button_of_another_version_is_answered(running: Live, custom_id: str) -> None:
    _, note = await running.raise_claim()
    note.components[0]["components"][0]["custom_id"] = custom_id
    assert (await pressed(running, note, custom_id)).text == OLD_BUTTON


@pytest.mark.thorough
async def test_a_button_of_a_note_that_is_not_known_is_answered(running: Live) -> None:
    _, note = await running.raise_claim()
    custom_id = f"fc1:details:{'A' * 22}"
    note.components[0]["components"][0]["custom_id"] = custom_id
    assert (await pressed(running, note, custom_id)).text == "This note was taken back."


async def test_a_crash_inside_a_button_says_an_incident(
    running: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(_: NoteService, note: NoteId) -> None:
        raise RuntimeError(f"out of paper for {note[:3]}")

    _, note = await running.raise_claim()
    monkeypatch.setattr(NoteService, "details", crash)
    with logged("debug") as log:
        answer = await pressed(running, note, "Sources & details")
    assert "paper" not in answer.text
    (line,) = [line for line in log() if line.get("message") == "an interaction failed"]
    assert f"Incident {line['incident']}." in answer.text
    assert "RuntimeError: out of paper" in line["trace"]
    assert CLAIM not in str(log())
