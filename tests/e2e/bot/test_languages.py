"""Members are answered in their own language, and communities read notes in theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.policy import Mode
from bot.sandbox import Answer, Sandbox
from bot.sandbox.people import Person
from bot.sandbox.state import Message
from tests.e2e.bot.live import CLAIM, Live, live, live_settings
from tests.e2e.moderation.acting import told

ENGLISH_BUTTONS = ["Sources & details", "Helpful", "Not helpful", "Why this note?"]
GERMAN_BUTTONS = ["Quellen & Details", "Hilfreich", "Nicht hilfreich", "Warum diese Anmerkung?"]


def speaking(running: Live, name: str, locale: str) -> Person:
    """Return a member whose client is in this language."""
    person = running.sandbox.member(name)
    person.user.locale = locale
    return person


async def said(person: Person, command: str, **options: object) -> str:
    answer = await person.slash_with(command, options, forge=True).answer()
    assert answer.ephemeral
    return answer.text


def labels(message: Message) -> list[str]:
    return Answer(kind="message", message=message).labels


async def test_a_member_is_answered_in_german_and_the_one_beside_them_in_english(
    running: Live,
) -> None:
    sol, priya = speaking(running, "Sol", "de"), speaking(running, "Priya", "en-GB")
    assert "Deine Beiträge können wieder Anmerkungen bekommen." in await said(sol, "optin")
    assert "`/aussteigen` nimmt das zurück" in await said(sol, "optin")
    assert "Your posts can get notes again." in await said(priya, "optin")
    assert "Beobachtete Orte" in await said(sol, "status")


async def test_a_refusal_is_in_the_language_of_the_member(running: Live) -> None:
    sol = speaking(running, "Sol", "de")
    assert await said(sol, "watch list") == "Dafür brauchst du die Berechtigung „Server verwalten“."
    noor = speaking(running, "Noor", "de")
    assert "Diese Sprache spreche ich noch nicht" in await said(noor, "language", language="tlh")


async def test_a_button_and_its_answer_are_german_for_a_german_member_only(running: Live) -> None:
    _, note = await running.raise_claim()
    assert labels(note) == ENGLISH_BUTTONS
    sol = speaking(running, "Sol", "de")
    answer = await sol.press(note, "Helpful").answer()
    assert answer.text == "Danke. Du hast diese Anmerkung als hilfreich bewertet."
    assert "Teils hilfreich" in answer.labels
    english = await running.sandbox.member("Priya").press(note, "Helpful").answer()
    assert english.text == "Thank you. You rated this note as helpful."


async def test_a_form_opens_and_answers_in_german(running: Live) -> None:
    noor = speaking(running, "Noor", "de")
    opened = noor.slash("factcheck add")
    answer = await opened.answer()
    assert answer.kind == "modal"
    assert answer.modal is not None
    assert answer.modal["title"] == "Neuer Faktencheck"
    assert "Behauptung: was die Leute sagen" in str(answer.modal)
    saved = await noor.submit_modal(opened, {"claim": "KI-Kunst gewinnt jeden Preis."}).answer()
    assert "Er wurde als Entwurf gespeichert" in saved.text


async def test_a_community_that_chose_german_gets_german_notes(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    assert "written in Deutsch" in await said(noor, "language", language="de")
    post, note = await running.raise_claim()
    assert labels(note) == GERMAN_BUTTONS
    assert note.embeds[0]["title"].startswith("⚖ Kontext · „Asia embraces AI art")
    assert "— gemischt" in note.embeds[0]["title"]
    assert "vielleicht unvollständig" in note.embeds[0]["footer"]["text"]
    assert post.content == CLAIM
    english = await said(running.sandbox.member("Priya"), "optin")
    assert english.startswith("Your posts can get notes again.")
    await said(noor, "language", language="en")
    await running.watch("general")
    _, later = await running.raise_claim("general")
    assert labels(later) == ENGLISH_BUTTONS
    assert labels(note) == GERMAN_BUTTONS


@pytest.mark.thorough
async def test_a_language_that_nobody_wrote_falls_back_to_the_communitys(running: Live) -> None:
    await said(running.sandbox.member("Noor"), "language", language="de")
    mika = speaking(running, "Mika", "fr")
    assert "Deine Beiträge können wieder" in await said(mika, "optin")


@pytest.mark.thorough
async def test_a_servers_own_setting_is_followed_until_it_chooses(
    sandbox: Sandbox, tmp_path: Path, sqlite_url: str
) -> None:
    sandbox.state.guild.preferred_locale = "de"
    async with live(sandbox, live_settings(sandbox, tmp_path)) as running:
        await running.watch("ai-art-talk")
        _, note = await running.raise_claim()
        assert labels(note) == GERMAN_BUTTONS
        noor = running.sandbox.member("Noor")
        await said(noor, "language", language="en")
        assert running.services.languages.of(running.community) == "en"
        await said(noor, "language", language="auto")
        assert running.services.languages.of(running.community) == "de"


@pytest.mark.thorough
async def test_the_choice_of_a_language_outlives_the_process(
    sandbox: Sandbox, tmp_path: Path, sqlite_url: str
) -> None:
    settings = live_settings(sandbox, tmp_path)
    async with live(sandbox, settings) as running:
        await said(running.sandbox.member("Noor"), "language", language="de")
    async with live(sandbox, settings) as running:
        assert running.services.languages.of(running.community) == "de"


async def test_a_direct_message_is_in_the_communitys_language_whoever_sent_it(
    running: Live,
) -> None:
    await said(running.sandbox.member("Noor"), "language", language="de")
    mika = running.sandbox.member("Mika")
    english = await said(
        running.sandbox.member("Tomas"), "mod warn", member=mika.id, reason="spam in every channel"
    )
    assert "was warned" in english
    await running.done()
    (message,) = told(mika)
    assert "Du wurdest verwarnt." in Answer(kind="message", message=message).text


async def test_cards_for_moderators_are_in_the_communitys_language(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    await said(noor, "language", language="de")
    await said(noor, "watch review", channel=running.sandbox.channel("mod-room").id)
    await running.watch("ai-art-talk", Mode.SUGGEST)
    running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.sandbox.eventually(lambda: running.sandbox.bot_messages("mod-room"), 15.0)
    await running.done()
    (card,) = running.sandbox.bot_messages("mod-room")
    assert card.embeds[0]["title"] == "Stellt dieser Beitrag diese Behauptung auf?"
    assert "Nicht diese Behauptung" in labels(card)


async def test_commands_are_registered_in_german_as_well(running: Live) -> None:
    registered = {each["name"]: each for each in running.sandbox.state.commands[None].values()}
    watch = registered["watch"]
    assert watch["name_localizations"]["de"] == "beobachten"
    assert watch["description_localizations"]["de"] == "Welche Orte beobachtet werden"
    (add,) = [option for option in watch["options"] if option["name"] == "add"]
    assert add["name_localizations"]["de"] == "hinzufügen"
    mode = next(option for option in add["options"] if option["name"] == "mode")
    (silent,) = [choice for choice in mode["choices"] if choice["value"] == "silent"]
    assert silent["name_localizations"]["de"] == "still"
    assert registered["Why this note?"]["name_localizations"]["de"] == "Warum diese Anmerkung?"


async def test_english_is_what_everybody_else_gets(running: Live) -> None:
    for locale in ("en-US", "en-GB", "tlh", ""):
        sol = speaking(running, "Sol", locale)
        assert (await said(sol, "optin")).startswith("Your posts can get notes again.")
