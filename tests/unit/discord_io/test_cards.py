"""The bot's messages keep to Discord's limits and to the design, whatever the library says."""

from datetime import date

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_io.cards import (
    check_embed,
    details_embeds,
    freshness,
    note_embed,
    note_view,
    why_embed,
)
from bot.domain.factchecks import FactCheck, Source, Verdict
from bot.domain.ids import NoteId, PlaceId, PostId
from bot.domain.matches import Evidence, Match, Stance
from bot.domain.notes import Note, derive_note_id
from bot.domain.policy import Thresholds
from bot.services.notes import Checked, Why
from tests.builders import ASIA, CHANNEL, COMMUNITY, NOON, build_fact_check, build_match

LONG_ADDRESS = "https://example.org/" + "a" * 900
long_text = st.text(alphabet="ab*_[]()<@# \n\N{GRINNING FACE}", max_size=9000)
wild_sources = st.lists(
    st.builds(
        Source,
        n=st.integers(1, 500),
        title=st.text(max_size=400),
        publisher=st.text(max_size=200),
        url=st.sampled_from(
            ["https://example.org/a", "javascript:x", "", "https://e.org/" + "a" * 900]
        ),
        supports=st.text(max_size=900),
    ),
    max_size=12,
    unique_by=lambda source: source.n,
)
fact_checks = st.builds(
    build_fact_check,
    claim=long_text.filter(str.strip),
    summary=long_text,
    details=long_text,
    verdict=st.none() | st.sampled_from(Verdict),
    sources=wild_sources.map(tuple),
)


def fits(embed: discord.Embed) -> bool:
    """Discord's limits (pitfalls 1.21)."""
    return (
        len(embed.title or "") <= 256
        and len(embed.description or "") <= 4096
        and len(embed.footer.text or "") <= 2048
        and len(embed.fields) <= 25
        and all(
            0 < len(f.name or "") <= 256 and 0 < len(f.value or "") <= 1024 for f in embed.fields
        )
        and len(embed) <= 6000
    )


def test_the_note_looks_as_designed() -> None:
    embed = note_embed(build_fact_check())
    assert embed.title == (
        "\N{SCALES} Context · “Asia embraces AI art instead of resisting it”  — mixed"
    )
    assert embed.description == (
        "Optimism is higher in several Asian countries, yet artists there protest, too.\n"
        "Sources: [Survey Office](https://example.org/1) · [The Paper](https://example.org/2)"
    )
    assert embed.footer.text == "Checked 1 Nov 2026 · may be incomplete"


def test_a_fact_check_without_a_verdict_is_context_only() -> None:
    title = note_embed(build_fact_check(verdict=None)).title or ""
    assert title.endswith("resisting it”")


def test_an_undated_fact_check_says_so() -> None:
    assert freshness(None) == "Not dated · may be incomplete"
    assert freshness(date(2026, 1, 5)) == "Checked 5 Jan 2026 · may be incomplete"


@given(fact_checks)
def test_a_note_fits_whatever_the_library_says(fact_check: FactCheck) -> None:
    assert fits(note_embed(fact_check))


@given(fact_checks)
def test_details_fit_and_keep_every_source(fact_check: FactCheck) -> None:
    embeds = details_embeds(fact_check)
    assert all(fits(embed) for embed in embeds)
    text = "\n".join(embed.description or "" for embed in embeds)
    assert all(f"[{source.n}]" in text for source in fact_check.sources)


@given(fact_checks, long_text)
def test_answers_to_checks_fit(fact_check: FactCheck, sentence: str) -> None:
    match = build_match(sentence=sentence)
    checked = Checked(((match, fact_check),) * 3, Thresholds(auto=0.9, suggest=0.6))
    assert fits(check_embed(checked))


def test_citations_lead_to_their_sources() -> None:
    description = details_embeds(build_fact_check())[0].description or ""
    assert r"[\[1\]](https://example.org/1)" in description


async def test_the_notes_buttons_carry_its_id() -> None:
    note = derive_note_id(CHANNEL, PostId(5), ASIA)
    view = note_view(note)
    assert [item.custom_id for item in view.children if isinstance(item, discord.ui.Button)] == [
        f"fc1:{verb}:{note}" for verb in ("details", "helpful", "unhelpful", "why")
    ]
    assert view.is_finished(), "discord.py would keep a view that is not stopped for ever"


def build_note() -> Note:
    return Note(
        id=NoteId("x" * 22),
        community=COMMUNITY,
        place=CHANNEL,
        channel=PlaceId(CHANNEL),
        post=PostId(1),
        slug=ASIA,
        revision=1,
        probability=0.97,
        stance=Stance.ASSERT,
        span=(0, 5),
        threshold=0.9,
        matcher="m1",
        created_at=NOON,
    )


def build_why(match: Match | None) -> Why:
    thresholds = Thresholds(auto=0.9, suggest=0.6)
    return Why(build_note(), build_fact_check(), match, thresholds, "m1")


def test_why_shows_all_that_decided() -> None:
    evidence = Evidence(
        phrasing="over in Asia nobody fights AI art",
        words=("asia", "ai", "art"),
        contributions={
            "cover_claim": 1.5,
            "pairs": 0.3,
            "meaning": 2.25,
            "margin": -0.7,
            "size": 0.1,
        },
        gates={"requires": True, "about:asia": True, "about:jobs": False},
        stance_cue="clearly",
    )
    embed = why_embed(build_why(build_match(evidence=evidence)))
    text = "\n".join(f"{field.name}: {field.value}" for field in embed.fields)
    assert "Asia embraces AI art" in text
    assert "97% (attaches by itself; the bar is 90%)" in text
    assert "says so (“clearly”)" in text
    assert "`+2.2` close to the claim in meaning\n`+1.8` words in common with the claim\n" in text
    assert "other claims fit about as well\n`+0.1` smaller things together\n-# Points" in text
    assert "Subjects of this claim that it mentions: 1 of 2." in text
    for raw in ("cover_claim", "margin", "size", "requires", "about:", "length"):
        assert raw not in text
    assert "asia, ai, art" in text


@given(long_text, st.lists(st.text(max_size=80), max_size=60))
def test_why_fits_whatever_the_post_says(sentence: str, words: list[str]) -> None:
    evidence = Evidence(words=tuple(words), phrasing=sentence, stance_cue=sentence[:50])
    embed = why_embed(build_why(build_match(sentence=sentence or "x", evidence=evidence)))
    assert fits(embed)


def test_why_says_so_when_the_post_is_gone() -> None:
    embed = why_embed(build_why(None))
    assert "cannot be" in (embed.fields[0].value or "")


@pytest.mark.parametrize("verdict", list(Verdict))
def test_no_verdict_is_shouted(verdict: Verdict) -> None:
    embeds = [note_embed(build_fact_check(verdict=v)) for v in (verdict, None)]
    assert embeds[0].colour == embeds[1].colour
