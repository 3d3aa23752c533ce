"""Learns an example space, or takes up what was learned from the same examples before.

The starter library's space ships as an archive of plain arrays; anything that is not in it is
learned on top, one message at a time.
"""

from collections.abc import Sequence

from bot.domain.factchecks import FactCheck
from bot.matching.examples import ExampleSpace, Message, build_space
from bot.matching.prepared import load_prepared


def space_for(checks: Sequence[FactCheck], messages: Sequence[Message]) -> ExampleSpace:
    """Return the space for these fact-checks and messages."""
    prepared = load_prepared()
    if prepared is not None:
        space = prepared.resume({str(check.slug) for check in checks}, messages)
        if space is not None:
            return space
    return build_space([str(check.slug) for check in checks], messages)
