"""Trust levels over the wire: one's own for everybody, others' for moderators; and newcomers."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.sandbox.state import Message
from tests.e2e.bot.live import CHAT, Live
from tests.e2e.moderation.acting import ask
from tests.e2e.moderation.test_acting_on_members import mika


async def check(running: Live, post: Message, by: str) -> str:
    """Ask the moderators to check a post; return the answer."""
    member = running.sandbox.member(by)
    shown = await member.menu("Check this message", post).answer()
    assert shown.message is not None
    return (await member.press(shown.message, "Ask moderators to check this").answer()).text


async def test_everybody_sees_their_own_level_and_moderators_see_others(running: Live) -> None:
    sol = running.sandbox.member("Sol")
    await running.watch("general")
    liked = mika(running).say("general", CHAT)
    sol.react(liked, "👍")
    await running.done()
    own = (await ask(running, "trust explain", by="Mika")).text
    assert f"<@{mika(running).id}> has trust level 0 (new)." in own
    assert "For level 1 (basic):" in own
    assert "▫️ posts: 1 of 5" in own
    others = await ask(running, "trust explain", by="Sol", member=mika(running).id)
    assert others.text == "You need the permission “Timeout Members” for this."
    seen = await ask(running, "trust explain", by="Tomas", member=sol.id)
    assert f"<@{sol.id}> has trust level 0" in seen.text
    leader = (await ask(running, "trust explain", by="Tomas")).text
    assert "has trust level 4 (leader)" in leader
    assert "it is not earned" in leader


async def test_somebody_who_has_just_joined_asks_for_one_check_a_day(running: Live) -> None:
    posts = [running.sandbox.member("Tomas").say("general", f"{CHAT} {n}") for n in range(2)]
    running.sandbox.member("Mika").member.joined_at = datetime.now(UTC)
    assert (await check(running, posts[0], "Mika")).startswith("Thank you.")
    assert "you have only just joined" in await check(running, posts[1], "Mika")
    assert (await check(running, posts[0], "Sol")).startswith("Thank you.")
    assert (await check(running, posts[1], "Sol")).startswith("Thank you.")
