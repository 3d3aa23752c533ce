"""Members flag posts, moderators decide on cards: once, and everybody hears what came of it."""

from __future__ import annotations

import asyncio

import pytest

from bot.sandbox.permissions import P
from tests.e2e.bot.live import ASIA, CLAIM, STEAM, Live, deny, is_quiet
from tests.e2e.moderation.acting import ask, cases, told
from tests.e2e.moderation.flags import (
    BUTTONS,
    MENU,
    STAFF,
    card_of,
    cards,
    choose,
    flag,
    flagged,
    labels,
    review_in,
    select,
    shown,
)

ADVERT = "Buy my **wonderful** coins at https://example.org/coins"


@pytest.fixture
async def flagging(running: Live) -> Live:
    """The bot, with a channel for cards."""
    await review_in(running)
    return running


async def test_a_flag_becomes_a_quiet_card_and_the_flagger_hears_the_outcome(
    flagging: Live,
) -> None:
    mika, sol = flagging.sandbox.member("Mika"), flagging.sandbox.member("Sol")
    post = mika.say("general", ADVERT)
    card = await flagged(flagging, post, text="the same in **every** channel")
    assert is_quiet(card)
    assert labels(card) == BUTTONS
    assert f"/{post.channel_id}/{post.id})" in shown(card)
    assert "1 flag, weight 1.0: spam" in shown(card)
    assert f"<@{sol.id}>" in shown(card)
    assert r"\*\*every\*\*" in card.embeds[0]["fields"][1]["value"]
    assert "wonderful" not in shown(card)

    answer = await choose(flagging, card, "warn")
    assert "was warned" in answer.text
    await flagging.done()
    (case,) = cases(flagging)
    assert (case["kind"], case["state"]) == ("warn", "done")
    assert case["reason"] == "Flagged by members: spam"
    assert f"Agreed by <@{flagging.sandbox.member('Tomas').id}>" in shown(card)
    assert "case 1" in shown(card)
    assert labels(card) == ["Context"]
    (heard,) = told(sol)
    assert "agree. Thank you" in str(heard.embeds)
    assert len(told(mika)) == 1
    assert "Sol" not in str(told(mika)[0].embeds)
    address = f"discord.com/channels/{flagging.community}/{post.channel_id}/{post.id}"
    link = f"[The post](https://{address})"
    assert link in str(told(mika)[0].embeds), "whoever is warned knows for what"
    assert link in (await ask(flagging, "case show", number=1)).text


async def test_a_plain_member_cannot_decide_whatever_their_client_sends(flagging: Live) -> None:
    await review_in(flagging, "general")
    post = flagging.sandbox.member("Mika").say("ai-art-talk", ADVERT)
    answer = await flag(flagging, post, reason="misinformation")
    assert answer.text.startswith("Thank you.")
    await flagging.done()
    card = cards(flagging, "general")[-1]
    sol = flagging.sandbox.member("Sol")
    for button in [*BUTTONS, "Attach fact-check…"]:
        refused = await sol.press(card, button).answer()
        assert refused.text == "You need the permission “Manage Messages” for this.", button
    asked = await flagging.sandbox.member("Tomas").press(card, "Agree…").answer()
    assert asked.message is not None
    flagging.sandbox.member("Tomas").member.role_ids.clear()
    for act in ("warn", "delete", "nothing"):
        refused = await select(flagging, asked.message, act)
        assert refused.text.startswith("You need the permission"), act
    assert cases(flagging) == []
    assert flagging.rows("flag_card")[0]["state"] == "open"
    assert told(sol) == []


async def test_a_flag_is_refused_in_one_sentence_before_the_form_opens(flagging: Live) -> None:
    sol = flagging.sandbox.member("Sol")
    own = sol.say("general", "mine")
    assert "your own post" in (await flag(flagging, own)).text
    other = flagging.sandbox.member("Mika").say("general", ADVERT)
    await flagged(flagging, other)
    assert (await flag(flagging, other)).text.startswith("You have flagged this post already")
    third = flagging.sandbox.member("Mika").say("general", "another")
    assert "You can flag again <t:" in (await flag(flagging, third)).text
    ours = card_of(flagging)
    assert "message of mine" in (await flag(flagging, ours, by="Tomas")).text
    assert len(flagging.rows("flag")) == 1


async def test_a_form_of_a_dishonest_client_is_refused(flagging: Live) -> None:
    sol = flagging.sandbox.member("Sol")
    post = flagging.sandbox.member("Mika").say("general", ADVERT)
    opened = sol.menu(MENU, post)
    form = (await opened.answer()).modal
    assert form is not None
    for each in form["components"]:
        each["component"]["max_length"] = 4000
        each["component"]["options"] = [{"value": "spam"}, {"value": "because"}]
    long = sol.submit_modal(opened, {"reason": "spam", "text": "**x** @everyone " * 125})
    assert (await long.answer()).text == "A flag has 1,000 characters at most."
    strange = sol.submit_modal(opened, {"reason": "because", "text": ""})
    assert (await strange.answer()).text == "Please choose a reason."
    staff = flagging.sandbox.member("Tomas").say(STAFF, "between us")
    form["custom_id"] = f"fl1:form:{staff.channel_id}-{staff.id}"
    unseen = sol.submit_modal(opened, {"reason": "spam", "text": ""})
    assert (await unseen.answer()).text == "You cannot read this channel."
    elsewhere = sol.open_dm()
    form["custom_id"] = f"fl1:form:{elsewhere.id}-{post.id}"
    private = sol.submit_modal(opened, {"reason": "spam", "text": ""})
    assert (await private.answer()).text == "This post is gone."
    flagging.sandbox.member("Mika").delete(post)
    form["custom_id"] = f"fl1:form:{post.channel_id}-{post.id}"
    gone = sol.submit_modal(opened, {"reason": "spam", "text": ""})
    assert (await gone.answer()).text == "This post is gone."
    await flagging.done()
    assert flagging.rows("flag") == []
    assert cards(flagging) == []


@pytest.mark.thorough
async def test_two_moderators_at_once_one_decides_and_the_other_is_told(flagging: Live) -> None:
    mika = flagging.sandbox.member("Mika")
    card = await flagged(flagging, mika.say("general", ADVERT))
    noor, tomas = flagging.sandbox.member("Noor"), flagging.sandbox.member("Tomas")
    chosen = [await person.press(card, "Agree…").answer() for person in (noor, tomas)]
    answers = await asyncio.gather(
        select(flagging, chosen[0].message, "warn", by="Noor"),
        select(flagging, chosen[1].message, "timeout-1h"),
        tomas.press(card, "Disagree").answer(),
    )
    await flagging.done()
    texts = [answer.text for answer in answers]
    lost = [t for t in texts if "decided already" in t or "done already" in t]
    assert len(lost) == 2, texts
    (row,) = flagging.rows("flag_card")
    assert len(cases(flagging)) == (row["state"] == "agreed")
    assert len(told(flagging.sandbox.member("Sol"))) == 1


@pytest.mark.thorough
async def test_each_act_does_what_it_says_once(flagging: Live) -> None:
    mika, general = flagging.sandbox.member("Mika"), "general"
    acts = {"Aiko": "delete", "Priya": "note", "Emeka": "nothing", "Sol": "timeout-1d"}
    for by, act in acts.items():
        post = mika.say(general, f"{ADVERT} {act}")
        card = await flagged(flagging, post, by=by)
        asked = await flagging.sandbox.member("Tomas").press(card, "Agree…").answer()
        assert asked.message is not None
        answer = await select(flagging, asked.message, act)
        await flagging.done()
        assert answer.message is asked.message, "the answer takes the question's place"
        assert asked.message.components == []
        if act == "delete":
            assert "messages were deleted" in answer.text
            assert post not in flagging.sandbox.messages(general)
    assert [case["kind"] for case in cases(flagging)] == ["purge", "note", "timeout"]
    assert mika.member.timed_out_until is not None


@pytest.mark.thorough
async def test_what_the_hierarchy_forbids_is_refused_and_the_card_stays_open(
    flagging: Live,
) -> None:
    noor, tomas = flagging.sandbox.member("Noor"), flagging.sandbox.member("Tomas")
    card = await flagged(flagging, noor.say("general", ADVERT))
    assert "to the owner" in (await choose(flagging, card, "warn")).text
    about = await noor.press(card, "Disagree").answer()
    assert "somebody else has to decide" in about.text
    assert flagging.rows("flag_card")[0]["state"] == "open"
    bots = tomas.say("general", "by a moderator")
    second = await flagged(flagging, bots, by="Priya")
    assert "somebody else" in (await tomas.press(second, "Agree…").answer()).text
    assert "Your highest role" not in (await choose(flagging, second, "warn", by="Noor")).text
    assert cases(flagging)[0]["target_id"] == int(tomas.id)


@pytest.mark.thorough
async def test_a_false_claim_gets_its_fact_check_from_the_card(flagging: Live) -> None:
    post = flagging.sandbox.member("Mika").say("general", CLAIM)
    card = await flagged(flagging, post, reason="misinformation")
    assert labels(card) == [*BUTTONS, "Attach fact-check…"]
    asked = await flagging.sandbox.member("Tomas").press(card, "Attach fact-check…").answer()
    assert asked.message is not None
    done = await select(flagging, asked.message, ASIA)
    assert "in a moment" in done.text
    assert asked.message.components == []
    await flagging.note_on(post)
    assert "· case 1" in shown(card)
    context = await flagging.sandbox.member("Tomas").press(card, "Context").answer()
    assert f"Context · “{CLAIM.rstrip('.')}”" in context.text, "a note is called by its title"
    (case,) = cases(flagging)
    assert (case["kind"], case["reason"]) == ("factcheck_attach", f"Fact-check {ASIA}")
    await flagging.watch("ai-art-talk")
    noted = flagging.sandbox.member("Aiko").say("ai-art-talk", CLAIM)
    await flagging.note_on(noted)
    card = await flagged(flagging, noted, by="Priya", reason="misinformation")
    asked = await flagging.sandbox.member("Tomas").press(card, "Attach fact-check…").answer()
    assert asked.text == "This post has the note already."


@pytest.mark.thorough
async def test_any_fact_check_can_be_attached_where_the_matcher_finds_none(flagging: Live) -> None:
    post = flagging.sandbox.member("Mika").say("general", "They ban all of us, believe me!")
    card = await flagged(flagging, post, reason="misinformation")
    asked = await flagging.sandbox.member("Tomas").press(card, "Attach fact-check…").answer()
    assert asked.text.startswith("No fact-check seems to be about this post.")
    key = flagging.rows("flag_card")[0]["card_id"]
    refused = await ask(flagging, "flags attach", card="nothing", fact_check=STEAM)
    assert refused.text.startswith("Choose a card")
    await ask(flagging, "optout", by="Mika")
    for dry_run in (True, False):
        refused = await ask(flagging, "flags attach", card=key, fact_check=STEAM, dry_run=dry_run)
        assert "wants no notes (`/optout`)" in refused.text
    await ask(flagging, "optin", by="Mika")
    dry = await ask(flagging, "flags attach", card=key, fact_check=STEAM, dry_run=True)
    assert dry.text.startswith("**Dry run: nothing was changed.**")
    assert flagging.rows("note") + cases(flagging) == []
    done = await ask(flagging, "flags attach", card=key, fact_check=STEAM)
    assert "in a moment" in done.text
    await flagging.note_on(post)
    assert "No flag waits" in (await ask(flagging, "flags list")).text


@pytest.mark.thorough
async def test_a_deleted_post_refused_messages_and_a_closed_channel_are_no_errors(
    flagging: Live,
) -> None:
    mika, sol = flagging.sandbox.member("Mika"), flagging.sandbox.member("Sol")
    flagging.sandbox.state.refuses_dms.add(sol.id)
    post = mika.say("general", ADVERT)
    card = await flagged(flagging, post, reason="misinformation", text="look **here**")
    tomas = flagging.sandbox.member("Tomas")
    context = await tomas.press(card, "Context").answer()
    assert "wonderful" in context.text
    assert r"look \*\*here\*\*" in context.text
    mika.delete(post)
    await flagging.sandbox.eventually(lambda: "**The post was deleted.**" in shown(card))
    assert "Attach fact-check…" not in labels(card)
    assert "This post is gone." in (await tomas.press(card, "Context").answer()).text
    assert "leave" not in str(told(sol))
    closed = await tomas.press(card, "Ignore").answer()
    assert closed.text.startswith("Closed.")
    await flagging.done()
    assert told(sol) == []
    assert {row["state"] for row in flagging.rows("outbox")} == {"done"}
    deny(flagging.sandbox, "general", P.VIEW_CHANNEL)
    unseen = mika.say("general", ADVERT)
    assert "I cannot" in (await flag(flagging, unseen, by="Priya")).text


@pytest.mark.thorough
async def test_urgent_flags_ping_the_role_and_lock_the_thread_only_where_that_is_wanted(
    flagging: Live,
) -> None:
    roles = flagging.sandbox.state.guild.roles.values()
    role = next(role for role in roles if role.name == "Moderators")
    role.mentionable = True
    await ask(flagging, "mod settings", by="Noor", moderator_role=role.id)
    said = await ask(flagging, "flags settings", by="Noor", urgent_at=2.0, lock_threads=True)
    assert "From a weight of 2 on" in said.text
    assert "until `/mod unlock`" in said.text
    thread, post = flagging.sandbox.member("Mika").forum_post("debates", "Coins", ADVERT)
    await flagged(flagging, post, by="Sol")
    assert thread.thread is not None
    assert not thread.thread.locked
    card = await flagged(flagging, post, by="Priya")
    await flagging.sandbox.eventually(lambda: thread.thread is not None and thread.thread.locked)
    await flagging.done()
    alerts = [m for m in flagging.sandbox.bot_messages(STAFF) if not m.embeds]
    assert [m.mention_roles for m in alerts] == [[role.id]]
    assert not is_quiet(alerts[0])
    (first,) = cards(flagging)
    assert first.embeds[0]["title"] == "Urgent: a flagged post"
    (case,) = cases(flagging)
    assert (case["kind"], case["by_id"], case["state"]) == ("lock", None, "done")
    assert card is not None


@pytest.mark.thorough
async def test_a_card_that_is_put_off_comes_back_with_the_next_flag(flagging: Live) -> None:
    post = flagging.sandbox.member("Mika").say("general", ADVERT)
    card = await flagged(flagging, post)
    later = await flagging.sandbox.member("Tomas").press(card, "Later").answer()
    assert later.text.startswith("Put off for a day")
    await flagging.done()
    assert "put this off" in shown(card)
    assert "No flag waits" in (await ask(flagging, "flags list")).text
    await flag(flagging, post, by="Priya", reason="off-topic")
    await flagging.done()
    assert "put this off" not in shown(card)
    assert "2 flags, weight 2." in shown(card)
    assert f"/{card.channel_id}/{card.id}" in (await ask(flagging, "flags list")).text
    assert "1 flagged post waits" in (await ask(flagging, "status")).text
    flagging.sandbox.member("Noor").delete(card)
    again = await ask(flagging, "flags show", card=flagging.rows("flag_card")[0]["card_id"])
    assert again.message is not None
    pressed = await flagging.sandbox.member("Tomas").press(again.message, "Disagree").answer()
    assert pressed.text.startswith("Disagreed;")
    sol = flagging.sandbox.member("Sol")
    record = await ask(flagging, "flags record", member=sol.id)
    assert "disagreed with 1" in record.text
