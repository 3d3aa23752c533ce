"""What moderators do to notes is on record as well."""

from __future__ import annotations

import json

from bot.domain.ids import PlaceId
from bot.domain.policy import Mode
from tests.e2e.bot.live import ASIA, CLAIM, Live
from tests.e2e.moderation.acting import cases


async def test_a_note_that_a_moderator_takes_back_is_a_case_about_the_posts_author(
    running: Live,
) -> None:
    await running.watch("ai-art-talk")
    _, note = await running.raise_claim()
    tomas = running.sandbox.member("Tomas")
    why = await tomas.press(note, "Why this note?").answer()
    assert why.message is not None
    await tomas.press(why.message, "Not this claim").answer()
    (case,) = cases(running)
    assert (case["kind"], case["state"]) == ("factcheck_withdraw", "done")
    assert case["reason"] == f"Fact-check {ASIA}"
    assert case["target_id"] == int(running.sandbox.member("Mika").id)
    assert case["by_id"] == int(tomas.id)


async def test_a_member_who_disputes_a_note_makes_no_case(running: Live) -> None:
    await running.watch("ai-art-talk")
    _, note = await running.raise_claim()
    sol = running.sandbox.member("Sol")
    why = await sol.press(note, "Why this note?").answer()
    assert why.message is not None
    await sol.press(why.message, "Not this claim").answer()
    assert cases(running) == []


async def test_a_note_that_a_moderator_attaches_from_a_card_is_a_case(running: Live) -> None:
    await running.watch("ai-art-talk", Mode.SUGGEST)
    place = PlaceId(int(running.sandbox.channel("general").id))
    await running.services.rules.review_in(running.community, place)
    post = running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.sandbox.eventually(lambda: running.sandbox.bot_messages("general"), 10)
    await running.done()
    (card,) = running.sandbox.bot_messages("general")
    tomas = running.sandbox.member("Tomas")
    await tomas.press(card, "Attach").answer()
    await running.note_on(post)
    (case,) = cases(running)
    assert (case["kind"], case["state"]) == ("factcheck_attach", "done")
    assert case["reason"] == f"Fact-check {ASIA}"
    assert case["target_id"] == int(running.sandbox.member("Mika").id)
    assert case["by_id"] == int(tomas.id)
    assert json.loads(case["details"]) == {"post": int(post.id)}
