"""Discord's own AutoMod: its rules by command, and what they did before the moderators."""

from __future__ import annotations

from typing import Any

from bot.sandbox import automod
from bot.sandbox.audit import Action
from bot.sandbox.state import Json
from tests.e2e.bot.live import Live
from tests.e2e.moderation.acting import cases, logged, told
from tests.e2e.moderation.flags import STAFF, card_of, cards, choose, labels, review_in, shown

WORDS = {"kind": "keyword", "name": "No coins", "words": "coins, *casino*"}
SAID = "the SECRET coins are here"


def rules(running: Live) -> list[Json]:
    return list(running.sandbox.state.guild.automod.values())


async def make(running: Live, **options: Any) -> str:
    return await use(running, "create", **(WORDS | options))


async def use(running: Live, command: str, *, by: str = "Noor", **options: Any) -> str:
    person = running.sandbox.member(by)
    answer = await person.slash_with(f"automod {command}", options, forge=True).answer()
    assert answer.ephemeral
    return answer.text


def fire(running: Live, rule: Json, *, by: str = "Mika") -> None:
    member = running.sandbox.member(by)
    channel = running.sandbox.channel("general")
    automod.fire(running.sandbox.state, channel, rule, member.id, SAID, "coins")


async def test_an_execution_is_one_card_and_its_timeout_one_case(running: Live) -> None:
    await review_in(running)
    made = await make(running, time_out_for="10m", alert=running.sandbox.channel(STAFF).id)
    assert made.startswith("Done. Discord applies this rule now:\n**No coins** · words · on")
    assert logged(running.sandbox, Action.AUTO_MODERATION_RULE_CREATE) == [
        "/automod create by Noor"
    ]
    (rule,) = rules(running)
    assert [action["type"] for action in rule["actions"]] == [1, 2, 3]

    fire(running, rule)
    await running.sandbox.eventually(lambda: len(cases(running)) == 1)
    await running.sandbox.eventually(lambda: cards(running))
    await running.sandbox.eventually(lambda: "timed the member out" in shown(card_of(running)))
    await running.done()
    (card,) = cards(running)
    assert card.embeds[0]["title"] == "AutoMod: No coins"
    assert "1 time: posted an alert, kept the message back, timed the member out" in shown(card)
    assert labels(card) == ["Agree…", "Disagree", "Ignore", "Later"]
    assert SAID in shown(card)
    (case,) = cases(running)
    assert (case["kind"], case["state"], case["by_name"]) == ("timeout", "done", "AutoMod")
    assert case["reason"] == "AutoMod’s rule “No coins”"
    assert "SECRET" not in str(running.rows("flag_card")) + str(running.rows("outbox"))

    fire(running, rule)
    await running.sandbox.eventually(lambda: "2 times: " in shown(card_of(running)))
    assert len(cards(running)) == 1
    assert "was warned" in (await choose(running, card, "warn")).text
    await running.done()
    assert len(told(running.sandbox.member("Mika"))) == 1
    assert "SECRET" not in shown(card)
