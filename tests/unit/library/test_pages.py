"""Fact-checks found in web pages: each whole one is read, each broken one is named."""

import json
from typing import Any

import pytest

from bot.services.errors import UserFacingError
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
