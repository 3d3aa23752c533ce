"""Ratings with reasons, requests, opting out, the hold and the tag, by the members themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ids import NoteId
from bot.domain.ratings import STABLE_FOR
from bot.sandbox.errors import ApiError
from bot.sandbox.limits import every_component
from bot.sandbox.people import Person
from bot.sandbox.permissions import P
from bot.sandbox.state import Message
from tests.e2e.bot.live import CHAT, CLAIM, Live, deny

pytestmark = pytest.mark.thorough

PLACE = "ai-art-talk"
RATERS = ("Aiko", "Sol", "Priya", "Emeka", "Tomas")
WHY = "Why? Choose what fits"


async def rate(person: Person, note: Message, button: str, *reasons: str) -> Message:
    answer = await person.press(note, button).answer()
    assert answer.message is not None
    if reasons:
        stored = await person.select(answer.message, WHY, list(reasons)).answer()
        assert "reasons are stored" in stored.text
    return answer.message


async def test_a_note_that_members_find_not_helpful_is_collapsed(running: Live) -> None:
    post, note = await running.raise_claim(PLACE)
    room = running.sandbox.channel("mod-room")
    await running.sandbox.member("Noor").slash("watch review", channel=room.id).answer()
    for name in RATERS:
        await rate(running.sandbox.member(name), note, "Not helpful", "incorrect", "not-needed")
    await running.services.rating.assess_all()
    (standing,) = running.rows("standing")
    assert (standing["standing"], standing["candidate"]) == ("needs-more", "not-helpful")
    await _let_time_pass(running, STABLE_FOR)
    await running.services.rating.assess_all()
    await running.done()
    (shown,) = running.notes(PLACE)
    assert shown.id == note.id
    assert "Incorrect information" in str(shown.embeds)
    assert "Surveys and protests" not in str(shown.embeds)
    assert [row["state"] for row in running.rows("note")] == ["withdrawn"]
    (card,) = running.sandbox.bot_messages("mod-room")
    assert "it was taken back" in str(card.embeds)
    late = await running.sandbox.member("Noor").press(card, "Open fact-check").answer()
    assert "Surveys differ" in late.text
    assert post in running.sandbox.messages(PLACE)


async def _let_time_pass(running: Live, span: timedelta) -> None:
    """Move the moment from which a candidate has been stable into the past."""
    note = NoteId(running.rows("note")[0]["note_id"])
    async with running.services.database.writing() as stores:
        standing = await stores.ratings.standing(note)
        assert standing.since is not None
        await stores.ratings.put_standing(replace(standing, since=standing.since - span))


async def test_somewhat_and_reasons_are_offered_after_a_rating(running: Live) -> None:
    _, note = await running.raise_claim(PLACE)
    sol = running.sandbox.member("Sol")
    answer = await rate(sol, note, "Helpful", "clear", "neutral")
    reasons = {row["reason"] for row in running.rows("rating_reason")}
    assert reasons == {"clear", "neutral"}
    changed = await sol.press(answer, "Somewhat helpful").answer()
    assert "somewhat helpful. It replaces" in changed.text
    assert [row["value"] for row in running.rows("rating")] == ["somewhat"]
    assert running.rows("rating_reason") == []
    late = await sol.select(answer, WHY, ["clear"]).answer()
    assert "stored" in late.text


async def test_a_message_that_nothing_is_known_about_joins_the_queue(running: Live) -> None:
    post = running.sandbox.member("Mika").say("general", CHAT)
    for name in ("Sol", "Priya", "Sol"):
        person = running.sandbox.member(name)
        checked = await person.menu("Check this message", post).answer()
        assert checked.labels == ["Ask moderators to check this"]
        assert checked.message is not None
        asked = await person.press(checked.message, "Ask moderators to check this").answer()
    assert "2 members asked" in asked.text
    tomas = running.sandbox.member("Tomas")
    listed = await tomas.slash("requests list").answer()
    assert f"2 members asked · https://discord.com/channels/{running.community}" in listed.text
    assert "keyboard" not in listed.text
    offered = await tomas.autocomplete("requests close", "request", request="").answer()
    (choice,) = offered.choices
    wrong = await tomas.slash("requests close", request="no such thing").answer()
    assert "Choose a request from the list" in wrong.text
    closed = await tomas.slash("requests close", request=choice["value"]).answer()
    assert closed.text.startswith("Closed.")
    assert (await tomas.slash("requests list").answer()).text == "Nobody is waiting for a check."
    (row,) = running.rows("check_request")
    assert row["closed_by_id"] == int(tomas.id)


async def test_a_dishonest_client_can_ask_about_no_place_but_those_that_it_can_read(
    running: Live,
) -> None:
    sol = running.sandbox.member("Sol")
    checked = await sol.menu("Check this message", sol.say("general", CHAT)).answer()
    assert checked.message is not None
    ((_, button),) = [
        each for each in every_component(checked.message.components) if "custom_id" in each[1]
    ]
    staff = running.sandbox.member("Tomas").say("mod-room", CHAT)
    elsewhere = sol.open_dm()
    for channel, said in (
        (staff.channel_id, "You cannot read this channel."),
        (elsewhere.id, "This post is gone."),
        ("9" * 20, "This post is gone."),
    ):
        button["custom_id"] = f"fc1:ask:{channel}-{staff.id}"
        answer = await sol.press(checked.message, "Ask moderators to check this").answer()
        assert answer.text == said
    assert running.rows("check_request") == []


async def test_the_sixth_request_of_a_day_is_refused(running: Live) -> None:
    sol = running.sandbox.member("Sol")
    for number in range(6):
        post = running.sandbox.member("Mika").say("general", f"{CHAT} {number}")
        checked = await sol.menu("Check this message", post).answer()
        assert checked.message is not None
        answer = await sol.press(checked.message, "Ask moderators to check this").answer()
    assert "5 times in the last 24 hours" in answer.text
    assert len(running.rows("check_request")) == 5


COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("watch review", {}),
    ("watch autonomy", {"state": "on"}),
    ("watch hold", {"seconds": 5}),
    ("watch tag", {"name": "x"}),
    ("watch resume", {"place": "general"}),
    ("requests list", {}),
    ("requests close", {"request": "1-1"}),
)


async def test_plain_members_who_forge_moderators_commands_are_refused(running: Live) -> None:
    sol = running.sandbox.member("Sol")
    for command, options in COMMANDS:
        named = {
            k: running.sandbox.channel(v).id if k == "place" else v for k, v in options.items()
        }
        with pytest.raises(ApiError):
            sol.slash_with(command, named)
        answer = await sol.slash_with(command, named, forge=True).answer()
        assert answer.text.startswith("You need the permission")
    assert running.rows("note_rules") == []


async def test_a_member_who_opted_out_gets_no_note_until_they_opt_in(running: Live) -> None:
    mika = running.sandbox.member("Mika")
    assert "no notes from now on" in (await mika.slash("optout").answer()).text
    mika.say(PLACE, CLAIM)
    await running.done()
    assert running.notes(PLACE) == []
    assert running.rows("judgement") == []
    await mika.slash("optin").answer()
    await running.raise_claim(PLACE)


async def test_a_slip_that_is_deleted_during_the_hold_gets_no_note(running: Live) -> None:
    answer = await running.sandbox.member("Noor").slash("watch hold", seconds=600).answer()
    assert "600 seconds" in answer.text
    mika = running.sandbox.member("Mika")
    post = mika.say(PLACE, CLAIM)
    await running.done()
    assert [row["state"] for row in running.rows("outbox")] == ["waiting"]
    mika.delete(post)
    await running.done()
    assert [row["state"] for row in running.rows("outbox")] == ["failed"]
    assert [row["state"] for row in running.rows("note")] == ["withdrawn"]
    assert running.sandbox.bot_messages(PLACE) == []


async def test_a_forum_thread_with_a_note_gets_the_tag_where_the_bot_may(running: Live) -> None:
    mika, noor = running.sandbox.member("Mika"), running.sandbox.member("Noor")
    await noor.slash_with("watch tag", {"name": "Has Context"}).answer()
    thread, opening = mika.forum_post("debates", "Asia", CLAIM)
    await running.note_on(opening)
    await running.done()
    assert thread.thread is not None
    names = {tag.id: tag.name for tag in running.sandbox.channel("debates").tags}
    assert [names[tag] for tag in thread.thread.applied_tags] == ["has context"]


async def test_a_missing_permission_for_the_tag_is_no_failure(running: Live) -> None:
    await running.sandbox.member("Noor").slash_with("watch tag", {"name": "has context"}).answer()
    deny(running.sandbox, "debates", P.MANAGE_THREADS)
    await running.done()
    thread, opening = running.sandbox.member("Mika").forum_post("debates", "Asia", CLAIM)
    await running.note_on(opening)
    await running.done()
    assert thread.thread is not None
    assert thread.thread.applied_tags == []
    assert {row["state"] for row in running.rows("outbox")} == {"done"}


async def test_a_claim_that_comes_back_links_to_the_note_and_is_counted(running: Live) -> None:
    _, note = await running.raise_claim(PLACE)
    again = running.sandbox.member("Sol").say(PLACE, CLAIM)
    await running.done()
    link = f"/{note.channel_id}/{note.id})"
    for menu in ("Check this message", "Why this note?"):
        answer = await running.sandbox.member("Priya").menu(menu, again).answer()
        assert link in answer.text
    assert running.notes(PLACE) == [note]
    reasons = sorted(row["reason"] for row in running.rows("judgement"))
    assert reasons == ["already-in-thread", "confident"]
