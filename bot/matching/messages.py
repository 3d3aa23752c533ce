"""Joins a library's phrasings, examples and counter-examples into labelled messages.

Pure; the same input gives the same messages in the same order.
"""

from collections.abc import Iterable, Sequence

from bot.domain.factchecks import Example, FactCheck
from bot.matching.examples import Message


def messages_of(fact_checks: Sequence[FactCheck], examples: Iterable[Example]) -> list[Message]:
    """Return one message per text: first all phrasings, then the examples."""
    known = {fact_check.slug for fact_check in fact_checks}
    found = [
        Message(text, (fact_check.slug,), phrasing=True)
        for fact_check in fact_checks
        for text in fact_check.phrasings
    ]
    joined: dict[str, list[Example]] = {}
    for example in examples:
        joined.setdefault(example.text, []).append(example)
    for text, same in joined.items():
        raises = tuple(dict.fromkeys(one.slug for one in same if one.raises and one.slug in known))
        against = tuple(
            dict.fromkeys(one.slug for one in same if not one.raises and one.slug in known)
        )
        related = tuple(
            dict.fromkeys(slug for one in same for slug in one.related if slug in known)
        )
        stance = next((one.stance for one in same if one.raises), "none")
        found.append(Message(text, raises, related, against, stance))
    return found
