"""The refusals of Discord's login, as sentences with a remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.services.errors import LoginRefusedError

AUTHENTICATION_FAILED = 4004
"""The gateway's code for a token that was reset while the bot ran."""
REFUSAL = (
    "Discord refused the token: copy it again from the developer portal "
    "(your application, Bot, Reset Token) into DISCORD_TOKEN."
)


@contextmanager
def login_errors() -> Iterator[None]:
    """Turn the refusals of Discord's login into sentences with a remedy."""
    try:
        yield
    except discord.LoginFailure as error:
        raise LoginRefusedError(REFUSAL) from error
    except discord.ConnectionClosed as error:
        if error.code == AUTHENTICATION_FAILED:
            raise LoginRefusedError(REFUSAL) from error
        raise LoginRefusedError(
            f"Discord closed the connection for good (code {error.code})."
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise LoginRefusedError(
            "Discord refused the message-content intent: switch it on in the developer portal "
            "(your application, Bot, Message Content Intent), or set "
            "DISCORD_MESSAGE_CONTENT=false to run with menus, mentions and commands only."
        ) from error
    except aiohttp.ClientConnectionError as error:
        raise LoginRefusedError(
            "Discord cannot be reached: check the network and DISCORD_API_BASE."
        ) from error
