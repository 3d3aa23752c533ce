"""What a post does with a claim: hard pairs that differ in little but that.

The pairs are in hard_pairs.txt, by construct. The model is statistical, so the floors are shares.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.factchecks import FactCheck
from bot.domain.ids import Slug
from bot.domain.matches import Stance
from bot.matching.contradiction import RELATION_FEATURES, claim_words, relation_values, said
from bot.matching.cues import cues_in, telling_cue, words_of
from bot.matching.matcher import Matcher

PAIRS = Path(__file__).with_name("hard_pairs.txt")


@dataclass(frozen=True)
class Told:
    """One post of a pair, and what the matcher said of it."""

    construct: str
    text: str
    wanted: str
    stance: str


@pytest.fixture(scope="module")
def told(matcher: Matcher) -> list[tuple[Told, Told]]:
    found: list[tuple[Told, Told]] = []
    construct = ""
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        slug, *posts = line.split(" | ")
        if not posts:
            construct = line.rstrip(":")
            continue
        one, other = (_told(matcher, construct, slug, post) for post in posts)
        found.append((one, other))
    return found


def _told(matcher: Matcher, construct: str, slug: str, post: str) -> Told:
    wanted, _, text = post.partition(": ")
    reading = matcher.read(text)
    on_claim = [match for match in reading.matches if match.slug == slug]
    stance = on_claim[0].stance if on_claim else reading.stance
    return Told(construct, text, wanted, stance.value)


def test_most_posts_of_hard_pairs_are_told_right(told: list[tuple[Told, Told]]) -> None:
    posts = [post for pair in told for post in pair]
    assert len(told) >= 145
    assert sum(post.stance == post.wanted for post in posts) / len(posts) >= 0.84


def test_most_hard_pairs_are_told_apart(told: list[tuple[Told, Told]]) -> None:
    apart = sum(all(post.stance == post.wanted for post in pair) for pair in told)
    assert apart / len(told) >= 0.7


def test_no_construct_is_lost(told: list[tuple[Told, Told]]) -> None:
    right: dict[str, list[bool]] = defaultdict(list)
    for pair in told:
        right[pair[0].construct] += [post.stance == post.wanted for post in pair]
    lost = {name: sum(some) / len(some) for name, some in right.items()}
    assert {name: share for name, share in lost.items() if share < 0.55} == {}


CLAIM = "Kilns cause most studio fires."
NEW = FactCheck(
    slug=Slug("kilns"), claim=CLAIM, variants=("Most fires in studios start in a kiln",)
)


@pytest.mark.parametrize(
    ("stance", "text"),
    [
        (Stance.ASSERT, "Kilns cause most studio fires"),
        (Stance.ASSERT, "I think kilns cause most studio fires, be careful"),
        (Stance.DENY, "Kilns don't cause most studio fires"),
        (Stance.DENY, "Kilns cause most studio fires? That's false."),
        (Stance.DENY, "It is not true that kilns cause most studio fires"),
        (Stance.DENY, "There is no evidence that kilns cause most studio fires."),
        (Stance.DENY, "Kilns cause most studio fires. Debunked years ago."),
        (Stance.ASK, "Do kilns cause most studio fires?"),
        (Stance.REPORT, "According to an article, kilns cause most studio fires."),
    ],
)
def test_the_stance_on_a_new_claim_is_told_from_its_words(stance: Stance, text: str) -> None:
    assert Matcher.build([NEW]).read(text).stance is stance


def relation(text: str, *phrasings: str) -> dict[str, float]:
    words = words_of(text)
    values = relation_values(said(words), cues_in(words), claim_words(phrasings))
    return dict(zip(RELATION_FEATURES, values, strict=True))


def test_a_negation_reaches_the_words_after_it_up_to_the_end_of_its_clause() -> None:
    assert relation("Kilns don't cause fires", CLAIM)["opposed_near"] > 0
    assert relation("I didn't sleep, kilns cause fires", CLAIM)["opposed"] == 0


def test_denying_a_negated_claim_is_leaving_its_negation_out() -> None:
    claim = "AI can't draw hands."
    assert relation("AI can draw hands", claim)["denied_not"] == 1
    assert relation("AI can't draw hands", claim)["all_agreed"] == 1


def test_two_negations_undo_each_other() -> None:
    assert relation("kilns never fail to cause fires", CLAIM)["opposed"] == 0


@pytest.mark.parametrize("text", ["not only kilns cause fires", "no wonder kilns cause fires"])
def test_some_negations_negate_nothing(text: str) -> None:
    assert relation(text, CLAIM)["opposed"] == 0


def test_the_opposite_of_a_claims_word_contradicts_it() -> None:
    claim = "Steam bans games with AI art."
    assert relation("Steam allows games with AI art", claim)["antonym"] > 0
    assert relation("Steam doesn't allow games with AI art", claim)["antonym"] == 0


def test_another_number_contradicts_a_claims_number() -> None:
    claim = "70% of Gen Z embraces AI."
    assert relation("20% of Gen Z embraces AI", claim)["other_number"] == 1
    assert relation("70% of Gen Z embraces AI", claim)["other_number"] == 0


def test_a_text_that_shares_no_word_with_the_claim_stands_in_no_relation_to_it() -> None:
    assert relation("🙄", CLAIM) == dict.fromkeys(RELATION_FEATURES, 0.0)
    assert relation("good morning", CLAIM)["covered"] == 0


def test_the_cue_is_shown_as_it_is_written() -> None:
    text = "That isn't true at all"
    assert telling_cue(text, cues_in(words_of(text)), Stance.DENY) == "isn't true"


def test_reading_cues_takes_linear_time_on_hostile_text() -> None:
    for text in ("no " * 20_000, '"' * 50_000, "u.s." * 20_000, "1,1" * 20_000, "'" * 50_000):
        words = words_of(text)
        assert len(words) <= 400
        assert len(cues_in(words)) <= 2_000
