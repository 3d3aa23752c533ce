"""Rules of Discord's own AutoMod: read, made and changed through discord.py, and shown in words.

Knows Discord's shapes of rules and executions; it never looks at a message itself.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import discord

from bot.discord_io.publisher import translated
from bot.discord_io.words import plain, shorten
from bot.domain.automod_rules import KIND_NAMES, Preset, RuleDraft, RuleKind
from bot.domain.durations import in_words
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId
from bot.domain.wording import N_, _
from bot.services.errors import GoneError, InvalidInputError, NotFoundError, UnavailableError
from bot.services.flagging.executions import Execution

Trigger = discord.AutoModRuleTriggerType
KINDS = {
    Trigger.keyword: RuleKind.KEYWORD,
    Trigger.spam: RuleKind.SPAM,
    Trigger.keyword_preset: RuleKind.PRESET,
    Trigger.mention_spam: RuleKind.MENTIONS,
}
TRIGGERS = {kind: trigger for trigger, kind in KINDS.items()}
ACTIONS = {
    discord.AutoModRuleActionType.block_message: "block",
    discord.AutoModRuleActionType.send_alert_message: "alert",
    discord.AutoModRuleActionType.timeout: "timeout",
    discord.AutoModRuleActionType.block_member_interactions: "restrict",
}
WORDS_SHOWN = 300
MANAGE_SERVER = N_("I lack the permission “Manage Server”, which Discord wants for AutoMod.")
NO_RULE = N_("There is no such rule: choose one from the list that appears while you type.")


async def fetch_rules(guild: discord.Guild) -> list[discord.AutoModRule]:
    """Return a server's rules, by name.

    Raises:
        InvalidInputError: the bot lacks the permission.
    """
    require_manage_server(guild)
    async with translated():
        found = await guild.fetch_automod_rules()
    return sorted(found, key=lambda rule: rule.name.casefold())


def require_manage_server(guild: discord.Guild) -> None:
    """See that the bot may manage the server, which Discord wants for all of this.

    Raises:
        InvalidInputError: it may not.
    """
    if not guild.me.guild_permissions.manage_guild:
        raise InvalidInputError(_(MANAGE_SERVER))


async def fetch_rule(guild: discord.Guild, chosen: str) -> discord.AutoModRule:
    """Return the rule that was chosen.

    Raises:
        NotFoundError: there is none.
        InvalidInputError: the bot lacks the permission.
    """
    require_manage_server(guild)
    if not chosen.isdecimal():
        raise NotFoundError(_(NO_RULE))
    try:
        async with translated():
            return await guild.fetch_automod_rule(int(chosen))
    except GoneError:
        raise NotFoundError(_(NO_RULE)) from None


def draft_of(rule: discord.AutoModRule) -> RuleDraft:
    """Return a rule as a draft, to be changed.

    Raises:
        InvalidInputError: it is of a kind that is managed in Discord's settings only.
    """
    kind = KINDS.get(rule.trigger.type)
    if kind is None:
        raise InvalidInputError(_("Rules of this kind are managed in Discord’s settings only."))
    trigger = rule.trigger
    draft = RuleDraft(
        kind=kind,
        name=rule.name,
        keywords=tuple(trigger.keyword_filter),
        patterns=tuple(trigger.regex_patterns),
        allowed=tuple(trigger.allow_list),
        presets=_presets(trigger.presets),
        mentions=trigger.mention_limit,
        raid_protection=trigger.mention_raid_protection,
        blocks=False,
    )
    for action in rule.actions:
        match action.type:
            case discord.AutoModRuleActionType.block_message:
                draft = replace(draft, blocks=True, message=action.custom_message or "")
            case discord.AutoModRuleActionType.send_alert_message:
                draft = replace(draft, alert_in=action.channel_id)
            case discord.AutoModRuleActionType.timeout:
                draft = replace(draft, timeout=action.duration)
    return draft


def _presets(found: discord.AutoModPresets) -> tuple[Preset, ...]:
    given = {
        Preset.PROFANITY: found.profanity,
        Preset.SEXUAL: found.sexual_content,
        Preset.SLURS: found.slurs,
    }
    return tuple(preset for preset, there in given.items() if there)


def trigger_of(draft: RuleDraft) -> discord.AutoModTrigger:
    """Return what a rule looks at, as discord.py has it."""
    presets = discord.AutoModPresets(
        profanity=Preset.PROFANITY in draft.presets,
        sexual_content=Preset.SEXUAL in draft.presets,
        slurs=Preset.SLURS in draft.presets,
    )
    return discord.AutoModTrigger(
        type=TRIGGERS[draft.kind],
        keyword_filter=list(draft.keywords),
        regex_patterns=list(draft.patterns),
        allow_list=list(draft.allowed),
        presets=presets,
        mention_limit=draft.mentions or None,
        mention_raid_protection=draft.raid_protection or None,
    )


def actions_of(draft: RuleDraft) -> list[discord.AutoModRuleAction]:
    """Return what a rule does."""
    actions = []
    if draft.blocks:
        actions.append(discord.AutoModRuleAction(custom_message=draft.message or None))
    if draft.alert_in is not None:
        actions.append(discord.AutoModRuleAction(channel_id=draft.alert_in))
    if draft.timeout is not None:
        actions.append(discord.AutoModRuleAction(duration=draft.timeout))
    return actions


async def create_rule(
    guild: discord.Guild, draft: RuleDraft, *, exempt: Sequence[discord.abc.Snowflake], reason: str
) -> discord.AutoModRule:
    """Make a rule, enabled, with a reason in the audit log."""
    roles, channels = _split(exempt)
    async with refusals_said():
        return await guild.create_automod_rule(
            name=draft.name,
            event_type=discord.AutoModRuleEventType.message_send,
            trigger=trigger_of(draft),
            actions=actions_of(draft),
            enabled=True,
            exempt_roles=roles,
            exempt_channels=channels,
            reason=reason,
        )


async def change_rule(
    rule: discord.AutoModRule,
    draft: RuleDraft,
    *,
    exempt: Sequence[discord.abc.Snowflake],
    reason: str,
) -> discord.AutoModRule:
    """Change a rule; what is exempt is added to what was."""
    roles, channels = _split(exempt)
    kept = [action for action in rule.actions if ACTIONS.get(action.type) == "restrict"]
    async with refusals_said():
        return await rule.edit(
            name=draft.name,
            trigger=trigger_of(draft),
            actions=[*actions_of(draft), *kept],
            exempt_roles=[*_objects(rule.exempt_role_ids), *roles],
            exempt_channels=[*_objects(rule.exempt_channel_ids), *channels],
            reason=reason,
        )


@asynccontextmanager
async def refusals_said() -> AsyncIterator[None]:
    """Turn Discord's refusal of a rule into a sentence for whoever wrote it."""
    try:
        async with translated():
            yield
    except UnavailableError as problem:
        cause = problem.__cause__
        if problem.retryable or not isinstance(cause, discord.HTTPException):
            raise
        said = _("Discord does not take this: {why}")
        raise InvalidInputError(said.format(why=shorten(plain(cause.text), WORDS_SHOWN))) from None


def _split(
    exempt: Sequence[discord.abc.Snowflake],
) -> tuple[list[discord.abc.Snowflake], list[discord.abc.Snowflake]]:
    roles = [each for each in exempt if isinstance(each, discord.Role)]
    channels = [each for each in exempt if not isinstance(each, discord.Role)]
    return list(roles), channels


def _objects(ids: Iterable[int]) -> list[discord.abc.Snowflake]:
    return [discord.Object(each) for each in ids]


def rule_text(draft: RuleDraft, *, enabled: bool = True) -> str:
    """Show a rule in a few lines; its words letter by letter."""
    state = _("on") if enabled else _("off")
    lines = [f"**{plain(draft.name)}** · {_(KIND_NAMES[draft.kind])} · {state}"]
    looks = [*draft.keywords, *draft.patterns, *draft.presets]
    if draft.mentions:
        looks.append(_("{count} mentions in a message").format(count=draft.mentions))
    if looks:
        lines.append(shorten(plain(", ".join(looks)), WORDS_SHOWN))
    if draft.allowed:
        shown = shorten(plain(", ".join(draft.allowed)), WORDS_SHOWN)
        lines.append(_("except: {words}").format(words=shown))
    does = [_("keeps the message back")] if draft.blocks else []
    if draft.alert_in is not None:
        does.append(_("alert in {where}").format(where=f"<#{draft.alert_in}>"))
    if draft.timeout is not None:
        does.append(_("timeout of {span}").format(span=in_words(draft.timeout)))
    lines.append(", ".join(does))
    return "\n".join(lines)


def execution_of(action: discord.AutoModAction, rule_name: str) -> Execution:
    """Return what Discord tells of one action of a rule."""
    channel = action.channel
    place = channel.parent_id if isinstance(channel, discord.Thread) else action.channel_id
    member = action.member
    span = action.action.duration if ACTIONS.get(action.action.type) == "timeout" else None
    return Execution(
        community=CommunityId(action.guild_id),
        rule=action.rule_id,
        rule_name=rule_name,
        action=ACTIONS.get(action.action.type, action.action.type.name),
        member=MemberId(action.user_id),
        member_name=member.display_name if member else "",
        channel=PlaceId(action.channel_id or 0),
        place=PlaceId(place or 0),
        post=PostId(action.message_id) if action.message_id else None,
        keyword=action.matched_keyword or "",
        timeout=span,
        content=action.content,
    )
