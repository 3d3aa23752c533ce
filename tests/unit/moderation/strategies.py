"""Cases of every kind, for property tests and the contract suite."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.cases import Case, CaseKind, CaseNote, CaseState
from bot.domain.ids import MemberId, PlaceId
from tests.builders import COMMUNITY, NOON

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
IDS = st.integers(1, 2**63 - 1)
MOMENTS = st.integers(0, 80 * 365 * 86_400).map(
    lambda seconds: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def build_case(number: int = 1, **changes: Any) -> Case:
    """Return a warning that was given."""
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "number": number,
        "kind": CaseKind.WARN,
        "state": CaseState.DONE,
        "created_at": NOON + timedelta(minutes=number),
        "target": MemberId(200),
        "target_name": "Mika",
        "by": MemberId(300),
        "by_name": "Tomas",
        "reason": "spam",
        "points": 1,
        "origin": f"interaction:{number}",
    }
    return Case(**(values | changes))


NOTES = st.builds(CaseNote, by=st.none() | IDS.map(MemberId), by_name=TEXT, body=TEXT, at=MOMENTS)
CASES = st.builds(
    Case,
    community=st.just(COMMUNITY),
    number=st.integers(1, 10_000),
    kind=st.sampled_from(list(CaseKind)),
    state=st.sampled_from([CaseState.DONE, CaseState.FAILED]),
    created_at=MOMENTS,
    target=st.none() | IDS.map(MemberId),
    target_name=TEXT,
    place=st.none() | IDS.map(PlaceId),
    by=st.none() | IDS.map(MemberId),
    by_name=TEXT,
    reason=TEXT,
    points=st.integers(0, 10),
    until=st.none() | MOMENTS,
    ended_at=st.none() | MOMENTS,
    origin=st.none() | TEXT.filter(bool),
    problem=TEXT,
    details=st.dictionaries(st.sampled_from(["seconds", "told", "ids"]), st.integers(0, 9)),
    notes=st.lists(NOTES, max_size=3).map(tuple),
)
