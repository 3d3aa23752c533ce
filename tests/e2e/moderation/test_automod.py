"""Discord's own AutoMod: its rules by command, and what they did before the moderators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox, automod
from bot.sandbox.audit import Action
from bot.sandbox.faults import Broken
from bot.sandbox.limits import every_component
from bot.sandbox.permissions import P
from bot.sandbox.state import Json
from tests.e2e.bot.live import Live, live, live_settings
from tests.e2e.moderation.acting import cases, logged, told
from tests.e2e.moderation.flags import (
    STAFF,
    card_of,
    cards,
    choose,
    flag,
    labels,
    review_in,
    select,
    shown,
)

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

    asked = await running.sandbox.member("Tomas").press(card, "Agree…").answer()
    assert asked.message is not None
    (menu,) = [c for _, c in every_component(asked.message.components) if "options" in c]
    menu["options"].append({"label": "Delete", "value": "delete"})
    assert (await select(running, asked.message, "delete")).text == "This post is gone."
    assert len(cases(running)) == 1

    fire(running, rule)
    await running.sandbox.eventually(lambda: "2 times: " in shown(card_of(running)))
    assert len(cards(running)) == 1
    assert "was warned" in (await choose(running, card, "warn")).text
    await running.done()
    assert len(told(running.sandbox.member("Mika"))) == 1
    assert "SECRET" not in shown(card)


async def test_rules_are_made_changed_switched_and_deleted_each_with_a_reason(
    running: Live,
) -> None:
    await make(running)
    (rule,) = rules(running)
    changed = await use(
        running, "edit", rule=rule["id"], words="tokens", message="Not here.", time_out_for="1h"
    )
    assert "tokens" in changed
    assert "timeout of 1 hour" in changed
    (rule,) = rules(running)
    assert rule["trigger_metadata"]["keyword_filter"] == ["tokens"]
    assert rule["actions"][0]["metadata"]["custom_message"] == "Not here."
    assert (await use(running, "disable", rule=rule["id"])).startswith("Switched off:")
    assert not rules(running)[0]["enabled"]
    assert (await use(running, "enable", rule=rule["id"])).startswith("Switched on:")
    listed = await use(running, "list")
    assert "**No coins** · words · on" in listed
    assert "words 1/6 · spam 0/1" in listed
    assert (await use(running, "delete", rule=rule["id"])).startswith("Deleted:")
    assert rules(running) == []
    reasons = logged(running.sandbox, Action.AUTO_MODERATION_RULE_UPDATE)
    assert reasons == [f"/automod {word} by Noor" for word in ("edit", "disable", "enable")]
    assert logged(running.sandbox, Action.AUTO_MODERATION_RULE_DELETE) == [
        "/automod delete by Noor"
    ]


async def test_a_change_leaves_alone_what_was_set_in_discords_settings(running: Live) -> None:
    alert = running.sandbox.channel(STAFF).id
    await use(running, "create", kind="mentions", name="Crowd", mentions=8, alert=alert)
    (rule,) = rules(running)
    rule["trigger_metadata"]["mention_raid_protection_enabled"] = True
    rule["actions"] = rule["actions"][1:]
    assert "keeps the message back" not in await use(running, "list")
    changed = await use(running, "edit", rule=rule["id"], name="Crowds")
    (rule,) = rules(running)
    assert rule["name"] == "Crowds"
    assert [action["type"] for action in rule["actions"]] == [2]
    assert rule["trigger_metadata"]["mention_raid_protection_enabled"] is True
    assert "keeps the message back" not in changed
    await use(running, "edit", rule=rule["id"], message="Too many at once.")
    assert [action["type"] for action in rules(running)[0]["actions"]] == [1, 2]


async def test_an_execution_is_recorded_also_when_the_rule_cannot_be_read(running: Live) -> None:
    await review_in(running)
    await make(running)
    running.sandbox.faults.arm("*/auto-moderation/rules/*", Broken(503), method="GET")
    fire(running, rules(running)[0])
    await running.sandbox.eventually(lambda: cards(running))
    assert "kept the message back" in shown(card_of(running))


async def test_cases_give_their_reason_in_the_language_of_the_server(running: Live) -> None:
    await review_in(running)
    await make(running, time_out_for="10m")
    await running.services.languages.choose(running.community, "de")
    fire(running, rules(running)[0])
    await running.sandbox.eventually(lambda: len(cases(running)) == 1)
    post = running.sandbox.member("Mika").say("general", "buy coins")
    answer = await flag(running, post)
    assert answer.text.startswith("Thank you.")
    await running.done()
    asked = await running.sandbox.member("Tomas").press(card_of(running), "Zustimmen …").answer()
    assert "was warned" in (await select(running, asked.message, "warn")).text
    assert [case["reason"] for case in cases(running)] == [
        "AutoMods Regel „No coins“",
        "Von Mitgliedern gemeldet: Spam",
    ]


@pytest.mark.thorough
async def test_a_rule_of_each_kind_is_made_and_one_too_many_is_explained(running: Live) -> None:
    for options in (
        {"kind": "spam", "name": "Spam"},
        {"kind": "preset", "name": "Slurs", "lists": "all", "except_words": "queer"},
        {"kind": "mentions", "name": "Mentions", "mentions": 8, "time_out_for": "10m"},
    ):
        assert (await use(running, "create", **options)).startswith("Done."), options
        again = await use(running, "create", **options)
        assert again.startswith("Discord allows 1 such rules on a server, and there are 1"), again
    for number in range(6):
        assert (await make(running, name=f"Words {number}")).startswith("Done.")
    assert "Discord allows 6 such rules" in await make(running)
    assert {rule["trigger_type"] for rule in rules(running)} == {1, 3, 4, 5}
    assert len(rules(running)) == 9


@pytest.mark.thorough
async def test_bad_input_and_dry_runs_change_nothing(running: Live) -> None:
    await make(running)
    (rule,) = rules(running)
    before = str(rule)
    for text, options in {
        "Which words?": {"kind": "keyword", "name": "x"},
        "28 days at most": WORDS | {"time_out_for": "29 days"},
        "60 characters": WORDS | {"words": "x" * 61},
        "has no meaning for a rule about spam": WORDS | {"kind": "spam"},
    }.items():
        answer = await use(running, "create", **options)
        assert text.casefold() in answer.casefold(), answer
    for command in ("edit", "enable", "disable", "delete"):
        missing = await use(running, command, rule="12345")
        assert missing.startswith("There is no such rule"), command
        assert (await use(running, command, rule="no number")).startswith("There is no such rule")
        dry = await use(running, command, rule=rule["id"], dry_run=True)
        assert dry.startswith("**Dry run: nothing was changed.**"), command
    assert (await make(running, name="@everyone **x**", dry_run=True)).count(r"\*\*x\*\*") == 1
    assert [str(each) for each in rules(running)] == [before]


@pytest.mark.thorough
async def test_members_moderators_and_a_bot_without_the_right_are_refused(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    me = sandbox.state.guild.members[sandbox.state.bot_id]
    sandbox.state.guild.roles[me.role_ids[0]].permissions &= ~int(P.MANAGE_GUILD)
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        for command in ("list", "create", "edit", "enable", "disable", "delete"):
            options = WORDS if command == "create" else {"rule": "1"} if command != "list" else {}
            for name in ("Sol", "Tomas"):
                refused = await use(running, command, by=name, **options)
                assert refused.startswith("You need the permission “Manage Server”"), command
            lacking = await use(running, command, **options)
            assert lacking.startswith("I lack the permission “Manage Server”"), command
    assert sandbox.state.guild.automod == {}
