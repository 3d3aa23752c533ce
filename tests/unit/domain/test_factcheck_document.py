"""A record and its document say the same."""

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.factcheck_document import from_document, to_document
from bot.domain.factchecks import FactCheck, Source, Status, Verdict
from bot.domain.ids import Slug
from tests.builders import build_fact_check

words = st.text(st.characters(codec="utf-8"), max_size=20)
filled = words.filter(lambda text: bool(text.strip()))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
sources = st.lists(
    st.builds(
        Source,
        n=st.integers(1, 99),
        title=words,
        publisher=words,
        url=words,
        published=st.none() | words,
        supports=words,
        title_verified=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda source: source.n,
).map(tuple)
tuples = st.lists(words, max_size=3).map(tuple)
fact_checks = st.builds(
    FactCheck,
    slug=st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True).map(Slug),
    claim=filled,
    variants=tuples,
    verdict=st.none() | st.sampled_from(Verdict),
    title=words,
    summary=words,
    details=words,
    sources=sources,
    topics=tuples,
    questions=tuples,
    checked_on=st.none() | st.dates(),
    review_by=st.none() | st.dates(),
    status=st.sampled_from(Status),
    revision=st.integers(1, 10**6),
    origin=words,
    requires=st.lists(tuples, max_size=2).map(tuple),
    extra=st.dictionaries(words, values, max_size=3),
)


@given(fact_checks)
def test_a_record_survives_its_document_as_json(fact_check: FactCheck) -> None:
    document = json.loads(json.dumps(to_document(fact_check)))
    assert from_document(document) == fact_check


def test_defaults_are_left_out_so_that_old_documents_stay_readable() -> None:
    bare = FactCheck(slug=Slug("bare"), claim="Bare.")
    assert to_document(bare) == {"slug": "bare", "claim": "Bare."}
    assert from_document({"slug": "bare", "claim": "Bare."}) == bare


def test_an_unknown_verdict_is_kept_in_its_words() -> None:
    record = build_fact_check(verdict=None, unknown_verdict="half right")
    assert from_document(to_document(record)) == record


def test_a_document_is_plain_json_whatever_the_file_held() -> None:
    record = build_fact_check(extra={"on": date(2026, 1, 2), 3: ("a", Verdict.TRUE)})
    assert to_document(record)["extra"] == {"on": "2026-01-02", "3": ["a", "true"]}
