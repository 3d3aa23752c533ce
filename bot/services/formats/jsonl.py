"""JSON lines: one fact-check as a JSON object a line, the form in which libraries are exchanged.

Knows one line at a time, so that any number of records can be streamed; must never hold a file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from bot.domain.factchecks import Example, FactCheck, Status
from bot.domain.ids import Slug
from bot.services.formats.records import FieldError, fact_check_from, record_from
from bot.services.formats.reports import Parsed, broken

LINE_LIMIT = 1024 * 1024
"""Bytes; a longer line is refused before it is parsed."""
_STANCES = frozenset({"assert", "deny", "ask", "report", "none"})


def parse_line(text: str, name: str, line: int, *, status: Status = Status.DRAFT) -> Parsed:
    """Read the record of one line.

    Args:
        text: the line.
        name: what the file is called in messages.
        line: the line's number.
        status: the status where the record has none.

    Raises:
        InvalidInputError: the line is no record; the message says why and what to do.
    """
    try:
        fact_check = fact_check_from(_object(text, name, line), status=status)
    except FieldError as problem:
        raise broken(name, line, problem.sentence) from None
    return Parsed(fact_check=fact_check, lines={"": line})


def parse_examples(text: str, name: str, line: int) -> tuple[Example, ...]:
    """Read the examples and counter-examples of one line.

    A line is about one fact-check (`slug`, `text`, `raises` true or false) or about several
    (`text`, and lists of slugs: `raises`, `against`, `related`). A line that names no fact-check is
    talk that raises none; it gives no example.

    Raises:
        InvalidInputError: the line is neither.
    """
    record = _object(text, name, line)
    words, stance = record.get("text"), record.get("stance", "assert")
    if not isinstance(words, str) or not words.strip():
        raise broken(name, line, "an example needs a `text` that is not empty.")
    if not isinstance(stance, str) or stance not in _STANCES:
        raise broken(name, line, f"`stance` must be one of: {', '.join(sorted(_STANCES))}.")
    related = _slugs(record, "related", name, line)
    raises, against = _raised(record, name, line)
    return tuple(
        Example(slug=slug, text=words, raises=raised, stance=stance, related=related)
        for raised, slugs in ((True, raises), (False, against))
        for slug in slugs
    )


def render_examples(examples: Iterable[Example]) -> str:
    """Write examples and counter-examples, one a line."""
    return "".join(
        json.dumps(
            {
                "slug": one.slug,
                "text": one.text,
                "raises": one.raises,
                "stance": one.stance,
                **({"related": list(one.related)} if one.related else {}),
            },
            ensure_ascii=False,
        )
        + "\n"
        for one in examples
    )


def _raised(
    record: Mapping[str, object], name: str, line: int
) -> tuple[tuple[Slug, ...], tuple[Slug, ...]]:
    """Return the slugs that a line is an example of, and those that it only looks like."""
    slug, raises = record.get("slug"), record.get("raises")
    if "slug" not in record and not isinstance(raises, bool):
        return _slugs(record, "raises", name, line), _slugs(record, "against", name, line)
    if not isinstance(slug, str) or not slug:
        raise broken(name, line, "an example needs the `slug` of its fact-check.")
    if not isinstance(raises, bool):
        raise broken(name, line, "`raises` must be true or false.")
    return ((Slug(slug),), ()) if raises else ((), (Slug(slug),))


def _slugs(record: Mapping[str, object], key: str, name: str, line: int) -> tuple[Slug, ...]:
    value = record.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise broken(name, line, f"`{key}` must be a list of slugs.")
    return tuple(Slug(item) for item in value)


def numbered(lines: Iterable[bytes], name: str) -> Iterator[tuple[int, str]]:
    """Return the lines that hold something, decoded and numbered from 1.

    Raises:
        InvalidInputError: a line is too long or not UTF-8.
    """
    for number, line in enumerate(lines, start=1):
        if len(line) > LINE_LIMIT:
            limit = LINE_LIMIT // (1024 * 1024)
            raise broken(name, number, f"longer than {limit} MiB. One record stands on one line.")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            raise broken(name, number, "not UTF-8. Save the file as UTF-8.") from None
        if text:
            yield number, text


def render(fact_checks: Iterable[FactCheck]) -> str:
    """Write one line for each fact-check, in the form that `parse_line` reads."""
    return "".join(f"{_line(fact_check)}\n" for fact_check in fact_checks)


def _line(fact_check: FactCheck) -> str:
    record = {"slug": fact_check.slug} | record_from(fact_check, verdict_key="rating")
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def _object(text: str, name: str, line: int) -> Mapping[str, object]:
    try:
        value: object = _decode(text)
    except json.JSONDecodeError as problem:
        raise broken(
            name, line, f"not JSON at column {problem.colno}. Is the line complete?"
        ) from None
    except (ValueError, RecursionError):
        raise broken(name, line, "JSON that is nested too deeply or holds no number.") from None
    if not isinstance(value, dict):
        raise broken(name, line, "a record must be a JSON object: {...}.")
    return value


def _refuse(constant: str) -> object:
    raise ValueError(constant)


_decode = json.JSONDecoder(parse_constant=_refuse).decode
