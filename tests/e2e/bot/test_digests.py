"""Digests over the wire: planned by moderators, posted quietly with a picture, quoted live."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy

from bot.domain.digest_runs import Audience
from bot.domain.ids import PlaceId
from bot.domain.periods import Cadence, Schedule
from bot.sandbox import Answer, ApiError, InteractionAnswer
from bot.sandbox.messages import emit_channel
from bot.sandbox.permissions import P
from bot.sandbox.state import Message, Overwrite
from bot.tree import NOT_ALLOWED
from tests.e2e.bot.live import CHAT, Live, deny, is_quiet

pytestmark = pytest.mark.thorough

HOUR = timedelta(hours=1)
DAY_MICROS = 24 * 60 * 60 * 1_000_000


async def a_period_later(running: Live) -> None:
    """Let what was said be three hours old, and the day of digests end with this hour."""
    url = running.settings.database_url.replace("sqlite+aiosqlite", "sqlite")
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    now = running.services.clock.now()
    then = now - 3 * HOUR
    micros = int(then.timestamp()) * 1_000_000
    with engine.begin() as connection:
        for statement, values in (
            ("UPDATE post SET created_at = ?", (then.strftime("%Y-%m-%d %H:%M:%S.%f"),)),
            ("UPDATE liked_post SET created = ?, created_day = ?", (micros, micros // DAY_MICROS)),
            ("UPDATE reaction SET given = ?", (micros,)),
        ):
            connection.exec_driver_sql(statement, values)
    engine.dispose()
    plan = await running.services.digests.plan(running.community)
    daily = replace(plan, schedule=Schedule(Cadence.DAILY, hour=now.hour), since=now - 1.5 * HOUR)
    async with running.services.database.writing() as stores:
        await stores.digests.put_plan(daily)
        await stores.likes.rebuild(running.community)


async def said(waiting: InteractionAnswer) -> Answer:
    answer = await waiting.answer()
    assert answer.ephemeral
    return answer


async def posted(running: Live, where: str = "general") -> Message:
    """Let the job do what is due and return the only digest."""
    await running.services.digests.runner.run()
    await running.done()
    (message,) = [m for m in running.sandbox.bot_messages(where) if "digest" in str(m.embeds)]
    return message


async def plan(running: Live, where: str = "general") -> None:
    channel = PlaceId(int(running.sandbox.channel(where).id))
    await running.services.digests.set_channels(running.community, members=channel, moderators=None)


async def test_a_digest_is_quiet_quotes_what_stands_now_and_has_a_picture_in_words(
    running: Live,
) -> None:
    await plan(running)
    post = running.sandbox.member("Mika").say("ai-art-talk", f"{CHAT} @everyone")
    for name in ("Sol", "Aiko"):
        running.sandbox.member(name).react(post, "👍")
    gone = running.sandbox.member("Sol").say("ai-art-talk", "soon deleted")
    running.sandbox.member("Mika").react(gone, "👍")
    await running.done()
    await a_period_later(running)
    digest = await posted(running)
    body = digest.embeds[-1]["description"]
    assert "**[2 Likes](https://discord.com/channels/" in body
    assert f"> {CHAT}" in body
    assert is_quiet(digest)
    (picture,) = digest.attachments
    assert "Posts: 2 in all" in str(picture.description)
    assert "text" not in {column for row in running.rows("digest_run") for column in row}
    assert CHAT not in str(running.rows("digest_run"))


async def test_a_refused_digest_is_posted_when_the_permission_is_back(running: Live) -> None:
    await plan(running)
    running.sandbox.member("Mika").say("ai-art-talk", CHAT)
    await running.done()
    deny(running.sandbox, "general", P.SEND_MESSAGES)
    await a_period_later(running)
    await running.services.digests.runner.run()
    await running.done()
    (run,) = running.rows("digest_run")
    assert (run["state"], "refused" in run["problem"]) == ("blocked", True)
    answer = await said(running.sandbox.member("Noor").slash("digest history"))
    assert "waiting: Discord refused" in answer.text
    status = await said(running.sandbox.member("Noor").slash("status"))
    assert f"The digest for {run['period_key']} waits" in status.text
    channel = PlaceId(int(running.sandbox.channel("ai-art-talk").id))
    await running.services.digests.set_channels(running.community, members=channel, moderators=None)
    message = await posted(running, "ai-art-talk")
    assert message.embeds[0]["title"].startswith("Daily digest")


async def test_a_digest_whose_channel_was_deleted_is_told_of_once_and_posted_elsewhere(
    running: Live,
) -> None:
    sandbox, digests = running.sandbox, running.services.digests
    general, staff = (PlaceId(int(sandbox.channel(n).id)) for n in ("general", "mod-room"))
    await digests.set_channels(running.community, members=general, moderators=staff)
    sandbox.member("Mika").say("ai-art-talk", CHAT)
    await running.done()
    await a_period_later(running)
    sandbox.member("Noor").delete_channel("general")
    await digests.runner.run()

    def told() -> list[Message]:
        messages = sandbox.bot_messages("mod-room")
        return [each for each in messages if "cannot be posted" in each.content]

    await sandbox.eventually(told)
    await digests.runner.run()
    await running.done()
    (message,) = told()
    assert f"<#{general}>" in message.content
    channel = PlaceId(int(sandbox.channel("ai-art-talk").id))
    await digests.set_channels(running.community, members=channel, moderators=staff)
    message = await posted(running, "ai-art-talk")
    assert message.embeds[0]["title"].startswith("Daily digest")


async def test_without_the_permission_for_files_a_digest_comes_without_its_picture(
    running: Live,
) -> None:
    await plan(running)
    running.sandbox.member("Mika").say("ai-art-talk", CHAT)
    await running.done()
    deny(running.sandbox, "general", P.ATTACH_FILES)
    await a_period_later(running)
    digest = await posted(running)
    assert digest.attachments == []
    assert all("image" not in embed for embed in digest.embeds)
    assert "1 post" in digest.embeds[-1]["description"]
    (run,) = running.rows("digest_run")
    assert (run["state"], run["problem"]) == ("done", "")


async def test_moderators_say_whether_the_archive_names_members(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    assert "name no members" in (await said(noor.slash("digest archive"))).text
    assert not running.rows("digest_plan")
    assert "name members" in (await said(noor.slash("digest archive", names=True))).text
    (stored,) = running.rows("digest_plan")
    assert stored["names_in_archive"]
    assert "digest archive" in str(running.rows("audit_entry"))
    assert "name no members" in (await said(noor.slash("digest archive", names=False))).text


async def test_a_place_that_readers_cannot_see_is_not_named(running: Live) -> None:
    await plan(running)
    hidden = running.sandbox.channel("ai-art-talk")
    running.sandbox.member("Mika").say(hidden, CHAT)
    await running.done()
    visibility = running.services.digests._builder._visibility
    general = PlaceId(int(running.sandbox.channel("general").id))
    place = PlaceId(int(hidden.id))
    assert set(await visibility.shown(running.community, general, {place})) == {place}
    guild = running.bot.get_guild(running.community)
    assert guild is not None
    everyone = running.sandbox.state.guild.id
    hidden.overwrites.append(Overwrite(everyone, is_member=False, deny=int(P.VIEW_CHANNEL)))
    emit_channel(running.sandbox.state, "CHANNEL_UPDATE", hidden)
    await running.done()
    assert not await visibility.shown(running.community, general, {place, PlaceId(1)})


async def test_moderators_plan_preview_and_read_the_history(running: Live) -> None:
    noor = running.sandbox.member("Noor")
    general = running.sandbox.channel("general")
    answer = await said(noor.slash("digest channel"))
    assert "No digest is posted" in answer.text
    answer = await said(noor.slash("digest channel", members=general.id))
    assert f"members in <#{general.id}>, every Monday at 09:00 (UTC)" in answer.text
    answer = await said(noor.slash("digest schedule", zone="Mars/Olympus"))
    assert answer.text.startswith("“Mars/Olympus” is no time zone")
    answer = await said(noor.slash("digest schedule", zone="berlin", weekday="friday", hour=18))
    assert "every Friday at 18:00 (Europe/Berlin)" in answer.text
    running.sandbox.member("Mika").say("ai-art-talk", CHAT)
    await running.done()
    answer = await said(noor.slash("digest preview"))
    assert "Weekly digest" in answer.text
    answer = await said(noor.slash("digest history"))
    assert answer.text == "There was no digest yet."
    assert not running.rows("digest_run")


@pytest.mark.parametrize(
    "command", ["channel", "schedule", "archive", "preview", "post", "history"]
)
async def test_a_forged_command_is_refused_on_the_server_side(running: Live, command: str) -> None:
    person = running.sandbox.member("Sol")
    with pytest.raises(ApiError):
        person.slash(f"digest {command}")
    answer = await said(person.slash(f"digest {command}", forge=True))
    assert answer.text == NOT_ALLOWED
    assert not running.rows("digest_plan")


async def test_the_button_explains_the_figures(running: Live) -> None:
    await plan(running)
    running.sandbox.member("Mika").say("ai-art-talk", CHAT)
    await running.done()
    await a_period_later(running)
    digest = await posted(running)
    answer = await said(running.sandbox.member("Sol").press(digest, "About this digest"))
    assert "How this is counted" in answer.text
    run = running.rows("digest_run")[0]
    assert run["audience"] == Audience.MEMBERS.value
