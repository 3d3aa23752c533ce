"""Which language is spoken, to whom, and that one task's language is not another's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from gettext import NullTranslations

import pytest

from bot.catalogues import FileCatalogues
from bot.domain.ids import CommunityId, PlaceId, PostId
from bot.domain.outbox import Delivery, DeliveryKind
from bot.domain.wording import AS_WRITTEN, _, in_public, language, ngettext, quoted, speaking
from bot.services.dates import (
    say_day,
    say_days,
    say_number,
    say_short_weekday,
    say_weekday,
    say_weekday_and_day,
)
from bot.services.errors import InvalidInputError
from bot.services.languages import CHOSEN, LanguageService, SpokenDeliveries, language_for
from bot.services.memory import InMemoryDatabase
from bot.services.ports import Stores

HERE, BESIDE = CommunityId(1), CommunityId(2)
DAY = date(2026, 11, 22)
GERMAN = FileCatalogues().find("de")


class NamedCatalogues:
    """Catalogues of three languages; only German says anything else than English."""

    languages: Sequence[str] = ("en", "de", "pt_BR")
    fingerprint = "three"

    def find(self, language: str) -> NullTranslations:
        return GERMAN if language == "de" else AS_WRITTEN


def service(
    database: InMemoryDatabase | None = None, preferred: dict[CommunityId, str] | None = None
) -> LanguageService:
    known = preferred or {}
    return LanguageService(database or InMemoryDatabase(), NamedCatalogues(), known.get)


@pytest.mark.parametrize(
    ("locale", "found"),
    [
        ("de", "de"),
        ("en-US", "en"),
        ("en-GB", "en"),
        ("pt-BR", "pt_BR"),
        ("pt", None),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_a_locale_of_discord_fits_a_language(locale: str | None, found: str | None) -> None:
    assert language_for(locale, ("en", "de", "pt_BR")) == found


def test_a_community_speaks_english_until_something_else_is_known() -> None:
    assert service().of(HERE) == "en"
    assert service(preferred={HERE: "de"}).of(HERE) == "de"
    assert service(preferred={HERE: "fr"}).of(HERE) == "en"


async def test_a_choice_counts_more_than_the_platforms_setting_and_is_kept() -> None:
    database = InMemoryDatabase()
    languages = service(database, {HERE: "de"})
    await languages.choose(HERE, "en")
    await languages.choose(BESIDE, "de")
    assert (languages.of(HERE), languages.of(BESIDE)) == ("en", "de")
    later = service(database, {HERE: "de"})
    assert later.of(HERE) == "de"
    await later.load()
    assert (later.of(HERE), later.of(BESIDE)) == ("en", "de")
    await later.choose(HERE, None)
    assert later.of(HERE) == "de"
    async with database.reading() as stores:
        assert json.loads(await stores.settings.get(CHOSEN) or "") == {"2": "de"}


async def test_what_another_process_chose_is_spoken_after_the_next_look() -> None:
    database = InMemoryDatabase()
    here, elsewhere = service(database), service(database)
    await elsewhere.choose(HERE, "de")
    await here.choose(BESIDE, "pt_BR")
    await elsewhere.load()
    assert (here.of(HERE), elsewhere.of(BESIDE)) == ("de", "pt_BR")
    await here.choose(HERE, None)
    await elsewhere.load()
    assert elsewhere.of(HERE) == "en"


async def test_a_choice_that_comes_during_a_look_is_not_forgotten() -> None:
    chosen = service()
    looking = asyncio.create_task(chosen.load())
    await asyncio.gather(chosen.choose(HERE, "de"), looking)
    assert chosen.of(HERE) == "de"


async def test_a_language_that_nobody_wrote_is_refused_and_nothing_is_stored() -> None:
    database = InMemoryDatabase()
    with pytest.raises(InvalidInputError, match=r"I know: en, de, pt_BR\."):
        await service(database).choose(HERE, "tlh")
    async with database.reading() as stores:
        assert await stores.settings.get(CHOSEN) is None


async def test_a_language_whose_file_went_is_passed_over() -> None:
    database = InMemoryDatabase()
    async with database.writing() as stores:
        await stores.settings.put(CHOSEN, '{"1": "eo"}')
    languages = service(database, {HERE: "de"})
    await languages.load()
    assert languages.of(HERE) == "de"


def test_a_member_speaks_their_own_language_or_else_the_communitys() -> None:
    languages = service(preferred={HERE: "de"})
    assert languages.member("en-US", HERE) is AS_WRITTEN
    assert languages.member("fr", HERE) is GERMAN
    assert languages.member("fr", BESIDE) is AS_WRITTEN
    assert languages.member("fr", None) is AS_WRITTEN
    assert languages.member(None, None) is AS_WRITTEN


class RecordingHandler:
    """Remembers in which language each step of a delivery was taken."""

    def __init__(self) -> None:
        self.heard: list[tuple[CommunityId, str]] = []

    async def act(self, delivery: Delivery) -> PostId | None:
        await asyncio.sleep(0)
        self.heard.append((delivery.community, _("Helpful")))
        return None

    async def settled(self, stores: Stores, delivery: Delivery, message: PostId | None) -> None:
        self.heard.append((delivery.community, _("Helpful")))

    async def failed(self, stores: Stores, delivery: Delivery) -> None:
        self.heard.append((delivery.community, _("Helpful")))


def delivery(community: CommunityId) -> Delivery:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Delivery(
        key=f"key-{community}",
        kind=DeliveryKind.ANSWER,
        community=community,
        channel=PlaceId(5),
        created_at=now,
        due_at=now,
    )


async def test_two_communities_beside_each_other_each_get_their_language() -> None:
    database, handler = InMemoryDatabase(), RecordingHandler()
    spoken = SpokenDeliveries(handler, service(preferred={HERE: "de", BESIDE: "en-US"}))
    await asyncio.gather(*(spoken.act(delivery(each)) for each in (HERE, BESIDE, HERE)))
    async with database.writing() as stores:
        await spoken.settled(stores, delivery(HERE), None)
        await spoken.failed(stores, delivery(BESIDE))
    assert sorted(handler.heard) == [*[(HERE, "Hilfreich")] * 3, *[(BESIDE, "Helpful")] * 2]
    assert language() == "en"


def test_what_a_member_leaves_for_others_is_in_the_communitys_language() -> None:
    with speaking(AS_WRITTEN, public=GERMAN):
        assert _("Helpful") == "Helpful"
        with in_public():
            assert _("Helpful") == "Hilfreich"
        assert _("Helpful") == "Helpful"


async def test_a_task_that_was_begun_while_speaking_goes_on_in_that_language() -> None:
    begun = asyncio.Event()

    async def later() -> str:
        await begun.wait()
        return ngettext("{count} day", "{count} days", 2).format(count=2)

    with speaking(GERMAN):
        task = asyncio.create_task(later())
    begun.set()
    assert await task == "2 Tage"
    assert ngettext("{count} day", "{count} days", 2) == "{count} days"


def test_days_numbers_and_quotations_are_written_as_the_language_writes_them() -> None:
    assert (say_day(DAY), say_number(12345), quoted("so")) == ("22 Nov 2026", "12,345", "“so”")
    assert (say_number(0.75), say_number(1, decimals=1)) == ("0.75", "1.0")
    assert (say_weekday(0), say_weekday_and_day(DAY)) == ("Monday", "Sunday 22 Nov")
    with speaking(GERMAN):
        assert language() == "de"
        assert (say_day(DAY), say_number(12345)) == ("22. Nov. 2026", "12.345")
        assert (say_number(0.75), say_number(1, decimals=1)) == ("0,75", "1,0")
        assert (say_weekday(0), say_short_weekday(DAY)) == ("Montag", "So. 22.")
        assert quoted("so") == "„so“"


@pytest.mark.parametrize(
    ("first", "english", "german"),
    [
        (date(2026, 11, 22), "22 Nov 2026", "22. Nov. 2026"),
        (date(2026, 11, 16), "16–22 Nov 2026", "16.–22. Nov. 2026"),
        (date(2026, 10, 30), "30 Oct – 22 Nov 2026", "30. Okt. – 22. Nov. 2026"),
        (date(2025, 12, 30), "30 Dec 2025 – 22 Nov 2026", "30. Dez. 2025 – 22. Nov. 2026"),
    ],
)
def test_a_span_of_days_is_as_short_as_it_can_be(first: date, english: str, german: str) -> None:
    assert say_days(first, DAY) == english
    with speaking(GERMAN):
        assert say_days(first, DAY) == german
