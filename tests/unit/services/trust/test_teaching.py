"""What moderators decide or write teaches the community's reader, and can be taken back."""

import pytest

from bot.domain.factchecks import Example
from bot.domain.ids import STARTER_COMMUNITY, CommunityId, NoteId, PlaceId, Slug
from bot.domain.imprints import imprint_key
from bot.domain.reviews import Review
from bot.services.errors import InvalidInputError, NotFoundError, UnavailableError
from bot.services.library import LibraryService
from bot.services.ports import Clock, Database
from bot.services.reviewing import ReviewService
from bot.services.teaching import LONGEST, POSTS, TeachingService, handle_of
from tests.builders import ASIA, CHANNEL, COMMUNITY, build_fact_check, build_where
from tests.fakes import FakeReader
from tests.unit.services.trust.conftest import CLAIM, MODERATOR, Court

OTHER = CommunityId(70_000_000_000_000_002)
WORDS = "over there nobody minds"


class School:
    """A court whose decisions teach."""

    def __init__(self, court: Court) -> None:
        self.court = court
        self.library = court.library
        self.teaching = TeachingService(court.database, court.library, court.publisher)
        self.reviewing = ReviewService(
            court.database, court.clock, wake_sender=lambda: None, learn=self.teaching.learn
        )

    async def asked(self, text: str = CLAIM) -> Review:
        """Let a member say something that becomes a card."""
        await self.court.say(text)
        review = self.court.cards()[-1]
        self.court.publisher.texts[review.post] = text
        return review

    async def best(self, text: str, community: CommunityId = COMMUNITY) -> str | None:
        found = (await self.library.read(community, text)).best
        return found.slug if found else None

    async def imprints(self) -> int:
        async with self.court.database.reading() as stores:
            return len(await stores.imprints.newest(COMMUNITY, 99))

    def another_process(self) -> LibraryService:
        database: Database = self.court.database
        clock: Clock = self.court.clock
        return LibraryService(database, FakeReader.build, clock)

    async def add(self, text: str, *, raises: bool = True) -> None:
        example = Example(slug=ASIA, text=text, raises=raises)
        await self.teaching.add(COMMUNITY, example, by=MODERATOR)


@pytest.fixture
def school(court: Court) -> School:
    return School(court)


async def test_not_this_claim_holds_the_like_of_the_post_back_at_once(school: School) -> None:
    card = await school.asked()
    assert await school.reviewing.not_this_claim(card.id, by=MODERATOR)
    assert await school.best(CLAIM) is None
    assert await school.best(CLAIM, OTHER) == ASIA


async def test_attach_keeps_an_imprint_and_no_text(school: School) -> None:
    card = await school.asked(f"{CLAIM}. And my name is Ottilie")
    assert await school.reviewing.attach(card.id, by=MODERATOR)
    async with school.court.database.reading() as stores:
        (imprint,) = await stores.imprints.newest(COMMUNITY, 9)
        assert await stores.library.examples(COMMUNITY) == []
    assert imprint.raises
    assert imprint.key == imprint_key(CHANNEL, card.post, ASIA)
    assert b"Ottilie" not in imprint.signs


async def test_a_changed_mind_replaces_what_was_learned(school: School) -> None:
    card = await school.asked()
    await school.reviewing.attach(card.id, by=MODERATOR)
    await school.court.settle()
    note = await school.court.noted()
    assert await school.reviewing.dispute(note.id, by=MODERATOR)
    assert await school.imprints() == 1
    await school.library.refresh()
    assert await school.best(CLAIM) is None


async def test_a_post_that_cannot_be_read_teaches_nothing_and_the_decision_stands(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await school.asked()
    school.court.publisher.texts.clear()
    assert not await school.reviewing.attach(gone.id, by=MODERATOR)

    async def outage(channel: object, post: object) -> str:
        raise UnavailableError("no answer", retryable=True)

    thread = build_where(channel=PlaceId(CHANNEL + 7), parent=CHANNEL)
    await school.court.say(CLAIM, where=thread)
    monkeypatch.setattr(school.court.publisher, "read_text", outage)
    assert not await school.reviewing.attach(school.court.cards()[-1].id, by=MODERATOR)
    assert await school.imprints() == 0


async def test_a_database_that_is_away_teaches_nothing_and_the_decision_stands(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def outage(*about: object) -> bool:
        raise UnavailableError("no answer", retryable=True)

    card = await school.asked()
    monkeypatch.setattr(school.library, "learn_post", outage)
    assert not await school.reviewing.attach(card.id, by=MODERATOR)
    async with school.court.database.reading() as stores:
        decided = await stores.reviews.get(card.id)
    assert decided is not None
    assert decided.decided_by == MODERATOR


async def test_text_is_kept_where_a_moderator_confirmed_it_in_place_of_the_imprint(
    school: School,
) -> None:
    card = await school.asked()
    await school.reviewing.attach(card.id, by=MODERATOR)
    lesson = await school.teaching.decided(card.id)
    assert await school.teaching.draft(lesson) == "Asia embraces AI art instead of resisting it"
    await school.teaching.keep(lesson, f"  {WORDS}\n it ", by=MODERATOR)
    assert await school.imprints() == 0
    taught = await school.teaching.taught(COMMUNITY, ASIA)
    (kept,) = taught.examples
    assert (kept.example.text, kept.example.raises, kept.by) == (f"{WORDS} it", True, MODERATOR)
    assert await school.best(f"well, {WORDS} it") == ASIA


async def test_nothing_is_kept_of_what_nobody_decided(school: School) -> None:
    card = await school.asked()
    with pytest.raises(InvalidInputError, match="Nobody has decided"):
        await school.teaching.decided(card.id)
    with pytest.raises(NotFoundError, match="nothing was kept"):
        await school.teaching.decided(NoteId("A" * 22))


async def test_an_example_counts_at_once_here_and_soon_in_another_process(school: School) -> None:
    elsewhere = school.another_process()
    assert (await elsewhere.read(COMMUNITY, WORDS)).best is None
    await school.add(WORDS)
    assert await school.best(WORDS) == ASIA
    assert await school.best(WORDS, OTHER) is None
    await elsewhere.refresh()
    found = (await elsewhere.read(COMMUNITY, WORDS)).best
    assert found is not None
    assert found.slug == ASIA


async def test_what_was_taught_is_there_after_a_restart(school: School) -> None:
    card = await school.asked()
    await school.reviewing.not_this_claim(card.id, by=MODERATOR)
    await school.add(WORDS)
    again = school.another_process()
    await again.warm()
    assert (await again.read(COMMUNITY, CLAIM)).best is None
    assert (await again.read(COMMUNITY, WORDS)).best is not None


async def test_an_example_that_is_removed_counts_no_more(school: School) -> None:
    await school.add(WORDS)
    removed = await school.teaching.remove(COMMUNITY, ASIA, handle_of(WORDS))
    assert removed is not None
    assert await school.best(WORDS) is None
    with pytest.raises(NotFoundError, match="no such example"):
        await school.teaching.remove(COMMUNITY, ASIA, handle_of(WORDS))


async def test_all_judged_posts_of_a_fact_check_are_forgotten_together(school: School) -> None:
    card = await school.asked()
    await school.reviewing.not_this_claim(card.id, by=MODERATOR)
    assert (await school.teaching.taught(COMMUNITY, ASIA)).posts == 1
    await school.teaching.remove(COMMUNITY, ASIA, POSTS)
    assert (await school.teaching.taught(COMMUNITY, ASIA)).posts == 0
    assert await school.best(CLAIM) == ASIA


@pytest.mark.parametrize(
    ("text", "said"),
    [("   ", "no words"), ("x" * (LONGEST + 1), f"{LONGEST} fit"), (WORDS, "already")],
)
async def test_what_cannot_be_an_example_is_refused_in_a_sentence(
    school: School, text: str, said: str
) -> None:
    await school.add(WORDS)
    with pytest.raises(InvalidInputError, match=said):
        await school.add(text)
    assert len((await school.teaching.taught(COMMUNITY, ASIA)).examples) == 1


async def test_an_example_needs_a_fact_check(school: School) -> None:
    with pytest.raises(NotFoundError):
        await school.teaching.add(
            COMMUNITY, Example(slug=Slug("nowhere"), text=WORDS, raises=True), by=MODERATOR
        )


async def test_another_processes_change_of_a_fact_check_arrives(school: School) -> None:
    elsewhere = school.another_process()
    assert (await elsewhere.read(COMMUNITY, CLAIM)).best is not None
    assert [one.claim for one in await elsewhere.published(COMMUNITY)]
    changed = build_fact_check(revision=2, claim="Kilns are cold.", variants=())
    await school.library.change(COMMUNITY, changed, by=MODERATOR, reason="test")
    await elsewhere.refresh()
    assert (await elsewhere.read(COMMUNITY, CLAIM)).best is None
    assert [one.claim for one in await elsewhere.published(COMMUNITY)] == ["Kilns are cold."]
    starter = build_fact_check(revision=2, claim="Clay is dear.", variants=())
    await school.library.change(STARTER_COMMUNITY, starter, by=None, reason="test")
    await elsewhere.refresh()
    assert (await elsewhere.read(OTHER, "I say Clay is dear")).best is not None
    assert [one.claim for one in await elsewhere.published(OTHER)] == ["Clay is dear."]


async def test_a_library_that_is_installed_already_is_not_compared_again(school: School) -> None:
    records = [build_fact_check(claim="Clay is dear.", variants=())]
    assert await school.library.install(records, reason="test") == 1
    assert await school.another_process().install(records, reason="test") == 0
    other = build_fact_check(revision=3, claim="Kilns are cold.", variants=())
    await school.library.change(STARTER_COMMUNITY, other, by=None, reason="test")
    elsewhere = school.another_process()
    assert await elsewhere.install(records, reason="test") == 1
    found = (await elsewhere.read(COMMUNITY, "I say Clay is dear")).best
    assert found is not None
    assert [one.revision for one in await elsewhere.published(COMMUNITY)] == [4]


async def test_examples_travel_as_a_librarys_sidecar_file(school: School) -> None:
    await school.add(WORDS)
    await school.add("Asia is large", raises=False)
    data, count = await school.teaching.export(COMMUNITY, None)
    assert count == 2
    more = data + b'{"slug": "not-here", "text": "x y z", "raises": true}\n'
    taken = await school.teaching.take_in(OTHER, "examples.jsonl", more, by=MODERATOR)
    assert (taken.kept, taken.known, taken.left_out) == (2, 0, 1)
    assert await school.best(WORDS, OTHER) == ASIA
    again = await school.teaching.take_in(OTHER, "examples.jsonl", data, by=MODERATOR)
    assert (again.kept, again.known, again.left_out) == (0, 2, 0)
    assert (await school.teaching.export(OTHER, ASIA))[0] == data
    assert (await school.teaching.export(OTHER, Slug("not-here"))) == (b"", 0)


@pytest.mark.parametrize("broken", [b"{", b"\xff\xfe{}", b'{"text": ""}', b"[1]"])
async def test_of_a_broken_file_nothing_is_kept(school: School, broken: bytes) -> None:
    line = b'{"slug": "asia-embraces-ai-art", "text": "it is so", "raises": true}\n'
    with pytest.raises(InvalidInputError, match=r"examples\.jsonl"):
        await school.teaching.take_in(COMMUNITY, "examples.jsonl", line + broken, by=MODERATOR)
    assert (await school.teaching.taught(COMMUNITY, ASIA)).examples == []
