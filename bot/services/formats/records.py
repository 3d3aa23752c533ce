"""A fact-check as plain data (texts, numbers, lists, mappings) and back, shared by the formats.

Knows the keys of a record and their types; must never know in which syntax they were written.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.domain.factchecks import FactCheck, Source, Status, Verdict

DEPTH_LIMIT = 20
"""Levels of nesting that an unknown key may have; nobody writes more by hand."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_WHOLE = re.compile(r"[0-9]{1,9}\Z")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True}
_BOOLEANS |= {"false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,299})\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?\Z")
_NUMBER_LIMIT = 1e300


class Scalar(str):
    """A scalar of a syntax without types (YAML): its text, and whether it stood without quotes.

    What it means depends on the key: `claim: no` is the text "no", `revision: 2` the number.
    """

    __slots__ = ("plain",)
    plain: bool

    def __new__(cls, text: str, *, plain: bool) -> "Scalar":
        """Return the scalar."""
        scalar = super().__new__(cls, text)
        scalar.plain = plain
        return scalar


class FieldError(ValueError):
    """A field that cannot be read.

    Attributes:
        path: which one, as in `Parsed.lines`.
        sentence: what is wrong and what to do, without its place.
    """

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path
        self.sentence = sentence


def fact_check_from(
    record: Mapping[str, object], *, slug: str | None = None, status: Status = Status.DRAFT
) -> FactCheck:
    """Return the fact-check that a record describes.

    Args:
        record: its keys and values; unknown keys go to `extra`.
        slug: the slug where the record itself names none.
        status: the status where the record itself names none.

    Raises:
        FieldError: a value is missing, of the wrong type, or breaks an invariant.
    """
    fields: dict[str, Any] = {"slug": slug, "status": status}
    extra: dict[str, object] = {}
    for key, value in record.items():
        reader = _READERS.get(key)
        if reader is None:
            extra[_text(key, key)] = plain_value(value, key)
        elif not is_null(value):
            reader(fields, key, value)
    for key in ("slug", "claim"):
        if not str(fields.get(key) or "").strip():
            raise FieldError(key, f"`{key}` is missing. Every fact-check needs one.")
    if extra:
        fields["extra"] = extra
    try:
        return FactCheck(**fields)
    except ValueError as problem:
        raise FieldError(_culprit(str(problem)), f"{problem}.") from None


def record_from(fact_check: FactCheck, *, verdict_key: str = "verdict") -> dict[str, object]:
    """Return the record of a fact-check without its slug; what is empty or default is left out."""
    verdict = fact_check.verdict.value if fact_check.verdict else fact_check.unknown_verdict
    record: dict[str, object] = {
        "claim": fact_check.claim,
        "title": fact_check.title,
        "variants": list(fact_check.variants),
        verdict_key: verdict,
        "summary": fact_check.summary,
        "details": fact_check.details,
        "checked_on": fact_check.checked_on and fact_check.checked_on.isoformat(),
        "review_by": fact_check.review_by and fact_check.review_by.isoformat(),
        "status": fact_check.status.value,
        "revision": fact_check.revision if fact_check.revision > 1 else None,
        "origin": fact_check.origin,
        "topics": list(fact_check.topics),
        "requires": [list(group) for group in fact_check.requires],
        "questions": list(fact_check.questions),
        "sources": [source_record(source) for source in fact_check.sources],
    }
    kept = {key: value for key, value in record.items() if value not in (None, "", [])}
    return kept | {key: v for key, v in fact_check.extra.items() if key not in _READERS}


def source_record(source: Source) -> dict[str, object]:
    """Return the record of a source; what is empty or default is left out."""
    record: dict[str, object] = {
        "n": source.n,
        "title": source.title or None,
        "publisher": source.publisher or None,
        "url": source.url or None,
        "published": source.published,
        "supports": source.supports or None,
        "title_verified": None if source.title_verified else False,
    }
    kept = {key: value for key, value in record.items() if value is not None}
    return kept | {key: v for key, v in source.extra.items() if key not in _SOURCE_READERS}


def is_null(value: object) -> bool:
    """Say whether a value stands for nothing."""
    return value is None or (isinstance(value, Scalar) and value.plain and value in _NULLS)


def plain_value(value: object, path: str, depth: int = 0) -> object:
    """Return a value without a meaning for this program as JSON would have it.

    Raises:
        FieldError: it is nested too deeply, or holds what no text can hold.
    """
    if depth > DEPTH_LIMIT:
        raise FieldError(path, f"`{path}` is nested more than {DEPTH_LIMIT} levels deep.")
    if isinstance(value, Scalar) and value.plain:
        value = _resolved(_text(value, path))
    if isinstance(value, int | float) and not abs(value) < _NUMBER_LIMIT:
        raise FieldError(path, f"`{path}` holds a number that is too large.")
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, Mapping):
        return {_text(k, path): plain_value(v, path, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [plain_value(item, path, depth + 1) for item in value]
    return value


def _resolved(text: str) -> object:
    """Return the value of an unquoted scalar, by the core schema of YAML 1.2."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise FieldError(path, f"`{path}` must be text, not {_kind(value)}.")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise FieldError(
                path, f"`{path}` holds half of a character (a lone surrogate). Remove it."
            ) from None
    if "\0" in value:
        raise FieldError(path, f"`{path}` holds a NUL character. Remove it.")
    return str(value)


def _whole(value: object, path: str) -> int:
    if isinstance(value, str) and _WHOLE.match(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value
    raise FieldError(path, f"`{path}` must be a whole number such as 1.")


def _flag(value: object, path: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, Scalar) and value.plain and value in _BOOLEANS:
        return _BOOLEANS[value]
    raise FieldError(path, f"`{path}` must be true or false.")


def _day(value: object, path: str) -> date:
    text = _text(value, path)
    try:
        if _DAY.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise FieldError(path, f"`{path}` must be a day written as YYYY-MM-DD, such as 2026-11-22.")


def _list(value: object, path: str) -> list[object]:
    if not isinstance(value, list):
        raise FieldError(path, f"`{path}` must be a list, not {_kind(value)}.")
    return value


def _texts(value: object, path: str) -> tuple[str, ...]:
    return tuple(_text(item, path) for item in _list(value, path))


def _groups(value: object, path: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_texts(group, path) for group in _list(value, path))


def _status(value: object, path: str) -> Status:
    text = _text(value, path)
    try:
        return Status(text)
    except ValueError:
        known = ", ".join(Status)
        raise FieldError(path, f"`{path}` must be one of: {known}.") from None


def _sources(value: object, path: str) -> tuple[Source, ...]:
    items = enumerate(_list(value, path))
    return tuple(_source(item, f"{path}[{index}]", index + 1) for index, item in items)


def _source(value: object, path: str, n: int) -> Source:
    if not isinstance(value, Mapping):
        raise FieldError(
            path, f"a source must have keys such as `title` and `url`, not {_kind(value)}."
        )
    fields: dict[str, Any] = {"n": n}
    extra: dict[str, object] = {}
    for key, item in value.items():
        reader = _SOURCE_READERS.get(key)
        if reader is None:
            extra[_text(key, path)] = plain_value(item, path)
        elif not is_null(item):
            fields[key] = reader(item, f"{path}.{key}")
    if extra:
        fields["extra"] = extra
    try:
        return Source(**fields)
    except ValueError as problem:
        raise FieldError(path, f"{problem}.") from None


def _read_verdict(fields: dict[str, Any], path: str, value: object) -> None:
    text = _text(value, path)
    verdict = Verdict.named(text)
    if verdict is not None:
        fields["verdict"] = verdict
    elif text.strip():
        fields["unknown_verdict"] = text


def _kind(value: object) -> str:
    kinds = {dict: "a mapping", list: "a list", bool: "a truth value", type(None): "nothing"}
    for kind, name in kinds.items():
        if isinstance(value, kind):
            return name
    return "a number" if isinstance(value, int | float) else "text"


def _culprit(problem: str) -> str:
    """Return the field that an invariant of the domain is about."""
    for word, path in (("slug ", "slug"), ("sources", "sources"), ("revisions", "revision")):
        if word in problem:
            return path
    return "claim"


_Reader = Callable[[dict[str, Any], str, object], None]


def _into(convert: Callable[[object, str], object]) -> _Reader:
    def read(fields: dict[str, Any], key: str, value: object) -> None:
        fields[key] = convert(value, key)

    return read


_READERS: Mapping[str, _Reader] = {
    "slug": _into(_text),
    "claim": _into(_text),
    "title": _into(_text),
    "summary": _into(_text),
    "details": _into(_text),
    "origin": _into(_text),
    "variants": _into(_texts),
    "topics": _into(_texts),
    "questions": _into(_texts),
    "requires": _into(_groups),
    "checked_on": _into(_day),
    "review_by": _into(_day),
    "revision": _into(_whole),
    "status": _into(_status),
    "sources": _into(_sources),
    "verdict": _read_verdict,
    "rating": _read_verdict,
}
_SOURCE_READERS: Mapping[str, Callable[[object, str], object]] = {
    "n": _whole,
    "title": _text,
    "publisher": _text,
    "url": _text,
    "published": _text,
    "supports": _text,
    "title_verified": _flag,
}
