"""The Discord client: intents, wiring and error edges; features live in cogs.

Always the sharded class, with one shard unless told otherwise: one behaviour to know and to test.
"""

import hashlib
import json
import logging
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import discord
from discord.ext import commands
from typing_extensions import override

from bot.discord_io.translator import CatalogueTranslator
from bot.domain.ids import CommunityId
from bot.domain.wording import N_, _, speaking
from bot.forms import GuardedForm, receive_form
from bot.services.auditing import DONE
from bot.services.belonging import belong_to
from bot.services.container import Services
from bot.tree import FootnoteTree, note_command, reply

logger = logging.getLogger(__name__)

# Nothing here speaks; without this every start warns that voice is not supported.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

OUR_BUTTONS = re.compile(r"[a-z]{2,3}\d:")
"""How custom ids of ours begin: what feature, and which version of its buttons."""
OLD_BUTTON = N_("This button is from another version of the bot and no longer works.")


def needed_intents(*, message_content: bool) -> discord.Intents:
    """Return the least intents: members is not needed (pitfalls 1.14)."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.guild_reactions = True
    intents.moderation = True
    intents.auto_moderation_execution = True
    intents.message_content = message_content
    return intents


def _guarded(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def guarded(data: Any) -> None:
        try:
            parse(data)
        except Exception:
            logger.exception("a malformed event was passed over", extra={"event": name})

    return guarded


class FootnoteBot(commands.AutoShardedBot):
    """Holds the services for the cogs, and nothing else."""

    def __init__(
        self,
        wire: Callable[[discord.Client], Services],
        cogs: "Sequence[Callable[[FootnoteBot], commands.Cog]]",
        *,
        message_content: bool,
        shard_count: int = 1,
        guild_ready_timeout: float = 2.0,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=FootnoteTree,
            intents=needed_intents(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=discord.app_commands.AppCommandContext(guild=True),
            allowed_installs=discord.app_commands.AppInstallationType(guild=True, user=False),
            shard_count=shard_count,
            max_messages=None,
            max_ratelimit_timeout=60.0,
            guild_ready_timeout=guild_ready_timeout,
        )
        self.reads_messages = message_content
        self.services = wire(self)
        self.forms: list[GuardedForm] = []
        self._feature_cogs = cogs
        self._at_once: dict[str, Callable[..., None]] = {}
        self._guard_parsers()

    def _guard_parsers(self) -> None:
        """Let a malformed event be one logged error.

        discord.py's parsers run inside its poll loop: one missing key ends the client (pitfalls
        1.8). There is no public hook, so a test over the wire holds this in place.
        """
        parsers = self._connection.parsers
        for name, parse in list(parsers.items()):
            if name == "INTERACTION_CREATE":
                parse = self._spoken(parse)
            parsers[name] = _guarded(name, parse)

    def _spoken(self, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        """Have a member answered in their language: every task that an event starts inherits it.

        Commands, menus, buttons, forms and their errors all begin here.
        """

        def spoken(data: Any) -> None:
            guild = data.get("guild_id")
            community = None if guild is None else CommunityId(int(guild))
            languages = self.services.languages
            own = languages.member(data.get("locale"), community)
            public = own if community is None else languages.community(community)
            with speaking(own, public=public):
                parse(data)

        return spoken

    async def setup_hook(self) -> None:
        """See that the database is this application's, load the features, register the commands."""
        await belong_to(self.services.database, self.application_id or 0)
        await self.load_features()
        await self.sync_if_changed()

    async def load_features(self) -> None:
        """Load the features; one that does not load stops the start."""
        await self.tree.set_translator(CatalogueTranslator(self.services.languages.catalogues))
        for make in self._feature_cogs:
            await self.add_cog(make(self))

    async def sync_if_changed(self, *, force: bool = False) -> bool:
        """Register the commands where they differ from what was registered last, or are forced.

        Discord allows 200 creations a day and server, so not at every start (pitfalls 1.26).
        """
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        known_by = {"commands": payload, "texts": self.services.languages.catalogues.fingerprint}
        digest = hashlib.sha256(json.dumps(known_by, sort_keys=True).encode()).hexdigest()
        name = f"commands:{self.application_id}"
        async with self.services.database.reading() as stores:
            known = await stores.settings.get(name)
        if known == digest and not force:
            return False
        await self.tree.sync()
        async with self.services.database.writing() as stores:
            await stores.settings.put(name, digest)
        logger.info("commands registered", extra={"commands": len(payload)})
        return True

    def add_forms(self, *forms: GuardedForm) -> None:
        """Make forms known, so that those that earlier runs opened are taken as well."""
        self.forms.extend(forms)

    def at_once(self, event: str, take: Callable[..., None]) -> None:
        """Have an event taken in the moment it is dispatched.

        Listeners run as tasks, which begin later and cost as much as all else that is done with an
        event; the order in which events are put into the queue must not depend on them.
        """
        self._at_once[event] = take

    @override
    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Hand an event to whoever takes it at once, then to the listeners."""
        take = self._at_once.get(event_name)
        if take is not None:
            try:
                take(*args)
            except Exception:
                logger.exception("an event was not taken", extra={"event": event_name})
        if self._is_listened_to(event_name, taken=take is not None):
            super().dispatch(event_name, *args, **kwargs)

    def _is_listened_to(self, event_name: str, *, taken: bool) -> bool:
        """Tell whether anybody but the queue wants an event: of most, nobody does.

        There are no prefix commands, so that nothing else wants a message.
        """
        if not taken and event_name != "socket_event_type":
            return True
        return f"on_{event_name}" in self.extra_events or event_name in self._listeners

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: there are no prefix commands."""

    async def on_ready(self) -> None:
        """Say so; this can happen again at any time."""
        logger.info("ready", extra={"communities": len(self.guilds)})

    async def on_app_command_completion(
        self,
        interaction: discord.Interaction[Any],
        command: discord.app_commands.Command[Any, ..., Any] | discord.app_commands.ContextMenu,
    ) -> None:
        """Put a command that ended well into the audit; others end in the tree."""
        await note_command(interaction, DONE)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what a listener raised; the bot goes on."""
        logger.error("a listener failed", exc_info=sys.exc_info(), extra={"event": event_method})

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take forms, and answer a button of ours that no class knows any more.

        Silence looks like a failure.
        """
        custom_id = str(dict(interaction.data or {}).get("custom_id", ""))
        waiting = self._connection._view_store  # noqa: SLF001 - no public look-up
        if interaction.type is discord.InteractionType.modal_submit:
            if custom_id not in waiting._modals:  # noqa: SLF001 - opened and awaited by this run
                await receive_form(interaction, self.forms)
        elif interaction.type is discord.InteractionType.component:
            known = any(each.fullmatch(custom_id) for each in waiting._dynamic_items)  # noqa: SLF001
            if OUR_BUTTONS.match(custom_id) and not known:
                await reply(interaction, _(OLD_BUTTON))


def services_of(interaction: discord.Interaction[Any]) -> Services:
    """Return the services of the bot that received the interaction."""
    client = interaction.client
    if not isinstance(client, FootnoteBot):
        raise TypeError("the interaction belongs to another client")
    return client.services
