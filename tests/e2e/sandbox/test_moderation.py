from datetime import timedelta

import discord
import pytest

from bot.sandbox import ApiError, Sandbox, automod
from tests.e2e.wire import RunningBot, WireBot


def member_of(bot: WireBot, sandbox: Sandbox, name: str) -> discord.Member:
    found = bot.guilds[0].get_member(int(sandbox.member(name).id))
    assert found is not None
    return found


async def test_a_timed_out_member_reads_but_does_not_write(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    emeka = sandbox.member("Emeka")
    async with running_bot(bot):
        await member_of(bot, sandbox, "Emeka").timeout(timedelta(hours=1), reason="Calm down")
        with pytest.raises(ApiError) as refused:
            emeka.say("general", "But")
        await member_of(bot, sandbox, "Emeka").timeout(None)
        emeka.say("general", "Back")
    assert refused.value.code == 50013
    assert sandbox.state.guild.audit[0].reason == "Calm down"


async def test_a_timeout_ends_by_itself(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    async with running_bot(bot):
        await member_of(bot, sandbox, "Emeka").timeout(timedelta(hours=1))
    sandbox.state.clock.advance(timedelta(hours=2))
    sandbox.member("Emeka").say("general", "Back")


async def test_a_timeout_over_28_days_is_refused(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    async with running_bot(bot):
        with pytest.raises(discord.HTTPException) as refused:
            await member_of(bot, sandbox, "Emeka").timeout(timedelta(days=29))
    assert refused.value.code == 50035


async def test_kick_ban_and_unban_with_reasons_in_the_audit_log(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    sandbox.member("Sol").say("general", "Spam")
    async with running_bot(bot):
        guild = bot.guilds[0]
        await member_of(bot, sandbox, "Emeka").kick(reason="Bye")
        sol = member_of(bot, sandbox, "Sol")
        await sol.ban(reason="Gründe & more", delete_message_seconds=60)
        assert [b.user.id async for b in guild.bans()] == [sol.id]
        await guild.unban(sol)
        with pytest.raises(discord.NotFound) as refused:
            await guild.unban(sol)
        logged = [(e.action, e.reason) async for e in guild.audit_logs(limit=10)]
    assert refused.value.code == 10026
    assert sandbox.messages("general") == []
    assert logged == [
        (discord.AuditLogAction.unban, None),
        (discord.AuditLogAction.ban, "Gründe & more"),
        (discord.AuditLogAction.kick, "Bye"),
    ]


async def test_the_bot_cannot_act_on_those_above_it(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        with pytest.raises(discord.Forbidden) as refused:
            await member_of(bot, sandbox, "Noor").kick()
    assert refused.value.code == 50013


async def test_what_moderators_do_by_hand_reaches_the_bot(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        sandbox.member("Tomas").ban(sandbox.member("Sol"), "By hand")
        await sandbox.eventually(lambda: bot.all_heard("audit_log_entry_create"))
    entry = bot.all_heard("audit_log_entry_create")[0]
    assert (entry.action, entry.reason) == (discord.AuditLogAction.ban, "By hand")
    assert len(bot.all_heard("member_ban")) == 1


async def test_bulk_delete_refuses_messages_older_than_14_days(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    mika = sandbox.member("Mika")
    old = mika.say("general", "Old")
    sandbox.state.clock.advance(timedelta(days=15))
    new = [mika.say("general", f"New {n}") for n in range(2)]
    bot = WireBot()
    async with running_bot(bot):
        http, channel_id = bot.http, int(old.channel_id)
        with pytest.raises(discord.HTTPException) as refused:
            await http.delete_messages(channel_id, [int(old.id), int(new[0].id)])
        await http.delete_messages(channel_id, [int(m.id) for m in new])
        await sandbox.eventually(lambda: bot.all_heard("raw_bulk_message_delete"))
    assert refused.value.code == 50034
    assert sandbox.messages("general") == [old]


async def test_slowmode_is_set_and_read_back(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    async with running_bot(bot):
        channel = bot.get_channel(int(sandbox.channel("general").id))
        assert isinstance(channel, discord.TextChannel)
        await channel.edit(slowmode_delay=30)
        await sandbox.eventually(lambda: channel.slowmode_delay == 30)
    change = sandbox.state.guild.audit[-1].changes[0]
    assert (change["key"], change["old_value"], change["new_value"]) == (
        "rate_limit_per_user",
        0,
        30,
    )


async def test_direct_messages_go_both_ways_unless_refused(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    mika = sandbox.member("Mika")
    async with running_bot(bot):
        user = await bot.fetch_user(int(mika.id))
        await user.send("Hello Mika")
        mika.say(mika.open_dm(), "Hello bot")
        await sandbox.eventually(lambda: len(bot.all_heard("message")) == 2)
        sandbox.state.refuses_dms.add(mika.id)
        with pytest.raises(discord.Forbidden) as refused:
            await user.send("Again")
    assert refused.value.code == 50007
    assert bot.all_heard("message")[1].guild is None


async def test_automod_rules_are_made_listed_and_deleted(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        guild = bot.guilds[0]
        made = await guild.create_automod_rule(
            name="No spam",
            event_type=discord.AutoModRuleEventType.message_send,
            trigger=discord.AutoModTrigger(keyword_filter=["spam"]),
            actions=[discord.AutoModRuleAction()],
            enabled=True,
        )
        assert [r.name for r in await guild.fetch_automod_rules()] == ["No spam"]
        await made.edit(name="Less spam")
        await made.delete()
        assert await guild.fetch_automod_rules() == []


async def test_roles_are_given_and_taken(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    async with running_bot(bot):
        guild = bot.guilds[0]
        role = await guild.create_role(name="Curators", reason="New")
        mika = member_of(bot, sandbox, "Mika")
        await mika.add_roles(role)
        assert str(role.id) in sandbox.member("Mika").member.role_ids
        await mika.remove_roles(role)
        await role.delete()
    assert "Curators" not in [r.name for r in sandbox.state.guild.roles.values()]


async def test_slowmode_slows_people_down_but_no_bot(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    sandbox.member("Noor").change_channel("general", rate_limit_per_user=60)
    mika = sandbox.member("Mika")
    mika.say("general", "One")
    with pytest.raises(ApiError) as refused:
        mika.say("general", "Two")
    sandbox.state.clock.advance(timedelta(minutes=2))
    mika.say("general", "Two")
    bot = WireBot()
    async with running_bot(bot):
        for _ in range(2):
            await bot.get_partial_messageable(int(sandbox.channel("general").id)).send("Quick")
    assert refused.value.code == 20016


async def test_an_automod_hit_reaches_the_bot(sandbox: Sandbox, running_bot: RunningBot) -> None:
    bot = WireBot()
    async with running_bot(bot):
        made = await bot.guilds[0].create_automod_rule(
            name="No spam",
            event_type=discord.AutoModRuleEventType.message_send,
            trigger=discord.AutoModTrigger(keyword_filter=["spam"]),
            actions=[discord.AutoModRuleAction()],
            enabled=True,
        )
        rule = sandbox.state.guild.automod[str(made.id)]
        sol = sandbox.member("Sol")
        automod.fire(sandbox.state, sandbox.channel("general"), rule, sol.id, "Buy spam", "spam")
        await sandbox.eventually(lambda: bot.all_heard("automod_action"))
    execution = bot.all_heard("automod_action")[0]
    assert (execution.user_id, execution.matched_keyword) == (int(sol.id), "spam")


async def test_the_bot_hears_of_a_guild_that_it_joins_and_leaves(
    sandbox: Sandbox, running_bot: RunningBot
) -> None:
    bot = WireBot()
    async with running_bot(bot):
        other = sandbox.add_guild("Ink & Bits")
        await sandbox.eventually(lambda: bot.all_heard("guild_join"))
        owner, bot_member = sandbox.member("Noor", other), sandbox.member("Footnote", other)
        owner.kick(bot_member)
        await sandbox.eventually(lambda: bot.all_heard("guild_remove"))
    assert [g.name for g in bot.all_heard("guild_join")] == ["Ink & Bits"]
