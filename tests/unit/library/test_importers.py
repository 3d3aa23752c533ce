"""Foreign formats come in whole, as drafts, and nothing is added to them."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.domain.factchecks import Status, Verdict
from bot.domain.linting import Severity, can_publish, lint
from bot.services.errors import InvalidInputError
from bot.services.formats import article, claimreview, factually
from bot.services.formats.detect import Form, form_of
from bot.services.formats.words import day_in, slug_of, verdict_at, verdict_in

FIXTURES = Path(__file__).parent / "fixtures"
SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
TODAY = date(2026, 11, 23)
needs_shared = pytest.mark.skipif(not SEEDS.is_dir(), reason="no shared folder beside the checkout")


def read(name: str) -> str:
    return (FIXTURES / name).read_text(encoding="utf-8")


class TestFactually:
    def test_every_part_of_the_page_is_kept(self) -> None:
        (check,) = factually.parse(read("factually-quilts.txt"), "page.txt").fact_checks
        assert check.claim.startswith("Quilting patterns made by image generators")
        assert check.checked_on == date(2026, 3, 3)
        assert check.extra["disclaimer"] == (
            "This page can be wrong. Check what matters to you. Learn more."
        )
        assert check.summary.endswith("that they are the majority [1] [3].")
        assert check.details.count("### ") == 2
        assert "A second paragraph" in check.details
        assert check.questions == (
            "How do shops label generated patterns?",
            "Which guilds ban them?",
        )

    def test_no_verdict_is_made_up_and_it_stays_a_draft(self) -> None:
        (check,) = factually.parse(read("factually-quilts.txt"), "page.txt").fact_checks
        assert check.verdict is None
        assert check.unknown_verdict is None
        assert check.status is Status.DRAFT
        assert not can_publish(check, TODAY)

    def test_each_mark_becomes_a_source_whose_address_the_linter_asks_for(self) -> None:
        (check,) = factually.parse(read("factually-quilts.txt"), "page.txt").fact_checks
        assert [source.n for source in check.sources] == [1, 2, 3]
        assert [finding.field for finding in lint(check, TODAY)] == [
            "sources[1].url",
            "sources[2].url",
            "sources[3].url",
        ]

    def test_a_list_of_sources_at_the_end_fills_the_addresses(self) -> None:
        text = read("factually-quilts.txt") + "\nSources\n[1] The Paper https://example.org/paper\n"
        (check,) = factually.parse(text, "page.txt").fact_checks
        assert check.sources[0].url == "https://example.org/paper"
        assert check.sources[0].title == "The Paper"

    def test_a_page_without_its_summary_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match=r"^page\.txt:1: no executive summary"):
            factually.parse("A claim.\n\nChecked on March 3, 2026\n", "page.txt")

    def test_a_day_that_cannot_be_read_is_said_and_left_out(self) -> None:
        text = read("factually-quilts.txt").replace("March 3, 2026", "some Tuesday")
        imported = factually.parse(text, "page.txt")
        assert imported.fact_checks[0].checked_on is None
        assert [warned.line for warned in imported.warnings] == [3]


class TestArticle:
    def test_the_common_slip_is_repaired_with_a_warning_for_its_line(self) -> None:
        imported = article.parse(read("article-looms.md"), "looms.md")
        (material,) = imported.materials
        assert material.subtitle == "Why one town's looms aren't silent"
        assert material.extra["cta"] == "Read the town's answer"
        assert [warned.line for warned in imported.warnings] == [3, 7]

    def test_it_becomes_material_and_a_source_but_no_fact_check(self) -> None:
        imported = article.parse(read("article-looms.md"), "looms.md")
        (material,) = imported.materials
        assert imported.fact_checks == ()
        assert material.text.startswith("The looms of the town")
        source = material.as_source(4)
        assert (source.n, source.title, source.publisher, source.published) == (
            4,
            "The Weavers and the Machine",
            "Ada Example",
            "2025-06-07",
        )

    def test_what_is_written_is_read_back(self) -> None:
        (material,) = article.parse(read("article-looms.md"), "looms.md").materials
        assert article.parse(article.render(material), "looms.md").materials == (material,)

    def test_any_other_broken_front_matter_names_file_and_line(self) -> None:
        text = read("article-looms.md").replace("author: 'Ada", "author: 'Ada' Example: 'B")
        with pytest.raises(InvalidInputError, match=r"^looms\.md:4: not valid YAML here"):
            article.parse(text, "looms.md")


class TestClaimReview:
    def test_publishers_spellings_are_understood_and_unknown_ones_kept(self) -> None:
        imported = claimreview.parse(read("claimreview-publisher.json"), "x.json")
        robot, museum, mayor = imported.fact_checks
        assert robot.claim == 'A robot painter won the "Golden Brush" in 2024.'
        assert robot.verdict is Verdict.FALSE
        assert museum.verdict is Verdict.MIXED
        assert (mayor.verdict, mayor.unknown_verdict) == (None, "Satire")

    def test_the_review_itself_is_the_source(self) -> None:
        robot = claimreview.parse(read("claimreview-publisher.json"), "x.json").fact_checks[0]
        (source,) = robot.sources
        assert source.publisher == "Example Checkers"
        assert source.url == "https://checker.example.org/checks/robot-painter-won.html"
        assert source.published == "2025-01-09"
        assert robot.checked_on == date(2025, 1, 9)
        assert robot.slug == "robot-painter-won"

    def test_all_are_drafts_and_what_has_no_place_is_kept(self) -> None:
        checks = claimreview.parse(read("claimreview-publisher.json"), "x.json").fact_checks
        assert {check.status for check in checks} == {Status.DRAFT}
        others = checks[0].extra["claimreview"]
        assert isinstance(others, dict)
        assert others["itemReviewed"]["author"]["name"] == "A poster"

    def test_a_number_that_was_read_as_a_verdict_is_said(self) -> None:
        imported = claimreview.parse(read("claimreview-publisher.json"), "x.json")
        assert [warned.sentence for warned in imported.warnings] == [
            "the rating 3 of 5 was read as mixed."
        ]

    def test_a_single_one_and_a_list_are_read(self) -> None:
        review = {"@type": "ClaimReview", "claimReviewed": "Looms talk."}
        for document in (review, [review]):
            imported = claimreview.parse(json.dumps(document), "x.json")
            assert imported.fact_checks[0].claim == "Looms talk."

    def test_one_broken_review_among_ten_is_named_and_nothing_is_taken(self) -> None:
        reviews = [{"@type": "ClaimReview", "claimReviewed": f"Loom {n}."} for n in range(10)]
        reviews[6] = {"@type": "ClaimReview"}
        with pytest.raises(InvalidInputError, match=r"^x\.json:1: ClaimReview 7 of 10: `claim`"):
            claimreview.parse(json.dumps(reviews), "x.json")

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ('{"@type": "ClaimReview", "claim', r"x\.json:1: not JSON at column"),
            ('{"@type": "Article"}', "no ClaimReview in it"),
            ("[" * 100_000, "nested too deeply"),
            ('{"@type": "ClaimReview", "claimReviewed": "a\\ud800"}', "lone surrogate"),
        ],
    )
    def test_what_is_no_claimreview_gets_one_sentence(self, text: str, says: str) -> None:
        with pytest.raises(InvalidInputError, match=says):
            claimreview.parse(text, "x.json")


class TestWords:
    @pytest.mark.parametrize(
        ("words", "verdict"),
        [
            ("Mostly False", Verdict.MOSTLY_FALSE),
            ("mostly_true", Verdict.MOSTLY_TRUE),
            ("Half True", Verdict.MIXED),
            ("FALSE: an old photo", Verdict.FALSE),
            ("Four Pinocchios", Verdict.FALSE),
            ("Unverified", Verdict.UNPROVEN),
            ("Misleading", None),
            ("", None),
        ],
    )
    def test_a_rating_in_words(self, words: str, verdict: Verdict | None) -> None:
        assert verdict_in(words) is verdict

    @pytest.mark.parametrize(
        ("value", "verdict"),
        [(1, Verdict.FALSE), (2, Verdict.MOSTLY_FALSE), (5, Verdict.TRUE), (-1, None), (6, None)],
    )
    def test_a_rating_in_numbers(self, value: float, verdict: Verdict | None) -> None:
        assert verdict_at(value) is verdict

    def test_a_text_without_latin_letters_has_a_stable_slug(self) -> None:
        assert slug_of("画像生成") == slug_of("画像生成")
        assert slug_of("画像生成").startswith("claim-")

    def test_an_impossible_day_is_no_day(self) -> None:
        assert day_in("2026-02-31") is None
        assert day_in("Foo 3, 2026") is None


class TestForms:
    @pytest.mark.parametrize(
        ("name", "form"),
        [
            ("factually-quilts.txt", Form.FACTUALLY),
            ("article-looms.md", Form.ARTICLE),
            ("thread-looms.txt", Form.THREAD),
            ("claimreview-publisher.json", Form.CLAIMREVIEW),
        ],
    )
    def test_each_fixture_is_told_apart(self, name: str, form: Form) -> None:
        assert form_of(read(name), name) is form

    def test_the_rest(self) -> None:
        assert form_of("---\nclaim: x\n---\n", "x.md") is Form.MARKDOWN
        assert form_of('{"slug": "a", "claim": "b"}\n', "x.jsonl") is Form.JSONL
        assert form_of('{"slug": "a", "claim": "b"}\n', "x") is Form.JSONL
        assert form_of("just words", "x.txt") is None


@pytest.mark.shared
@needs_shared
class TestSeeds:
    def test_the_fact_check_page(self) -> None:
        text = (SEEDS / "factually-ai-backlash.txt").read_text(encoding="utf-8")
        assert form_of(text, "x.txt") is Form.FACTUALLY
        (check,) = factually.parse(text, "x.txt").fact_checks
        assert check.checked_on == date(2026, 2, 1)
        assert [source.n for source in check.sources] == list(range(1, 13))
        assert len(check.questions) == 3
        assert check.details.count("### ") == 5
        errors = [f for f in lint(check, TODAY) if f.severity is Severity.ERROR]
        assert [finding.field for finding in errors] == [f"sources[{n}].url" for n in range(1, 13)]

    def test_the_page_loses_no_word(self) -> None:
        text = (SEEDS / "factually-ai-backlash.txt").read_text(encoding="utf-8")
        (check,) = factually.parse(text, "x.txt").fact_checks
        kept = " ".join(
            (
                check.claim,
                str(check.extra["disclaimer"]),
                check.summary,
                check.details,
                *check.questions,
            )
        )
        marks = {"Checked", "on", "Disclaimer:", "Executive", "Want", "to", "dive", "deeper?"}
        assert set(text.split()) - set(kept.split()) - marks <= {
            "February",
            "1,",
            "2026",
            "summary",
        }

    def test_the_article(self) -> None:
        text = (SEEDS / "magick-great-divide.md").read_text(encoding="utf-8")
        imported = article.parse(text, "x.md")
        (material,) = imported.materials
        assert material.author == "David Jenkins"
        assert material.published == "2025-02-02"
        assert "AI's rapid advance" in material.subtitle
        assert [warned.line for warned in imported.warnings] == [3, 10]

    def test_the_thread_is_known_as_one(self) -> None:
        text = (SEEDS / "discourse-asia-ai-art.txt").read_text(encoding="utf-8")
        assert form_of(text, "x.txt") is Form.THREAD
