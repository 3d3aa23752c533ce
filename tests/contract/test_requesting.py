"""Requests on every database: what one member sends at the same moment keeps to the limit."""

import asyncio

from bot.domain.ids import PostId
from bot.domain.requests import DAILY_LIMIT
from bot.services.errors import InvalidInputError
from bot.services.ports import Database
from bot.services.requesting import RequestService
from tests.builders import CHANNEL, COMMUNITY
from tests.contract.records import POST
from tests.contract.test_flags import SOL
from tests.fakes import FakeClock


async def test_requests_about_many_posts_at_once_keep_to_the_limit(database: Database) -> None:
    service = RequestService(database, FakeClock())
    posts = [PostId(POST + number) for number in range(DAILY_LIMIT + 3)]
    for post in posts[4:]:
        await service.ask(COMMUNITY, CHANNEL, post, by=SOL)
    done = await asyncio.gather(
        *(service.ask(COMMUNITY, CHANNEL, post, by=SOL) for post in posts[:4]),
        return_exceptions=True,
    )
    assert sum(isinstance(each, InvalidInputError) for each in done) == 3, done
