"""Appeals from the button in a direct message to the answer, and everything that is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.ids import PlaceId
from bot.sandbox import Answer
from bot.sandbox.answers import InteractionAnswer, readable
from bot.sandbox.faults import Broken
from bot.sandbox.people import Person
from bot.sandbox.state import Message
from tests.e2e.bot.live import Live
from tests.e2e.bot.plain import mentions_in, urls_in
from tests.e2e.moderation.acting import ask, cases, mod, told
from tests.e2e.moderation.test_acting_on_members import mika

WORDS = "It was my little sister, I have changed my password."
CARDS = "general"


async def take_appeals(running: Live) -> None:
    """Let the moderators look at cards in a channel."""
    place = PlaceId(int(running.sandbox.channel(CARDS).id))
    await running.services.rules.review_in(running.community, place)


async def write(person: Person, message: Message, button: str, text: str) -> str:
    """Press a button, fill its form in and send it; return what was answered."""
    opened = person.press(message, button)
    assert (await opened.answer()).kind == "modal", (await opened.answer()).text
    return (await submitted(person, opened, text)).text


async def submitted(person: Person, opened: InteractionAnswer, text: str) -> Answer:
    answer = await person.submit_modal(opened, {"text": text}).answer()
    assert answer.ephemeral
    return answer


async def appeal(running: Live, words: str = WORDS) -> Message:
    """Let Mika appeal the newest case; return the card."""
    before = len(cards(running))
    answer = await write(mika(running), told(mika(running))[-1], "Appeal", words)
    assert answer == "Your appeal is with the moderators. They will answer you here."
    await running.done()
    assert len(cards(running)) == before + 1
    return cards(running)[-1]


def cards(running: Live) -> list[Message]:
    return [m for m in running.sandbox.bot_messages(CARDS) if m.embeds]


async def press(running: Live, card: Message, button: str, *, by: str = "Noor") -> str:
    answer = await running.sandbox.member(by).press(card, button).answer()
    await running.done()
    return answer.text


def notes(case: dict[str, Any]) -> list[str]:
    return [note["body"] for note in json.loads(case["notes"])["notes"]]


async def test_an_accepted_appeal_lifts_the_ban_and_tells_the_member(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "note", member=mika(running).id, reason="a first warning by word")
    await mod(running, "ban", member=mika(running).id)
    card = await appeal(running)
    text = readable(card)
    assert "Appeal of case 2 · ban" in text
    assert WORDS in text
    assert "Accepting lifts the ban." in text
    assert "**Case 1 · note**" in text
    answer = await press(running, card, "Accept")
    assert answer.startswith("Accepted. The member is told.\nCase 3:")
    assert running.sandbox.state.guild.bans == {}
    assert "Your appeal of case 2 was accepted." in readable(told(mika(running))[-1])
    _, ban, unban = cases(running)
    assert unban["kind"] == "unban"
    assert unban["reason"] == "Appeal of case 2 accepted"
    assert ban["ended_at"] is not None
    assert notes(ban) == [f"Appealed: {WORDS}", "Accepted the appeal. See case 3."]
    assert cards(running)[-1].components == []
    assert "Accepted" in readable(cards(running)[-1])


@pytest.mark.thorough
async def test_an_outage_while_accepting_is_said_and_decides_nothing(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "ban", member=mika(running).id)
    card = await appeal(running)
    running.sandbox.faults.arm("/guilds/{guild_id}/members/*", Broken(503), method="GET")
    answer = await press(running, card, "Accept")
    assert answer == "Discord or the database did not answer. Please try again in a minute."
    assert (await press(running, card, "Accept")).startswith("Accepted. The member is told.")


@pytest.mark.thorough
async def test_an_accepted_appeal_withdraws_a_warnings_points(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "warn", member=mika(running).id, points=2)
    card = await appeal(running)
    assert "Accepting withdraws the warning's 2 points." in readable(card)
    assert "1 appeal waits for a moderator (came <t:" in (await ask(running, "status")).text
    assert (await press(running, card, "Accept")).startswith("Accepted.")
    assert "points do not count any more" in readable(told(mika(running))[-1])
    assert "appeal waits" not in (await ask(running, "status")).text
    assert "somebody else has to decide" not in readable(cards(running)[-1])
    text = await mod(running, "warn", member=mika(running).id)
    assert "Points in the last 90 days: 1." in text
    assert "2 (withdrawn)" in (await ask(running, "case show", number=1)).text


@pytest.mark.thorough
async def test_an_accepted_appeal_ends_a_timeout_or_only_says_so_where_it_has_ended(
    running: Live,
) -> None:
    await take_appeals(running)
    await mod(running, "timeout", member=mika(running).id, duration="2h")
    card = await appeal(running)
    await press(running, card, "Accept")
    assert mika(running).member.timed_out_until is None
    await mod(running, "timeout", member=mika(running).id, duration="3h")
    card = await appeal(running)
    await mod(running, "untimeout", by="Noor", member=mika(running).id)
    assert await press(running, card, "Accept") == "Accepted. The member is told."
    assert [case["kind"] for case in cases(running)].count("untimeout") == 2


async def test_a_rejected_appeal_says_why_and_waits_for_thirty_days(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "kick", member=mika(running).id)
    card = await appeal(running)
    noor = running.sandbox.member("Noor")
    answer = await write(noor, card, "Reject", "This was the third time.")
    assert answer == "Rejected. The member is told, with your reason."
    await running.done()
    last = readable(told(mika(running))[-1])
    assert "was rejected" in last
    assert "This was the third time." in last
    assert "Noor" not in last
    assert notes(cases(running)[0])[-1] == "Rejected the appeal: This was the third time."
    again = await mika(running).press(told(mika(running))[0], "Appeal").answer()
    assert "You can ask again 30 days after it" in again.text


async def test_moderators_ask_back_and_the_member_answers(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "warn", member=mika(running).id)
    card = await appeal(running)
    noor = running.sandbox.member("Noor")
    await write(noor, card, "Ask back", "Which account does your sister use?")
    await running.done()
    question = told(mika(running))[-1]
    assert "Which account does your sister use?" in readable(question)
    assert "Waits for the member's answer" in readable(cards(running)[-1])
    assert "Mika" not in await write(mika(running), question, "Answer", "Her own one by now.")
    await running.done()
    text = readable(cards(running)[-1])
    assert "Her own one by now." in text
    assert "Waits for the moderators" in text
    refused = await write(mika(running), question, "Answer", "One more thing to say.")
    assert refused == "The moderators are not waiting for an answer of yours."


async def test_nobody_appeals_for_others_twice_or_without_need(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "warn", member=mika(running).id)
    await appeal(running)
    second = await mika(running).press(told(mika(running))[0], "Appeal").answer()
    assert "with the moderators" in second.text
    # A message can be forwarded, its button be copied: the service looks who presses.
    sol = running.sandbox.member("Sol")
    copied = told(mika(running))[0]
    channel = running.sandbox.state.channels[copied.channel_id]
    channel.recipient_ids.append(sol.id)
    forged = await sol.press(copied, "Appeal").answer()
    assert forged.text == "I have no such case about you on record (any more)."


async def test_only_moderators_decide_and_nobody_their_own_case(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "ban", member=mika(running).id)
    card = await appeal(running)
    assert "took this action: somebody else has to decide" in readable(card)
    for button in ("Accept", "Reject", "Ask back"):
        plain = await press(running, card, button, by="Sol")
        assert plain == "You need the permission “Ban Members” for this."
    own = await press(running, card, "Accept", by="Tomas")
    assert own.startswith("This case is your own action")
    assert mika(running).id in running.sandbox.state.guild.bans
    assert len(cases(running)) == 1
    await press(running, card, "Accept")
    assert len(cases(running)) == 2


async def test_no_form_is_taken_from_somebody_who_may_not_send_it(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "warn", member=mika(running).id)
    card = await appeal(running)
    noor, sol, tomas = (running.sandbox.member(name) for name in ("Noor", "Sol", "Tomas"))
    for button in ("Reject", "Ask back"):
        opened = noor.press(card, button)
        await opened.answer()
        plain = await submitted(sol, opened, "I may not do this.")
        assert plain.text == "You need the permission “Timeout Members” for this."
        if button == "Reject":
            own = await submitted(tomas, opened, "I may not do this.")
            assert own.text.startswith("This case is your own action")
    await write(noor, card, "Ask back", "Which account was it?")
    await running.done()
    opened = mika(running).press(told(mika(running))[-1], "Answer")
    await opened.answer()
    forged = await submitted(sol, opened, "I am Mika, believe me.")
    assert forged.text == "This is another member's appeal."
    assert len(notes(cases(running)[0])) == 2


@pytest.mark.thorough
async def test_two_moderators_at_once_decide_once(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "ban", by="Noor", member=mika(running).id)
    card = await appeal(running)
    pressed = [running.sandbox.member(name).press(card, "Accept") for name in ("Tomas", "Noor")]
    texts = [(await each.answer()).text for each in pressed]
    assert sum(text.startswith("Accepted.") for text in texts) == 1, texts
    await running.done()
    assert [case["kind"] for case in cases(running)] == ["ban", "unban"]
    assert sum("was accepted" in readable(message) for message in told(mika(running))) == 1


@pytest.mark.thorough
async def test_where_nobody_reads_appeals_the_message_names_the_contact_only(
    running: Live,
) -> None:
    await ask(running, "mod settings", by="Noor", contact="appeals@example.org")
    await mod(running, "ban", member=mika(running).id)
    (message,) = told(mika(running))
    assert message.components == []
    assert "appeals@example" in readable(message)


@pytest.mark.thorough
async def test_the_queue_lists_what_waits(running: Live) -> None:
    assert (await ask(running, "appeals list")).text == "No appeal is waiting."
    await take_appeals(running)
    await mod(running, "warn", member=mika(running).id)
    await appeal(running)
    listed = await ask(running, "appeals list")
    assert listed.text.startswith("Case 1: warning of <@")
    assert "Waits for the moderators" in listed.text


@pytest.mark.thorough
async def test_a_card_that_was_deleted_is_posted_again_and_one_that_is_there_is_not(
    running: Live,
) -> None:
    await take_appeals(running)
    await mod(running, "ban", member=mika(running).id)
    card = await appeal(running)
    noor = running.sandbox.member("Noor")
    assert "1 appeal waits." in (await ask(running, "appeals cards")).text
    await running.done()
    assert [each.id for each in cards(running)] == [card.id]
    noor.delete(card)
    await ask(running, "appeals cards")
    await running.done()
    (again,) = cards(running)
    assert (await press(running, again, "Accept")).startswith("Accepted.")
    assert (await ask(running, "appeals cards")).text == "No appeal is waiting."


@pytest.mark.thorough
async def test_what_a_member_writes_stays_a_text_on_the_card(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "warn", member=mika(running).id)
    hostile = ("@everyone <@1> **x** [y](https://evil.example/) https://evil.example " * 20)[:1000]
    card = await appeal(running, hostile.strip())
    body = card.embeds[0]["description"]
    assert urls_in(body) == []
    assert f"<@{mika(running).id}>" in body
    assert {each[:3] for each in mentions_in(body)} == {"<@" + mika(running).id[0], "<t:"}


@pytest.mark.thorough
async def test_a_member_who_takes_no_messages_is_marked_on_the_card(running: Live) -> None:
    await take_appeals(running)
    await mod(running, "ban", member=mika(running).id)
    card = await appeal(running)
    running.sandbox.state.refuses_dms.add(mika(running).id)
    await press(running, card, "Accept")
    assert "could not be told" in readable(cards(running)[-1])
