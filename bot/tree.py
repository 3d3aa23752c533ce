"""The one edge for slash-command errors, and the checks that commands share.

Precedence in `FootnoteTree.on_error`: a `UserFacingError` says its sentence; a failed permission
check says what is missing; an outage says so; everything else is a bug, logged once under an
incident id that the member sees. Per-command handlers would run as well (style F6): there are none.
"""

import logging
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands

from bot.domain.ids import CommunityId, MemberId
from bot.domain.standing import PERMISSION_NAMES
from bot.domain.wording import N_, _, quoted
from bot.services import auditing
from bot.services.container import Services
from bot.services.errors import UnavailableError, UserFacingError

logger = logging.getLogger(__name__)

NOT_ALLOWED = N_("You need the permission “Manage Server” for this.")
NOT_AUDITED = frozenset(
    {
        "Check this message",
        "Flag to moderators",
        "Why this note?",
        "appeals list",
        "audit",
        "automod list",
        "case list",
        "case search",
        "case show",
        "check",
        "digest history",
        "digest preview",
        "factcheck diff",
        "factcheck due",
        "factcheck example list",
        "factcheck history",
        "factcheck list",
        "factcheck show",
        "flags list",
        "flags record",
        "flags show",
        "likes emoji list",
        "likes explain",
        "likes top",
        "mydata export",
        "mydata forget",
        "mydata show",
        "optin",
        "optout",
        "requests list",
        "status",
        "trust explain",
        "watch list",
    }
)
"""Commands that change nothing but the member's own choices; every other one is audited."""
MANAGE = "manage_guild"
REVIEW = "manage_messages"
OUTAGE = N_("Discord or the database did not answer. Please try again in a minute.")
UNKNOWN_INTERACTION = 10062
ALREADY_ACKNOWLEDGED = 40060

Command = TypeVar("Command", bound=Callable[..., Any])


async def reply(interaction: discord.Interaction[Any], text: str) -> None:
    """Answer for this member only, whether or not something was answered before."""
    try:
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True)
        else:
            await interaction.response.send_message(text, ephemeral=True)
    except discord.HTTPException as error:
        if error.code not in (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED):
            raise
        logger.info("an answer came too late", extra={"interaction": interaction.id})


async def reply_in_place(interaction: discord.Interaction[Any], text: str) -> None:
    """Let an answer take the place of the message whose choice was put off with `defer()`."""
    try:
        await interaction.edit_original_response(content=text, view=None)
    except discord.NotFound:  # the member has dismissed the message
        await reply(interaction, text)


async def report(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Say one sentence about an error, and log it where it is not the member's own."""
    match error:
        case UserFacingError():
            await reply(interaction, str(error))
        case app_commands.MissingPermissions():
            await reply(interaction, _needed(error.missing_permissions))
        case app_commands.NoPrivateMessage():
            await reply(interaction, _(NOT_ALLOWED))
        case UnavailableError():
            logger.warning("an outage met a member", extra={"interaction": interaction.id})
            await reply(interaction, _(OUTAGE))
        case _:
            incident = secrets.token_hex(4)
            logger.error(
                "an interaction failed",
                exc_info=error,
                extra={"incident": incident, "interaction": interaction.id},
            )
            await reply(
                interaction,
                _("Something went wrong here. Incident {incident}.").format(incident=incident),
            )


async def require_moderator(interaction: discord.Interaction[Any]) -> None:
    """See on the server side that whoever acts may manage the server, or has the admin role.

    Raises:
        MissingPermissions: they may not.
    """
    await require_permission(interaction, MANAGE)


def moderators_only() -> Callable[[Command], Command]:
    """Check on the server side that whoever acts may manage the server.

    `default_permissions` is only a hint to the client (pitfalls 1.27). What a check raises reaches
    `FootnoteTree.on_error` only as an error of discord.py's own.
    """

    async def allowed(interaction: discord.Interaction[Any]) -> bool:
        await require_moderator(interaction)
        return True

    return app_commands.check(allowed)


def permitted(permission: str) -> Callable[[Command], Command]:
    """Check on the server side for a permission; the community's own roles are as good.

    The admin role is as good as any permission, the moderator role as any but Manage Server.
    """

    async def allowed(interaction: discord.Interaction[Any]) -> bool:
        await require_permission(interaction, permission)
        return True

    return app_commands.check(allowed)


async def require_permission(interaction: discord.Interaction[Any], permission: str) -> None:
    """See on the server side that whoever acts has a permission, or a role that stands for it.

    Raises:
        MissingPermissions: they have neither.
    """
    if not await may(interaction, permission):
        raise app_commands.MissingPermissions([permission])


async def require_reviewer(interaction: discord.Interaction[Any]) -> None:
    """See on the server side that whoever acts may decide on moderators' cards.

    Raises:
        MissingPermissions: they may not.
    """
    if not await may_review(interaction):
        raise app_commands.MissingPermissions([REVIEW])


async def may_review(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether whoever acts may manage messages here, or the server."""
    return interaction.permissions.manage_guild or await may(interaction, REVIEW)


async def may(interaction: discord.Interaction[Any], permission: str) -> bool:
    """Tell whether whoever acts has a permission, or a role that stands for it."""
    granted = interaction.permissions
    if getattr(granted, permission) or granted.administrator:
        return True
    services = _services_of(interaction)
    if services is None or not isinstance(interaction.user, discord.Member):
        return False
    rules = await services.moderation.house_rules.get(CommunityId(interaction.guild_id or 0))
    standing_for_it = {rules.admin_role} if permission == MANAGE else rules.moderating_roles
    return any(role.id in standing_for_it for role in interaction.user.roles)


def _needed(permissions: list[str]) -> str:
    names = _(" and ").join(quoted(_(PERMISSION_NAMES.get(name, name))) for name in permissions)
    return _("You need the permission {names} for this.").format(names=names)


def _services_of(interaction: discord.Interaction[Any]) -> Services | None:
    found = getattr(interaction.client, "services", None)
    return found if isinstance(found, Services) else None


async def note_down(interaction: discord.Interaction[Any], name: str, outcome: str) -> None:
    """Put a use of a command or button into the audit; the only caller of the audit's writer."""
    services = _services_of(interaction)
    if services is None or interaction.guild_id is None:
        return
    await services.auditing.record(
        CommunityId(interaction.guild_id),
        MemberId(interaction.user.id),
        interaction.user.display_name,
        name,
        outcome,
    )


def outcome_of(error: Exception) -> str:
    """Return what an error means in the audit; only what is nobody's mistake has failed."""
    if isinstance(error, UserFacingError):
        return auditing.outcome_of(error)
    refused = isinstance(error, app_commands.CheckFailure)
    return auditing.REFUSED if refused else auditing.FAILED


async def note_command(interaction: discord.Interaction[Any], outcome: str) -> None:
    """Put a command into the audit, unless it is known to change nothing."""
    command = interaction.command
    if command is None or command.qualified_name in NOT_AUDITED:
        return
    if interaction.type is discord.InteractionType.application_command:
        dry = bool(getattr(interaction.namespace, "dry_run", False))
        name = command.qualified_name + (" (dry run)" if dry else "")
        await note_down(interaction, name, outcome)


class FootnoteTree(app_commands.CommandTree[Any]):
    """A command tree whose errors end in one place."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Report what a command raised, unwrapped."""
        cause: Exception = error
        if isinstance(error, app_commands.CommandInvokeError):
            cause = error.original
        await report(interaction, cause)
        await note_command(interaction, outcome_of(cause))
