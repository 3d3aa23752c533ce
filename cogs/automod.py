"""`/automod`: rules of Discord's own AutoMod, and what they did, brought before the moderators.

Thin: which rule Discord takes is decided by `bot.domain.automod_rules` and by Discord itself.
"""

from dataclasses import replace
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.discord_io.automod import (
    KINDS,
    change_rule,
    create_rule,
    draft_of,
    execution_of,
    fetch_rule,
    fetch_rules,
    refusals_said,
    require_manage_server,
    rule_text,
)
from bot.discord_io.choices import choice
from bot.discord_io.orders import guild_of
from bot.discord_io.words import MESSAGE_LIMIT, plain, shorten
from bot.domain.automod_rules import (
    KIND_NAMES,
    LONGEST_MESSAGE,
    LONGEST_NAME,
    LONGEST_TIMEOUT,
    MOST_MENTIONS,
    RULES_ALLOWED,
    Preset,
    RuleDraft,
    RuleKind,
    problem_of,
    why_no_more,
    words_in,
)
from bot.domain.durations import DurationError, parse_span, require_within
from bot.domain.wording import N_, _, speaking
from bot.services.errors import InvalidInputError, UnavailableError, UserFacingError
from bot.tree import moderators_only, reply, require_moderator

Rule = app_commands.Range[str, 1, 100]
Name = app_commands.Range[str, 1, LONGEST_NAME]
Words = app_commands.Range[str, 1, 6000]
Pattern = app_commands.Range[str, 1, 260]
Mentions = app_commands.Range[int, 1, MOST_MENTIONS]
Said = app_commands.Range[str, 1, LONGEST_MESSAGE]
Length = app_commands.Range[str, 1, 100]
LISTS = Literal["profanity", "sexual", "slurs", "all"]
OPTIONS = {
    "words": "Words to look for, separated by commas; * stands for any letters",
    "pattern": "A pattern in Rust’s regular expressions",
    "except_words": "Words that are fine all the same, separated by commas",
    "lists": "Which of Discord’s own lists of words",
    "mentions": "From how many mentions in one message on",
    "message": "What the member reads whose message is kept back",
    "alert": "Where Discord posts an alert as well",
    "time_out_for": "How long the member is timed out, such as “10m”; only for words and mentions",
    "exempt_role": "A role that the rule does not bind",
    "exempt_channel": "A channel in which the rule does not hold",
    "dry_run": "Only say what would happen",
}
NO_RULES = N_("AutoMod has no rule here yet: `/automod create` makes one.")
DRY = N_("**Dry run: nothing was changed.** I would {what}:")
MOST_NAMES = 500


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class AutoModCog(
    commands.GroupCog, group_name="automod", group_description="Rules of Discord’s own AutoMod"
):
    """Each command is checked on the server side; every change has its reason in the audit log."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot
        self._names: dict[int, str] = {}

    @app_commands.command(name="list")
    @moderators_only()
    async def rules(self, interaction: discord.Interaction[Any]) -> None:
        """Show the rules, and how many more Discord allows."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await fetch_rules(guild_of(interaction))
        lines = [_shown(rule) for rule in found]
        counts = [
            f"{_(KIND_NAMES[kind])} {_count(found, kind)}/{most}"
            for kind, most in RULES_ALLOWED.items()
        ]
        text = "\n\n".join([*lines, " · ".join(counts)]) if lines else _(NO_RULES)
        await reply(interaction, shorten(text, MESSAGE_LIMIT))

    @app_commands.command()
    @app_commands.describe(kind="What the rule looks at", name="Its name", **OPTIONS)
    @moderators_only()
    async def create(
        self,
        interaction: discord.Interaction[Any],
        kind: RuleKind,
        name: Name,
        words: Words | None = None,
        pattern: Pattern | None = None,
        except_words: Words | None = None,
        lists: LISTS | None = None,
        mentions: Mentions | None = None,
        message: Said | None = None,
        alert: discord.TextChannel | None = None,
        time_out_for: Length | None = None,
        exempt_role: discord.Role | None = None,
        exempt_channel: discord.abc.GuildChannel | None = None,
        dry_run: bool = False,
    ) -> None:
        """Make a rule; Discord applies it from then on."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = guild_of(interaction)
        draft = _changed(
            RuleDraft(kind=kind, name=name), None, words, pattern, except_words, lists, mentions,
            message, alert, time_out_for,
        )  # fmt: skip
        hindrance = why_no_more(kind, _count(await fetch_rules(guild), kind))
        if hindrance is not None:
            raise InvalidInputError(hindrance)
        if not dry_run:
            exempt = _given(exempt_role, exempt_channel)
            await create_rule(guild, draft, exempt=exempt, reason=_reason(interaction))
        await _answer(interaction, draft, _("make this rule"), dry_run=dry_run)

    @app_commands.command()
    @app_commands.describe(rule="Which rule", name="Its new name", **OPTIONS)
    @moderators_only()
    async def edit(
        self,
        interaction: discord.Interaction[Any],
        rule: Rule,
        name: Name | None = None,
        words: Words | None = None,
        pattern: Pattern | None = None,
        except_words: Words | None = None,
        lists: LISTS | None = None,
        mentions: Mentions | None = None,
        message: Said | None = None,
        alert: discord.TextChannel | None = None,
        time_out_for: Length | None = None,
        exempt_role: discord.Role | None = None,
        exempt_channel: discord.abc.GuildChannel | None = None,
        dry_run: bool = False,
    ) -> None:
        """Change a rule: what is given replaces what was, what is exempt is added."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await fetch_rule(guild_of(interaction), rule)
        draft = _changed(
            draft_of(found), name, words, pattern, except_words, lists, mentions,
            message, alert, time_out_for,
        )  # fmt: skip
        if not dry_run:
            exempt = _given(exempt_role, exempt_channel)
            await change_rule(found, draft, exempt=exempt, reason=_reason(interaction))
            self._names.pop(found.id, None)
        await _answer(interaction, draft, _("change it to this"), dry_run=dry_run)

    @app_commands.command()
    @app_commands.describe(rule="Which rule", dry_run=OPTIONS["dry_run"])
    @moderators_only()
    async def enable(
        self, interaction: discord.Interaction[Any], rule: Rule, dry_run: bool = False
    ) -> None:
        """Switch a rule on."""
        await self._switch(interaction, rule, on=True, dry_run=dry_run)

    @app_commands.command()
    @app_commands.describe(rule="Which rule", dry_run=OPTIONS["dry_run"])
    @moderators_only()
    async def disable(
        self, interaction: discord.Interaction[Any], rule: Rule, dry_run: bool = False
    ) -> None:
        """Switch a rule off; it is kept."""
        await self._switch(interaction, rule, on=False, dry_run=dry_run)

    @app_commands.command()
    @app_commands.describe(rule="Which rule", dry_run=OPTIONS["dry_run"])
    @moderators_only()
    async def delete(
        self, interaction: discord.Interaction[Any], rule: Rule, dry_run: bool = False
    ) -> None:
        """Delete a rule."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await fetch_rule(guild_of(interaction), rule)
        if not dry_run:
            async with refusals_said():
                await found.delete(reason=_reason(interaction))
        head = _(DRY).format(what=_("delete it")) if dry_run else _("Deleted:")
        await reply(interaction, shorten(f"{head}\n{_shown(found)}", MESSAGE_LIMIT))

    async def _switch(
        self, interaction: discord.Interaction[Any], rule: str, *, on: bool, dry_run: bool
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await fetch_rule(guild_of(interaction), rule)
        what = _("switch it on") if on else _("switch it off")
        head = _(DRY).format(what=what)
        if not dry_run:
            async with refusals_said():
                found = await found.edit(enabled=on, reason=_reason(interaction))
            head = _("Switched on:") if on else _("Switched off:")
        await reply(interaction, shorten(f"{head}\n{_shown(found)}", MESSAGE_LIMIT))

    @edit.autocomplete("rule")
    @enable.autocomplete("rule")
    @disable.autocomplete("rule")
    @delete.autocomplete("rule")
    async def offer_rules(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the rules; nothing to members who may not see them."""
        try:
            await require_moderator(interaction)
            found = await fetch_rules(guild_of(interaction))
        except (app_commands.MissingPermissions, UserFacingError):
            return []
        return [
            choice(rule.name, str(rule.id))
            for rule in found
            if typed.casefold() in rule.name.casefold()
        ][:25]

    @commands.Cog.listener()
    async def on_automod_action(self, execution: discord.AutoModAction) -> None:
        """Bring what a rule did before the moderators."""
        name = await self._name(execution)
        done, services = execution_of(execution, name), self._bot.services
        with speaking(services.languages.community(done.community)):
            await services.flagging.executions.record(done)

    async def _name(self, execution: discord.AutoModAction) -> str:
        """Return a rule's name, as far as the bot may know it."""
        if execution.rule_id not in self._names:
            guild = execution.guild
            try:
                require_manage_server(guild)
                rule = await fetch_rule(guild, str(execution.rule_id))
            except (UserFacingError, UnavailableError):
                return ""
            if len(self._names) >= MOST_NAMES:
                self._names.clear()
            self._names[execution.rule_id] = rule.name
        return self._names[execution.rule_id]


def _changed(
    draft: RuleDraft,
    name: str | None,
    words: str | None,
    pattern: str | None,
    except_words: str | None,
    lists: str | None,
    mentions: int | None,
    message: str | None,
    alert: discord.TextChannel | None,
    timeout: str | None,
) -> RuleDraft:
    """Return a draft with what is given, if Discord would take it."""
    changes: dict[str, Any] = {
        "name": name,
        "keywords": words_in(words) or None,
        "patterns": (pattern,) if pattern else None,
        "allowed": words_in(except_words) or None,
        "presets": _presets(lists),
        "mentions": mentions,
        "blocks": True if message else None,
        "message": message,
        "alert_in": alert.id if alert else None,
        "timeout": _span(timeout),
    }
    given = {key: value for key, value in changes.items() if value is not None}
    changed = replace(draft, **given)
    problem = problem_of(changed)
    if problem is not None:
        raise InvalidInputError(problem)
    return changed


def _presets(lists: str | None) -> tuple[Preset, ...] | None:
    if lists is None:
        return None
    return tuple(Preset) if lists == "all" else (Preset(lists),)


def _span(text: str | None) -> Any:
    if text is None:
        return None
    try:
        span = parse_span(text)
        require_within(span, LONGEST_TIMEOUT, _("Timeouts"))
    except DurationError as error:
        raise InvalidInputError(str(error)) from None
    return span


def _given(*exempt: discord.abc.Snowflake | None) -> list[discord.abc.Snowflake]:
    return [each for each in exempt if each is not None]


def _reason(interaction: discord.Interaction[Any]) -> str:
    command = interaction.command.qualified_name if interaction.command else "automod"
    return shorten(f"/{command} by {interaction.user.display_name}", 400)


def _count(rules: list[discord.AutoModRule], kind: RuleKind) -> int:
    return sum(KINDS.get(rule.trigger.type) is kind for rule in rules)


def _shown(rule: discord.AutoModRule) -> str:
    if rule.trigger.type not in KINDS:
        return f"**{plain(rule.name)}**"
    return rule_text(draft_of(rule), enabled=rule.enabled)


async def _answer(
    interaction: discord.Interaction[Any], draft: RuleDraft, what: str, *, dry_run: bool
) -> None:
    head = _(DRY).format(what=what) if dry_run else _("Done. Discord applies this rule now:")
    await reply(interaction, shorten(f"{head}\n{rule_text(draft)}", MESSAGE_LIMIT))
