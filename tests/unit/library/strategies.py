"""Fact-checks of every shape that the domain allows, for property tests."""

from datetime import date

from hypothesis import strategies as st

from bot.domain.factchecks import FactCheck, Source, Status, Verdict
from bot.domain.ids import Slug

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from("\n\r '#:"),
    max_size=40,
) | st.sampled_from(
    ["no", "1e5", "1.5e5", "007", "0x1F", "~", "2026-11-22", "---", "- a", "## Details", "a: b",
     "## Summary", "x\n## Details\ny", " pad ", "\ufeffbom", "\x85", "\u2028", "[1", "*a", "!b",
     "Pants on fire", "12:30", "=", "<<", "\t", "a\r\nb"]
)  # fmt: skip
FILLED = TEXT.filter(lambda text: text.strip() != "")
WORDS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False, max_value=1e299, min_value=-1e299)
    | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
_OWN_SOURCE_KEYS = {"n", "title", "publisher", "url", "published", "supports", "title_verified"}
_OWN_KEYS = {
    "slug", "claim", "variants", "verdict", "rating", "title", "summary", "details", "sources",
    "topics", "questions", "checked_on", "review_by", "status", "revision", "origin", "requires",
}  # fmt: skip
_EXTRA_KEYS = TEXT | st.sampled_from(["confidence", "claimreview", "name", "@type"])
_OTHERS = st.dictionaries(_EXTRA_KEYS.filter(lambda key: key not in _OWN_KEYS), VALUES, max_size=2)
_VERDICTS = st.one_of(
    st.tuples(st.none() | st.sampled_from(Verdict), st.none()),
    st.tuples(st.none(), FILLED.filter(lambda words: Verdict.named(words) is None)),
)
_DAYS = st.none() | st.dates(date(1000, 1, 1))


def _sources() -> st.SearchStrategy[tuple[Source, ...]]:
    keys = _EXTRA_KEYS.filter(lambda key: key not in _OWN_SOURCE_KEYS)
    source = st.builds(
        Source,
        n=st.integers(1, 10**6),
        title=TEXT,
        publisher=TEXT,
        url=TEXT,
        published=st.none() | TEXT,
        supports=TEXT,
        title_verified=st.booleans(),
        extra=st.dictionaries(keys, VALUES, max_size=1),
    )
    return st.lists(source, max_size=3, unique_by=lambda item: item.n).map(tuple)


@st.composite
def fact_checks(draw: st.DrawFn) -> FactCheck:
    """Draw a fact-check; every field is filled sometimes."""
    verdict, unknown = draw(_VERDICTS)
    texts = st.lists(TEXT, max_size=2).map(tuple)
    return FactCheck(
        slug=Slug(draw(WORDS)),
        claim=draw(FILLED),
        variants=draw(texts),
        verdict=verdict,
        unknown_verdict=unknown,
        title=draw(TEXT),
        summary=draw(TEXT),
        details=draw(TEXT),
        sources=draw(_sources()),
        topics=draw(texts),
        questions=draw(texts),
        checked_on=draw(_DAYS),
        review_by=draw(_DAYS),
        status=draw(st.sampled_from(Status)),
        revision=draw(st.integers(1, 999)),
        origin=draw(TEXT),
        requires=draw(st.lists(texts, max_size=2).map(tuple)),
        extra=draw(_OTHERS),
    )
