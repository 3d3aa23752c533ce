"""A local Discord: REST, gateway and a web page, so that the real bot runs without a token.

Knows Discord's protocol; must never know Footnote or discord.py.
"""

from bot.sandbox.answers import Answer, InteractionAnswer, InteractionFailedError, readable
from bot.sandbox.errors import ApiError
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from bot.sandbox.snowflakes import SandboxClock

__all__ = [
    "Answer",
    "ApiError",
    "InteractionAnswer",
    "InteractionFailedError",
    "Person",
    "Sandbox",
    "SandboxClock",
    "readable",
]
