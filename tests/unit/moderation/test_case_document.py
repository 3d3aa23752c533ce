"""Cases as other bots write and read them."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case_document import CaseDocumentError, from_document, to_document
from bot.domain.cases import Case, CaseKind
from tests.builders import COMMUNITY
from tests.unit.moderation.strategies import CASES, build_case

ENTRY: dict[str, Any] = {
    "case_number": 3,
    "user_id": "42",
    "user_name": "somebody#0001",
    "mod_id": None,
    "mod_name": "AutoMod",
    "type": 6,
    "created_at": "2024-05-06 07:08:09",
    "is_hidden": True,
    "pp_id": "77",
    "pp_name": "a chief",
    "notes": [{"mod_id": "1", "mod_name": "m", "body": "loud", "created_at": "2024-05-06"}],
}


@given(st.lists(CASES, max_size=5, unique_by=lambda case: case.number))
def test_what_is_exported_and_imported_is_the_same(cases: list[Case]) -> None:
    written = json.dumps(to_document(cases))
    assert from_document(json.loads(written), COMMUNITY) == sorted(cases, key=lambda c: c.number)


def test_what_another_bot_wrote_is_read_and_given_back() -> None:
    (case,) = from_document({"cases": [ENTRY]}, COMMUNITY)
    assert (case.kind, case.target, case.by, case.reason) == (CaseKind.TIMEOUT, 42, None, "loud")
    assert not case.is_running, "an old timeout of another bot is not ours to end"
    (again,) = to_document([case])["cases"]
    for key in ("case_number", "user_id", "type", "is_hidden", "pp_id", "pp_name", "mod_name"):
        assert again[key] == ENTRY[key]


@pytest.mark.parametrize("number", range(1, 10))
def test_every_type_of_the_shape_is_known(number: int) -> None:
    (case,) = from_document({"cases": [ENTRY | {"type": number}]}, COMMUNITY)
    assert to_document([case])["cases"][0]["type"] == number


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"case_number": 0}, "Entry 1: “case_number” is no whole number"),
        ({"case_number": True}, "no whole number"),
        ({"user_id": "x"}, "Case 3: “user_id” is no id"),
        ({"user_id": str(2**64)}, "is no id"),
        ({"type": 10}, "“type” is no whole number from 1 to 9"),
        ({"created_at": "yesterday"}, "“created_at” is no moment"),
        ({"created_at": None}, "“created_at” is no moment"),
        ({"user_name": 5}, "“user_name” is no text"),
        ({"user_name": "\ud800"}, "cannot be stored"),
        ({"notes": "x"}, "“notes” is no list"),
        ({"notes": [{}]}, "note 1: “created_at”"),
        ({"footnote": {"kind": "roast"}}, "is no|is not known"),
        ({"footnote": []}, "is no|is not known"),
    ],
)
def test_an_entry_that_breaks_the_shape_is_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CaseDocumentError, match=sentence):
        from_document({"cases": [ENTRY | change]}, COMMUNITY)


def test_a_number_that_is_given_twice_is_refused() -> None:
    with pytest.raises(CaseDocumentError, match="number 1 is given twice"):
        from_document(to_document([build_case(1), build_case(1)]), COMMUNITY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*ENTRY, "cases", "footnote"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_other_document_is_a_refusal_and_never_a_crash(document: object) -> None:
    entry = ENTRY | document if isinstance(document, dict) else document
    for tried in (document, {"cases": [entry]}, {"cases": [{**ENTRY, "footnote": document}]}):
        with suppress(CaseDocumentError):
            from_document(tried, COMMUNITY)
