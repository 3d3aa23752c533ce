"""What is refused as a double, and what a warning leads to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.cases import CaseKind, CaseState
from bot.services.errors import ConflictError
from bot.services.moderating.house_rules import HouseRuleService
from tests.builders import COMMUNITY
from tests.unit.moderation.world import NOOR, ModeratedWorld

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def step_by_itself(world: ModeratedWorld) -> None:
    rules = HouseRuleService(world.database)
    await rules.set_step(COMMUNITY, 2, HOUR, automatic=True)


async def test_a_step_never_shortens_a_timeout_that_runs() -> None:
    world = ModeratedWorld()
    await step_by_itself(world)
    end = world.clock.now() + DAY
    await world.act(CaseKind.TIMEOUT, until=end)
    outcome = await world.acting.act(world.order(CaseKind.WARN, points=2))
    assert (outcome.followed_by, outcome.plan.step) == (None, None)
    assert (await world.case(1)).until == end
    assert (await world.case(1)).is_running


async def test_a_steps_timeout_keeps_no_moderator_from_a_longer_one() -> None:
    world = ModeratedWorld()
    await step_by_itself(world)
    outcome = await world.acting.act(world.order(CaseKind.WARN, points=2))
    assert outcome.followed_by is not None
    assert outcome.followed_by.by is None
    longer = await world.act(CaseKind.TIMEOUT, until=world.clock.now() + DAY)
    assert longer.state is CaseState.DONE


async def test_two_moderators_can_both_note_something() -> None:
    world = ModeratedWorld()
    await world.act(CaseKind.NOTE, reason="kind to newcomers")
    await world.act(CaseKind.NOTE, actor=NOOR, reason="argues at night")
    assert len(await world.all()) == 2


async def test_a_name_never_links_through_a_refusal() -> None:
    world = ModeratedWorld()
    linking = replace(NOOR, name="[Noor](https://example.org)")
    await world.act(CaseKind.KICK, actor=linking)
    with pytest.raises(ConflictError, match="<@301>") as refused:
        await world.act(CaseKind.KICK)
    assert "example.org" not in str(refused.value)
