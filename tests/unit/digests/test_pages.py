"""A digest fits Discord's limits whatever is in it, and nothing in it can mention or mislead."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogues import FileCatalogues
from bot.discord_io.digests import (
    QUOTE_LIMIT,
    member_pages,
    moderator_pages,
    page_embeds,
    quotation,
)
from bot.domain.digests import (
    BusyThread,
    ClaimReport,
    CorrectionReport,
    DayCount,
    Digest,
    Figure,
    Link,
    Measure,
    ModeratorDigest,
    Question,
    TopPost,
)
from bot.domain.ids import CommunityId, MemberId, PlaceId, PostId, Slug
from bot.domain.waiting import Queue
from bot.domain.wording import speaking
from bot.services.digests.chart import BACKGROUND, QUIET, TEXT, describe, paint
from bot.services.digests.documents import member_document, read_digest, read_pages
from bot.web.digests import Names, atom, index, markdown, page, tell
from tests.builders import CHANNEL, COMMUNITY, NOON

WEEK = timedelta(days=7)
NASTY = st.text(
    st.sampled_from("ab *_~`>#[]()<@&!:/|\\\n-+1.\u202e"), min_size=1, max_size=400
) | st.sampled_from(["@everyone", "<@1>", "https://evil.example/x", "[a](https://b.example)", "\\"])
IDS = st.integers(1, 2**63 - 1)
COUNTS = st.integers(0, 10**9)
LINKS = st.builds(Link, NASTY, st.sampled_from(["https://a.example/" + "x" * 280, "javascript:x"]))
CLAIMS = st.builds(
    ClaimReport,
    slug=st.just(Slug("a-claim")),
    claim=NASTY,
    verdict=st.sampled_from(["", "mixed", "mostly false"]),
    raised=st.integers(1, 10**6),
    trend=st.lists(COUNTS, min_size=1, max_size=6).map(tuple),
    places=st.lists(IDS.map(PlaceId), max_size=3).map(tuple),
    notes=COUNTS,
    withheld=COUNTS,
    helpful=st.integers(0, 50),
    rated=st.integers(50, 90),
    sources=st.lists(LINKS, max_size=3).map(tuple),
)


def many(each: Any, most: int) -> Any:
    return st.lists(each, max_size=most).map(tuple)


DIGESTS = st.builds(
    Digest,
    community=st.just(COMMUNITY),
    key=st.just("2026-W48"),
    cadence=st.sampled_from(["daily", "weekly", "monthly"]),
    start=st.just(NOON),
    end=st.just(NOON + WEEK),
    zone=st.sampled_from(["UTC", "Asia/Kathmandu"]),
    figures=st.tuples(*(st.builds(Figure, st.just(m), COUNTS, COUNTS) for m in Measure)),
    top_posts=many(st.builds(TopPost, IDS.map(PlaceId), IDS.map(PostId), st.integers(1, 99)), 5),
    threads=many(st.builds(BusyThread, IDS.map(PlaceId), COUNTS, COUNTS), 5),
    claims=many(CLAIMS, 5),
    more_claims=COUNTS,
    corrections=many(
        st.builds(CorrectionReport, st.just(Slug("a")), NASTY, st.just("edited"), COUNTS), 40
    ),
    questions=many(st.builds(Question, st.just(Slug("a")), NASTY), 3),
    liked_members=many(IDS.map(MemberId), 3),
    rating_members=many(IDS.map(MemberId), 3),
    days=many(st.builds(DayCount, st.dates(date(2026, 1, 1)), COUNTS, COUNTS, COUNTS), 31),
)


def assert_fits(embeds: list[Any]) -> None:
    assert sum(map(len, embeds)) <= 6000
    assert len(embeds) <= 10
    for embed in embeds:
        assert len(embed.title or "") <= 256
        assert len(embed.description or "") <= 4096
        assert len(embed.footer.text or "") <= 2048
        assert all(1 <= len(f.name) <= 256 and 1 <= len(f.value) <= 1024 for f in embed.fields)


@given(DIGESTS, NASTY)
@settings(max_examples=60, deadline=None)
def test_every_page_fits_and_its_quotations_are_only_text(digest: Digest, words: str) -> None:
    pages = member_pages(digest)
    for number, each in enumerate(pages):
        quotes = {line.post: quotation(words) for line in each.lines if line.post is not None}
        embeds = page_embeds(each, quotes, picture=True)
        assert_fits(embeds)
        assert bool(each.figures) == (number == 0)
        for line in each.lines:
            assert "@everyone" not in line.text
            assert "javascript:" not in line.text
    assert len(quotation(words)) <= QUOTE_LIMIT


@given(DIGESTS)
@settings(max_examples=30, deadline=None)
def test_what_is_stored_is_what_was_built(digest: Digest) -> None:
    pages = member_pages(digest)
    document = member_document(digest, pages)
    assert read_digest(document) == digest
    assert read_pages(document) == pages


OUR_TAGS = set(
    """html head meta title style body main h1 dl div dt dd small section h2 ul li a span p
    blockquote""".split()  # noqa: SIM905 - a list of words
)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


@given(DIGESTS, NASTY)
@settings(max_examples=30, deadline=None)
def test_pages_of_the_archive_hold_only_our_own_markup(digest: Digest, words: str) -> None:
    quotes = {each.post: words for each in digest.top_posts}
    story = tell(digest, Names(place=lambda _: words, quotes=quotes))
    tags = _Tags()
    tags.feed(page(story))
    assert tags.found <= OUR_TAGS
    assert all(address.startswith("https://") for address in tags.addresses)
    feed = ElementTree.fromstring(  # noqa: S314 - our own
        re.sub(
            r"[\x00-\x08]", "", atom("x", "https://e.example/", [("https://e.example/1", story)])
        )
    )
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 1
    assert story.title in index("x", [("k", story)], feed="f")


def build_digest(**changes: Any) -> Digest:
    """Return a small digest."""
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "key": "2026-W48",
        "cadence": "weekly",
        "start": NOON - WEEK,
        "end": NOON,
        "zone": "Europe/Berlin",
        "figures": (Figure(Measure.POSTS, 12, 10), Figure(Measure.LIKES, 1)),
        "days": tuple(DayCount(date(2026, 11, 16 + n), n, 2 * n, n % 2) for n in range(7)),
    }
    return Digest(**(values | changes))


def build_moderators_digest(**changes: Any) -> ModeratorDigest:
    """Return a digest for moderators in which nothing happened but what is given."""
    values: dict[str, Any] = {
        "community": CommunityId(1),
        "key": "2026-W48",
        "cadence": "weekly",
        "start": NOON - WEEK,
        "end": NOON,
        "zone": "UTC",
        **dict.fromkeys(("suggested", "attached", "withdrawn", "failed", "backlog"), 0),
    }
    return ModeratorDigest(**(values | changes))


def test_likes_are_written_as_discourse_does() -> None:
    top = tuple(TopPost(PlaceId(1), PostId(n), n) for n in (1, 12))
    digest = build_digest(top_posts=top)
    (only,) = member_pages(digest)
    assert [line.text.split("]")[0] for line in only.lines[1:]] == ["**[1 Like", "**[12 Likes"]
    assert "[1 Like](https://discord.com/" in markdown(tell(digest, Names()))


def test_a_quoted_post_that_is_gone_is_left_out() -> None:
    top = (TopPost(PlaceId(1), PostId(1), 3), TopPost(PlaceId(1), PostId(2), 2))
    (only,) = member_pages(build_digest(top_posts=top))
    body = page_embeds(only, {PostId(1): None, PostId(2): "still here"}, picture=False)[1]
    assert "3 Likes" not in str(body.description)
    assert "2 Likes" in str(body.description)
    assert "> still here" in str(body.description)


def test_nothing_is_compared_where_there_was_no_period_before() -> None:
    (only,) = member_pages(build_digest(figures=(Figure(Measure.POSTS, 5),)))
    assert only.figures == (("Posts", "**5**"),)


def test_a_long_digest_is_split_and_its_parts_are_numbered() -> None:
    corrections = tuple(CorrectionReport(Slug("a"), "long " * 40, "edited", 3) for _ in range(60))
    pages = member_pages(build_digest(corrections=corrections))
    assert len(pages) > 2
    assert [bool(each.chart) for each in pages] == [True] + [False] * (len(pages) - 1)
    assert pages[1].footer.endswith(f"part 2 of {len(pages)}")


def test_moderators_read_what_waits_for_them() -> None:
    digest = build_moderators_digest(
        suggested=4,
        attached=9,
        withdrawn=1,
        backlog=2,
        flags=Queue(1, NOON - WEEK),
        appeals=Queue(3, NOON - WEEK),
        stale=2,
        reviews_due=((Slug("a-claim"), "A claim", date(2026, 11, 1)),),
    )
    (only,) = moderator_pages(digest)
    assert only.title.startswith("Weekly moderators’ digest")
    said = "\n".join(line.text for line in only.lines)
    assert "since 1 Nov 2026" in said
    age = f"<t:{int((NOON - WEEK).timestamp())}:R>"
    assert "2 notes show an older text" in said
    assert f"1 flagged post waiting for a decision: `/flags list` (came {age})" in said
    assert f"3 appeals waiting for a decision: `/appeals list` (the oldest came {age})" in said
    assert_fits(page_embeds(only, {}, picture=False))


@pytest.mark.parametrize(
    ("language", "named"),
    [("en", "`/watch resume place:`"), ("de", "`/beobachten fortsetzen ort:`")],
)
def test_what_the_breaker_paused_is_told_with_the_command_that_ends_it(
    language: str, named: str
) -> None:
    digest = build_moderators_digest(paused=(CHANNEL,))
    with speaking(FileCatalogues().find(language)):
        (only,) = moderator_pages(digest)
    (line,) = [line.text for line in only.lines if f"<#{CHANNEL}>" in line.text]
    assert named in line


def test_the_chart_can_be_read_and_is_told_in_words() -> None:
    digest = build_digest()
    picture = paint(digest)
    assert picture.png.startswith(b"\x89PNG")
    assert picture.png == paint(digest).png
    assert "Posts: 21 in all, most on Sunday 22 Nov (6)" in picture.description
    assert len(describe([DayCount(date(2026, 1, 1), 10**9, 10**9, 1)] * 31)) <= 1024
    for colour in (TEXT, QUIET):
        assert contrast(colour, BACKGROUND) >= 4.5


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
