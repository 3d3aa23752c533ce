"""Moderators teach the real matcher over the wire, and what they taught counts at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import wiring
from bot.domain.ids import Slug
from bot.matching.matcher import Matcher
from bot.sandbox import Answer, Sandbox
from bot.sandbox.answers import InteractionAnswer
from bot.sandbox.limits import every_component
from bot.sandbox.people import Person
from bot.sandbox.state import Message
from bot.settings import Settings
from tests.e2e.bot.live import ASIA, Live, live, live_settings

POST = "Nobody in Osaka minds the machine pictures at all, they just get on with it over there"
NEARLY = (
    "Nobody in Osaka minds machine pictures at all, they all just get on with it over there lol"
)
FIRST, SECOND = "ai-art-talk", "general"
ROOM = "mod-room"
KEEP = "Keep as example…"


@pytest.fixture(autouse=True)
def _verbatim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the real matcher here."""
    monkeypatch.setattr(wiring, "Matcher", Matcher)


@pytest.fixture
def settings(sandbox: Sandbox, tmp_path: Path, sqlite_url: str) -> Settings:
    return live_settings(sandbox, tmp_path, library=None)


@pytest.fixture
async def running(sandbox: Sandbox, settings: Settings) -> AsyncIterator[Live]:
    async with live(sandbox, settings) as started:
        await prepared(started)
        yield started


async def prepared(running: Live) -> None:
    """Watch two places, and ask moderators about what is not quite sure."""
    channel = running.sandbox.channel(ROOM)
    await running.sandbox.member("Noor").slash("watch review", channel=channel.id).answer()
    await running.services.rules.set_thresholds(running.community, "85", "30")
    for place in (FIRST, SECOND):
        await running.watch(place)


async def carded(running: Live, text: str = POST) -> Message:
    """Let a member say something that moderators are asked about; return the card."""
    running.sandbox.member("Mika").say(FIRST, text)
    await running.sandbox.eventually(lambda: running.sandbox.bot_messages(ROOM), 15.0)
    await running.done()
    return running.sandbox.bot_messages(ROOM)[-1]


async def decided(running: Live, button: str, *, by: str = "Tomas") -> Message:
    """Let a moderator decide; return what only they see."""
    card = await carded(running)
    answer = await running.sandbox.member(by).press(card, button).answer()
    assert "Posts nearly like it are judged so from now on" in answer.text
    await running.done()
    assert answer.message is not None
    return answer.message


async def submitted(person: Person, opened: InteractionAnswer, text: str) -> Answer:
    modal = opened.interaction.modal
    assert modal is not None
    (field,) = [c["custom_id"] for _, c in every_component(modal["components"]) if c["type"] == 4]
    return await person.submit_modal(opened, {field: text}).answer()


async def probability(running: Live, text: str) -> float:
    found = await running.services.library.read(running.community, text)
    return max((m.probability for m in found.matches if m.slug == ASIA), default=0.0)


async def test_after_attach_a_paraphrase_gets_the_note_by_itself(running: Live) -> None:
    assert await probability(running, NEARLY) < 0.85
    await decided(running, "Attach")
    (imprint,) = running.rows("imprint")
    assert (imprint["slug"], imprint["raises"], len(imprint["signs"])) == (ASIA, 1, 32)
    post = running.sandbox.member("Sol").say(SECOND, NEARLY)
    note = await running.note_on(post)
    why = await running.sandbox.member("Sol").press(note, "Why this note?").answer()
    assert "A post that a moderator confirmed" in why.text
    assert "its text was not kept" in why.text
    assert len(running.sandbox.bot_messages(ROOM)) == 1
    assert "Osaka" not in str(running.rows("imprint") + running.rows("example"))


async def test_after_not_this_claim_a_near_post_is_left_alone(running: Live) -> None:
    assert await probability(running, NEARLY) >= 0.3
    await decided(running, "Not this claim")
    running.sandbox.member("Sol").say(SECOND, NEARLY)
    await running.done()
    assert running.notes(SECOND) == []
    assert [row["slug"] for row in running.rows("review")].count(ASIA) == 1
    assert [row["raises"] for row in running.rows("imprint")] == [0]


async def test_a_moderator_keeps_the_text_that_they_confirmed(running: Live) -> None:
    told = await decided(running, "Attach")
    tomas = running.sandbox.member("Tomas")
    opened = tomas.press(told, KEEP)
    assert (await opened.answer()).kind == "modal"
    assert POST in str(opened.interaction.modal)
    assert "Kept" in (await submitted(tomas, opened, "In Osaka nobody minds AI pictures")).text
    (row,) = running.rows("example")
    assert (row["text"], row["by_member_id"]) == (
        "In Osaka nobody minds AI pictures",
        int(tomas.id),
    )
    assert running.rows("imprint") == []


async def test_examples_are_added_listed_and_removed_by_hand(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    text = "nobody in Taipei lost a minute of sleep over picture machines"
    before = await probability(running, text)
    opened = noor.slash("factcheck example add", claim=ASIA, kind="says so")
    assert (await opened.answer()).kind == "modal"
    assert "Kept" in (await submitted(noor, opened, text)).text
    assert await probability(running, text) > max(before, 0.5)
    listed = await noor.slash("factcheck example list", claim=ASIA).answer()
    assert "nobody in Taipei lost" in listed.text
    assert f"<@{noor.id}>" in listed.text
    taught = await running.services.teaching.taught(running.community, Slug(ASIA))
    (kept,) = taught.examples
    typed = noor.autocomplete("factcheck example remove", "example", claim=ASIA, example="taipei")
    (choice,) = (await typed.answer()).choices
    assert choice["name"] == kept.example.text
    removed = await noor.slash(
        "factcheck example remove", claim=ASIA, example=choice["value"]
    ).answer()
    assert "Removed" in removed.text
    assert await probability(running, text) == before
    assert running.rows("example") == []


@pytest.mark.thorough
async def test_what_was_taught_counts_after_a_restart(sandbox: Sandbox, settings: Settings) -> None:
    async with live(sandbox, settings) as running:
        await prepared(running)
        await decided(running, "Attach")
        taught = await probability(running, NEARLY)
    async with live(sandbox, settings) as running:
        assert await probability(running, NEARLY) == taught
        post = sandbox.member("Sol").say(SECOND, NEARLY)
        await running.note_on(post)
