"""The library as moderators change it: what a form can say, and what happens to it."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.differences import differences
from bot.domain.factchecks import Source, Status, Verdict
from bot.domain.ids import MemberId, Slug
from bot.services.editing import EditingService
from bot.services.editing.forms import (
    changed,
    prefilled,
    read_sources,
    require_room,
    source_lines,
)
from bot.services.editing.service import OvertakenError, UnfitError
from bot.services.errors import InvalidInputError, NotFoundError
from tests.builders import ASIA, COMMUNITY, build_fact_check
from tests.unit.services.conftest import Stage

BARE = Slug("bare")
NOOR, TOMAS = MemberId(1), MemberId(2)


@pytest.fixture
def editing(stage: Stage) -> EditingService:
    return EditingService(stage.database, stage.library, stage.clock)


def test_a_form_that_is_sent_back_as_it_came_changes_nothing() -> None:
    fact_check = build_fact_check(review_by=date(2027, 1, 1), unknown_verdict=None)
    assert changed(fact_check, prefilled(fact_check)) == fact_check


def test_what_a_form_does_not_show_of_a_source_is_kept_by_its_address() -> None:
    old = Source(n=1, url="https://a.example/", publisher="A", title="T", supports="That it is so")
    text = "https://b.example/ | B\nhttps://a.example/ | A | T"
    added, kept = read_sources(text, (old,))
    assert (added.n, added.publisher, added.title) == (1, "B", "")
    assert (kept.n, kept.supports) == (2, "That it is so")


def test_sources_with_gaps_in_their_numbers_keep_them() -> None:
    sources = (Source(n=2, url="https://a.example/"), Source(n=5, title="A book | its part"))
    lines = source_lines(sources)
    assert lines.startswith("[2] https://a.example/\n[5] ")
    assert [source.n for source in read_sources(lines, sources)] == [2, 5]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"claim": "  "}, "The claim is empty"),
        ({"claim": "x" * 301}, "The claim has 301 characters, a form takes 300."),
        ({"details": "x" * 4001}, "4,001 characters"),
        ({"checked_on": "yesterday"}, "is no date"),
        ({"sources": "[1] https://a.example/\n[1] https://b.example/"}, "the number 1"),
    ],
)
def test_what_cannot_be_kept_gets_one_sentence(fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence.replace("[", r"\[")):
        changed(build_fact_check(), fields)


def test_a_text_that_is_too_long_for_a_form_is_sent_to_export() -> None:
    with pytest.raises(InvalidInputError, match="/factcheck export"):
        require_room(prefilled(build_fact_check(details="x" * 4001)), ["details"])


@pytest.mark.parametrize(
    ("words", "verdict", "unknown"),
    [
        ("Mostly false", Verdict.MOSTLY_FALSE, None),
        ("", None, None),
        ("Context", None, None),
        ("Pure nonsense", None, "Pure nonsense"),
    ],
)
def test_a_finding_is_known_none_or_kept_in_its_words(
    words: str, verdict: Verdict | None, unknown: str | None
) -> None:
    found = changed(build_fact_check(), {"verdict": words})
    assert (found.verdict, found.unknown_verdict) == (verdict, unknown)


async def test_a_second_claim_of_the_same_words_gets_a_name_of_its_own(
    editing: EditingService,
) -> None:
    slugs = [
        (await editing.add(COMMUNITY, {"claim": "Cats paint."}, by=NOOR)).fact_check.slug
        for _ in range(2)
    ]
    assert slugs == ["cats-paint", "cats-paint-2"]


async def test_the_slower_of_two_moderators_gets_their_text_back(
    stage: Stage, editing: EditingService
) -> None:
    for member, words in ((NOOR, "First."), (TOMAS, "Second.")):
        fields = prefilled(build_fact_check()) | {"summary": words}
        edit = editing.edit(COMMUNITY, ASIA, fields, begun_at=1, reason="why", by=member)
        if member == NOOR:
            await edit
            continue
        with pytest.raises(OvertakenError) as conflict:
            await edit
    assert conflict.value.mine.summary == "Second."
    assert (await stage.library.get(COMMUNITY, ASIA)).summary == "First."


async def test_a_fact_check_with_errors_is_not_published(
    stage: Stage, editing: EditingService
) -> None:
    await stage.install(build_fact_check(slug=BARE, claim="Bare", sources=(), status=Status.PAUSED))
    with pytest.raises(InvalidInputError, match="no source"):
        await editing.set_status(COMMUNITY, BARE, Status.PUBLISHED, reason="x", by=NOOR)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 201])
async def test_every_change_needs_a_short_reason(editing: EditingService, reason: str) -> None:
    with pytest.raises(InvalidInputError):
        await editing.set_status(COMMUNITY, ASIA, Status.PAUSED, reason=reason, by=NOOR)


async def test_the_newest_two_revisions_are_compared_by_default(editing: EditingService) -> None:
    with pytest.raises(InvalidInputError, match="only revision 1"):
        await editing.two_revisions(COMMUNITY, ASIA, None, None)
    await editing.set_status(COMMUNITY, ASIA, Status.PAUSED, reason="x", by=NOOR)
    old, new = await editing.two_revisions(COMMUNITY, ASIA, None, None)
    assert [d.field for d in differences(old, new)] == ["status"]
    with pytest.raises(NotFoundError, match="no revision 9"):
        await editing.two_revisions(COMMUNITY, ASIA, 9, None)


def test_a_difference_shows_what_went_and_what_came() -> None:
    old = build_fact_check(summary="One. Two. Three.")
    (found,) = differences(old, replace(old, summary="One. Zwei. Three."))
    assert found.field == "summary"
    assert found.lines == ("  One.", "- Two.", "+ Zwei.", "  Three.")


async def test_an_edit_that_could_not_stay_published_changes_nothing_and_is_handed_back(
    stage: Stage, editing: EditingService
) -> None:
    fields = {"sources": "", "details": "A figure [1]."}
    with pytest.raises(UnfitError) as refusal:
        await editing.edit(COMMUNITY, ASIA, fields, begun_at=1, reason="why", by=NOOR)
    assert refusal.value.mine.details == "A figure [1]."
    assert refusal.value.findings
    assert (await stage.library.get(COMMUNITY, ASIA)).revision == 1


async def test_an_edit_with_an_error_that_came_too_late_is_a_conflict(
    stage: Stage, editing: EditingService
) -> None:
    await editing.edit(COMMUNITY, ASIA, {"summary": "S."}, begun_at=1, reason="why", by=TOMAS)
    with pytest.raises(OvertakenError):
        await editing.edit(COMMUNITY, ASIA, {"sources": ""}, begun_at=1, reason="why", by=NOOR)


async def test_a_paused_fact_check_may_be_edited_into_an_error(
    editing: EditingService,
) -> None:
    await editing.set_status(COMMUNITY, ASIA, Status.PAUSED, reason="why", by=NOOR)
    saved = await editing.edit(COMMUNITY, ASIA, {"sources": ""}, begun_at=2, reason="x", by=NOOR)
    assert saved.fact_check.status is Status.PAUSED


async def test_a_claim_that_is_checked_already_becomes_a_draft_that_names_the_other(
    editing: EditingService,
) -> None:
    known = build_fact_check()
    form = prefilled(known) | {"claim": known.claim.upper()}
    saved = await editing.add(COMMUNITY, form, by=NOOR)
    assert (saved.held_back, saved.fact_check.status) == (True, Status.DRAFT)
    assert saved.findings[0].problem == f"{known.slug} checks the same claim"
    await editing.set_status(COMMUNITY, known.slug, Status.RETIRED, reason="older", by=NOOR)
    again = await editing.add(COMMUNITY, form, by=NOOR)
    assert again.fact_check.status is Status.PUBLISHED
