"""What a community decided about moderation: role, templates, points, time zone, contact.

Knows how it is kept as one small document; never Discord.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.durations import TIMEOUT_LIMIT
from bot.domain.escalation import DEFAULT_STEPS, Step
from bot.domain.ids import CommunityId
from bot.domain.wording import _
from bot.services.errors import InvalidInputError
from bot.services.ports import Database, Stores

MOST_TEMPLATES = 25
LONGEST_TEMPLATE = 100
"""Discord shows at most 25 choices of at most 100 characters."""
MOST_STEPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """Everything that a community can change about moderation."""

    moderator_role: int | None = None
    """Whose members may moderate, whatever their permissions on the platform."""
    admin_role: int | None = None
    """Whose members may besides do everything that needs Manage Server, but choose these roles."""
    templates: tuple[str, ...] = ()
    steps: tuple[Step, ...] = DEFAULT_STEPS
    zone: str = "UTC"
    contact: str = ""
    """Where a member can ask about an action; said in direct messages."""

    @property
    def moderating_roles(self) -> frozenset[int]:
        """The roles whose members may moderate."""
        return frozenset(filter(None, (self.moderator_role, self.admin_role)))


async def house_rules(stores: Stores, community: CommunityId) -> HouseRules:
    """Return what a community decided."""
    found = await stores.settings.get(_name(community))
    return HouseRules() if found is None else _from_document(json.loads(found))


class HouseRuleService:
    """Reads and changes what a community decided."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, community: CommunityId) -> HouseRules:
        """Return what holds now."""
        async with self._database.reading() as stores:
            return await house_rules(stores, community)

    async def set_moderator_role(self, community: CommunityId, role: int | None) -> None:
        """Say whose members may moderate whatever their permissions on Discord."""
        await self._change(community, lambda rules: replace(rules, moderator_role=role))

    async def set_admin_role(self, community: CommunityId, role: int | None) -> None:
        """Say whose members may do what needs Manage Server; only who has that may call this."""
        await self._change(community, lambda rules: replace(rules, admin_role=role))

    async def set_contact(self, community: CommunityId, contact: str) -> None:
        """Say where members can ask about an action."""
        await self._change(community, lambda rules: replace(rules, contact=contact.strip()[:300]))

    async def set_zone(self, community: CommunityId, zone: str) -> None:
        """Set the time zone in which moments are written.

        Raises:
            InvalidInputError: there is no such zone.
        """
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise InvalidInputError(
                _("There is no such time zone. Write it like “Europe/Paris” or “UTC”.")
            ) from None
        await self._change(community, lambda rules: replace(rules, zone=zone))

    async def add_template(self, community: CommunityId, text: str) -> None:
        """Add a reason to choose from.

        Raises:
            InvalidInputError: it is empty or too long, there already, or there are too many.
        """
        words = " ".join(text.split())
        if not 1 <= len(words) <= LONGEST_TEMPLATE:
            raise InvalidInputError(
                _("A template has 1 to {limit} characters.").format(limit=LONGEST_TEMPLATE)
            )

        def changed(rules: HouseRules) -> HouseRules:
            if words in rules.templates:
                raise InvalidInputError(_("This template is there already."))
            if len(rules.templates) >= MOST_TEMPLATES:
                raise InvalidInputError(
                    _("There can be {limit} templates at most.").format(limit=MOST_TEMPLATES)
                )
            return replace(rules, templates=(*rules.templates, words))

        await self._change(community, changed)

    async def remove_template(self, community: CommunityId, text: str) -> None:
        """Remove a reason.

        Raises:
            InvalidInputError: there is no such template.
        """

        def changed(rules: HouseRules) -> HouseRules:
            words = " ".join(text.split())
            if words not in rules.templates:
                raise InvalidInputError(
                    _("There is no such template: `/mod templates` lists them.")
                )
            return replace(rules, templates=tuple(t for t in rules.templates if t != words))

        await self._change(community, changed)

    async def set_step(
        self, community: CommunityId, points: int, span: timedelta | None, *, automatic: bool
    ) -> None:
        """Set or remove what happens at so many points.

        Raises:
            InvalidInputError: the timeout is too long, or there are too many steps.
        """
        if span is not None and span > TIMEOUT_LIMIT:
            raise InvalidInputError(_("Discord allows timeouts of 28 days at most."))

        def changed(rules: HouseRules) -> HouseRules:
            kept = [step for step in rules.steps if step.points != points]
            if span is not None:
                kept.append(Step(points=points, timeout=span, automatic=automatic))
            if len(kept) > MOST_STEPS:
                raise InvalidInputError(
                    _("There can be {limit} steps at most.").format(limit=MOST_STEPS)
                )
            return replace(rules, steps=tuple(sorted(kept, key=lambda step: step.points)))

        await self._change(community, changed)

    async def _change(
        self, community: CommunityId, changed: Callable[[HouseRules], HouseRules]
    ) -> None:
        async with self._database.writing() as stores:
            rules = changed(await house_rules(stores, community))
            await stores.settings.put(_name(community), json.dumps(_to_document(rules)))


def _name(community: CommunityId) -> str:
    return f"moderation:{community}"


def _to_document(rules: HouseRules) -> dict[str, object]:
    return {
        "moderator_role": rules.moderator_role,
        "admin_role": rules.admin_role,
        "templates": list(rules.templates),
        "steps": [
            [step.points, int(step.timeout.total_seconds()), step.automatic] for step in rules.steps
        ],
        "zone": rules.zone,
        "contact": rules.contact,
    }


def _from_document(found: dict[str, Any]) -> HouseRules:
    return HouseRules(
        moderator_role=found["moderator_role"],
        admin_role=found.get("admin_role"),
        templates=tuple(found["templates"]),
        steps=tuple(
            Step(points=points, timeout=timedelta(seconds=seconds), automatic=automatic)
            for points, seconds, automatic in found["steps"]
        ),
        zone=str(found["zone"]),
        contact=str(found["contact"]),
    )
