"""Whatever is written in one of our forms is read back exactly."""

from hypothesis import given, settings

from bot.domain.factchecks import FactCheck
from bot.services.formats import claimreview, jsonl, markdown
from tests.unit.library.strategies import fact_checks

LEAN = settings(max_examples=50, deadline=None)


@LEAN
@given(fact_checks())
def test_a_markdown_file_gives_back_the_fact_check(fact_check: FactCheck) -> None:
    text = markdown.render(fact_check)
    assert markdown.parse(text, f"{fact_check.slug}.md").fact_check == fact_check


@LEAN
@given(fact_checks())
def test_a_json_line_gives_back_the_fact_check(fact_check: FactCheck) -> None:
    line = jsonl.render([fact_check])
    assert line.count("\n") == 1
    assert jsonl.parse_line(line, "x.jsonl", 1).fact_check == fact_check


@LEAN
@given(fact_checks())
def test_claimreview_gives_back_the_fact_check(fact_check: FactCheck) -> None:
    imported = claimreview.parse(claimreview.render([fact_check]), "x.json")
    assert imported.fact_checks == (fact_check,)
    assert imported.warnings == ()


@LEAN
@given(fact_checks())
def test_a_file_with_windows_line_ends_means_the_same(fact_check: FactCheck) -> None:
    text = markdown.render(fact_check)
    read = markdown.parse("\ufeff" + text.replace("\n", "\r\n"), f"{fact_check.slug}.md")
    assert read.fact_check == fact_check
