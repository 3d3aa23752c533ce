"""What is not recorded of members who opted out.

Knows events; never who opted out, nor how anything is stored.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.domain.events import Event, ReactionAdded, ReactionsRead
from bot.domain.ids import MemberId


def without_reactions_of(
    quiet: Collection[MemberId], events: Sequence[tuple[int, Event]]
) -> Sequence[tuple[int, Event]]:
    """Leave out what these members gave; what they take back is still heard."""
    if not quiet:
        return events
    kept: list[tuple[int, Event]] = []
    for number, event in events:
        if isinstance(event, ReactionAdded) and event.member in quiet:
            continue
        if isinstance(event, ReactionsRead):
            forms = {
                form: {member: person for member, person in who.items() if member not in quiet}
                for form, who in event.forms.items()
            }
            kept.append((number, replace(event, forms=forms)))
        else:
            kept.append((number, event))
    return kept
