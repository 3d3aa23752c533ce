"""Members flag posts, moderators decide on cards: once, and everybody hears what came of it."""

from __future__ import annotations

import asyncio

import pytest

from bot.sandbox import Sandbox
from tests.e2e.bot.live import CLAIM, Live, is_quiet
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
