"""What a moderator teaches counts at once, for that community alone, and keeps no text."""

import pytest

from bot.domain.factchecks import Example, FactCheck
from bot.domain.ids import Slug
from bot.domain.imprints import Imprint
from bot.matching.imprints import BITS, FORM
from bot.matching.learned import COUNTERED, LEARNED, UNEXPECTED
from bot.matching.matcher import ENOUGH_EXAMPLES, Matcher
from bot.services.libraries import starter_examples, starter_library

ASIA = Slug("asia-embraces-ai-art")
POST = "my cousin in Osaka says nobody there minds the machine pictures at all, they get on with it"
NEARLY = (
    "my cousin from Osaka says nobody there minds the machine pictures at all, they just get on"
    " with it lol"
)
ELSE = "my cousin in Osaka says nobody there minds the noise of the trains at night"
CURSIVE = FactCheck(slug=Slug("cursive-ban"), claim="Schools in Finland banned cursive handwriting")
CURSIVE_SAID = (
    "finland doesn't teach kids cursive anymore, they banned it",
    "so finnish schools outlawed joined-up writing?",
    "heard handwriting in cursive is forbidden in Finland's schools",
    "In Finland you are not allowed to teach cursive these days",
    "Helsinki schools threw cursive out by law",
    "finnish pupils can't write in cursive since the ban",
    "they prohibited cursive lessons in finland",
    "Finland made cursive illegal in class",
)


def probability(matcher: Matcher, text: str, slug: Slug = ASIA) -> float:
    found = [match for match in matcher.read(text).matches if match.slug == slug]
    return found[0].probability if found else 0.0


def imprint_of(matcher: Matcher, text: str, *, raises: bool, form: int = FORM) -> Imprint:
    made = matcher.imprint(text)
    assert made is not None
    return Imprint(key=text[:20], slug=ASIA, raises=raises, signs=made[0], form=form)


@pytest.fixture
def pupil(matcher: Matcher) -> Matcher:
    return matcher.fork(77)


def test_a_post_that_a_moderator_confirmed_makes_its_like_attach(pupil: Matcher) -> None:
    assert probability(pupil, NEARLY) < pupil.thresholds.auto
    pupil.learn(imprint_of(pupil, POST, raises=True))
    assert probability(pupil, NEARLY) >= pupil.thresholds.auto
    best = pupil.read(NEARLY).best
    assert best is not None
    assert best.evidence.learned > 0.6
    assert best.evidence.contributions[LEARNED] > 0


def test_a_post_that_was_judged_wrong_holds_its_like_back(pupil: Matcher) -> None:
    text = "Asia embraces AI art and everyone there loves it, the west is just whining"
    assert probability(pupil, text) >= pupil.thresholds.suggest
    pupil.learn(imprint_of(pupil, text, raises=False))
    nearly = "Asia embraces AI art, everyone over there loves it, and the west is just whining"
    assert probability(pupil, nearly) <= COUNTERED


def test_other_talk_in_similar_words_is_left_alone(pupil: Matcher) -> None:
    before = probability(pupil, ELSE)
    pupil.learn(imprint_of(pupil, POST, raises=True))
    assert probability(pupil, ELSE) == before < pupil.thresholds.auto


def test_an_imprint_alone_never_attaches(pupil: Matcher) -> None:
    text = "artists over there do not mind the pictures of the machine at all"
    assert probability(pupil, text) < UNEXPECTED
    pupil.learn(imprint_of(pupil, text, raises=True))
    assert pupil.thresholds.suggest <= probability(pupil, text) < pupil.thresholds.auto


def test_what_one_community_teaches_changes_no_other(matcher: Matcher, pupil: Matcher) -> None:
    before = matcher.read(NEARLY), matcher.read(CURSIVE.claim)
    pupil.learn(imprint_of(pupil, POST, raises=True))
    pupil.put(CURSIVE)
    for text in CURSIVE_SAID:
        pupil.add_example(Example(slug=CURSIVE.slug, text=text, raises=True))
    pupil.add_example(Example(slug=ASIA, text=ELSE, raises=False))
    pupil.remove(Slug("pixiv-banned-ai-art"))
    after = matcher.read(NEARLY), matcher.read(CURSIVE.claim)
    assert [reading.matches for reading in after] == [reading.matches for reading in before]
    assert matcher.fork(77).read(NEARLY).matches == before[0].matches


def test_an_imprint_holds_no_words_and_differs_between_communities(matcher: Matcher) -> None:
    one, other = matcher.fork(1).imprint(POST), matcher.fork(2).imprint(POST)
    assert one is not None
    assert other is not None
    assert len(one[0]) == BITS // 8
    same = sum(8 - (a ^ b).bit_count() for a, b in zip(one[0], other[0], strict=True))
    assert BITS * 0.35 < same < BITS * 0.65


def test_the_same_post_gives_the_same_imprint_in_every_process(matcher: Matcher) -> None:
    made = matcher.fork(0).imprint("Glaze protects your art.")
    assert made is not None
    assert matcher.fork(0).imprint("Glaze protects your art.") == made


def test_an_imprint_of_another_version_says_nothing(pupil: Matcher) -> None:
    before = probability(pupil, NEARLY)
    pupil.learn(imprint_of(pupil, POST, raises=True, form=FORM + 1))
    assert probability(pupil, NEARLY) == before


def test_a_text_without_own_words_leaves_no_imprint(pupil: Matcher) -> None:
    assert pupil.imprint("> quoted\nhttps://example.org/page") is None


def test_enough_examples_count_at_once_and_as_after_a_restart(matcher: Matcher) -> None:
    text = "wait, did finland really ban cursive handwriting in schools"
    pupil = matcher.fork(77)
    pupil.put(CURSIVE)
    examples = [Example(slug=CURSIVE.slug, text=said, raises=True) for said in CURSIVE_SAID]
    assert len(examples) == ENOUGH_EXAMPLES
    for example in examples[:-1]:
        pupil.add_example(example)
    before = probability(pupil, text, CURSIVE.slug)
    pupil.add_example(examples[-1])
    assert probability(pupil, text, CURSIVE.slug) > max(before, 0.9)
    again = matcher.fork(77)
    again.put(CURSIVE, examples)
    assert again.read(text).matches == pupil.read(text).matches


def test_a_fact_check_that_was_paused_comes_back_as_it_was(matcher: Matcher) -> None:
    pupil = matcher.fork(77)
    text = "Asia embraces AI art and everyone there loves it"
    before = pupil.read(text).matches
    check = next(one for one in starter_library() if one.slug == ASIA)
    pupil.remove(ASIA)
    assert probability(pupil, text) == 0
    pupil.put(check, [one for one in starter_examples() if one.slug == ASIA])
    assert pupil.read(text).matches == before
