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

from bot.services.errors import UnavailableError, UserFacingError

logger = logging.getLogger(__name__)

NOT_ALLOWED = "You need the permission “Manage Server” for this."
OUTAGE = "Discord or the database did not answer. Please try again in a minute."
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


async def report(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Say one sentence about an error, and log it where it is not the member's own."""
    match error:
        case UserFacingError():
            await reply(interaction, str(error))
        case app_commands.MissingPermissions() | app_commands.NoPrivateMessage():
            await reply(interaction, NOT_ALLOWED)
        case UnavailableError():
            logger.warning("an outage met a member", extra={"interaction": interaction.id})
            await reply(interaction, OUTAGE)
        case _:
            incident = secrets.token_hex(4)
            logger.error(
                "an interaction failed",
                exc_info=error,
                extra={"incident": incident, "interaction": interaction.id},
            )
            await reply(interaction, f"Something went wrong here. Incident {incident}.")


def moderators_only() -> Callable[[Command], Command]:
    """Check on the server side that whoever acts may manage the server.

    `default_permissions` is only a hint to the client (pitfalls 1.27). What a check raises reaches
    `FootnoteTree.on_error` only as an error of discord.py's own.
    """

    def allowed(interaction: discord.Interaction[Any]) -> bool:
        if not interaction.permissions.manage_guild:
            raise app_commands.MissingPermissions(["manage_guild"])
        return True

    return app_commands.check(allowed)


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
