"""Flags on every database: what one member sends at the same moment keeps to the limits."""

import asyncio

from bot.domain.flags import FlagReason
from bot.domain.ids import PostId
from bot.domain.rules import NoteRules
from bot.services.errors import ConflictError
from bot.services.flagging.flagging import FlaggedPost, FlagService
from bot.services.ports import Database
from tests.builders import CHANNEL, COMMUNITY
from tests.contract.records import POST
from tests.contract.test_flags import MIKA, SOL, STAFF
from tests.fakes import FakeClock


async def test_flags_on_many_posts_at_once_keep_to_the_limits(database: Database) -> None:
    async with database.writing() as stores:
        await stores.rules.put(NoteRules(community=COMMUNITY, review_place=STAFF))
    service = FlagService(database, FakeClock(), wake_sender=lambda: None)
    posts = [
        FlaggedPost(
            community=COMMUNITY,
            place=CHANNEL,
            channel=CHANNEL,
            post=PostId(POST + number),
            author=MIKA,
        )
        for number in range(5)
    ]
    done = await asyncio.gather(
        *(service.flag(post, SOL, FlagReason.SPAM, "") for post in posts), return_exceptions=True
    )
    assert sum(isinstance(each, ConflictError) for each in done) == 4, done
