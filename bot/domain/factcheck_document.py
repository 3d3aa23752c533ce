"""A fact-check as a plain document of JSON values, and back.

Knows the record's fields; never where the document is kept. Fields that have their default are
left out, and a missing one is read as its default, so old documents stay readable.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from math import isfinite
from typing import Any, cast

from bot.domain.factchecks import FactCheck, Source, Status, Verdict
from bot.domain.ids import Slug


def to_document(fact_check: FactCheck) -> dict[str, Any]:
    """Return the record as JSON values.

    Raises:
        ValueError: an extra key holds what JSON cannot carry.
    """
    document = _changed_fields(fact_check)
    if fact_check.sources:
        document["sources"] = [_plain(_changed_fields(s), "sources") for s in fact_check.sources]
    return {name: _plain(value, name) for name, value in document.items()}


def from_document(document: Mapping[str, Any]) -> FactCheck:
    """Return the record that a document describes.

    Raises:
        KeyError: a field without a default is missing.
        ValueError: a value breaks one of the record's invariants.
    """
    values = dict(document)
    values["slug"] = Slug(values["slug"])
    for name in ("variants", "topics", "questions"):
        values[name] = tuple(values.get(name, ()))
    values["sources"] = tuple(Source(**source) for source in values.get("sources", ()))
    values["requires"] = tuple(tuple(group) for group in values.get("requires", ()))
    values["status"] = Status(values.get("status", Status.DRAFT))
    values["verdict"] = Verdict(values["verdict"]) if "verdict" in values else None
    for name in ("checked_on", "review_by"):
        values[name] = date.fromisoformat(values[name]) if name in values else None
    return FactCheck(**values)


def _changed_fields(value: FactCheck | Source) -> dict[str, Any]:
    """Return the fields that differ from their default."""
    changed = {}
    for field in fields(value):
        current = getattr(value, field.name)
        default = {} if field.default_factory is not MISSING else field.default
        if current != default:
            changed[field.name] = current
    return changed


def _plain(value: object, where: str) -> object:
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case float() if isfinite(value):
            return value
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(item, f"{where}.{key}") for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, where) for item in cast("list[object]", value)]
    raise ValueError(f"{where}: a {type(value).__name__} cannot be kept as JSON")
