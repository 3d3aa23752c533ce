"""Suggestions reach moderators as cards, and what they decide happens once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from bot.domain.policy import Mode
from bot.sandbox import Answer
from bot.sandbox.answers import InteractionAnswer
from bot.sandbox.limits import every_component
from bot.sandbox.people import Person
from bot.sandbox.state import Message
from db.engine import SqlDatabase
from db.tables import NoteRow
from db.trust_tables import ReviewRow
from tests.e2e.bot.live import ASIA, CLAIM, Live, is_quiet

PLACE = "ai-art-talk"
OPEN_ROOM = "general"
"""A careless choice: members see the cards there, and could try the buttons."""
BUTTONS = ["Attach", "Not this claim", "Edit threshold", "Open fact-check"]
REFUSED = "You need the permission “Manage Messages” for this."


async def ask(running: Live, *, mode: Mode = Mode.SUGGEST, room: str = "mod-room") -> None:
    """Let a moderator choose the review channel, and the mode of a place."""
    noor = running.sandbox.member("Noor")
    channel = running.sandbox.channel(room)
    answer = await noor.slash("watch review", channel=channel.id).answer()
    assert answer.text.startswith(f"Moderators are asked in <#{channel.id}>.")
    assert ("Everybody can read" in answer.text) == (room == OPEN_ROOM)
    await running.watch(PLACE, mode)


async def suggested(
    running: Live, text: str = CLAIM, *, room: str = "mod-room"
) -> tuple[Message, Message]:
    """Let a member raise a claim; return the post and the card."""
    post = running.sandbox.member("Mika").say(PLACE, text)
    await running.sandbox.eventually(lambda: running.sandbox.bot_messages(room), 15.0)
    await running.done()
    return post, running.sandbox.bot_messages(room)[-1]


async def pressed(person: Person, message: Message, button: str) -> Answer:
    answer = await person.press(message, button).answer()
    assert answer.ephemeral
    return answer


def labels(message: Message) -> list[str]:
    return [c["label"] for _, c in every_component(message.components) if c.get("label")]


def shown(card: Message) -> str:
    return str(card.embeds)


async def test_cards_and_notes_of_another_server_are_not_for_these_moderators(
    running: Live,
) -> None:
    """A client can name any card or note; whoever runs a server of their own moderates there."""
    await ask(running)
    _post, card = await suggested(running)
    tomas = running.sandbox.member("Tomas")
    await give_to(running, ReviewRow, 1)
    for button in BUTTONS:
        assert (await pressed(tomas, card, button)).text == "This card is not known here any more."
    assert running.rows("note") == []
    await give_to(running, ReviewRow, running.community)
    await pressed(tomas, card, "Attach")
    await running.sandbox.eventually(lambda: running.sandbox.bot_messages(PLACE))
    await running.done()
    (note,) = running.sandbox.bot_messages(PLACE)
    why = await tomas.menu("Why this note?", note).answer()
    assert why.message is not None
    (dispute,) = labels(why.message)
    await give_to(running, NoteRow, 1)
    for message, button in (
        (note, "Not helpful"),
        (note, "Sources & details"),
        (why.message, dispute),
    ):
        assert "taken back" in (await pressed(tomas, message, button)).text
    assert [row["state"] for row in running.rows("note")] == ["posted"]
    assert running.rows("rating") == []


async def give_to(running: Live, table: type[NoteRow | ReviewRow], community: int) -> None:
    """Let what is stored belong to another server."""
    database = running.services.database
    assert isinstance(database, SqlDatabase)
    async with database.working(writable=True) as work:
        await work.change(update(table).values(community_id=community))


async def test_a_suggestion_is_a_quiet_card_without_the_posts_words(running: Live) -> None:
    await ask(running)
    post, card = await suggested(running, f"{CLAIM} My grandmother Ottilie says so, too.")
    assert is_quiet(card)
    assert labels(card) == BUTTONS
    assert f"/{post.channel_id}/{post.id})" in shown(card)
    assert "the place asks for suggestions only" in shown(card)
    assert "Ottilie" not in shown(card)
    assert "Mika" not in shown(card)
    assert running.notes(PLACE) == []
    (row,) = running.rows("review")
    assert (row["kind"], row["state"], row["message_id"]) == ("suggestion", "open", int(card.id))


async def test_attach_puts_the_note_there_and_the_card_says_who_and_when(running: Live) -> None:
    await ask(running)
    post, card = await suggested(running)
    tomas = running.sandbox.member("Tomas")
    answer = await pressed(tomas, card, "Attach")
    assert "in a moment" in answer.text
    assert is_quiet(await running.note_on(post))
    assert f"Attached by <@{tomas.id}>, <t:" in shown(card)
    assert labels(card) == ["Open fact-check"]
    (label,) = running.rows("label")
    assert (label["slug"], label["right"], label["by_member_id"]) == (ASIA, 1, int(tomas.id))


async def test_two_moderators_at_once_attach_one_note(running: Live) -> None:
    await ask(running)
    post, card = await suggested(running)
    presses = [running.sandbox.member(name).press(card, "Attach") for name in ("Tomas", "Noor")]
    answers = [(await each).text for each in asyncio.as_completed([p.answer() for p in presses])]
    assert sorted(text.startswith("This was decided already") for text in answers) == [False, True]
    await running.note_on(post)
    assert [row["state"] for row in running.rows("note")] == ["posted"]


async def test_not_this_claim_is_a_label_and_no_note(running: Live) -> None:
    await ask(running)
    _, card = await suggested(running)
    await pressed(running.sandbox.member("Tomas"), card, "Not this claim")
    await running.done()
    assert running.notes(PLACE) == []
    assert "Not this claim by <@" in shown(card)
    assert [row["right"] for row in running.rows("label")] == [0]


async def test_a_plain_member_who_presses_is_refused_and_audited(running: Live) -> None:
    await ask(running, room=OPEN_ROOM)
    _, card = await suggested(running, room=OPEN_ROOM)
    for button in BUTTONS:
        assert (await pressed(running.sandbox.member("Sol"), card, button)).text == REFUSED
    await running.done()
    assert running.rows("label") == []
    assert [row["state"] for row in running.rows("review")] == ["open"]
    assert running.notes(PLACE) == []

    def refused() -> bool:
        entries = running.rows("audit_entry")
        found = {entry["command"] for entry in entries if entry["outcome"] == "refused"}
        return found == {"fc1:rv-attach", "fc1:rv-wrong", "fc1:rv-threshold"}

    await running.sandbox.eventually(refused, 15.0)


@pytest.mark.thorough
async def test_open_fact_check_shows_it_to_the_moderator(running: Live) -> None:
    await ask(running)
    _, card = await suggested(running)
    answer = await pressed(running.sandbox.member("Tomas"), card, "Open fact-check")
    assert "Surveys differ by country" in answer.text


@pytest.mark.thorough
async def test_thresholds_are_edited_in_a_form_and_used(running: Live) -> None:
    await ask(running, mode=Mode.AUTO)
    tomas = running.sandbox.member("Tomas")
    await running.services.rules.set_thresholds(running.community, "100", "30")
    _, card = await suggested(running)
    opened = tomas.press(card, "Edit threshold")
    assert (await opened.answer()).kind == "modal"
    for auto, suggest in (("20", "90"), ("lots", "30")):
        refused = await submitted(tomas, opened, auto, suggest)
        assert "Nothing was changed" in refused.text
    (before,) = running.rows("note_rules")
    assert (before["auto_threshold"], before["suggest_threshold"]) == (1.0, 0.3)
    accepted = await submitted(tomas, opened, "60 %", "40")
    assert "posts from 60.0% get a note" in accepted.text
    (after,) = running.rows("note_rules")
    assert (after["auto_threshold"], after["suggest_threshold"]) == (0.6, 0.4)


async def submitted(person: Person, opened: InteractionAnswer, auto: str, suggest: str) -> Answer:
    modal = opened.interaction.modal
    assert modal is not None
    ids = [c["custom_id"] for _, c in every_component(modal["components"]) if c.get("custom_id")]
    values = dict(zip(ids, (auto, suggest), strict=True))
    return await person.submit_modal(opened, values).answer()


async def test_a_card_of_a_deleted_post_says_that_nothing_is_left(running: Live) -> None:
    await ask(running)
    post, card = await suggested(running)
    running.sandbox.member("Mika").delete(post)
    await running.done()
    assert "nothing left to decide" in shown(card)
    assert [row["state"] for row in running.rows("review")] == ["outdated"]


@pytest.mark.thorough
async def test_a_card_about_a_post_in_a_deleted_channel_says_that_nothing_is_left(
    running: Live,
) -> None:
    await ask(running)
    _, card = await suggested(running)
    running.sandbox.member("Noor").delete_channel(PLACE)
    await running.done()
    assert "nothing left to decide" in shown(card)
    assert labels(card) == ["Open fact-check"]
    assert [row["state"] for row in running.rows("review")] == ["outdated"]


@pytest.mark.thorough
async def test_status_says_when_nobody_sees_the_suggestions(running: Live) -> None:
    await running.watch(PLACE, Mode.SUGGEST)
    running.sandbox.member("Mika").say(PLACE, CLAIM)
    await running.done()
    assert running.rows("review") == []
    status = await running.sandbox.member("Sol").slash("status").answer()
    assert "There is no review channel" in status.text
    await ask(running)
    status = await running.sandbox.member("Sol").slash("status").answer()
    assert "There is no review channel" not in status.text


@pytest.mark.thorough
async def test_autonomy_makes_a_fact_check_suggest_until_it_has_earned_more(running: Live) -> None:
    await ask(running, mode=Mode.AUTO)
    noor = running.sandbox.member("Noor")
    assert "only suggests" in (await noor.slash("watch autonomy", state="on").answer()).text
    _, card = await suggested(running)
    await pressed(noor, card, "Attach")
    await running.done()
    listed = await noor.slash("watch list").answer()
    assert f"`{ASIA}` · 1 of 1 right · bound 21% · suggests" in listed.text
    assert "the fact-check has not yet earned" in shown(card)


async def test_an_author_asks_for_a_review_and_a_moderator_takes_the_note_back(
    running: Live,
) -> None:
    await ask(running, mode=Mode.AUTO, room=OPEN_ROOM)
    _, note = await running.raise_claim(PLACE)
    mika, tomas = running.sandbox.member("Mika"), running.sandbox.member("Tomas")
    own = await pressed(mika, note, "Not helpful")
    assert "your own post" in own.text
    assert running.rows("rating") == []
    assert own.message is not None
    assert "once more" in (await pressed(mika, own.message, "Ask for review")).text
    again = await pressed(mika, own.message, "Ask for review")
    assert "asked for a review" in again.text
    await running.done()
    (card,) = running.sandbox.bot_messages(OPEN_ROOM)
    assert labels(card) == ["Keep the note", "Not this claim", "Open fact-check"]
    assert (await pressed(running.sandbox.member("Sol"), card, "Keep the note")).text == REFUSED
    await pressed(tomas, card, "Not this claim")
    await running.done()
    assert running.notes(PLACE) == []
    assert [row["cause"] for row in running.rows("withdrawal")] == ["moderator"]


@pytest.mark.thorough
async def test_three_wrong_notes_pause_a_place_until_a_moderator_resumes(running: Live) -> None:
    await ask(running, mode=Mode.AUTO, room=OPEN_ROOM)
    tomas = running.sandbox.member("Tomas")
    for number in range(3):
        thread = running.sandbox.member("Mika").create_thread(PLACE, f"No. {number}")
        text = f"<@{running.sandbox.state.bot_id}> {CLAIM}"
        _, note = await running.raise_claim(thread, text)
        why = await pressed(tomas, note, "Why this note?")
        assert why.message is not None
        await pressed(tomas, why.message, "Not this claim")
        await running.done()
    (card,) = running.sandbox.bot_messages(OPEN_ROOM)
    assert "Automatic notes are paused here" in shown(card)
    status = await running.sandbox.member("Sol").slash("status").answer()
    assert "Automatic notes are paused in <#" in status.text
    assert (await pressed(running.sandbox.member("Sol"), card, "Resume")).text == REFUSED
    await pressed(tomas, card, "Resume")
    await running.done()
    (pause,) = running.rows("pause")
    assert pause["resumed_by_id"] == int(tomas.id)
    status = await running.sandbox.member("Sol").slash("status").answer()
    assert "paused" not in status.text


@pytest.mark.thorough
async def test_a_button_of_a_card_that_is_not_known_is_answered(running: Live) -> None:
    await ask(running)
    _, card = await suggested(running)
    for verb in ("attach", "wrong", "keep", "resume", "open"):
        custom_id = f"fc1:rv-{verb}:{'A' * 22}"
        card.components[0]["components"][0]["custom_id"] = custom_id
        answer = await pressed(running.sandbox.member("Tomas"), card, custom_id)
        assert answer.text == "This card is not known here any more."
