"""`/setup` over the wire: five steps, each choice at once, also after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox import Answer, Sandbox
from bot.sandbox.limits import every_component
from bot.sandbox.people import Person
from bot.sandbox.permissions import P
from bot.sandbox.state import Json, Message
from tests.e2e.bot.live import Live, deny, live, live_settings

REFUSED = "You need the permission “Manage Server” for this."


class Wizard:
    """One person's message of the set-up, and what they do with it."""

    def __init__(self, running: Live, who: str = "Noor") -> None:
        self.running = running
        self.person: Person = running.sandbox.member(who)
        self._message: Message | None = None

    @property
    def message(self) -> Message:
        assert self._message is not None
        return self._message

    async def open(self) -> Answer:
        answer = await self.person.slash("setup").answer()
        self._message = answer.message
        return answer

    async def press(self, label: str) -> str:
        return await self._updated(await self.person.press(self.message, label).answer())

    async def choose(self, what: str, *values: str) -> str:
        """Choose in a menu; return what the message says then."""
        answer = await self.person.select(self.message, f"su1:pick:{what}", values).answer()
        return await self._updated(answer)

    async def _updated(self, answer: Answer) -> str:
        assert answer.kind == "update", answer.text
        self._message = answer.message
        return answer.text

    def menu(self, what: str) -> Json:
        found = every_component(self.message.components)
        return next(c for _, c in found if c.get("custom_id") == f"su1:pick:{what}")

    def labels(self) -> list[str]:
        return [c["label"] for _, c in every_component(self.message.components) if c.get("label")]


@pytest.fixture
def wizard(running: Live) -> Wizard:
    return Wizard(running)


def channel_id(running: Live, name: str) -> str:
    return running.sandbox.channel(name).id


def role_of(running: Live, who: str) -> str:
    return running.sandbox.member(who).member.role_ids[0]


async def test_five_steps_lead_from_nothing_to_a_report(running: Live, wizard: Wizard) -> None:
    opened = await wizard.open()
    assert opened.ephemeral
    assert "step 1 of 5" in opened.text
    general, debates = channel_id(running, "general"), channel_id(running, "debates")

    await wizard.choose("places", general, debates)
    watched = {str(row["place_id"]): row["mode"] for row in running.rows("watch")}
    assert watched == {general: "auto", debates: "auto"}
    await wizard.choose("mode", "suggest")
    assert {row["mode"] for row in running.rows("watch")} == {"suggest"}

    assert "step 2 of 5" in await wizard.press("Next")
    assert wizard.labels() == ["Back", "Skip"]
    role = role_of(running, "Tomas")
    assert f"<@&{role}>" in await wizard.choose("moderators", role)
    assert "step 3 of 5" in await wizard.press("Next")
    room = channel_id(running, "mod-room")
    await wizard.choose("review", room)
    assert "step 4 of 5" in await wizard.press("Next")
    await wizard.choose("digest", general)
    await wizard.choose("day", "friday")
    said = await wizard.choose("hour", "18")
    assert "Every Friday at 18:00, UTC" in said
    (plan,) = running.rows("digest_plan")
    assert (plan["channel_id"], plan["weekday"], plan["hour"]) == (int(general), "friday", 18)

    report = await wizard.press("Next")
    assert "step 5 of 5" in report
    assert "I can read and write in all 2 watched places." in report
    assert f"Moderators are asked in <#{room}>." in report
    assert "Done!" in report
    assert "step 4 of 5" in await wizard.press("Back")


@pytest.mark.thorough
async def test_the_time_zone_is_typed_and_serves_digests_and_durations(
    running: Live, wizard: Wizard
) -> None:
    await wizard.open()
    for _ in range(3):
        await wizard.press("Skip" if "Skip" in wizard.labels() else "Next")
    form = wizard.person.press(wizard.message, "Time zone")
    assert (await form.answer()).kind == "modal"
    refused = await wizard.person.submit_modal(form, {"zone": "Berlim"}).answer()
    assert "Did you mean Europe/Berlin?" in refused.text
    sent = await wizard.person.submit_modal(form, {"zone": "berlin"}).answer()
    assert "09:00, Europe/Berlin" in sent.text
    assert sent.kind == "update"
    house = await running.services.moderation.house_rules.get(running.community)
    assert house.zone == "Europe/Berlin"


@pytest.mark.thorough
async def test_what_is_taken_out_is_no_longer_watched_and_what_was_not_shown_stays(
    running: Live, wizard: Wizard
) -> None:
    await wizard.open()
    shown = {value["id"] for value in wizard.menu("places")["default_values"]}
    talk, debates = channel_id(running, "ai-art-talk"), channel_id(running, "debates")
    assert shown == {talk, debates}
    await running.watch("general")  # another moderator, meanwhile
    await wizard.choose("places", debates)
    assert {str(row["place_id"]) for row in running.rows("watch")} == {
        debates,
        channel_id(running, "general"),
    }


async def test_a_plain_member_can_neither_open_nor_press(running: Live, wizard: Wizard) -> None:
    sol = running.sandbox.member("Sol")
    assert (await sol.slash("setup", forge=True).answer()).text == REFUSED
    await wizard.open()
    before = running.rows("watch")
    forged = wizard.message
    forged.ephemeral_for = sol.id
    for press in (
        sol.select(forged, "su1:pick:places", [channel_id(running, "general")]),
        sol.select(forged, "su1:pick:mode", ["silent"]),
        sol.press(forged, "Next"),
    ):
        await press.answer()
    said = [message.content for message in sol.ephemerals]
    assert said.count(REFUSED) == 4
    assert running.rows("watch") == before


@pytest.mark.thorough
async def test_the_admin_role_can_set_up_but_not_choose_who_has_it(running: Live) -> None:
    noor, tomas = Wizard(running), Wizard(running, "Tomas")
    role = role_of(running, "Tomas")
    assert (await tomas.person.slash("setup", forge=True).answer()).text == REFUSED
    await noor.open()
    await noor.press("Next")
    await noor.choose("admins", role)
    answer = await tomas.person.slash("setup", forge=True).answer()
    assert "step 1 of 5" in answer.text
    tomas._message = answer.message
    await tomas.press("Next")
    await tomas.person.select(tomas.message, "su1:pick:admins", []).answer()
    assert REFUSED in {m.content for m in tomas.person.ephemerals}
    house = await running.services.moderation.house_rules.get(running.community)
    assert house.admin_role == int(role)
    for registered in running.sandbox.state.commands[None].values():
        registered["default_member_permissions"] = None  # as the server's settings can say
    for command in ("factcheck edit", "factcheck example list"):
        typed = tomas.person.autocomplete_with(command, "claim", {"claim": "asia"})
        assert (await typed.answer()).choices, command


async def test_the_report_says_what_is_missing_and_how_to_mend_it(running: Live) -> None:
    wizard = Wizard(running)
    deny(running.sandbox, "debates", P.SEND_MESSAGES)
    await running.done()
    await wizard.open()
    await wizard.choose("mode", "suggest")
    for _ in range(4):
        await wizard.press("Skip" if "Skip" in wizard.labels() else "Next")
    debates = channel_id(running, "debates")
    report = wizard.message.embeds[0]["description"]
    assert f"In <#{debates}> I lack Send Messages" in report
    assert "give them to my role in that channel's settings." in report
    assert "Suggestions reach nobody" in report


@pytest.mark.thorough
async def test_roles_that_would_make_everybody_a_moderator_are_refused(
    running: Live, wizard: Wizard
) -> None:
    await wizard.open()
    await wizard.press("Next")
    everyone = running.sandbox.state.guild.id
    await wizard.person.select(wizard.message, "su1:pick:moderators", [everyone]).answer()
    assert "Everybody would moderate: choose another role." in {
        m.content for m in wizard.person.ephemerals
    }


@pytest.mark.thorough
async def test_the_wizard_goes_on_after_a_restart(
    sandbox: Sandbox, tmp_path: Path, sqlite_url: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    async with live(sandbox, settings) as first:
        wizard = Wizard(first)
        await wizard.open()
    async with live(sandbox, settings) as second:
        wizard.running = second
        await wizard.choose("places", channel_id(second, "general"))
        assert len(second.rows("watch")) == 1
        assert "step 2 of 5" in await wizard.press("Next")


@pytest.mark.thorough
async def test_a_watched_channel_that_was_deleted_is_named_and_goes_with_the_next_choice(
    running: Live, wizard: Wizard
) -> None:
    gone = channel_id(running, "ai-art-talk")
    wizard.person.delete_channel("ai-art-talk")
    await running.done()
    await wizard.open()
    for _ in range(4):
        await wizard.press("Skip" if "Skip" in wizard.labels() else "Next")
    report = wizard.message.embeds[0]["description"]
    assert f"<#{gone}> no longer exists" in report
    for _ in range(4):
        await wizard.press("Back")
    await wizard.choose("places", channel_id(running, "debates"))
    assert gone not in {str(row["place_id"]) for row in running.rows("watch")}
