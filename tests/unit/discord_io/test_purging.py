"""A purge deletes what its preview counted and nothing else."""

from collections.abc import AsyncIterator
from typing import Any

import discord
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_io.purging import MOST, PurgeFilter, find_messages

SNOWFLAKES = st.integers(0, 2**64 - 1)


class Talk(discord.TextChannel):
    """Holds messages, oldest first."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids

    async def history(self, **wanted: Any) -> AsyncIterator[discord.Message]:
        before = wanted["before"]
        for number in reversed(self.ids):
            if before is None or number < before.id:
                message = discord.Message.__new__(discord.Message)
                message.id, message.pinned = number, False
                yield message


async def test_what_was_counted_and_is_gone_is_not_made_up_for_by_older_messages() -> None:
    now = discord.utils.time_snowflake(discord.utils.utcnow())
    talk = Talk([now + number for number in range(6)])
    counted = PurgeFilter(amount=3, channel=1, newest=now + 5, oldest=now + 3)
    assert (await find_messages(talk, counted)).ids == (now + 5, now + 4, now + 3)
    talk.ids.remove(now + 4)
    talk.ids.append(now + 6)
    assert (await find_messages(talk, counted)).ids == (now + 5, now + 3)


@given(
    st.builds(
        PurgeFilter,
        amount=st.integers(1, MOST),
        channel=SNOWFLAKES,
        member=SNOWFLAKES,
        only_bots=st.booleans(),
        only_links=st.booleans(),
        newest=SNOWFLAKES,
        oldest=SNOWFLAKES,
    )
)
def test_every_filter_fits_into_a_button_and_comes_back(wanted: PurgeFilter) -> None:
    assert len(f"md1:purge:{wanted.key()}") <= 100
    assert PurgeFilter.from_key(wanted.key()) == wanted
