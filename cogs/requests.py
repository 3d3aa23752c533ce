"""`/requests`: what members asked moderators to check, and the button with which they ask."""

import re
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.buttons import GuardedButton
from bot.client import FootnoteBot, services_of
from bot.discord_io.choices import choice, claims_offered
from bot.discord_io.flagged_posts import own_channel
from bot.discord_io.words import MESSAGE_LIMIT, MOST_COUNTED, fitted, message_link
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.requests import CheckRequest
from bot.domain.wording import N_, _, ngettext
from bot.services.errors import InvalidInputError
from bot.tree import may, permitted, reply

ASKED = N_("Thank you. The moderators will see this post in their queue; {count}.")
CLOSED_BEFORE = N_(
    "You asked about this post before, and the moderators have closed the request. They will see "
    "it again when somebody else asks."
)
ANSWERED_BY = N_("The fact-check that answers it: “{slug}”.")
NOTHING_OPEN = N_("Nobody is waiting for a check.")
CLOSED = N_("Closed. Whoever asked is not told: they can look with “Check this message” again.")
NOT_A_REQUEST = N_("Choose a request from the list that appears while you type.")
_CHOSEN = re.compile(r"(\d{1,20})-(\d{1,20})\Z")


class AskButton(GuardedButton, template=r"fc1:ask:(?P<channel>\d{1,20})-(?P<post>\d{1,20})"):
    """Asks the moderators to check a post that no fact-check is about."""

    audited = False

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Join or open the request."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        channel = PlaceId(int(self.found["channel"]))
        await own_channel(interaction, channel)  # a client can name any
        request = await services_of(interaction).requesting.ask(
            CommunityId(interaction.guild_id or 0),
            channel,
            PostId(int(self.found["post"])),
            by=MemberId(interaction.user.id),
            joined_at=getattr(interaction.user, "joined_at", None),
        )
        await reply(interaction, _asked(request))


def _asked(request: CheckRequest) -> str:
    if request.closed_at is None:
        return _(ASKED).format(count=_count(request))
    answer = " " + _(ANSWERED_BY).format(slug=request.slug) if request.slug else ""
    return _(CLOSED_BEFORE) + answer


@app_commands.guild_only()
@app_commands.default_permissions(manage_messages=True)
class RequestsCog(
    commands.GroupCog, group_name="requests", group_description="What members want checked"
):
    """The queue, for moderators; each command checks the permission on the server side."""

    def __init__(self, bot: FootnoteBot) -> None:
        self._bot = bot

    async def cog_load(self) -> None:
        """Make the button known."""
        self._bot.add_dynamic_items(AskButton)

    async def cog_unload(self) -> None:
        """Take it back."""
        self._bot.remove_dynamic_items(AskButton)

    @app_commands.command(name="list")
    @permitted("manage_messages")
    async def waiting(self, interaction: discord.Interaction[Any]) -> None:
        """Show what members want checked, what most asked for first."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = CommunityId(interaction.guild_id or 0)
        waiting = await self._bot.services.requesting.waiting(community, limit=MOST_COUNTED)
        lines = [
            f"{_count(each)} · {message_link(community, each.channel, each.post)} · "
            f"<t:{int(each.first_at.timestamp())}:R>"
            for each in waiting
        ]
        await reply(interaction, fitted(lines, MESSAGE_LIMIT) or _(NOTHING_OPEN))

    @app_commands.command()
    @app_commands.describe(
        request="A request from the list", fact_check="The fact-check that answers it, if any"
    )
    @permitted("manage_messages")
    async def close(
        self, interaction: discord.Interaction[Any], request: str, fact_check: str | None = None
    ) -> None:
        """Close a request; a fact-check that answers it can be named."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = _CHOSEN.match(request)
        if chosen is None:
            raise InvalidInputError(_(NOT_A_REQUEST))
        await self._bot.services.requesting.close(
            CommunityId(interaction.guild_id or 0),
            PlaceId(int(chosen[1])),
            PostId(int(chosen[2])),
            by=MemberId(interaction.user.id),
            slug=Slug(fact_check) if fact_check else None,
        )
        await reply(interaction, _(CLOSED))

    @close.autocomplete("request")
    async def open_requests(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the open requests; nothing to members who may not see them."""
        if not await may(interaction, "manage_messages"):
            return []
        community = CommunityId(interaction.guild_id or 0)
        choices = []
        for each in await self._bot.services.requesting.waiting(community):
            place = self._bot.get_channel(each.channel)
            where = f"#{place}" if place is not None else _("post {post}").format(post=each.post)
            name = f"{_count(each)} · {where} · {each.first_at:%d %b %H:%M}"
            choices.append(choice(name, f"{each.channel}-{each.post}"))
        return choices

    @close.autocomplete("fact_check")
    async def fact_checks(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the fact-checks that fit what is typed so far."""
        community = CommunityId(interaction.guild_id or 0)
        found = await self._bot.services.library.search(community, typed)
        return claims_offered(found)


def _count(request: CheckRequest) -> str:
    asked = request.asked
    return ngettext("{count} member asked", "{count} members asked", asked).format(count=asked)
