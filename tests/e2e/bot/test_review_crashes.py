"""What moderators and members decide happens once, whatever crashes when: processes really die."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.ids import MemberId, NoteId, PlaceId
from bot.domain.notes import Helpfulness, Rating
from bot.domain.policy import Mode
from bot.domain.ratings import STABLE_FOR, NoteStanding, RatingReason, Standing
from bot.sandbox import Sandbox
from bot.sandbox.people import Person
from bot.sandbox.state import Message
from bot.settings import Settings
from db.engine import open_database
from tests.e2e.bot.live import CLAIM, Live, live, live_settings, read_rows
from tests.e2e.bot.processes import SCRIPT, ended, process
from tests.e2e.bot.test_reviews import labels, shown

pytestmark = [pytest.mark.usefixtures("sqlite_url"), pytest.mark.thorough]

PLACE, ROOM = "ai-art-talk", "mod-room"
REVIEWS = "bot.discord_io.reviews:DiscordReviewPublisher"
NOTES = "bot.discord_io.publisher:DiscordPublisher"
SENDER = "bot.services.sending:OutboxSender"
WRITTEN = "db.stores.outbox:SqlOutboxStore.add:after"
"""The last moment at which nothing of a decision has been committed."""

ASKING = {
    "before the question is committed": WRITTEN,
    "before the card is claimed": f"{SENDER}._claim:before",
    "before the card is posted": f"{REVIEWS}.post_card:before",
    "before the card is recorded": f"{REVIEWS}.post_card:after",
    "after the card is recorded": f"{SENDER}._attempt:after",
}
ATTACHING = {
    "before the decision is committed": WRITTEN,
    "before the note is posted": f"{NOTES}.attach:before",
    "before the note is recorded": f"{NOTES}.attach:after",
    "before the card is changed": f"{REVIEWS}.update_card:before",
    "before its change is recorded": f"{REVIEWS}.update_card:after",
}
REJECTING = {
    "before the decision is committed": WRITTEN,
    "before the card is changed": f"{REVIEWS}.update_card:before",
    "before its change is recorded": f"{REVIEWS}.update_card:after",
}
TAKING_BACK = {
    "before the decision is committed": WRITTEN,
    "before the note is deleted": f"{NOTES}.delete:before",
    "before its deletion is recorded": f"{NOTES}.delete:after",
}
COLLAPSING = {
    "before the withdrawal is committed": WRITTEN,
    "before the note is collapsed": f"{NOTES}.update:before",
    "before its collapse is recorded": f"{NOTES}.update:after",
    "before moderators are told": f"{REVIEWS}.post_card:before",
    "before the telling is recorded": f"{REVIEWS}.post_card:after",
}


async def prepare(running: Live, mode: Mode) -> None:
    """Choose the review channel, and the mode of a place."""
    await running.services.rules.review_in(
        running.community, PlaceId(int(running.sandbox.channel(ROOM).id))
    )
    await running.watch(PLACE, mode)


async def crash(
    sandbox: Sandbox, settings: Settings, folder: Path, step: str, act: Callable[[], object]
) -> None:
    """Let the bot die at this step of what follows from an act."""
    more = {"KILL_AT": step, "RATINGS_S": "0.2"}
    async with process(settings, [str(SCRIPT)], cwd=folder, **more) as child:
        await sandbox.bot_online(40)
        act()
        code, errors = await ended(child)
    assert code == -signal.SIGKILL, errors


def card_in(sandbox: Sandbox) -> Message:
    """Return the only card."""
    (card,) = sandbox.bot_messages(ROOM)
    return card


async def decided(running: Live, card: Message, person: Person, button: str) -> None:
    """Press once more, as somebody does whose press was not answered; see that nothing waits."""
    await running.done()
    if button in labels(card):
        await person.press(card, button).answer()
        await running.done()
    assert labels(card) == ["Open fact-check"]


@pytest.mark.parametrize(
    ("step", "remembered"),
    [*((step, True) for step in ASKING), ("before the card is recorded", False)],
)
async def test_moderators_get_one_card_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path, step: str, remembered: bool
) -> None:
    settings = live_settings(sandbox, tmp_path)
    async with live(sandbox, settings) as first:
        await prepare(first, Mode.SUGGEST)
    mika = sandbox.member("Mika")
    await crash(sandbox, settings, tmp_path, ASKING[step], lambda: mika.say(PLACE, CLAIM))
    if not remembered:
        sandbox.forget_nonces()
    async with live(sandbox, settings) as again:
        await sandbox.eventually(lambda: sandbox.bot_messages(ROOM), 15)
        await again.done()
        (review,) = again.rows("review")
        assert (review["state"], review["message_id"]) == ("open", int(card_in(sandbox).id))
        assert len(again.rows("judgement")) == 1
    async with live(sandbox, settings) as third:
        await third.done()
        assert len(sandbox.bot_messages(ROOM)) == 1


@pytest.mark.parametrize("step", ATTACHING)
async def test_attach_attaches_one_note_and_marks_the_card_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    mika, tomas = sandbox.member("Mika"), sandbox.member("Tomas")
    async with live(sandbox, settings) as first:
        await prepare(first, Mode.SUGGEST)
        post = mika.say(PLACE, CLAIM)
        await first.done()
    card = card_in(sandbox)
    await crash(sandbox, settings, tmp_path, ATTACHING[step], lambda: tomas.press(card, "Attach"))
    sandbox.forget_nonces()
    async with live(sandbox, settings) as again:
        await decided(again, card, tomas, "Attach")
        note = await again.note_on(post)
        assert sandbox.bot_messages(PLACE) == [note]
        assert f"Attached by <@{tomas.id}>" in shown(card)
        assert sandbox.bot_messages(ROOM) == [card]
        assert [row["right"] for row in again.rows("label")] == [1]
        assert [row["state"] for row in again.rows("note")] == ["posted"]
        assert [row["kind"] for row in again.rows("moderation_case")] == ["factcheck_attach"]


@pytest.mark.parametrize("step", REJECTING)
async def test_not_this_claim_is_one_label_and_no_note_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    mika, tomas = sandbox.member("Mika"), sandbox.member("Tomas")
    async with live(sandbox, settings) as first:
        await prepare(first, Mode.SUGGEST)
        mika.say(PLACE, CLAIM)
        await first.done()
    card = card_in(sandbox)
    await crash(
        sandbox, settings, tmp_path, REJECTING[step], lambda: tomas.press(card, "Not this claim")
    )
    async with live(sandbox, settings) as again:
        await decided(again, card, tomas, "Not this claim")
        assert "Not this claim by" in shown(card)
        assert sandbox.bot_messages(PLACE) == []
        assert [row["right"] for row in again.rows("label")] == [0]
        assert [row["state"] for row in again.rows("review")] == ["wrong"]


@pytest.mark.parametrize("step", TAKING_BACK)
async def test_a_disputed_note_is_taken_back_once_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    tomas = sandbox.member("Tomas")
    async with live(sandbox, settings) as first:
        await prepare(first, Mode.AUTO)
        _, note = await first.raise_claim(PLACE)
        why = await tomas.press(note, "Why this note?").answer()
        assert why.message is not None
        asked = why.message
    await crash(
        sandbox, settings, tmp_path, TAKING_BACK[step], lambda: tomas.press(asked, "Not this claim")
    )
    async with live(sandbox, settings) as again:
        await again.done()
        if sandbox.bot_messages(PLACE):
            assert read_rows(settings, "withdrawal") == []
            await tomas.press(asked, "Not this claim").answer()
            await again.done()
        assert sandbox.bot_messages(PLACE) == []
        assert [row["cause"] for row in again.rows("withdrawal")] == ["moderator"]
        assert [row["right"] for row in again.rows("label")] == [0]
        assert [row["state"] for row in again.rows("note")] == ["withdrawn"]
        assert {row["state"] for row in again.rows("outbox")} == {"done"}


async def find_unhelpful(settings: Settings, note: NoteId) -> None:
    """Let five members have found a note not helpful, for longer than it takes."""
    now = datetime.now(UTC)
    reasons = (RatingReason.INCORRECT, RatingReason.BIASED)
    async with (
        open_database(settings.database_url) as database,
        database.writing() as stores,
    ):
        for member in map(MemberId, range(1, 6)):
            value = Helpfulness.NOT_HELPFUL
            await stores.notes.rate(Rating(note=note, member=member, value=value, at=now))
            await stores.ratings.explain(note, member, reasons)
        since = now - STABLE_FOR - timedelta(seconds=1)
        candidate = Standing.NOT_HELPFUL
        await stores.ratings.put_standing(NoteStanding(note=note, candidate=candidate, since=since))


@pytest.mark.parametrize("step", COLLAPSING)
async def test_a_note_found_not_helpful_is_collapsed_once_whatever_crashes(
    sandbox: Sandbox, tmp_path: Path, step: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    async with live(sandbox, settings) as first:
        await prepare(first, Mode.AUTO)
        _, note = await first.raise_claim(PLACE)
        (row,) = first.rows("note")
    await find_unhelpful(settings, NoteId(row["note_id"]))
    await crash(sandbox, settings, tmp_path, COLLAPSING[step], lambda: None)
    sandbox.forget_nonces()
    async with live(sandbox, settings) as again:
        await again.services.rating.assess_all()
        await sandbox.eventually(lambda: sandbox.bot_messages(ROOM), 15)
        await again.done()
        assert sandbox.bot_messages(PLACE) == [note]
        assert "found it not helpful" in shown(note)
        assert "taken back" in shown(card_in(sandbox))
        assert [row["cause"] for row in again.rows("withdrawal")] == ["ratings"]
        assert {row["state"] for row in again.rows("outbox")} == {"done"}
