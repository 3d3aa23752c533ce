"""Puts the parts of the digests together, for whichever platform renders them."""

from collections.abc import Callable

from bot.services.digests.building import DigestBuilder
from bot.services.digests.planning import DigestService
from bot.services.digests.running import DigestRunner, Renderers
from bot.services.ports import Clock, Database, VisibilitySource


def build_digests(
    database: Database,
    clock: Clock,
    owner: str,
    render: Renderers,
    visibility: VisibilitySource,
    *,
    wake_sender: Callable[[], None] = lambda: None,
    is_dead: Callable[[str], bool] = lambda _: False,
    zone: str = "UTC",
) -> DigestService:
    """Return the service with all that it needs."""
    builder = DigestBuilder(database, visibility)
    runner = DigestRunner(database, clock, owner, builder, render, wake_sender, is_dead)
    return DigestService(database, clock, builder, runner, render, zone=zone)
