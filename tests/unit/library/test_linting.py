"""The linter finds what must not be published, and says how to mend it."""

from datetime import date
from typing import Any

import pytest

from bot.domain.addresses import address_problem
from bot.domain.factchecks import Source
from bot.domain.linting import Severity, can_publish, cited_numbers, lint, lint_library
from tests.builders import build_fact_check

TODAY = date(2026, 11, 23)


def source(**changes: Any) -> Source:
    values: dict[str, Any] = {"n": 1, "publisher": "P", "url": "https://example.org/1"}
    return Source(**(values | changes))


def test_a_sound_fact_check_has_no_findings() -> None:
    assert lint(build_fact_check(), TODAY) == ()


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"verdict": None, "unknown_verdict": "spicy"}, "verdict", "unknown verdict 'spicy'"),
        ({"summary": "x" * 421}, "summary", "421 characters, 420 fit"),
        ({"summary": " "}, "summary", "no summary"),
        ({"summary": "Your art is safe."}, "summary", "addresses the reader (Your)"),
        ({"sources": (), "details": ""}, "sources", "no source"),
        ({"sources": (source(url=""),), "details": ""}, "sources[1].url", "no address"),
        (
            {"sources": (source(url="http://example.org"),), "details": ""},
            "sources[1].url",
            "the address of source 1 is not https",
        ),
        ({"details": "Surveys [1][2], and more [3]."}, "details", "[3] leads to no source"),
        ({"summary": "So it is [9]."}, "summary", "[9] leads to no source"),
        ({"checked_on": None}, "checked_on", "no day of the check"),
        ({"checked_on": date(2026, 11, 24)}, "checked_on", "still to come"),
        ({"review_by": date(2026, 10, 1)}, "review_by", "before it was checked"),
    ],
)
def test_an_error_keeps_it_from_being_published(
    changes: dict[str, object], field: str, says: str
) -> None:
    check = build_fact_check(**changes)
    errors = [finding for finding in lint(check, TODAY) if finding.severity is Severity.ERROR]
    assert [finding.field for finding in errors] == [field]
    assert says in errors[0].problem
    assert errors[0].remedy.endswith(".")
    assert not can_publish(check, TODAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"details": "Only one is cited [1]."}, "sources[2]"),
        ({"checked_on": date(2025, 1, 1), "review_by": date(2026, 1, 1)}, "review_by"),
        ({"claim": "AI art steals your work."}, "claim"),
        ({"summary": "Polls differ. This is false."}, "summary"),
        (
            {"sources": (source(publisher="", title="T", title_verified=False),), "details": ""},
            "sources[1]",
        ),
    ],
)
def test_a_warning_does_not(changes: dict[str, object], field: str) -> None:
    check = build_fact_check(**changes)
    assert [(f.field, f.severity) for f in lint(check, TODAY)] == [(field, Severity.WARNING)]
    assert can_publish(check, TODAY)


@pytest.mark.parametrize(
    "summary",
    [
        'Platforms promised "you own your work", courts differ.',
        "A poster said “this is false”; the court did not.",
        "The youth vote and Yourcenar's novels are something else.",
    ],
)
def test_quotations_and_parts_of_words_address_nobody(summary: str) -> None:
    assert lint(build_fact_check(summary=summary), TODAY) == ()


def test_a_year_in_brackets_is_no_mark() -> None:
    assert cited_numbers("[2025] EWHC 2863 (Ch), see [1, 3] and [2](https://x.test)") == (1, 3, 2)


def test_a_slug_taken_twice_and_a_claim_checked_twice_are_found() -> None:
    first = build_fact_check()
    second = build_fact_check(slug="another", claim="asia embraces AI art, instead of resisting it")
    found = lint_library([first, second, first])
    assert [(place, finding.field) for place, finding in found] == [(1, "claim"), (2, "slug")]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest",
        "https://100.64.0.1/",
        "https://[::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00::1]/",
        "https://[::ffff:192.168.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b:1::7f00:1]/",
        "https://[fec0::1]/",
        "https://[::127.0.0.1]/",
        "https://[::8.8.8.8]/",
        "https://[::ffff:0:127.0.0.1]/",
        "https://[2001::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://printer.local/",
        "https://intranet/",
    ],
)
def test_a_private_address_is_seen_in_every_spelling(url: str) -> None:
    assert address_problem(url) == "leads to a private or local address"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "javascript:alert(1)",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org\\@evil.example/",
        "https://exa mple.org/",
        "https://example.org/\u200b",
        "https://example.org:99999/",
        "https://256.1.1.1/",
        "https://[::1/",
    ],
)
def test_what_is_no_web_address_is_said(url: str) -> None:
    assert address_problem(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b#c",
        "https://bücher.example/",
        "https://8.8.8.8/",
        "https://[2001:4860:4860::8888]/",
        "https://[64:ff9b::808:808]/",
        "HTTPS://A.B/",
    ],
)
def test_a_public_address_is_fine(url: str) -> None:
    assert address_problem(url) is None
