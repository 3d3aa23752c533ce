import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.faults import Broken, Delay, Exhausted, Hold, RateLimited, Reset
from tests.e2e.wire import RunningBot, WireBot

POST = "/channels/{channel_id}/messages"


def general_of(sandbox: Sandbox, bot: discord.Client) -> discord.PartialMessageable:
    return bot.get_partial_messageable(int(sandbox.channel("general").id))


async def test_a_dropped_socket_resumes_and_loses_nothing(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    mika = sandbox.member("Mika")
    async with running_bot(bot):
        await sandbox.gateway.drop()
        for n in range(3):
            mika.say("general", f"While away {n}")
        await sandbox.eventually(lambda: len(bot.all_heard("message")) == 3)
        await sandbox.eventually(lambda: bot.all_heard("resumed") != [])
    assert [m.content for m in bot.all_heard("message")] == [
        "While away 0",
        "While away 1",
        "While away 2",
    ]
    assert len(bot.all_heard("ready")) == 1


async def test_a_cut_connection_resumes_too(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    async with running_bot(bot):
        sandbox.gateway.abort()
        await sandbox.eventually(lambda: sandbox.gateway.resumed == 1)


async def test_op_7_makes_the_client_resume(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    async with running_bot(bot):
        sandbox.gateway.ask_to_reconnect()
        await sandbox.eventually(lambda: sandbox.gateway.resumed == 1)
        sandbox.member("Mika").say("general", "Still here")
        await sandbox.eventually(lambda: bot.all_heard("message"))


@pytest.mark.parametrize("resumable", [True, False])
async def test_op_9_resumes_or_starts_over(
    sandbox: Sandbox, running_bot: RunningBot, resumable: bool
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        sandbox.gateway.invalidate(resumable=resumable)
        if resumable:
            await sandbox.eventually(lambda: sandbox.gateway.resumed == 1)
        else:
            await sandbox.eventually(lambda: len(bot.all_heard("ready")) == 2)
    assert sandbox.gateway.identified == (1 if resumable else 2)


async def test_a_session_that_the_gateway_forgot_cannot_be_resumed(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        sandbox.faults.refuse_resume = True
        await sandbox.gateway.drop()
        await sandbox.eventually(lambda: len(bot.all_heard("ready")) == 2, timeout_s=15)


@pytest.mark.parametrize(("code", "kept"), [(1000, 0), (1001, 0), (4000, 1)])
async def test_only_a_session_closed_with_1000_or_1001_is_over(code: int, kept: int) -> None:
    async with Sandbox.demo() as sandbox, aiohttp.ClientSession() as web:
        async with web.ws_connect(sandbox.gateway_url) as socket:
            assert (await socket.receive_json())["op"] == 10
            login = {"token": sandbox.token, "intents": 1, "properties": {}}
            await socket.send_json({"op": 2, "d": login})
            assert (await socket.receive_json())["t"] == "READY"
            await socket.close(code=code)
        await sandbox.eventually(lambda: not sandbox.gateway.online)
        assert len(sandbox.gateway.sessions) == kept


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_429_with_via_is_retried(
    sandbox: Sandbox, running_bot: RunningBot, scope: Any
) -> None:
    sandbox.faults.arm(POST, RateLimited(0.01, scope=scope), method="POST", times=2)
    bot = WireBot()
    async with running_bot(bot):
        await general_of(sandbox, bot).send("Patient")
    assert [r.status for r in sandbox.requests if r.route == POST] == [429, 429, 200]


async def test_a_429_without_via_is_taken_for_a_ban(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    sandbox.faults.arm(POST, RateLimited(0.01, via=False))
    bot = WireBot()
    async with running_bot(bot):
        with pytest.raises(discord.HTTPException) as refused:
            await general_of(sandbox, bot).send("Banned")
    assert refused.value.status == 429


async def test_a_503_is_not_retried_by_the_client(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    sandbox.faults.arm(POST, Broken(503))
    bot = WireBot()
    async with running_bot(bot):
        with pytest.raises(discord.DiscordServerError):
            await general_of(sandbox, bot).send("Down")
    assert sandbox.messages("general") == []


async def test_a_reset_after_acting_and_a_retry_make_one_message(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    sandbox.faults.arm(POST, Reset())
    bot = WireBot()
    async with running_bot(bot):
        with pytest.raises((aiohttp.ClientError, OSError)):
            await general_of(sandbox, bot).send("Once", nonce="same")
        await general_of(sandbox, bot).send("Once", nonce="same")
    assert [m.content for m in sandbox.messages("general")] == ["Once"]


async def test_a_reset_before_acting_changes_nothing(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    sandbox.faults.arm(POST, Reset(after_acting=False))
    bot = WireBot()
    async with running_bot(bot):
        with pytest.raises((aiohttp.ClientError, OSError)):
            await general_of(sandbox, bot).send("Never")
    assert sandbox.messages("general") == []


async def test_a_held_answer_leaves_the_message_visible_before_the_call_returns(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    hold = Hold()
    sandbox.faults.arm(POST, hold)
    bot = WireBot()
    async with running_bot(bot):
        sending = asyncio.create_task(general_of(sandbox, bot).send("Visible"))
        await sandbox.eventually(lambda: bot.all_heard("message"))
        assert not sending.done()
        hold.release()
        assert (await sending).content == "Visible"


@pytest.mark.parametrize("fault", [Delay(0.05), Exhausted(0.05)])
async def test_a_late_or_last_answer_keeps_the_caller_waiting(
    sandbox: Sandbox, running_bot: RunningBot, fault: Delay | Exhausted
) -> None:
    sandbox.faults.arm(POST, fault)
    bot = WireBot()
    async with running_bot(bot):
        before = asyncio.get_running_loop().time()
        await general_of(sandbox, bot).send("Slow")
        assert asyncio.get_running_loop().time() - before >= 0.05


async def test_events_can_come_twice_out_of_order_or_not_at_all(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    mika = sandbox.member("Mika")
    async with running_bot(bot):
        sandbox.faults.duplicate_event("MESSAGE_CREATE")
        mika.say("general", "Twice")
        sandbox.faults.swap_event("MESSAGE_CREATE")
        mika.say("general", "Second")
        mika.say("general", "First")
        sandbox.faults.drop_event("MESSAGE_CREATE")
        mika.say("general", "Lost")
        mika.say("general", "Last")
        await sandbox.eventually(lambda: len(bot.all_heard("message")) == 5)
    heard = [m.content for m in bot.all_heard("message")]
    assert heard == ["Twice", "Twice", "First", "Second", "Last"]


async def test_an_event_without_a_key_ends_a_plain_client(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    said = sandbox.member("Mika").say("general", "React to this")
    await bot.login(sandbox.token)
    connection = asyncio.create_task(bot.connect())
    await sandbox.bot_online()
    sandbox.faults.mangle_event("MESSAGE_REACTION_ADD", lambda d: d.pop("type"))
    sandbox.member("Sol").react(said, "👍")
    with pytest.raises(KeyError, match="type"):
        await connection
    await bot.close()


async def test_skipped_requests_are_left_alone(sandbox: Sandbox, running_bot: RunningBot) -> None:
    sandbox.faults.arm(POST, Broken(500), skip=1)
    bot = WireBot()
    async with running_bot(bot):
        await general_of(sandbox, bot).send("Well")
        sandbox.faults.clear()
        await general_of(sandbox, bot).send("Well again")
    assert [r.status for r in sandbox.requests if r.route == POST] == [200, 200]


async def test_an_unknown_route_is_a_501_and_noted() -> None:
    async with Sandbox.demo() as sandbox, aiohttp.ClientSession() as web:
        async with web.get(sandbox.api_base + "/sticker-packs") as answer:
            assert answer.status == 501
        async with web.delete(sandbox.api_base + "/users/@me") as answer:
            assert answer.status == 501
        assert sandbox.unknown_routes == [
            "GET /api/v10/sticker-packs",
            "DELETE /api/v10/users/@me",
        ]


async def test_a_body_that_is_no_json_is_refused_and_not_acted_on() -> None:
    async with Sandbox.demo() as sandbox, aiohttp.ClientSession() as web:
        headers = {"Authorization": f"Bot {sandbox.token}", "Content-Type": "application/json"}
        url = f"{sandbox.api_base}/channels/{sandbox.channel('general').id}/messages"
        async with web.post(url, data="{", headers=headers) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50109)
        assert "Authorization" not in sandbox.requests[0].headers


async def test_a_real_limit_paces_the_client(sandbox: Sandbox, running_bot: RunningBot) -> None:
    sandbox.buckets.limit(POST, 2, 0.1, method="POST")
    bot = WireBot()
    async with running_bot(bot):
        for n in range(5):
            await general_of(sandbox, bot).send(f"Line {n}")
    assert [m.content for m in sandbox.messages("general")] == [f"Line {n}" for n in range(5)]
    assert [r.status for r in sandbox.requests if r.route == POST] == [200] * 5


async def test_the_global_limit_counts_everything_together(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        sandbox.buckets.limit_all(3, per_s=0.2)
        where = [general_of(sandbox, bot), bot.get_user(int(sandbox.member("Mika").id))]
        sends = [place.send(f"Line {n}") for n in range(3) for place in where if place]
        await asyncio.gather(*sends)
    assert 429 in [r.status for r in sandbox.requests]
    assert len(sandbox.messages("general")) == 3
