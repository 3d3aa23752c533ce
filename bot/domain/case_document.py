"""Cases as moderation bots exchange them: one JSON document with cases and their notes.

Pure: values in, plain values out and back; refuses in one sentence that names the case. What the
shape has no place for stands under the key "footnote", which other bots pass over; what others
wrote and we have no place for is kept and given back.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.domain.cases import Case, CaseKind, CaseNote, CaseState
from bot.domain.ids import CommunityId, MemberId, PlaceId

LARGEST_ID = 2**63 - 1
LARGEST_NUMBER = 1_000_000_000
NUMBERS = {
    CaseKind.BAN: 1,
    CaseKind.UNBAN: 2,
    CaseKind.NOTE: 3,
    CaseKind.WARN: 4,
    CaseKind.KICK: 5,
    CaseKind.TIMEOUT: 6,
    CaseKind.UNTIMEOUT: 7,
}
"""The types that this shape numbers; 8 (deleted) and 9 (softban) exist as well."""
_KINDS = {number: kind for kind, number in NUMBERS.items()} | {
    8: CaseKind.NOTE,
    9: CaseKind.KICK,
}
_THEIRS = ("is_hidden", "pp_id", "pp_name", "log_message_id")
_FAR = datetime(1, 1, 2, tzinfo=UTC)


class CaseDocumentError(ValueError):
    """The document breaks the shape; the message is one clear sentence."""


def to_document(cases: Sequence[Case]) -> dict[str, Any]:
    """Return the document of these cases."""
    return {"cases": [_case_values(case) for case in cases]}


def _case_values(case: Case) -> dict[str, Any]:
    theirs = _mapping(case.details.get("theirs"))
    reason = CaseNote(by=case.by, by_name=case.by_name, body=case.reason, at=case.created_at)
    notes = [reason, *case.notes] if case.reason else list(case.notes)
    return {
        "case_number": case.number,
        "user_id": str(case.target or 0),
        "user_name": case.target_name,
        "mod_id": None if case.by is None else str(case.by),
        "mod_name": case.by_name,
        "type": theirs.get("type", NUMBERS.get(case.kind, NUMBERS[CaseKind.NOTE])),
        "created_at": case.created_at.isoformat(),
        "is_hidden": theirs.get("is_hidden", False),
        "pp_id": theirs.get("pp_id"),
        "pp_name": theirs.get("pp_name"),
        "log_message_id": theirs.get("log_message_id"),
        "notes": [_note_values(note) for note in notes],
        "footnote": {
            "kind": case.kind.value,
            "state": case.state.value,
            "has_reason": bool(case.reason),
            "place_id": None if case.place is None else str(case.place),
            "points": case.points,
            "until": _written(case.until),
            "ended_at": _written(case.ended_at),
            "origin": case.origin,
            "problem": case.problem,
            "details": {k: v for k, v in case.details.items() if k != "theirs"},
        },
    }


def _note_values(note: CaseNote) -> dict[str, Any]:
    return {
        "mod_id": None if note.by is None else str(note.by),
        "mod_name": note.by_name,
        "body": note.body,
        "created_at": note.at.isoformat(),
    }


def from_document(document: object, community: CommunityId) -> list[Case]:
    """Return the cases of a document, by number.

    Raises:
        CaseDocumentError: it is not of the shape, or gives a number twice.
    """
    found = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise CaseDocumentError("The file has no list “cases”.")
    cases: dict[int, Case] = {}
    for place, values in enumerate(found, start=1):
        if not isinstance(values, dict):
            raise CaseDocumentError(f"Entry {place} is no case.")
        case = _case(_Fields(values, f"Entry {place}"), community)
        if case.number in cases:
            raise CaseDocumentError(f"Case number {case.number} is given twice.")
        cases[case.number] = case
    return [cases[number] for number in sorted(cases)]


class _Fields:
    """Reads an entry's fields; what is wrong is said with its place."""

    def __init__(self, values: Mapping[str, Any], name: str) -> None:
        self.values = values
        self.name = name

    def wrong(self, key: str, why: str) -> CaseDocumentError:
        return CaseDocumentError(f"{self.name}: “{key}” {why}.")

    def text(self, key: str, *, longest: int = 10_000) -> str:
        value = self.values.get(key) or ""
        if not isinstance(value, str):
            raise self.wrong(key, "is no text")
        if len(value) > longest or "\x00" in value or any(0xD800 <= ord(c) < 0xE000 for c in value):
            raise self.wrong(key, "is too long or cannot be stored")
        return value

    def number(self, key: str, lowest: int, highest: int) -> int:
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise self.wrong(key, f"is no whole number from {lowest} to {highest}")
        return value

    def id(self, key: str) -> int | None:
        value = self.values.get(key)
        if value is None or value in ("", "0", 0):
            return None
        text = str(value)
        if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 20):
            raise self.wrong(key, "is no id")
        if int(text) > LARGEST_ID:
            raise self.wrong(key, "is no id")
        return int(text)

    def moment(self, key: str) -> datetime | None:
        return None if self.values.get(key) is None else self.needed_moment(key)

    def needed_moment(self, key: str) -> datetime:
        value = self.values.get(key)
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
            aware = moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
            if aware is not None and aware > _FAR:
                return aware.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.wrong(key, "is no moment such as 2026-11-23T12:00:00Z")

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.values.get(key) or {}
        if not isinstance(value, dict):
            raise self.wrong(key, "is no object")
        return value

    def one_of(self, key: str, values: Mapping[str, Any]) -> Any:
        value = self.values.get(key)
        if not isinstance(value, str) or value not in values:
            raise self.wrong(key, "is not known")
        return values[value]


def _case(fields: _Fields, community: CommunityId) -> Case:
    number = fields.number("case_number", 1, LARGEST_NUMBER)
    fields.name = f"Case {number}"
    notes = [_note(_Fields(each, f"{fields.name}, note {place}"))
             for place, each in enumerate(_list(fields, "notes"), start=1)]  # fmt: skip
    created = fields.needed_moment("created_at")
    target, by = fields.id("user_id"), fields.id("mod_id")
    base: dict[str, Any] = {
        "community": community,
        "number": number,
        "created_at": created,
        "target": None if target is None else MemberId(target),
        "target_name": fields.text("user_name"),
        "by": None if by is None else MemberId(by),
        "by_name": fields.text("mod_name"),
    }
    if "footnote" in fields.values:
        ours = _Fields(fields.mapping("footnote"), fields.name)
        return Case(**base, **_ours(ours, notes), **_details(fields, ours))
    kind = _KINDS.get(fields.number("type", 1, 9), CaseKind.NOTE)
    reason, rest = (notes[0].body, notes[1:]) if notes else ("", [])
    ended = created if kind in (CaseKind.BAN, CaseKind.TIMEOUT) else None
    return Case(
        **base,
        kind=kind,
        state=CaseState.DONE,
        reason=reason,
        notes=tuple(rest),
        ended_at=ended,
        **_details(fields, None),
    )


def _ours(ours: _Fields, notes: list[CaseNote]) -> dict[str, Any]:
    has_reason = bool(ours.values.get("has_reason")) and bool(notes)
    place = ours.id("place_id")
    states = {state.value: state for state in CaseState if state is not CaseState.PENDING}
    return {
        "kind": ours.one_of("kind", {kind.value: kind for kind in CaseKind}),
        "state": ours.one_of("state", states),
        "place": None if place is None else PlaceId(place),
        "reason": notes[0].body if has_reason else "",
        "notes": tuple(notes[1:] if has_reason else notes),
        "points": ours.number("points", 0, 1000),
        "until": ours.moment("until"),
        "ended_at": ours.moment("ended_at"),
        "origin": ours.text("origin") or None,
        "problem": ours.text("problem"),
    }


def _details(fields: _Fields, ours: _Fields | None) -> dict[str, Any]:
    theirs = {key: fields.values[key] for key in _THEIRS if fields.values.get(key)}
    kept = dict(ours.mapping("details")) if ours else {}
    if ours is None:
        theirs["type"] = fields.values["type"]
    return {"details": kept | ({"theirs": theirs} if theirs else {})}


def _note(fields: _Fields) -> CaseNote:
    at, by = fields.needed_moment("created_at"), fields.id("mod_id")
    return CaseNote(
        by=None if by is None else MemberId(by),
        by_name=fields.text("mod_name"),
        body=fields.text("body"),
        at=at,
    )


def _list(fields: _Fields, key: str) -> list[dict[str, Any]]:
    value = fields.values.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise fields.wrong(key, "is no list of notes")
    return value


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
