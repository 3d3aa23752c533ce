"""The circuit breaker: when notes that were wrong pause automatic notes in a place.

Pure arithmetic; knows neither notes nor moderators.
"""

from collections.abc import Sequence
from datetime import timedelta

WINDOW = timedelta(days=7)
"""Notes older than this say nothing about today."""
NOTES_CONSIDERED = 10
"""The newest notes of a place that count."""
LEAST_WRONG = 3
"""One or two mistakes never pause a place, however few notes it has."""
WRONG_SHARE = 0.30


def trips(wrong: Sequence[bool]) -> bool:
    """Tell whether a place must pause; `wrong` tells of each note, newest first.

    >>> trips([True, True, True] + [False] * 7), trips([True, True] + [False])
    (True, False)
    """
    newest = wrong[:NOTES_CONSIDERED]
    bad = sum(newest)
    return bad >= LEAST_WRONG and bad >= WRONG_SHARE * len(newest)
