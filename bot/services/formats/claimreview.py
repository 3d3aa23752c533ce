"""schema.org's ClaimReview as JSON-LD, the form in which fact-checkers publish.

Knows how publishers write it, and how to write ours so that nothing is lost; must never fetch a
page. What schema.org has a word for stands under that word; only what it cannot say stands in
`footnote:record`. Keys of others are kept in `extra` under `claimreview` and written back.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.factchecks import SLUG_LIMIT, SLUG_PATTERN, FactCheck
from bot.services.errors import InvalidInputError
from bot.services.formats.markup import unescaped
from bot.services.formats.records import FieldError, fact_check_from, record_from
from bot.services.formats.reports import Imported, Parsed, Warned, broken, one_line
from bot.services.formats.words import (
    BEST,
    WORST,
    day_in,
    rating_value,
    slug_of,
    verdict_at,
    verdict_in,
)

_OURS = "footnote:record"
_RESERVED = frozenset({"@context", "@type", _OURS})
_CONTEXT: list[object] = [
    "https://schema.org",
    {"footnote": "urn:x-footnote:", _OURS: {"@id": _OURS, "@type": "@json"}},
]
_TYPE = re.compile(r"(?:https?://schema\.org/|schema:)?ClaimReview\Z")
_MARK = re.compile('ClaimReview"')
_CONTAINERS = ("@graph", "mainEntity", "hasPart", "itemListElement", "item", "review", "subjectOf")
_DEPTH_LIMIT = 10
_SOURCE_KEYS = {
    "n": "position",
    "title": "name",
    "url": "url",
    "published": "datePublished",
    "supports": "abstract",
}


@dataclass(slots=True)
class _Reading:
    """One ClaimReview while it is read: what is left of it, and what had to be interpreted."""

    left: dict[str, object]
    ours: bool
    doubts: list[str] = field(default_factory=list)

    def text(self, *keys: str) -> str:
        """Take the first of these keys that holds a text."""
        for key in keys:
            found = self._tidy(_first_text(self.left.get(key)))
            if found:
                del self.left[key]
                return found
        return ""

    def day(self, *keys: str) -> str | None:
        """Take the first of these keys that holds a day, in ISO form."""
        for key in keys:
            text = _first_text(self.left.get(key))
            if text and (day := day_in(text)):
                if self.ours or key != "dateModified":
                    del self.left[key]
                return day.isoformat()
            if text:
                self.doubts.append(f"`{key}` names no day ({one_line(text)}). Add it by hand.")
        return None

    def _tidy(self, text: str) -> str:
        return text if self.ours else " ".join(unescaped(text).split())


def parse(text: str, name: str) -> Imported:
    """Read every ClaimReview of a JSON document: a single one, a list, or an `@graph`.

    Raises:
        InvalidInputError: it is not JSON, holds no ClaimReview, or one of them is broken.
    """
    imported, problems = _read(text, name)
    if problems:
        raise problems[0]
    return imported


def parse_each(text: str, name: str) -> tuple[Imported, tuple[str, ...]]:
    """Read the ClaimReviews of a document that are whole, with a sentence for each broken one.

    Raises:
        InvalidInputError: it is not JSON, or holds no ClaimReview.
    """
    imported, problems = _read(text, name)
    return imported, tuple(str(problem) for problem in problems)


def _read(text: str, name: str) -> tuple[Imported, list[InvalidInputError]]:
    reviews = list(_reviews(_document(text, name), 0))
    if not reviews:
        raise broken(name, 1, "no ClaimReview in it. Give JSON-LD of the type ClaimReview.")
    starts = _line_numbers(text)
    lines = starts if len(starts) == len(reviews) else [1] * len(reviews)
    records: list[Parsed] = []
    warnings: list[Warned] = []
    problems: list[InvalidInputError] = []
    slugs: dict[str, int] = {}
    for number, (review, line) in enumerate(zip(reviews, lines, strict=True), start=1):
        try:
            record, doubts = _record(review)
            record["slug"] = _free(str(record.get("slug") or ""), slugs)
            fact_check = fact_check_from(record)
        except FieldError as problem:
            place = f"ClaimReview {number} of {len(reviews)}: "
            problems.append(broken(name, line, place + problem.sentence))
            continue
        slugs.setdefault(fact_check.slug, 1)
        records.append(Parsed(fact_check=fact_check, lines={"": line}))
        warnings += [Warned(line=line, sentence=doubt) for doubt in doubts]
    return Imported(records=tuple(records), warnings=tuple(warnings)), problems


def _line_numbers(text: str) -> list[int]:
    """Return the line of each mark of a ClaimReview."""
    return [n for n, line in enumerate(text.split("\n"), 1) for _ in _MARK.finditer(line)]


def _document(text: str, name: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        sentence = f"not JSON at column {problem.colno}. Is the file complete?"
        raise broken(name, problem.lineno, sentence) from None
    except (ValueError, RecursionError):
        raise broken(name, 1, "JSON that is nested too deeply.") from None


def render(fact_checks: Iterable[FactCheck]) -> str:
    """Write fact-checks as one JSON-LD document; `parse` gives back exactly these."""
    graph = [_review(fact_check) for fact_check in fact_checks]
    document = {"@context": _CONTEXT, "@graph": graph}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _review(fact_check: FactCheck) -> dict[str, object]:
    record = record_from(fact_check)
    rating = {
        "@type": "Rating",
        "alternateName": record.get("verdict"),
        "ratingValue": rating_value(fact_check.verdict),
        "bestRating": BEST,
        "worstRating": WORST,
    }
    written: dict[str, object] = {
        "@type": "ClaimReview",
        "identifier": fact_check.slug,
        "url": record.get("origin"),
        "claimReviewed": fact_check.claim,
        "headline": record.get("title"),
        "reviewRating": _filled(rating) if "verdict" in record else None,
        "datePublished": record.get("checked_on"),
        "expires": record.get("review_by"),
        "keywords": record.get("topics"),
        "abstract": record.get("summary"),
        "reviewBody": record.get("details"),
        "version": record.get("revision"),
        "citation": [_citation(source) for source in _mappings(record.get("sources"))],
    }
    review = _filled(written)
    others = fact_check.extra.get("claimreview")
    if isinstance(others, Mapping):
        review |= {k: v for k, v in others.items() if k not in written and k not in _RESERVED}
    natural, _ = _record(review | {_OURS: {}})
    natural.pop("slug", None)
    return review | {_OURS: _lacking(record, natural)}


def _citation(source: Mapping[str, object]) -> dict[str, object]:
    citation: dict[str, object] = {"@type": "CreativeWork"}
    citation |= {theirs: source[ours] for ours, theirs in _SOURCE_KEYS.items() if ours in source}
    if "publisher" in source:
        citation["publisher"] = {"@type": "Organization", "name": source["publisher"]}
    lacking = _lacking(source, _source(citation, 0))
    return citation | ({_OURS: lacking} if lacking else {})


def _lacking(record: Mapping[str, object], natural: Mapping[str, object]) -> dict[str, object]:
    """Return what reading schema.org's words alone would miss, or see where nothing is."""
    missed = {key: v for key, v in record.items() if key not in natural or natural[key] != v}
    return missed | {key: None for key in natural if key not in record}


def _record(review: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Return the record of one ClaimReview, and what is doubtful about it."""
    reading = _Reading(dict(review), ours=_OURS in review)
    ours = reading.left.pop(_OURS, None)
    itself = None if reading.ours else _itself(reading)
    record: dict[str, object] = {
        "slug": _slug(reading),
        "claim": reading.text("claimReviewed") or _claimed(reading),
        "title": reading.text("headline", "name"),
        "summary": reading.text("abstract", "description"),
        "details": reading.text("reviewBody", "articleBody", "text"),
        "origin": reading.text("url"),
        "checked_on": reading.day("datePublished", "dateModified"),
        "review_by": reading.day("expires"),
        "topics": _keywords(reading),
        "verdict": _verdict(reading),
        "sources": _sources(reading, itself),
    }
    if reading.ours and isinstance(reading.left.get("version"), int):
        record["revision"] = reading.left.pop("version")
    left = {k: v for k, v in reading.left.items() if k not in _RESERVED}
    record["claimreview"] = left
    record = {key: v for key, v in record.items() if v not in (None, "", [], {})}
    return record | (ours if isinstance(ours, dict) else {}), reading.doubts


def _claimed(reading: _Reading) -> str:
    """Return the claim where it stands only in the reviewed item."""
    item = reading.left.get("itemReviewed")
    return " ".join(_first_text(item).split()) if item else ""


def _slug(reading: _Reading) -> str:
    identifier = reading.left.get("identifier")
    if (
        isinstance(identifier, str)
        and len(identifier) <= SLUG_LIMIT
        and SLUG_PATTERN.match(identifier)
    ):
        del reading.left["identifier"]
        return identifier
    path = _first_text(reading.left.get("url")).partition("?")[0].rstrip("/")
    slug = slug_of(re.sub(r"\.[a-z]+\Z", "", path.rpartition("/")[2]))
    claim = _first_text(reading.left.get("claimReviewed")) or _claimed(reading)
    return slug if "-" in slug and path.count("/") > 2 else slug_of(claim)


def _keywords(reading: _Reading) -> list[str]:
    value = reading.left.get("keywords")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        del reading.left["keywords"]
        return value
    return [word for part in reading.text("keywords").split(",") if (word := part.strip())]


def _verdict(reading: _Reading) -> str | None:
    """Return the verdict in our words, or in the publisher's where ours have none for it."""
    rating = next(iter(_mappings(reading.left.get("reviewRating"))), None)
    if rating is None:
        return None
    if reading.ours:
        del reading.left["reviewRating"]
    words = _first_text(rating.get("alternateName"))
    if words.strip():
        verdict = verdict_in(words)
        return verdict.value if verdict else words
    value, worst, best = (
        _number(rating.get(key), default)
        for key, default in (("ratingValue", None), ("worstRating", WORST), ("bestRating", BEST))
    )
    if value is None or worst is None or best is None:
        return None
    verdict = verdict_at(value, worst, best)
    if verdict is None:
        reading.doubts.append(f"the rating {value:g} is not between {worst:g} and {best:g}.")
        return None
    reading.doubts.append(f"the rating {value:g} of {best:g} was read as {verdict.value}.")
    return verdict.value


def _itself(reading: _Reading) -> dict[str, object]:
    """Return the review as a source: what another fact-checker wrote is a source of ours."""
    source = {
        "n": 1,
        "title": _first_text(reading.left.get("headline")) or _first_text(reading.left.get("name")),
        "publisher": _first_text(reading.left.get("publisher"))
        or _first_text(reading.left.get("author")),
        "url": _first_text(reading.left.get("url")),
    }
    day = day_in(_first_text(reading.left.get("datePublished")))
    published = {"published": day.isoformat()} if day else {}
    return {k: unescaped(v) if isinstance(v, str) else v for k, v in source.items()} | published


def _sources(reading: _Reading, itself: dict[str, object] | None) -> list[dict[str, object]]:
    value = reading.left.pop("citation", None)
    sources = [itself] if itself else []
    for item in value if isinstance(value, list) else [value] if value else []:
        sources.append(_source(item, len(sources) + 1, numbered=reading.ours))
    return sources


def _source(item: object, n: int, *, numbered: bool = True) -> dict[str, object]:
    """Return the source that a citation names; its own number counts only in what we wrote."""
    if not isinstance(item, Mapping):
        text = _first_text(item)
        return {"n": n, "url" if text.startswith(("https://", "http://")) else "title": text}
    texts = {ours: _first_text(item.get(theirs)) for ours, theirs in _SOURCE_KEYS.items()}
    texts["publisher"] = _first_text(item.get("publisher")) or _first_text(item.get("author"))
    source: dict[str, object] = {key: text for key, text in texts.items() if text}
    position = item.get("position")
    source["n"] = position if numbered and isinstance(position, int) else n
    ours = item.get(_OURS)
    return source | (ours if isinstance(ours, dict) else {})


def _reviews(value: object, depth: int) -> Iterator[Mapping[str, object]]:
    """Yield the ClaimReviews in a document, in order, wherever publishers put them."""
    if depth > _DEPTH_LIMIT:
        return
    if isinstance(value, list):
        for item in value:
            yield from _reviews(item, depth + 1)
    elif isinstance(value, Mapping):
        types = value.get("@type")
        names = types if isinstance(types, list) else [types]
        if any(isinstance(name, str) and _TYPE.match(name) for name in names):
            yield value
            return
        for key in _CONTAINERS:
            yield from _reviews(value.get(key), depth + 1)


def _mappings(value: object) -> list[Mapping[str, object]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def _first_text(value: object) -> str:
    """Return the text of a value that publishers write as text, thing, or list of either."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next((text for item in value[:100] if (text := _shallow(item))), "")
    return _shallow(value)


def _shallow(value: object) -> str:
    if isinstance(value, Mapping):
        named = (value.get(key) for key in ("name", "@value", "url", "@id"))
        return next((text for text in named if isinstance(text, str) and text), "")
    return value if isinstance(value, str) else ""


def _number(value: object, default: float | None) -> float | None:
    if isinstance(value, bool) or value in (None, ""):
        return default
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def _free(slug: str, taken: dict[str, int]) -> str:
    """Return the slug, or its first variant with a number that nobody has taken.

    `taken` remembers how far each slug was counted: thousands of one name are not counted anew.
    """
    free = slug
    while free in taken:
        taken[slug] += 1
        free = f"{slug[: SLUG_LIMIT - 5].rstrip('-')}-{taken[slug]}"
    return free


def _filled(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value not in (None, "", [])}
