"""Every button, choice and form that exists, sent by a plain member whose client is not honest.

The lists are read from the bot itself: a new one is refused to members, or stands here because
somebody meant it to be otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.buttons import GuardedButton
from bot.discord_io.audit_words import BUTTONS, FORMS
from bot.domain.ids import PlaceId
from bot.domain.policy import Mode
from bot.sandbox import InteractionAnswer
from bot.sandbox.state import Message
from tests.e2e.bot.live import ASIA, CLAIM, Live, all_rows
from tests.e2e.moderation.flags import flag
from tests.e2e.moderation.test_forged_commands import REFUSALS, UNTOUCHED, refused

OPEN_TO_MEMBERS = frozenset(
    {
        "ap1:answer",
        "ap1:open",
        "dg1:about",
        "fc1:appeal",
        "fc1:ask",
        "fc1:details",
        "fc1:dispute",
        "fc1:helpful",
        "fc1:reasons",
        "fc1:somewhat",
        "fc1:unhelpful",
        "fc1:why",
        "md1:keep",
    }
)
"""What members may do: rate, ask, look; "dispute" counts as a rating, where they are no moderator.
"""
LOOKED_UP_FIRST = frozenset({"ap1:accept", "ap1:ask", "ap1:reject", "md1:purge"})
"""What is needed depends on what they are about: their own tests forge them."""
FORMS_ELSEWHERE = ("ap1:", "fl1:")
"""Members appeal and flag; the forms with which moderators answer appeals are forged there."""


PARTS = {
    "about": "A" * 22,
    "appeal": "A" * 22,
    "card": "A" * 22,
    "channel": "1",
    "form": "text",
    "key": "1-warn-1",
    "marker": "A" * 22,
    "note": "A" * 22,
    "page": "1",
    "post": "1",
    "review": "A" * 22,
    "raises": "1",
    "revision": "1",
    "slug": ASIA,
    "stance": "assert",
    "status": "all",
    "step": "roles",
    "what": "mode",
    "wanted": "1",
}
"""What the named parts of custom ids look like."""


def verb_of(custom_id: str) -> str:
    """Return the first two parts of a custom id: the feature and what is to be done."""
    return ":".join(custom_id.split(":")[:2])


def example_of(pattern: re.Pattern[str], known: Mapping[str, str]) -> str:
    """Return a custom id of this shape; its parts are known by their names."""
    shape = pattern.pattern
    for name, value in known.items():
        shape = re.sub(rf"\(\?P<{name}>[^()]*\)", value, shape)
    example = shape.replace("(?:", "").replace(")?", "").replace("\\", "")
    assert pattern.fullmatch(example), f"say in PARTS what the parts of {shape} look like"
    return example


def every_button(running: Live) -> dict[re.Pattern[str], type[GuardedButton]]:
    """Return all buttons and choices that the bot answers, by the shape of their custom ids."""
    found = running.bot._connection._view_store._dynamic_items
    assert all(issubclass(each, GuardedButton) for each in found.values())
    return dict(found)  # type: ignore[arg-type]  # seen in the line above


async def a_card(running: Live) -> Message:
    """Return a review card where members can see it: a careless choice, and the worst case.

    Beside it stands the card of a flag on the same post.
    """
    channel = running.sandbox.channel("general")
    await running.services.rules.review_in(running.community, PlaceId(int(channel.id)))
    await running.watch("ai-art-talk", Mode.SUGGEST)
    post = running.sandbox.member("Mika").say("ai-art-talk", CLAIM)
    await running.sandbox.eventually(lambda: running.sandbox.bot_messages("general"), 15.0)
    await running.done()
    (card,) = running.sandbox.bot_messages("general")
    await flag(running, post, by="Aiko")
    await running.done()
    return card


def unchanged(running: Live, before: Mapping[str, object]) -> None:
    after = all_rows(running.settings)
    for table in before.keys() - UNTOUCHED:
        assert after[table] == before[table], f"{table} was changed"


async def test_no_button_of_moderators_works_for_a_plain_member(running: Live) -> None:
    card = await a_card(running)
    (review,) = running.rows("review")
    (flag_card,) = running.rows("flag_card")
    known = PARTS | {"review": review["review_id"], "card": flag_card["card_id"]}
    before = all_rows(running.settings)
    button = card.components[0]["components"][0]
    tried, audited = set(), set()
    for pattern, kind in every_button(running).items():
        custom_id = example_of(pattern, known)
        verb = verb_of(custom_id)
        if verb in OPEN_TO_MEMBERS | LOOKED_UP_FIRST:
            continue
        button["custom_id"] = custom_id
        answer = await running.sandbox.member("Sol").press(card, custom_id).answer()
        assert answer.ephemeral, verb
        assert answer.text.startswith(REFUSALS), f"{verb} answered: {answer.text}"
        tried.add(verb)
        audited |= {verb} if kind.audited else set()
    assert {"fc1:rv-attach", "fc1:rv-wrong", "fc1:rv-threshold", "fe1:again"} <= tried
    await running.sandbox.eventually(lambda: audited <= refused(running), 20)
    unchanged(running, before)


async def test_no_form_of_moderators_works_for_a_plain_member(running: Live) -> None:
    opened: InteractionAnswer = running.sandbox.member("Noor").slash("factcheck add")
    await opened.answer()
    modal = opened.interaction.modal
    assert modal is not None
    before = all_rows(running.settings)
    tried = set()
    for form in running.bot.forms:
        if not form.audited or form.template.pattern.startswith(FORMS_ELSEWHERE):
            continue
        for custom_id in examples_of_form(form.template):
            name = form.audited_as(matched(form.template, custom_id))
            modal["custom_id"] = custom_id
            sent = running.sandbox.member("Sol").submit_modal(opened, {"claim": "Whatever."})
            answer = await sent.answer()
            assert answer.ephemeral, name
            assert answer.text.startswith(REFUSALS), f"{name} answered: {answer.text}"
            tried.add(name)
    assert {"thresholds form", "factcheck form add", "factcheck form text"} <= tried
    await running.sandbox.eventually(lambda: tried <= refused(running), 20)
    unchanged(running, before)


def matched(template: re.Pattern[str], custom_id: str) -> re.Match[str]:
    found = template.fullmatch(custom_id)
    assert found is not None
    return found


def examples_of_form(template: re.Pattern[str]) -> list[str]:
    """Return a custom id for each form that the shape offers, "add" and "text" say."""
    choices = re.findall(r"\(\?P<form>([a-z|]+)\)", template.pattern)
    return [
        example_of(template, PARTS | {"form": each})
        for each in (choices[0].split("|") if choices else ["text"])
    ]


async def test_the_audit_has_words_for_every_button_and_form_that_it_notes(running: Live) -> None:
    names = {
        verb_of(example_of(pattern, PARTS))
        for pattern, kind in every_button(running).items()
        if kind.audited and "none" not in pattern.pattern
    }
    assert names - {"dg1:about"} <= BUTTONS.keys(), "say in audit_words what they are called"
    for form in running.bot.forms:
        if form.audited and not form.template.pattern.startswith(FORMS_ELSEWHERE):
            for custom_id in examples_of_form(form.template):
                assert form.audited_as(matched(form.template, custom_id)) in FORMS
