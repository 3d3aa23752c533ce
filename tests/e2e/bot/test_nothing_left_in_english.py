"""A language that puts every text between brackets: what stands outside of them is not looked up.

Finds what the test of the code cannot: sentences that are put together before they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import NullTranslations

import pytest

from bot.catalogues import FileCatalogues
from bot.domain.policy import Mode
from bot.domain.wording import AS_WRITTEN
from bot.sandbox import Answer
from bot.sandbox.answers import readable
from bot.sandbox.limits import every_component
from bot.sandbox.people import Person
from bot.sandbox.state import Message
from tests.e2e.bot.live import ASIA, CLAIM, OTHER_CLAIM, Live
from tests.e2e.moderation.acting import told
from tests.e2e.moderation.flags import MENU, STAFF, card_of, flag, labels, review_in

MODERATOR, MEMBER, FLAGGER = "Noor", "Mika", "Sol"
REASON = "qwertz"
OF_OTHERS = (
    CLAIM,
    CLAIM.rstrip("."),
    OTHER_CLAIM,
    REASON,
    MODERATOR,
    MEMBER,
    FLAGGER,
    "Surveys and protests disagree about",
    "Surveys differ by country",
    "Artists protested",
    "Publisher",
    "What report",
    "Report",
    "shows",
    "starter library",
    "Footnote",
    "UTC",
    "Paper & Pixel",
)
"""What members and the library say, and names: no language of the bot's."""
BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
MARKUP = re.compile(
    r"<[^>]*>|appeal [\w-]{22}|[\w-]{6}-\d+$|\(?https?://[^\s⟧]+|```.*?```|`[^`]*`|\*\*status\*\*",
    re.DOTALL | re.MULTILINE,
)


class Bracketed(NullTranslations):
    """Says every text between brackets, as a language of its own."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return message

    def info(self) -> dict[str, str]:
        return {"language": "de"}


BRACKETED = Bracketed()


def outside(text: str) -> list[str]:
    """Return the words that stand in no brackets, without what is not the bot's own."""
    text = MARKUP.sub(" ", text)
    while (left := BRACKETS.sub(" ", text)) != text:
        text = left
    for each in OF_OTHERS:
        text = text.replace(each, " ")
    text = text.replace(ASIA, " ")
    return re.findall(r"[^\W\d_]{3,}", text)


def shown(answer: Answer) -> str:
    """Return all that a member reads of an answer: its text, its components, its form."""
    if answer.modal is not None:
        components, text = answer.modal["components"], str(answer.modal["title"])
    else:
        components, text = answer.message.components if answer.message else [], answer.text
    parts = [text]
    for _where, component in every_component(components):
        parts += [str(component.get(key) or "") for key in ("label", "placeholder", "description")]
        parts += [str(option["label"]) for option in component.get("options") or ()]
    return "\n".join(parts)


def commands(running: Live) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield commands whose answers have something to tell."""
    general, room = (running.sandbox.channel(name).id for name in ("general", "mod-room"))
    mika = running.sandbox.member(MEMBER).id
    claim: dict[str, object] = {"claim": ASIA}
    yield "watch add", {"place": general}
    yield "watch review", {"channel": room}
    yield "watch list", {}
    yield "status", {}
    yield "check", claim
    for name in ("show", "history", "example list"):
        yield f"factcheck {name}", claim
    yield "factcheck pause", claim | {"reason": REASON}
    yield "factcheck resume", claim | {"reason": REASON}
    yield "factcheck diff", claim
    yield "factcheck simulate", {"place": general, "days": 1}
    yield "factcheck list", {}
    yield "factcheck due", {}
    yield "factcheck add", {}
    for dry_run in (True, False):
        yield "mod warn", {"member": mika, "reason": REASON, "dry_run": dry_run}
        yield "mod slowmode", {"delay": "10s", "reason": REASON, "dry_run": dry_run}
    yield "mod ban", {"member": mika, "reason": REASON, "duration": "2h", "dry_run": True}
    yield "mod purge", {"amount": 5, "reason": REASON}
    yield "case show", {"number": 1}
    yield "flags record", {"member": mika}
    yield "likes explain", {"member": mika}
    yield "digest channel", {"members": general}
    for name in (
        "mod settings", "mod templates", "case list", "audit", "likes top", "likes emoji list",
        "digest preview", "digest schedule", "digest history", "trust explain", "mydata show",
        "flags list", "flags settings", "automod list", "appeals list", "requests list", "setup",
        "language", "optin", "optout",
    ):  # fmt: skip
        yield name, {}


@pytest.fixture
async def bracketed(running: Live, monkeypatch: pytest.MonkeyPatch) -> Live:
    """The bot in a community, and with members, whose language is the one of brackets."""

    def find(_self: FileCatalogues, language: str) -> NullTranslations:
        return BRACKETED if language == "de" else AS_WRITTEN

    monkeypatch.setattr(FileCatalogues, "find", find)
    await running.services.languages.choose(running.community, "de")
    for name in (MODERATOR, MEMBER, FLAGGER):
        running.sandbox.member(name).user.locale = "de"
    return running


@pytest.mark.thorough
@pytest.mark.timeout(180)
async def test_no_command_and_no_note_is_left_in_english(bracketed: Live) -> None:
    running = bracketed
    noor = running.sandbox.member(MODERATOR)
    left: dict[str, list[str]] = {}
    _, note = await running.raise_claim()
    left["a note"] = outside(readable(note))
    for button in labels(note):
        left[button] = outside(shown(await noor.press(note, button).answer()))
    for name, options in commands(running):
        answer = await noor.slash_with(name, options, forge=True).answer()
        assert "Incident" not in answer.text, name
        left[f"/{name} {options}"] = outside(shown(answer))
    await running.watch("general", Mode.SUGGEST)
    running.sandbox.member(FLAGGER).say("general", OTHER_CLAIM)
    await running.sandbox.eventually(lambda: running.sandbox.bot_messages(STAFF), 15.0)
    await running.done()
    for number, message in enumerate(posted(running)):
        left[f"message {number}"] = outside(readable(message))
    assert {where: words for where, words in left.items() if words} == {}


@pytest.mark.thorough
@pytest.mark.timeout(180)
async def test_no_form_and_no_card_of_flags_and_appeals_is_left_in_english(
    bracketed: Live,
) -> None:
    running = bracketed
    noor, mika = running.sandbox.member(MODERATOR), running.sandbox.member(MEMBER)
    await review_in(running)
    post = mika.say("general", REASON)
    await running.done()
    left: dict[str, list[str]] = {}
    form = await running.sandbox.member(FLAGGER).menu(MENU, post).answer()
    left["the form of a flag"] = outside(shown(form))
    left["a flag"] = outside(shown(await flag(running, post, by=FLAGGER)))
    await running.done()
    left |= {f"on a flag: {k}": words for k, words in (await pressed(running, noor)).items()}
    warning = {"member": mika.id, "reason": REASON}
    await noor.slash_with("mod warn", warning, forge=True).answer()
    await running.done()
    (message,) = told(mika)
    opened = mika.press(message, labels(message)[0])
    left["the form of an appeal"] = outside(shown(await opened.answer()))
    sent = await mika.submit_modal(opened, {"text": f"{REASON} " * 5}).answer()
    left["an appeal"] = outside(shown(sent))
    await running.done()
    left |= {f"on an appeal: {k}": words for k, words in (await pressed(running, noor)).items()}
    for number, each in enumerate(posted(running)):
        left[f"message {number}"] = outside(readable(each))
    assert {where: words for where, words in left.items() if words} == {}


async def pressed(running: Live, by: Person) -> dict[str, list[str]]:
    """Press the newest card's buttons, the last one first, as long as they are there."""
    left = {}
    for button in reversed(labels(card_of(running))):
        card = card_of(running)
        if button in labels(card):
            left[button] = outside(shown(await by.press(card, button).answer()))
            await running.done()
    return left


def posted(running: Live) -> list[Message]:
    """Return what moderators and members got, at least one of each."""
    cards = running.sandbox.bot_messages(STAFF)
    messages = [m for name in (MEMBER, FLAGGER) for m in told(running.sandbox.member(name))]
    assert cards
    assert messages
    return [*cards, *messages]
