"""The author's own words, and where they stand in the post."""

import pytest

from bot.matching.text import READ_LIMIT, SENTENCE_LIMIT, own_words


def sentences(text: str) -> list[str]:
    return [sentence.text for sentence in own_words(text).sentences]


@pytest.mark.parametrize(
    ("post", "own"),
    [
        ("> someone else said this\nI say that.", ["I say that."]),
        ("My answer.\n>>> all of this\nis quoted\nto the end", ["My answer."]),
        ('[quote="ada, post:3"]\nquoted words\n[/quote]\nMine.', ["Mine."]),
        ("[quote]never closed", []),
        ("Look: https://example.org/a_b?c=1 wow", ["Look: wow"]),
        ("<https://example.org/hidden>", []),
        ("read [this piece](https://example.org/x) now", ["read this piece now"]),
        ("<@123456> hi <#99> there <@&7>", ["hi there"]),
        ("@ada.lovelace do you draw?", ["do you draw?"]),
        ("nice <:blob:12345> <a:dance:777> :party_parrot: one", ["nice one"]),
        ("this is **very** _important_ and ~~gone~~", ["this is very important and gone"]),
        ("||the villain|| did it", ["the villain did it"]),
        ("run `rm -rf art` first", ["run first"]),
        ("```py\nprint('art')\n```\ndone here", ["done here"]),
        ("# Heading\ntext below", ["Heading", "text below"]),
        ("art\u200bists dr\u00adaw", ["artists draw"]),
        ("𝐀𝐈 is ｗｉｄｅ", ["AI is wide"]),
        ("he said “no”", ['he said "no"']),
    ],
)
def test_what_is_not_the_authors_own_is_left_out(post: str, own: list[str]) -> None:
    assert sentences(post) == own


@pytest.mark.parametrize(
    "post", ["!rank", "/imagine prompt: a castle", "?warn @x", "t!daily", "-play abc"]
)
def test_a_command_to_a_bot_has_no_own_words(post: str) -> None:
    assert not own_words(post).sentences


def test_sentences_are_parted_at_their_ends_but_not_at_abbreviations() -> None:
    assert sentences("Dr. Lee drew it in the U.S. office. It sold! Did it?") == [
        "Dr. Lee drew it in the U.S. office.",
        "It sold!",
        "Did it?",
    ]


def test_a_sentence_points_at_its_place_in_the_post() -> None:
    post = "> quoted. words.\n**First** here.  Second\u200b one?\nThird"
    for sentence in own_words(post).sentences:
        piece = post[sentence.start : sentence.end]
        assert piece.replace("**", "").replace("\u200b", "") == sentence.text


def test_a_very_long_post_is_read_up_to_a_limit() -> None:
    own = own_words("word " * 50_000)
    assert own.sentences[-1].end <= READ_LIMIT
    assert len(own_words("Yes. " * 9_000).sentences) == SENTENCE_LIMIT


def test_words_are_counted_without_quotes_and_links() -> None:
    own = own_words("> a b c d e\nthree own words https://example.org")
    assert own.words == 3
    assert own.quoted == "a b c d e"
