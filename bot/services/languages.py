"""In which language the bot speaks: to a member, and in the public posts of a community.

What communities chose is kept in one small document. It is known without asking, since the
gateway's edge cannot wait, and read anew every few seconds, since another process may change it.
Never reads a catalogue itself.
"""

import json
from collections.abc import Callable
from gettext import NullTranslations

from bot.domain.ids import CommunityId, PostId
from bot.domain.outbox import Delivery
from bot.domain.wording import ENGLISH, _, speaking
from bot.services.deliveries import DeliveryHandler
from bot.services.errors import InvalidInputError
from bot.services.ports import Database, Stores
from bot.services.ports.catalogues import CatalogueSource

CHOSEN = "languages"
PreferredLocale = Callable[[CommunityId], str | None]
"""What the platform says of a community, None where it is not known."""


def language_for(locale: str | None, languages: tuple[str, ...]) -> str | None:
    """Return the language that fits a platform's locale, None where none does.

    >>> language_for("de", ("en", "de")), language_for("en-GB", ("en", "de"))
    ('de', 'en')
    >>> language_for("pt-BR", ("en", "pt_BR")), language_for("fr", ("en", "de"))
    ('pt_BR', None)
    """
    exact = (locale or "").replace("-", "_")
    found = (each for each in (exact, exact.partition("_")[0]) if each in languages)
    return next(found, None)


class LanguageService:
    """Chooses languages, and keeps what communities chose."""

    def __init__(
        self, database: Database, catalogues: CatalogueSource, preferred: PreferredLocale
    ) -> None:
        self._database = database
        self._catalogues = catalogues
        self._preferred = preferred
        self._chosen: dict[CommunityId, str] = {}

    @property
    def catalogues(self) -> CatalogueSource:
        """Where the texts come from."""
        return self._catalogues

    @property
    def offered(self) -> tuple[str, ...]:
        """Codes of all languages, English first."""
        return tuple(self._catalogues.languages)

    async def load(self) -> None:
        """Read what communities chose before, in this process or in another."""
        before = self._chosen
        async with self._database.reading() as stores:
            found = await _read(stores)
        if self._chosen is before:  # else a choice came in between, which knows more
            self._chosen = found

    def chosen(self, community: CommunityId) -> str | None:
        """Return what a community chose itself."""
        return self._chosen.get(community)

    def of(self, community: CommunityId) -> str:
        """Return the language of a community: its choice, the platform's word, or English."""
        chosen = self._chosen.get(community)
        if chosen in self.offered:
            return chosen
        return language_for(self._preferred(community), self.offered) or ENGLISH

    def community(self, community: CommunityId) -> NullTranslations:
        """Return the texts for what everybody in a community sees."""
        return self._catalogues.find(self.of(community))

    def member(self, locale: str | None, community: CommunityId | None) -> NullTranslations:
        """Return the texts for one member: in their own language where the bot speaks it."""
        language = language_for(locale, self.offered)
        if language is None and community is not None:
            language = self.of(community)
        return self._catalogues.find(language or ENGLISH)

    async def choose(self, community: CommunityId, language: str | None) -> None:
        """Store a community's choice; None leaves it to the platform's word again.

        Raises:
            InvalidInputError: there is no catalogue of that language.
        """
        if language is not None and language not in self.offered:
            raise InvalidInputError(
                _("I do not speak that language yet. I know: {languages}.").format(
                    languages=", ".join(self.offered)
                )
            )
        async with self._database.writing() as stores:
            await stores.settings.keep_first(CHOSEN, "{}")  # so that there is a row to hold
            chosen = await _read(stores)
            if language is None:
                chosen.pop(community, None)
            else:
                chosen[community] = language
            document = {str(key): value for key, value in chosen.items()}
            await stores.settings.put(CHOSEN, json.dumps(document, sort_keys=True))
        self._chosen = chosen


async def _read(stores: Stores) -> dict[CommunityId, str]:
    document = json.loads(await stores.settings.get(CHOSEN) or "{}")
    return {CommunityId(int(key)): str(value) for key, value in document.items()}


class SpokenDeliveries:
    """Carries out deliveries in the language of the community that they go to."""

    def __init__(self, handler: DeliveryHandler, languages: LanguageService) -> None:
        self._handler = handler
        self._languages = languages

    async def act(self, delivery: Delivery) -> PostId | None:
        """Make the effect."""
        with speaking(self._languages.community(delivery.community)):
            return await self._handler.act(delivery)

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        """Record what follows from success."""
        with speaking(self._languages.community(delivery.community)):
            await self._handler.settled(stores, delivery, message)

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        """Record what follows from giving up."""
        with speaking(self._languages.community(delivery.community)):
            await self._handler.failed(stores, delivery)
