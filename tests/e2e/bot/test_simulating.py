"""`/factcheck simulate` over the wire: it tells what would have happened, and does nothing."""

from __future__ import annotations

from typing import Any

from bot.domain.policy import Mode
from bot.sandbox import Answer
from bot.tree import NOT_ALLOWED
from tests.e2e.bot.live import ASIA, CHAT, CLAIM, OTHER_CLAIM, Live, all_rows
from tests.e2e.bot.test_factchecks import said

PLACE = "general"
KEPT_BY_EVERY_COMMAND = {"audit_entry", "setting", "lease"}


async def simulated(
    running: Live, *, by: str = "Noor", forge: bool = False, **options: object
) -> Answer:
    channel = running.sandbox.channel(PLACE)
    person = running.sandbox.member(by)
    command: dict[str, Any] = {"place": channel.id, "days": 7} | options
    return await said(person.slash("factcheck simulate", forge=forge, **command))


async def test_a_simulation_counts_and_links_and_neither_posts_nor_stores(running: Live) -> None:
    mika = running.sandbox.member("Mika")
    post = mika.say(PLACE, CLAIM)
    mika.say(PLACE, CHAT)
    mika.say(PLACE, OTHER_CLAIM)
    await running.done()
    before = all_rows(running.settings)
    answer = await simulated(running, threshold=80)
    assert answer.ephemeral
    assert "mode auto:** 3 posts by people; 1 note, 0 suggestions, 1 withheld" in answer.text
    assert f"`{ASIA}`: 1 note" in answer.text
    assert "1 × the place got another note less than 5 minutes ago" in answer.text
    assert f"/{post.channel_id}/{post.id}" in answer.text
    await running.done()
    assert running.sandbox.bot_messages(PLACE) == []
    after = all_rows(running.settings)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed <= KEPT_BY_EVERY_COMMAND


async def test_a_plain_member_is_refused_also_when_forged(running: Live) -> None:
    assert (await simulated(running, by="Sol", forge=True)).text == NOT_ALLOWED


async def test_a_draft_is_tried_alone(running: Live) -> None:
    running.sandbox.member("Mika").say(PLACE, CLAIM)
    await running.done()
    noor = running.sandbox.member("Noor")
    await said(noor.slash("factcheck pause", claim=ASIA, reason="try it"))
    assert "0 notes, 0 suggestions" in (await simulated(running)).text
    assert "1 note, 0 suggestions" in (await simulated(running, claim=ASIA)).text
    refused = await simulated(running, claim=ASIA, review=True)
    assert "review channel" in refused.text


async def test_what_a_simulation_leaves_out_is_said(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    assert "Left out of this" not in (await simulated(running)).text
    await said(noor.slash("factcheck pause-all"))
    await said(noor.slash("watch autonomy", state="on"))
    text = (await simulated(running)).text
    assert "automatic notes are paused there now" in text
    assert "a fact-check that has not earned it yet would only suggest" in text


async def test_review_cards_are_sent_once_and_only_when_asked_for(running: Live) -> None:
    running.sandbox.member("Mika").say(PLACE, CLAIM)
    await running.done()
    noor = running.sandbox.member("Noor")
    await said(noor.slash("watch review", channel=running.sandbox.channel("mod-room").id))
    assert "0 notes, 1 suggestion" in (await simulated(running, mode=Mode.SUGGEST.value)).text
    assert running.rows("review") == []
    assert "cards sent: 1 " in (await simulated(running, review=True)).text
    assert "cards sent: 0 " in (await simulated(running, review=True)).text
    await running.done()
    (card,) = running.sandbox.bot_messages("mod-room")
    assert (await noor.press(card, "Not this claim").answer()).ephemeral
    (label,) = running.rows("label")
    assert (label["slug"], label["right"]) == (ASIA, 0)
    assert running.sandbox.bot_messages(PLACE) == []
