"""A database serves one application, whatever its token is."""

import pytest

from bot.doctor import Condition, check_owner
from bot.services.belonging import belong_to, give_free, owner_of
from bot.services.errors import DatabaseUnusableError
from bot.services.memory import InMemoryDatabase

ONE, OTHER = 70_000_000_000_000_001, 70_000_000_000_000_002


async def test_a_database_stays_with_the_first_application_that_uses_it() -> None:
    database = InMemoryDatabase()
    for _ in range(2):
        await belong_to(database, ONE)
    with pytest.raises(DatabaseUnusableError, match=rf"{ONE}.*{OTHER}.*DATABASE_URL.*db release"):
        await belong_to(database, OTHER)
    assert await owner_of(database) == str(ONE)


async def test_a_database_that_was_given_free_goes_to_the_next_application() -> None:
    database = InMemoryDatabase()
    assert await give_free(database) is None
    await belong_to(database, ONE)
    assert await give_free(database) == str(ONE)
    assert await owner_of(database) is None
    await belong_to(database, OTHER)
    assert await owner_of(database) == str(OTHER)
    with pytest.raises(DatabaseUnusableError):
        await belong_to(database, ONE)


def test_the_doctor_tells_of_another_applications_database() -> None:
    assert check_owner(None, ONE).condition is Condition.OK
    assert check_owner(str(ONE), ONE).condition is Condition.OK
    found = check_owner(str(OTHER), ONE)
    assert found.exit_code == 4
    assert "footnote db release" in found.remedy
