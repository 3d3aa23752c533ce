"""Fact-checks found in web pages: each whole one is read, each broken one is named."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest

from bot.services.errors import UserFacingError
from bot.services.formats import markup
from bot.services.formats.page import parse

NAME = "https://news.example/checks"


def review(number: int, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": f"Claim number {number} is what people say",
        "url": f"https://news.example/claim-number-{number}",
        "reviewRating": {"@type": "Rating", "alternateName": "False"},
    }
    return found | changes


def script(document: object, kind: str = "application/ld+json") -> str:
    return f'<script type="{kind}">{json.dumps(document)}</script>'


def test_of_ten_reviews_the_nine_whole_ones_are_read_and_the_broken_one_is_named() -> None:
    reviews = [review(number) for number in range(9)]
    reviews.insert(4, review(9, claimReviewed="", url=""))
    html = "<html><body>" + "".join(map(script, reviews)) + "</body></html>"
    imported, problems = parse(html, NAME)
    assert [fc.claim for fc in imported.fact_checks] == [
        r["claimReviewed"] for r in reviews if r["url"]
    ]
    (problem,) = problems
    assert problem.startswith(f"{NAME}:1: ClaimReview 1 of 1: ")


def test_a_block_that_is_no_json_does_not_keep_the_others_out() -> None:
    broken = '<script type="application/ld+json">{"@type": "ClaimReview", </script>'
    imported, problems = parse(broken + script({"@graph": [review(1), review(2)]}), NAME)
    assert len(imported.records) == 2
    assert "not JSON" in problems[0]


def test_other_scripts_and_other_things_are_passed_over() -> None:
    html = (
        script({"@type": "NewsArticle"}) + script(review(2), "text/javascript") + script(review(1))
    )
    imported, problems = parse(html, NAME)
    assert [fc.claim for fc in imported.fact_checks] == ["Claim number 1 is what people say"]
    assert problems == ()


def test_a_page_of_the_known_shape_is_read_as_text() -> None:
    html = (
        "<h1>Do robots paint murals?</h1><p>Checked on <b>November 2, 2026</b></p>"
        "<h2>Executive summary</h2><p>Few do [1].</p><style>p { color: red }</style>"
        "<h2>1. What was counted</h2><p>Murals in three towns [1].</p>"
    )
    imported, problems = parse(html, NAME)
    (fact_check,) = imported.fact_checks
    assert fact_check.claim == "Do robots paint murals?"
    assert fact_check.summary == "Few do [1]."
    assert "color" not in fact_check.details
    assert problems == ()


@pytest.mark.parametrize(
    "html", ["", "<p>Hello</p>", "<script type='application/ld+json'>", "<<<>"]
)
def test_a_page_without_a_fact_check_gets_one_sentence(html: str) -> None:
    with pytest.raises(UserFacingError, match="no ClaimReview in that page"):
        parse(html, NAME)


@pytest.mark.parametrize(
    "piece",
    ["<a ", '<a "', "<a b='", "<a/", "<!--", "<!", "</", "<script>", "&#", "<svg>", "1. http://"],
)
def test_no_page_takes_longer_than_its_length_allows(piece: str) -> None:
    shape = "<p>Do robots paint?<p>Checked on May 2, 2026<p>Executive summary<p>Few.<p>Sources<p>"
    before = time.process_time()
    with suppress(UserFacingError):
        parse(shape + piece * (40_000 // len(piece)) + " x", NAME)
    # Some hundredths of a second; a parser that reads anything twice for each piece takes many.
    assert time.process_time() - before < 2


def test_thousands_of_reviews_of_one_name_are_counted_once() -> None:
    many = [review(1, claimReviewed="Robots paint", url="") for _ in range(2_000)]
    before = time.process_time()
    imported, _ = parse(script(many), NAME)
    assert time.process_time() - before < 2
    assert [fc.slug for fc in imported.fact_checks][-1] == "robots-paint-2000"


def test_a_number_that_names_no_character_is_shown_as_one() -> None:
    html = script(review(1, claimReviewed="Robots &#38; murals &#" + "9" * 5_000))
    (fact_check,) = parse(html, NAME)[0].fact_checks
    assert fact_check.claim == "Robots & murals \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("a <!-- <b> --> c<!--> d", ("a c d",)),
        ("1 < 2 &amp;&lt; 3<br/>4", ("1 < 2 &< 3", "4")),
        ('<p title="a > b">c<p title=d>e</p >f', ("c", "e", "f")),
        ("<noscript><style>x</style>y</noscript>z", ("z",)),
        ("<SCRIPT>'</scripty>'</Script >a<?b?><!c></>", ("a",)),
        ("a<p title='never closed>b</p>", ("a",)),
    ],
)
def test_visible_text_is_what_a_browser_shows(html: str, lines: tuple[str, ...]) -> None:
    assert markup.read(html).lines == lines
