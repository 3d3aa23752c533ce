"""Moderators teach the matcher: by what they decide about posts, and by examples that they write.

Invariants: a post's text is kept only where a moderator confirmed it in a form; of any other judged
post only an imprint is kept, and no member's id with it. What is taught counts at once.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.domain.factchecks import Example
from bot.domain.ids import CommunityId, MemberId, NoteId, PlaceId, PostId, Slug
from bot.domain.imprints import Imprint, imprint_key
from bot.domain.matches import Stance
from bot.domain.notes import Note
from bot.domain.reviews import Review, ReviewId, ReviewState
from bot.domain.wording import N_, _
from bot.services.errors import GoneError, InvalidInputError, NotFoundError, UnavailableError
from bot.services.formats import jsonl
from bot.services.library import LibraryService
from bot.services.ports import Database, KeptExample, Publisher, Stores
from bot.services.readers import IMPRINTS

logger = logging.getLogger(__name__)

LARGEST_FILE = 2_000_000
"""Bytes of a file with examples."""
LONGEST = 1_000
MOST = 300
"""Examples that a community can add to one fact-check."""
POSTS = "posts"
"""Stands for all judged posts of a fact-check where an example is chosen."""
UNKNOWN = N_("This is not known here any more, so nothing was kept.")
UNDECIDED = N_("Nobody has decided about this post yet, so there is nothing to keep.")
NO_WORDS = N_("There are no words of somebody's own in this text. Nothing was kept.")
TOO_LONG = N_("The text has {count} characters, {limit} fit. Nothing was kept.")
THERE = N_("This text is among the examples of “{slug}” already.")
FULL = N_("“{slug}” has {count} examples already; remove some before you add others.")
NOT_THERE = N_("There is no such example of “{slug}” here any more.")
TOO_MANY = N_(
    "The file has {count} examples of “{slug}”, and no more than {limit} can be kept in all. "
    "Nothing was kept."
)
RIGHT = frozenset({ReviewState.ATTACHED, ReviewState.KEPT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A moderator's word on a post, as far as it can be learned from."""

    community: CommunityId
    channel: PlaceId
    post: PostId
    slug: Slug
    stance: Stance
    raises: bool


@dataclass(frozen=True, slots=True)
class Taught:
    """What a community has taught about one fact-check."""

    examples: Sequence[KeptExample]
    posts: int
    """Judged posts of which only the imprint is kept."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a file with examples brought."""

    kept: int
    known: int
    """There already."""
    left_out: int
    """About a fact-check that is not here, or too long."""


def lesson_of(about: Note | Review, *, right: bool) -> Lesson:
    """Return what a decision about a note or a card teaches."""
    return Lesson(
        community=about.community,
        channel=about.channel,
        post=about.post,
        slug=about.slug,
        stance=about.stance,
        raises=right,
    )


def handle_of(text: str) -> str:
    """Return a short name of an example's text, for a choice that a member makes."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


class TeachingService:
    """Takes lessons; who may give them is checked where they are given."""

    def __init__(self, database: Database, library: LibraryService, publisher: Publisher) -> None:
        self._database = database
        self._library = library
        self._publisher = publisher

    async def learn(self, about: Note | Review, *, right: bool) -> bool:
        """Learn from a decision; the newest on a post counts.

        What cannot be read or kept teaches nothing, and the decision stands all the same.
        """
        lesson = lesson_of(about, right=right)
        try:
            return await self._learn(lesson)
        except UnavailableError:
            logger.warning("nothing was learned of a post", extra={"place": lesson.channel})
            return False

    async def _learn(self, lesson: Lesson) -> bool:
        sentence, stance = await self._sentence(lesson)

        def judged(signs: bytes, form: int) -> Imprint:
            return Imprint(
                key=imprint_key(lesson.channel, lesson.post, lesson.slug),
                slug=lesson.slug,
                raises=lesson.raises,
                stance=stance,
                signs=signs,
                form=form,
            )

        return bool(sentence) and await self._library.learn_post(lesson.community, sentence, judged)

    async def _sentence(self, lesson: Lesson) -> tuple[str, Stance]:
        """Return the sentence that raised the claim as the post stands now, and its stance."""
        try:
            text = await self._publisher.read_text(lesson.channel, lesson.post)
        except GoneError:
            text = None
        if not text:
            return "", lesson.stance
        reader = await self._library.reader(lesson.community)
        for match in reader.read(text).matches:
            if match.slug == lesson.slug:
                return match.sentence, match.stance
        return text, lesson.stance

    async def decided(self, about: ReviewId | NoteId) -> Lesson:
        """Return what was decided on a card, or about a note that a moderator took back.

        Raises:
            NotFoundError: it is unknown.
            InvalidInputError: nobody has decided.
        """
        async with self._database.reading() as stores:
            review = await stores.reviews.get(ReviewId(about))
            note = await stores.notes.get(NoteId(about)) if review is None else None
        if review is not None:
            if review.state in RIGHT or review.state is ReviewState.WRONG:
                return lesson_of(review, right=review.state in RIGHT)
            raise InvalidInputError(_(UNDECIDED))
        if note is None:
            raise NotFoundError(_(UNKNOWN))
        return lesson_of(note, right=False)

    async def draft(self, lesson: Lesson) -> str:
        """Return the sentence as it stands on the platform now, for a moderator to confirm."""
        sentence, _stance = await self._sentence(lesson)
        return sentence[:LONGEST]

    async def keep(self, lesson: Lesson, text: str, *, by: MemberId) -> None:
        """Keep the text that a moderator confirmed; it takes the place of the post's imprint."""
        example = Example(
            slug=lesson.slug, text=text, raises=lesson.raises, stance=_stance_of(lesson)
        )
        await self.add(lesson.community, example, by=by)
        key = imprint_key(lesson.channel, lesson.post, lesson.slug)

        async def forget(stores: Stores) -> bool:
            return await stores.imprints.remove(lesson.community, key)

        await self._library.unlearn(lesson.community, forget)

    async def add(self, community: CommunityId, example: Example, *, by: MemberId) -> None:
        """Add an example or counter-example that a moderator wrote.

        Raises:
            NotFoundError: there is no such fact-check.
            InvalidInputError: the text does not fit, is there already, or there are too many.
        """
        text = " ".join(example.text.split())
        if len(text) > LONGEST:
            raise InvalidInputError(_(TOO_LONG).format(count=len(text), limit=LONGEST))
        await self._library.get(community, example.slug)
        if not await self._library.has_words(community, text):
            raise InvalidInputError(_(NO_WORDS))
        known = await self.taught(community, example.slug)
        if len(known.examples) >= MOST:
            raise InvalidInputError(_(FULL).format(slug=example.slug, count=len(known.examples)))
        kept = Example(slug=example.slug, text=text, raises=example.raises, stance=example.stance)
        if not await self._library.learn(community, kept, by=by):
            raise InvalidInputError(_(THERE).format(slug=example.slug))

    async def export(self, community: CommunityId, slug: Slug | None) -> tuple[bytes, int]:
        """Return what was taught in text as a library's sidecar file, and how many examples."""
        async with self._database.reading() as stores:
            examples = await stores.library.examples(community)
        chosen = [one for one in examples if slug in (None, one.slug)]
        return jsonl.render_examples(chosen).encode(), len(chosen)

    async def take_in(
        self, community: CommunityId, name: str, data: bytes, *, by: MemberId
    ) -> TakenIn:
        """Learn from a sidecar file: all of it, or after a mistake nothing.

        Raises:
            InvalidInputError: it is too large, a line of it is broken, or there are too many.
        """
        if len(data) > LARGEST_FILE:
            raise InvalidInputError(
                _("{name} is larger than {limit} MB.").format(name=name, limit=2)
            )
        lines = jsonl.numbered(data.splitlines(), name)
        found = [one for at, text in lines for one in jsonl.parse_examples(text, name, at)]
        there = {record.slug for record in await self._library.records(community)}
        wanted = [one for one in found if one.slug in there and len(one.text) <= LONGEST]
        room = await self._room(community, {one.slug for one in wanted})
        for slug, number in Counter(one.slug for one in wanted).items():
            if number > room[slug]:
                raise InvalidInputError(_(TOO_MANY).format(slug=slug, count=number, limit=MOST))
        kept = await self._library.learn_all(community, wanted, by=by)
        return TakenIn(kept, len(wanted) - kept, len(found) - len(wanted))

    async def _room(self, community: CommunityId, slugs: set[Slug]) -> dict[Slug, int]:
        async with self._database.reading() as stores:
            known = Counter(one.slug for one in await stores.library.examples(community))
        return {slug: MOST - known[slug] for slug in slugs}

    async def taught(self, community: CommunityId, slug: Slug) -> Taught:
        """Return what was taught about a fact-check, oldest first."""
        async with self._database.reading() as stores:
            examples = await stores.library.kept_examples(community, slug)
            imprints = await stores.imprints.newest(community, IMPRINTS)
        return Taught(examples, sum(one.slug == slug for one in imprints))

    async def remove(self, community: CommunityId, slug: Slug, handle: str) -> Example | None:
        """Forget an example by its handle, or with `POSTS` all judged posts; return the example.

        Raises:
            NotFoundError: it is not there (any more).
        """
        known = await self.taught(community, slug)
        kept = next(
            (k.example for k in known.examples if handle_of(k.example.text) == handle), None
        )

        async def forget(stores: Stores) -> bool:
            if kept is not None:
                return await stores.library.remove_example(community, slug, kept.text)
            found = await stores.imprints.newest(community, IMPRINTS) if handle == POSTS else ()
            keys = [one.key for one in found if one.slug == slug]
            return any([await stores.imprints.remove(community, key) for key in keys])

        if not await self._library.unlearn(community, forget):
            raise NotFoundError(_(NOT_THERE).format(slug=slug))
        return kept


def _stance_of(lesson: Lesson) -> str:
    return lesson.stance.value if lesson.raises else Stance.NONE.value
