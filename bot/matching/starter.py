"""Reads the examples that ship with the starter library, and what was learned from them.

The one place of the matcher that knows where its data files are.
"""

import json
from importlib.resources import files

from bot.domain.factchecks import Example
from bot.domain.ids import Slug


def starter_examples() -> tuple[Example, ...]:
    """Return the starter library's examples and counter-examples, in the order of the file."""
    text = files("bot").joinpath("library", "examples.jsonl").read_text(encoding="utf-8")
    found: list[Example] = []
    for line in text.splitlines():
        row = json.loads(line)
        related = tuple(Slug(slug) for slug in row.get("related", ()))
        for raises, key in ((True, "raises"), (False, "against")):
            found.extend(
                Example(
                    slug=Slug(slug),
                    text=row["text"],
                    raises=raises,
                    stance=row["stance"],
                    related=related,
                )
                for slug in row.get(key, ())
            )
    return tuple(found)
