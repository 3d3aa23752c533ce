"""What a case's direct message offers: a button, and for a ban a link to the web form.

The secret that signs links is made at first use and kept in the database, so that a link holds
after a restart and in every process.
"""

import secrets

from bot.domain.appeal_links import LINK_LIFE, AppealLink, read_token, sign
from bot.domain.appeals import APPEALABLE, NO_OFFER, AppealOffer, ref_of
from bot.domain.cases import Case, CaseKind
from bot.services.appealing.reading import card_place
from bot.services.ports import Clock, Database

SECRET = "appeal-link-secret"  # noqa: S105 - the name under which it is stored
SECRET_BYTES = 32


class AppealOffers:
    """Makes offers, and reads the links that were given out."""

    def __init__(self, database: Database, clock: Clock, public_url: str | None = None) -> None:
        self._database = database
        self._clock = clock
        self._public_url = public_url
        """Where the web form is reached; None where it is not served."""

    async def make(self, case: Case) -> AppealOffer:
        """Return what a case's message offers."""
        async with self._database.reading() as stores:
            place = await card_place(stores, case.community)
        if place is None or case.kind not in APPEALABLE or case.target is None:
            return NO_OFFER
        if case.kind is not CaseKind.BAN or self._public_url is None:
            return AppealOffer(case=ref_of(case))
        until = case.created_at + LINK_LIFE
        link = AppealLink(case=ref_of(case), member=case.target, until=until)
        token = sign(await self._secret(), link)
        url = f"{self._public_url}/appeals/{token}"
        return AppealOffer(case=ref_of(case), link=url, link_until=until)

    async def read(self, token: str) -> AppealLink | None:
        """Return what a link says, None where it is not ours or holds no more."""
        return read_token(await self._secret(), token, self._clock.now())

    async def _secret(self) -> bytes:
        async with self._database.reading() as stores:
            found = await stores.settings.get(SECRET)
        if found is None:
            made = secrets.token_hex(SECRET_BYTES)
            async with self._database.writing() as stores:
                found = await stores.settings.keep_first(SECRET, made)
        return bytes.fromhex(found)
