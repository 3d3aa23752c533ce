"""The digest's most-liked posts are those of `/likes top`, and `/likes explain` says why."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.digest_runs import Audience
from bot.domain.events import Event, PostCreated, ReactionAdded
from bot.domain.ids import MemberId, PostId
from bot.domain.likes import Emoji
from bot.domain.ranking import Discount
from bot.services.likes.ledger import Ledger
from bot.services.likes.service import LikeService
from tests.builders import CHANNEL, COMMUNITY, build_post
from tests.unit.digests.conftest import Stage

PAL, FRIEND, SOMEBODY, ANOTHER = (MemberId(n) for n in (11, 12, 13, 14))
RETURNS = 5
"""More than the three returned likes a week that are courtesy."""


async def test_a_like_in_return_lifts_no_post_in_the_digest_and_can_be_explained(
    stage: Stage,
) -> None:
    events: list[Event] = []

    def post(number: int, author: MemberId, *givers: MemberId) -> PostId:
        written = stage.clock.now() + timedelta(minutes=len(events))
        made = build_post(id=PostId(number), created_at=written, author=author)
        events.append(PostCreated(made))
        for giver in givers:
            events.append(
                ReactionAdded(
                    community=COMMUNITY,
                    channel=CHANNEL,
                    post=made.id,
                    written_at=written,
                    author=author,
                    author_is_person=True,
                    member=giver,
                    by_person=True,
                    emoji=Emoji("👍"),
                    burst=False,
                    at=stage.clock.now() + timedelta(minutes=len(events)),
                )
            )
        return made.id

    for number in range(RETURNS - 1):
        post(100 + number, PAL, FRIEND)
        post(200 + number, FRIEND, PAL)
    applauded = post(300, PAL, FRIEND, SOMEBODY)
    post(301, FRIEND, PAL)
    liked = post(400, ANOTHER, SOMEBODY, MemberId(15))
    async with stage.database.writing() as stores:
        await Ledger(stage.clock).record(stores, list(enumerate(events, 1)))
    stage.clock.advance(timedelta(hours=2))
    digest = (await stage.digests.preview(COMMUNITY, Audience.MEMBERS)).digest
    assert digest is not None
    assert [each.post for each in digest.top_posts[:2]] == [liked, applauded]
    assert [each.likes for each in digest.top_posts[:2]] == [2, 2]
    explained = await LikeService(stage.database, stage.clock).explain_post(COMMUNITY, applauded)
    assert {v.member: v.why_not for v in explained.verdicts} == {
        FRIEND: Discount.RING,
        SOMEBODY: None,
    }


async def test_a_ranking_ends_at_the_moment_of_asking(stage: Stage) -> None:
    top = await LikeService(stage.database, stage.clock).top(COMMUNITY, "week", limit=3)
    assert top.until == stage.clock.now()
