"""Libraries on disk are read whole or refused with file and line."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.factchecks import FactCheck, Status, Verdict
from bot.services import libraries
from bot.services.errors import NotFoundError, UserFacingError
from bot.services.formats import markdown
from bot.services.library_lint import lint_library
from tests.builders import build_fact_check

SHARED = Path(__file__).parents[4] / "shared"
TODAY = date(2026, 11, 23)
RECORD = '{"slug": "looms-talk", "claim": "Looms talk.", "rating": "false"}'
FILE = "---\nclaim: Looms talk.\n---\n"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="no shared folder beside the checkout"
)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


class TestStarterPack:
    def test_it_holds_61_published_fact_checks_in_order(self) -> None:
        checks = libraries.starter_library()
        assert len(checks) == 61
        assert [check.slug for check in checks] == sorted(check.slug for check in checks)
        assert {check.status for check in checks} == {Status.PUBLISHED}

    def test_the_linter_finds_nothing_to_mend(self) -> None:
        report = lint_library(None, TODAY)
        assert report.lines == ("61 fact-checks read: nothing to mend before publishing.",)
        assert report.exit_code == 0

    def test_every_one_is_to_be_reviewed_twelve_months_after_its_check(self) -> None:
        for check in libraries.starter_library():
            assert check.checked_on is not None
            assert check.review_by == check.checked_on.replace(year=check.checked_on.year + 1)

    def test_a_source_without_a_verified_title_is_shown_by_its_publisher(self) -> None:
        sources = [source for check in libraries.starter_library() for source in check.sources]
        assert sum(not source.title_verified for source in sources) == 81
        assert all(source.label == source.publisher for source in sources)

    def test_every_file_is_written_as_the_renderer_writes_it(self) -> None:
        folder = Path(libraries.__file__).parents[1] / "library"
        for check in libraries.starter_library():
            assert (folder / f"{check.slug}.md").read_text("utf-8") == markdown.render(check)

    def test_each_fact_check_offers_two_open_questions_of_its_own(self) -> None:
        asked = [question for check in libraries.starter_library() for question in check.questions]
        assert {len(check.questions) for check in libraries.starter_library()} == {2}
        assert len(asked) == len(set(asked))
        assert all(question.endswith("?") and len(question) <= 120 for question in asked)

    @pytest.mark.shared
    @needs_shared
    def test_it_says_what_the_researched_records_say(self) -> None:
        """Four claims were worded without "your" (kept as a variant), two addresses made https."""
        pack = {check.slug: check for check in libraries.starter_library()}
        researched = libraries.load_library(SHARED / "library" / "ai-art.jsonl")
        assert {check.slug for check in researched} == set(pack)
        reworded = 0
        for check in researched:
            ours = pack[check.slug]
            reworded += ours.claim != check.claim
            assert check.claim in ours.phrasings
            assert set(check.variants) <= set(ours.variants)
            assert as_researched(ours, check) == check
        assert reworded == 4


def as_researched(ours: FactCheck, researched: FactCheck) -> FactCheck:
    """Return our record without what was changed on purpose."""
    secured = tuple(
        replace(source, url=source.url.replace("https:", "http:", 1))
        if theirs.url.startswith("http:")
        else source
        for source, theirs in zip(ours.sources, researched.sources, strict=True)
    )
    return replace(
        ours,
        claim=researched.claim,
        variants=researched.variants,
        sources=secured,
        questions=(),
        review_by=None,
    )


class TestLoading:
    def test_a_directory_and_a_json_lines_file_hold_the_same(self, tmp_path: Path) -> None:
        check = build_fact_check(extra={"confidence": "high"})
        written(tmp_path, f"{check.slug}.md", libraries.export([check], "markdown"))
        written(tmp_path, "README.md", "# About this library\n")
        lines = written(tmp_path, "all.jsonl", libraries.export([check], "jsonl"))
        assert libraries.load_library(tmp_path) == libraries.load_library(lines) == (check,)

    def test_a_json_line_without_a_status_counts_as_published(self, tmp_path: Path) -> None:
        (check,) = libraries.load_library(written(tmp_path, "a.jsonl", RECORD))
        assert check.status is Status.PUBLISHED
        assert check.verdict is Verdict.FALSE

    def test_a_markdown_file_without_a_status_is_a_draft(self, tmp_path: Path) -> None:
        written(tmp_path, "looms-talk.md", FILE + "\nOnly a body.\n")
        (check,) = libraries.load_library(tmp_path)
        assert check.status is Status.DRAFT
        assert (check.slug, check.details) == ("looms-talk", "Only a body.")

    def test_words_stay_words_whatever_yaml_makes_of_them(self, tmp_path: Path) -> None:
        text = "---\nclaim: no\nslug: 2024\ntopics: [yes, 1.0, null]\npublished_by: yes\n---\n"
        (check,) = libraries.load_library(written(tmp_path, "x.md", text))
        assert (check.slug, check.claim, check.topics) == ("2024", "no", ("yes", "1.0", "null"))
        assert check.extra == {"published_by": "yes"}

    def test_byte_order_marks_and_windows_line_ends_are_read(self, tmp_path: Path) -> None:
        text = "\ufeff---\r\nclaim: Looms talk.\r\n---\r\n\r\n## Summary\r\n\r\nThey do.\r\n"
        (check,) = libraries.load_library(written(tmp_path, "x.md", text))
        assert check.summary == "They do."
        lines = written(tmp_path, "x.jsonl", f'\ufeff{RECORD}\r\n\r\n{RECORD[:-1]}, "slug": "b"}}')
        assert len(libraries.load_library(lines)) == 2

    def test_what_does_not_exist_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(NotFoundError, match="no such file"):
            libraries.load_library(tmp_path / "none.jsonl")
        with pytest.raises(UserFacingError, match="no fact-check"):
            libraries.load_library(tmp_path)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            ("", r":1: the file is empty"),
            ("\n\n", r":1: the file is empty"),
            (f"{RECORD}\n{RECORD[:-10]}", r":2: not JSON at column \d+"),
            (f"{RECORD}\n[1]", r":2: a record must be a JSON object"),
            ('{"slug": "a"}', r":1: `claim` is missing"),
            ('{"claim": "a"}', r":1: `slug` is missing"),
            ('{"slug": "A b", "claim": "a"}', r":1: slug 'A b' must be lower-case"),
            ('{"slug": 7, "claim": "a"}', r":1: `slug` must be text, not a number"),
            (f"{RECORD}\n{RECORD}", r":2: the slug looms-talk is taken by .*:1\."),
            (RECORD[:-1] + ', "checked_on": "soon"}', r":1: `checked_on` must be a day"),
            (RECORD[:-1] + ', "sources": [{"n": true}]}', r":1: `sources\[0\]\.n` must be a whole"),
            (RECORD[:-1] + ', "sources": [{"n": 1}, {"n": 1}]}', r":1: looms-talk: two sources"),
            (RECORD[:-1] + ', "status": "hidden"}', r":1: `status` must be one of: draft"),
            (RECORD[:-1] + ', "note": "\\ud800"}', r":1: `note` holds half of a character"),
            (RECORD[:-1] + ', "note": "\\u0000"}', r":1: `note` holds a NUL"),
            (RECORD[:-1] + ', "x": NaN}', r":1: JSON that is nested too deeply or holds no"),
            (RECORD[:-1] + ', "x": 1e999}', r":1: `x` holds a number that is too large"),
            ("[" * 100_000, r":1: JSON that is nested"),
            (RECORD[:-1] + ', "x": ' + "[" * 30 + "]" * 30 + "}", r":1: `x` is nested more than"),
            (RECORD.encode("utf-16"), r":1: not UTF-8"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", r":1: not UTF-8"),
            (b'{"slug": "' + b"a" * 10 * 2**20 + b'"}', r":1: longer than 1 MiB"),
        ],
    )
    def test_a_broken_json_line_names_its_place(
        self, tmp_path: Path, content: str | bytes, says: str
    ) -> None:
        path = written(tmp_path, "a.jsonl", content)
        with pytest.raises(UserFacingError, match=r"a\.jsonl" + says) as caught:
            libraries.load_library(path)
        assert len(str(caught.value).splitlines()) == 1

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            ("", r":1: the file is empty"),
            ("# A heading\n", r":1: no front matter"),
            ("---\nclaim: x\n", r":1: the front matter is not closed"),
            ("---\n---\n", r":1: the front matter is empty"),
            ("---\n- a\n---\n", r":2: the front matter must consist of lines"),
            ("---\ntitle: x\n---\n", r":1: `claim` is missing"),
            ("---\nclaim: x\nclaim: y\n---\n", r":3: `claim` stands here a second time"),
            ("---\nclaim: 'a\\'s b'\n---\n", r":2: a quote inside single quotes is written twice"),
            ("---\nclaim: a: b\n---\n", r":2: not valid YAML here. Put a value"),
            ("---\nclaim: x\ntopics:\n\t- a\n---\n", r":4: YAML is indented with spaces"),
            ("---\nclaim: &a x\ntitle: *a\n---\n", r":3: YAML aliases"),
            ("---\nclaim: !!python/name:os.system x\n---\n", r":2: YAML tags"),
            ("---\nclaim: x\nsources: a\n---\n", r":3: `sources` must be a list, not text"),
            ("---\nclaim: x\nsources:\n- n: 0\n---\n", r":4: a source is numbered from 1"),
            ("---\nclaim: x\nchecked_on: 1.2.26\n---\n", r":3: `checked_on` must be a day"),
            ("---\nclaim: x\nsummary: y\n---\n## Summary\n\nz\n", r":7: the summary stands in"),
            ("---\nclaim: x\n---\n\nHello\n\n## Summary\n\nz\n", r":5: text before the first"),
            ("---\nclaim: x\nx: " + "[" * 5000 + "\n---\n", r":3: has too many open brackets"),
            ("---\nclaim: x\nx: " + "[" * 40 + "]" * 40 + "\n---\n", r":3: nested more than"),
            ("---\nclaim: x\x07\n---\n", r":2: holds the character '\\x07'"),
            ("---\nclaim: x\n--- a\nb: c\n---\n", r":5: the front matter holds a second"),
            ("---\nclaim: " + "x" * 300_000 + "\n---\n", r":1: the front matter is longer"),
            (b"---\nclaim: \xe9\n---\n", r":2: not UTF-8"),
            (b"---\nclaim: a\x00b\n---\n", r":2: a binary file"),
        ],
    )
    def test_a_broken_markdown_file_names_its_place(
        self, tmp_path: Path, content: str | bytes, says: str
    ) -> None:
        written(tmp_path, "a.md", content)
        with pytest.raises(UserFacingError, match=r"a\.md" + says) as caught:
            libraries.load_library(tmp_path)
        assert len(str(caught.value).splitlines()) == 1

    def test_a_billion_laughs_are_refused_at_the_first(self, tmp_path: Path) -> None:
        bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
        written(tmp_path, "a.md", f"---\nclaim: x\n{bomb}---\n")
        with pytest.raises(UserFacingError, match=r"a\.md:4: YAML aliases"):
            libraries.load_library(tmp_path)


class TestExamples:
    def test_they_are_read_from_the_directory_or_beside_the_file(self, tmp_path: Path) -> None:
        line = json.dumps({"slug": "looms-talk", "text": "my loom talks", "raises": True})
        written(tmp_path, "examples.jsonl", line)
        written(tmp_path, "all.examples.jsonl", line)
        (in_it,) = libraries.load_examples(tmp_path)
        (beside,) = libraries.load_examples(tmp_path / "all.jsonl")
        assert in_it == beside
        assert (in_it.raises, in_it.stance) == (True, "assert")

    def test_a_line_about_several_fact_checks_gives_an_example_of_each(
        self, tmp_path: Path
    ) -> None:
        line = {"text": "they talk", "raises": ["a", "b"], "against": ["c"], "related": ["d"]}
        chat = {"text": "good morning", "raises": [], "stance": "none"}
        written(tmp_path, "examples.jsonl", f"{json.dumps(line)}\n{json.dumps(chat)}\n")
        found = libraries.load_examples(tmp_path)
        assert [(item.slug, item.raises) for item in found] == [
            ("a", True),
            ("b", True),
            ("c", False),
        ]
        assert {item.related for item in found} == {("d",)}

    def test_the_starter_examples_name_only_starter_fact_checks(self) -> None:
        slugs = {check.slug for check in libraries.starter_library()}
        assert {example.slug for example in libraries.starter_examples()} <= slugs

    def test_a_library_without_them_has_none(self, tmp_path: Path) -> None:
        assert libraries.load_examples(tmp_path) == ()

    @pytest.mark.parametrize(
        "change",
        [{"text": " "}, {"raises": "yes"}, {"stance": "shout"}, {"slug": None}, {"related": [1]}],
    )
    def test_a_broken_one_names_its_line(self, tmp_path: Path, change: dict[str, object]) -> None:
        record = {"slug": "looms-talk", "text": "my loom talks", "raises": True}
        written(tmp_path, "examples.jsonl", f"{json.dumps(record)}\n{json.dumps(record | change)}")
        with pytest.raises(UserFacingError, match=r"examples\.jsonl:2: "):
            libraries.load_examples(tmp_path)


class TestShowing:
    def test_a_wrong_slug_names_the_nearest(self) -> None:
        with pytest.raises(NotFoundError, match="Did you mean asia-embraces-ai-art"):
            libraries.find(libraries.starter_library(), "asia-embrace-ai-art")

    def test_everything_is_shown(self) -> None:
        check = build_fact_check(questions=("What next?",))
        shown = "\n".join(libraries.show_lines(check))
        for part in (check.claim, *check.variants, check.summary, check.details, "What next?"):
            assert part in shown
        assert "[2] The Paper: A protest https://example.org/2" in shown

    def test_the_list_has_a_line_for_each(self) -> None:
        lines = libraries.list_lines([build_fact_check(), build_fact_check(verdict=None)])
        assert lines[1].split()[:4] == [
            "asia-embraces-ai-art",
            "published",
            "context",
            "2026-11-01",
        ]

    def test_an_unknown_form_is_said(self) -> None:
        with pytest.raises(UserFacingError, match="Choose one of: markdown, jsonl, claimreview"):
            libraries.export([build_fact_check()], "csv")
        with pytest.raises(UserFacingError, match="One Markdown file holds one fact-check"):
            libraries.export([], "markdown")


class TestLintReport:
    def test_every_finding_has_its_line_and_broken_files_do_not_stop_it(
        self, tmp_path: Path
    ) -> None:
        check = build_fact_check(summary="x" * 500, checked_on=None)
        text = markdown.render(check)
        line = text.split("\n").index("x" * 500) + 1
        written(tmp_path, "asia-embraces-ai-art.md", text)
        written(tmp_path, "broken.md", "---\nclaim: [\n---\n")
        report = lint_library(tmp_path, TODAY)
        assert "broken.md:2: not valid YAML here." in report.lines[0]
        assert any(f"art.md:{line}: the summary has 500" in x for x in report.lines)
        assert report.lines[-1] == "1 fact-check read: 3 to mend before publishing."
        assert report.exit_code == 2

    def test_a_draft_may_be_unfinished(self, tmp_path: Path) -> None:
        written(tmp_path, "looms-talk.md", FILE)
        report = lint_library(tmp_path, TODAY)
        assert report.exit_code == 0
        assert len(report.lines) == 4

    def test_a_slug_twice_in_a_json_lines_file_is_a_finding(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.jsonl", f"{RECORD}\n{RECORD}\n")
        report = lint_library(path, TODAY)
        assert any("a.jsonl:2: the slug looms-talk is taken already" in x for x in report.lines)
