"""Whose a database is: of the first application that used it, until somebody gives it free.

Two bots on one database would carry out each other's deliveries, and fail them for good: what the
one wrote the other can neither edit nor delete. A new token of the same application is no other.
"""

from bot.services.errors import DatabaseUnusableError
from bot.services.ports import Database

NAME = "application"
"""Of the setting that holds the application's id; empty where the database was given free."""
GIVE_FREE = "footnote db release"


async def owner_of(database: Database) -> str | None:
    """Return the id of the application that the database belongs to, None where it is free."""
    async with database.reading() as stores:
        return await stores.settings.get(NAME) or None


async def belong_to(database: Database, application: int) -> None:
    """Let the database belong to an application, if it is free.

    Raises:
        DatabaseUnusableError: it belongs to another one.
    """
    async with database.writing() as stores:
        owner = await stores.settings.keep_first(NAME, str(application))
        if not owner:
            await stores.settings.put(NAME, str(application))
    if not is_of(owner, application):
        raise DatabaseUnusableError(
            f"The database belongs to the application {owner}, and DISCORD_TOKEN is of the "
            f"application {application}: give it a database of its own in DATABASE_URL or, if it "
            f"replaces the other one for good, run `{GIVE_FREE}`."
        )


async def give_free(database: Database) -> str | None:
    """Let the next application that comes have the database; return whose it was."""
    async with database.writing() as stores:
        owner = await stores.settings.get(NAME)
        if owner:
            await stores.settings.put(NAME, "")
    return owner or None


def is_of(owner: str | None, application: int) -> bool:
    """Tell whether an application may use a database that belongs to this one, or to nobody."""
    return not owner or owner == str(application)
