"""A claim gets one sourced note, where and as it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import wiring
from bot.domain.ids import PlaceId, PostId, Slug
from bot.domain.notes import derive_note_id
from bot.domain.policy import Mode
from bot.matching.matcher import Matcher
from bot.sandbox import Sandbox
from bot.sandbox.limits import every_component
from bot.sandbox.state import Channel, Message
from tests.e2e.bot.live import ASIA, CHAT, CLAIM, LABELS, Live, is_quiet, live, live_settings


def labels(message: Message) -> list[str]:
    return [c["label"] for _, c in every_component(message.components) if c.get("label")]


async def test_a_claim_in_a_channel_gets_one_quiet_sourced_reply(running: Live) -> None:
    post, note = await running.raise_claim()

    assert running.sandbox.bot_messages("ai-art-talk") == [note]
    assert note.reference is not None
    assert note.reference["message_id"] == post.id
    assert is_quiet(note)
    assert note.content == ""
    (embed,) = note.embeds
    assert embed["title"].endswith(f"Context · “{CLAIM.rstrip('.')}”  — mixed")
    assert "Surveys and protests disagree" in embed["description"]
    assert "Sources: [Publisher 1](https://example.org/" in embed["description"]
    assert embed["footer"]["text"].startswith("Checked ")
    assert labels(note) == LABELS
    assert "Mika" not in str(embed)
    expected = derive_note_id(PlaceId(int(post.channel_id)), PostId(int(post.id)), Slug(ASIA))
    assert note.nonce == expected
    (row,) = running.rows("note")
    assert (row["note_id"], row["state"], row["message_id"]) == (expected, "posted", int(note.id))


async def test_the_starter_library_recognises_its_own_claim(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "Matcher", Matcher)
    async with live(sandbox, live_settings(sandbox, tmp_path, library=None)) as running:
        await running.watch("ai-art-talk")
        await running.raise_claim()
        assert [row["slug"] for row in running.rows("note")] == [ASIA]


async def test_a_claim_in_a_thread_of_a_watched_channel_gets_a_note(running: Live) -> None:
    thread = running.sandbox.member("Mika").create_thread("ai-art-talk", "Asia")
    post, note = await running.raise_claim(thread, by="Sol")
    assert (note.reference or {})["message_id"] == post.id
    assert running.notes("ai-art-talk") == []


async def test_the_opening_post_of_a_forum_thread_gets_a_note(running: Live) -> None:
    _, opening = running.sandbox.member("Aiko").forum_post("debates", "Asia and AI", CLAIM)
    assert is_quiet(await running.note_on(opening))


@pytest.mark.thorough
async def test_the_places_in_a_watched_category_inherit(running: Live) -> None:
    await running.watch("Talk")
    await running.raise_claim("general")
    thread = running.sandbox.member("Mika").create_thread("general", "More")
    running.sandbox.member("Sol").say(thread, CHAT)
    await running.done()
    assert running.notes(thread) == []


async def test_a_place_that_is_not_watched_gets_nothing(running: Live) -> None:
    running.sandbox.member("Mika").say("general", CLAIM)
    await running.done()
    assert running.sandbox.bot_messages("general") == []
    assert running.rows("judgement") == []


async def test_ordinary_chat_gets_nothing(running: Live) -> None:
    running.sandbox.member("Mika").say("ai-art-talk", CHAT)
    await running.done()
    assert running.sandbox.bot_messages("ai-art-talk") == []
    assert running.rows("outbox") == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("mode", "outcome", "reason"),
    [(Mode.SUGGEST, "suggest", "suggest-mode"), (Mode.SILENT, "none", "silent-mode")],
)
async def test_a_place_that_wants_no_notes_only_has_claims_counted(
    running: Live, mode: Mode, outcome: str, reason: str
) -> None:
    await running.watch("ai-art-talk", mode)
    running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.done()
    assert running.sandbox.bot_messages("ai-art-talk") == []
    (row,) = running.rows("judgement")
    assert (row["outcome"], row["reason"]) == (outcome, reason)


async def test_a_claim_said_twice_in_a_thread_gets_one_note(running: Live) -> None:
    thread = running.sandbox.member("Mika").create_thread("ai-art-talk", "Asia")
    await running.raise_claim(thread)
    running.sandbox.member("Sol").say(thread, CLAIM)
    await running.done()
    assert len(running.sandbox.bot_messages(thread)) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["ai-art-talk", "Talk"])
async def test_a_place_is_no_longer_watched_after_it_was_taken_off(
    running: Live, name: str
) -> None:
    channel: Channel = running.sandbox.channel("general")
    await running.watch(name)
    await running.services.places.unwatch(
        running.community, PlaceId(int(running.sandbox.channel(name).id))
    )
    running.sandbox.member("Mika").say(channel, CLAIM)
    await running.done()
    assert running.notes(channel) == []
