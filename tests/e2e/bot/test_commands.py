"""Slash commands, menus and mentions: what members and moderators ask of the bot."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from bot.sandbox import Answer, ApiError, InteractionAnswer
from bot.sandbox.permissions import P
from bot.services.errors import UnavailableError
from bot.services.status import StatusService
from bot.services.watching import NOTHING_KNOWN
from bot.tree import NOT_ALLOWED, OUTAGE
from cogs.notes import NO_NOTE
from tests.e2e.bot.live import ASIA, CHAT, CLAIM, STEAM, Live, deny, is_quiet, logged
from tests.e2e.bot.plain import urls_in


async def said(waiting: InteractionAnswer) -> Answer:
    answer = await waiting.answer()
    assert answer.ephemeral
    return answer


# /check


async def test_check_completes_what_is_typed_with_claims(running: Live) -> None:
    waiting = running.sandbox.member("Sol").autocomplete("check", "claim", claim="embrac")
    answer = await waiting.answer()
    assert answer.choices == ({"name": CLAIM, "value": ASIA},)


@pytest.mark.thorough
async def test_check_with_nothing_typed_offers_the_library(running: Live) -> None:
    answer = await running.sandbox.member("Sol").autocomplete("check", "claim", claim="").answer()
    assert {choice["value"] for choice in answer.choices} == {ASIA, STEAM}


async def test_check_shows_the_chosen_fact_check_with_its_sources(running: Live) -> None:
    answer = await said(running.sandbox.member("Sol").slash("check", claim=ASIA))
    assert "Surveys differ by country" in answer.text
    assert f"https://example.org/{ASIA}/2" in urls_in(answer.text)


async def test_check_finds_a_claim_by_free_words(running: Live) -> None:
    answer = await said(running.sandbox.member("Sol").slash("check", claim=f"so, {CLAIM}"))
    assert CLAIM.rstrip(".") in answer.text
    assert "What the library says" in answer.text


@pytest.mark.thorough
async def test_check_of_something_else_says_that_nothing_is_known(running: Live) -> None:
    answer = await said(running.sandbox.member("Sol").slash("check", claim="zzz qqq"))
    assert "No fact-check is about this" in answer.text


# /watch


async def test_a_moderator_adds_lists_and_removes_a_watched_place(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    general = running.sandbox.channel("general")
    added = await said(noor.slash("watch add", place=general.id, mode="suggest"))
    assert added.text.startswith(f"Watching <#{general.id}>: moderators are asked about")
    listed = await said(noor.slash("watch list"))
    assert f"<#{general.id}> · suggest" in listed.text
    changed = await said(noor.slash("watch add", place=general.id))
    assert "attached by themselves" in changed.text
    await running.raise_claim(general)
    removed = await said(noor.slash("watch remove", place=general.id))
    assert removed.text == f"No longer watching <#{general.id}>."
    again = await said(noor.slash("watch remove", place=general.id))
    assert "not on the list" in again.text


@pytest.mark.thorough
async def test_a_thread_and_a_category_can_be_watched(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    thread = noor.create_thread("general", "Asia")
    for place in (thread, running.sandbox.channel("Talk")):
        answer = await said(noor.slash("watch add", place=place.id))
        assert f"Watching <#{place.id}>" in answer.text


async def test_a_forged_watch_command_is_refused_on_the_server_side(running: Live) -> None:
    place = {"place": running.sandbox.channel("general").id}
    commands: dict[str, Any] = {"watch add": place, "watch remove": place, "watch list": {}}
    before = running.rows("watch")
    for member, command in itertools.product(("Sol", "Tomas"), commands):
        person, options = running.sandbox.member(member), commands[command]
        with pytest.raises(ApiError):
            person.slash(command, **options)
        answer = await said(person.slash(command, forge=True, **options))
        assert answer.text == NOT_ALLOWED, (member, command)
        assert running.rows("watch") == before, (member, command)


async def test_adding_a_place_says_what_the_bot_lacks_there(running: Live) -> None:
    deny(running.sandbox, "general", P.EMBED_LINKS, P.SEND_MESSAGES)
    await running.done()
    general = running.sandbox.channel("general")
    answer = await said(running.sandbox.member("Noor").slash("watch add", place=general.id))
    assert "I lack there: Send Messages, Embed Links, Attach Files." in answer.text


# /status and errors


async def test_status_shows_places_figures_and_that_nothing_is_missing(running: Live) -> None:
    await running.raise_claim()
    answer = await said(running.sandbox.member("Sol").slash("status"))
    assert f"<#{running.sandbox.channel('debates').id}> · auto" in answer.text
    assert "1 post read, 1 raised a fact-checked claim" in answer.text
    assert "1 note attached" in answer.text
    assert "Missing\nNothing." in answer.text
    assert "2 fact-checks" in answer.text


@pytest.mark.thorough
async def test_status_names_what_is_missing_in_a_place(running: Live) -> None:
    deny(running.sandbox, "ai-art-talk", P.READ_MESSAGE_HISTORY)
    deny(running.sandbox, "debates", P.VIEW_CHANNEL)
    await running.done()
    answer = await said(running.sandbox.member("Sol").slash("status"))
    talk, debates = (running.sandbox.channel(name) for name in ("ai-art-talk", "debates"))
    assert f"<#{talk.id}>: Read Message History" in answer.text
    assert f"<#{debates.id}>: View Channel" in answer.text


async def test_a_crash_inside_a_command_says_an_incident(
    running: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(_: StatusService, community: int) -> None:
        raise RuntimeError("out of ink")

    monkeypatch.setattr(StatusService, "status", crash)
    with logged() as log:
        answer = await said(running.sandbox.member("Sol").slash("status"))
    assert "ink" not in answer.text
    (line,) = [line for line in log() if line["message"] == "an interaction failed"]
    assert f"Incident {line['incident']}." in answer.text
    assert "RuntimeError: out of ink" in line["trace"]


@pytest.mark.thorough
async def test_an_outage_inside_a_command_is_said_as_one(
    running: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: StatusService, community: int) -> None:
        raise UnavailableError("the database is busy", retryable=True)

    monkeypatch.setattr(StatusService, "status", fail)
    assert (await said(running.sandbox.member("Sol").slash("status"))).text == OUTAGE


@pytest.mark.thorough
async def test_a_choice_that_fails_leaves_the_bot_running(
    running: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("no choices")

    with monkeypatch.context() as broken:
        broken.setattr(type(running.services.library), "search", fail)
        running.sandbox.member("Sol").autocomplete("check", "claim", claim="asia")
        await running.done()
    answer = await said(running.sandbox.member("Sol").slash("check", claim=ASIA))
    assert "Surveys differ" in answer.text


# The menus


async def test_check_this_message_shows_what_it_raises(running: Live) -> None:
    post = running.sandbox.member("Mika").say("general", CLAIM)
    answer = await said(running.sandbox.member("Sol").menu("Check this message", post))
    assert CLAIM.rstrip(".") in answer.text
    assert "Match 9" in answer.text
    assert running.notes("general") == []


@pytest.mark.parametrize(("text", "sentence"), [(CHAT, "No fact-check is about this")])
async def test_check_this_message_says_when_there_is_nothing(
    running: Live, text: str, sentence: str
) -> None:
    post = running.sandbox.member("Mika").say("general", text)
    answer = await said(running.sandbox.member("Sol").menu("Check this message", post))
    assert sentence in answer.text


@pytest.mark.thorough
async def test_check_this_message_on_a_picture_says_that_there_is_no_text(running: Live) -> None:
    post = running.sandbox.member("Mika").say("general", "", files=[("cat.png", b"png")])
    answer = await said(running.sandbox.member("Sol").menu("Check this message", post))
    assert "no text" in answer.text


async def test_why_can_be_asked_on_the_note_and_on_its_post(running: Live) -> None:
    post, note = await running.raise_claim()
    for target in (note, post):
        answer = await said(running.sandbox.member("Sol").menu("Why this note?", target))
        assert f"> {CLAIM}" in answer.text


@pytest.mark.thorough
async def test_why_on_another_message_says_that_there_is_no_note(running: Live) -> None:
    post = running.sandbox.member("Mika").say("general", CHAT)
    answer = await said(running.sandbox.member("Sol").menu("Why this note?", post))
    assert answer.text == NO_NOTE


# Mentions


async def test_mentioning_the_bot_with_a_claim_gets_a_note_anywhere(running: Live) -> None:
    text = f"<@{running.sandbox.state.bot_id}> {CLAIM}"
    _, note = await running.raise_claim("general", text)
    assert is_quiet(note)
    (row,) = running.rows("judgement")
    assert row["reason"] == "asked"


async def test_mentioning_the_bot_with_something_else_gets_an_answer(running: Live) -> None:
    post = running.sandbox.member("Mika").say("general", f"<@{running.sandbox.state.bot_id}> hi")
    await running.done()
    (answer,) = running.sandbox.bot_messages("general")
    assert answer.content == NOTHING_KNOWN
    assert is_quiet(answer)
    assert (answer.reference or {})["message_id"] == post.id


@pytest.mark.thorough
async def test_mentioning_the_bot_again_says_that_the_note_is_there(running: Live) -> None:
    await running.raise_claim()
    text = f"<@{running.sandbox.state.bot_id}> {CLAIM}"
    running.sandbox.member("Sol").say("ai-art-talk", text)
    await running.done()
    _, answer = running.sandbox.bot_messages("ai-art-talk")
    assert answer.content == "The note on this claim is already in this thread."
