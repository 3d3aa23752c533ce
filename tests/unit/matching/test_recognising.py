"""Recognising a claim in other words, its stance, and staying silent otherwise.

All messages here are made up for these tests.
"""

import pytest

from bot.domain.matches import Stance
from bot.domain.policy import Outcome, decide_text
from bot.matching.matcher import Matcher

RAISED = [
    ("asia-embraces-ai-art", "Asia embraces AI art, everyone over there is on board with it"),
    (
        "miyazaki-called-ai-art-an-insult-to-life",
        "Miyazaki said AI art is an insult to life itself",
    ),
    ("us-ai-art-cannot-be-copyrighted", "You can't copyright AI art in the US, nobody owns it"),
    (
        "glaze-nightshade-protect-art",
        "Run your drawings through Glaze and AI can't learn from them",
    ),
    ("disney-universal-sue-midjourney", "Disney and Universal took Midjourney to court"),
    ("pixiv-banned-ai-art", "pixiv kicked all AI pictures off the site"),
    ("ai-cannot-draw-hands", "AI still can't draw hands, look at those fingers"),
    ("every-ai-image-uses-bottle-of-water", "each AI picture drinks a whole bottle of water"),
    ("laion-5b-contained-child-abuse-images", "LAION-5B had child abuse pictures in it"),
    ("steam-bans-ai-art-games", "Steam bans every game with AI art in it"),
]
NOT_RAISED = [
    "Africa is embracing mobile money faster than anybody expected",
    "Asia embraces electric scooters",
    "Miyazaki's new film is out in October, who's coming?",
    "Which sampler do you use for soft watercolour looks in Stable Diffusion?",
    "Disney is suing a bakery over a mouse-shaped cake",
    "my phone charges so slowly lately, is that the cable?",
    "the glaze on this pot came out lovely",
    "I got a bottle of water and went back to drawing",
    "good morning everyone, coffee first",
    "draw with your left hand for a week, it changes how you see",
    "who wants to play tonight?",
    "happy birthday!! have some cake",
]
STANCES = [
    (Stance.ASSERT, "Pixiv banned AI art."),
    (Stance.ASK, "Did Pixiv really ban AI art?"),
    (Stance.DENY, "No, that's a myth. Pixiv never banned AI art, it only has to be labelled."),
    (Stance.REPORT, "According to an article I read, Pixiv banned AI art."),
    (Stance.ASK, "is it true that every AI image uses up a bottle of water?"),
    (Stance.DENY, "It is simply not true that every AI image uses up a bottle of water."),
    (Stance.ASSERT, "Every AI image uses up a bottle of water."),
    (Stance.ASK, "Has the Supreme Court ruled that AI art can't be copyrighted, does anyone know?"),
]


@pytest.mark.parametrize(("slug", "text"), RAISED)
def test_a_claim_in_other_words_is_recognised(matcher: Matcher, slug: str, text: str) -> None:
    best = matcher.read(text).best
    assert best is not None
    assert best.slug == slug
    assert best.probability >= matcher.thresholds.suggest


@pytest.mark.parametrize("text", NOT_RAISED)
def test_the_same_frame_about_something_else_gets_no_note(matcher: Matcher, text: str) -> None:
    assert decide_text(matcher.read(text), matcher.thresholds).outcome is not Outcome.ATTACH


@pytest.mark.parametrize(("stance", "text"), STANCES)
def test_the_stance_is_told(matcher: Matcher, stance: Stance, text: str) -> None:
    assert matcher.read(text).stance is stance


def test_a_quoted_claim_gets_no_note(matcher: Matcher) -> None:
    reading = matcher.read("> Asia embraces AI art instead of resisting it\nlol ok")
    assert decide_text(reading, matcher.thresholds).outcome is Outcome.NONE


@pytest.mark.parametrize(
    "text",
    [
        "`Asia embraces AI art instead of resisting it`",
        "```\nAsia embraces AI art instead of resisting it\n```",
        "https://example.org/asia-embraces-ai-art-instead-of-resisting-it",
        "/imagine asia embraces ai art instead of resisting it",
    ],
)
def test_code_links_and_commands_raise_nothing(matcher: Matcher, text: str) -> None:
    assert matcher.read(text).matches == ()


def test_the_sentence_that_raised_it_is_named_in_the_original(matcher: Matcher) -> None:
    post = "So I was at the zoo. **Pixiv banned AI art**, can you believe it? Anyway, lunch now."
    best = matcher.read(post).best
    assert best is not None
    assert best.slug == "pixiv-banned-ai-art"
    assert best.sentence == post[best.span[0] : best.span[1]]
    assert "banned AI art" in best.sentence
    assert "lunch" not in best.sentence


def test_hidden_characters_do_not_hide_a_claim(matcher: Matcher) -> None:
    plain = matcher.read("Pixiv banned AI art for good").best
    hidden = matcher.read("Pi\u200bxiv ba\u200bnned A\u00adI art for good").best
    assert plain is not None
    assert hidden is not None
    assert hidden.slug == plain.slug
    assert hidden.probability == plain.probability


def test_at_most_so_many_matches_are_returned_best_first(matcher: Matcher) -> None:
    text = "AI art can't be copyrighted in the US, the courts said so"
    few, many = matcher.read(text, top=2), matcher.read(text, top=5)
    assert len(few.matches) == 2
    assert few.matches == many.matches[:2]
    scores = [match.probability for match in many.matches]
    assert scores == sorted(scores, reverse=True)
    assert matcher.read(text, top=0).matches == ()
