"""Which of the formats a text is in.

Knows the marks by which formats are told apart; must never read further than that.
"""

import re
from enum import StrEnum

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_CLAIM_KEY = re.compile(r"^['\"]?claim['\"]?[ \t]*:", re.MULTILINE)
_FACTUALLY = re.compile(r"^[ \t]*(?:checked on\b.*|executive summary:?[ \t]*)\r?$", re.I | re.M)
_LIKES = re.compile(r"^[ \t]*\d+ likes?\b", re.IGNORECASE | re.MULTILINE)


class Form(StrEnum):
    """A format of a file that somebody wants to import."""

    MARKDOWN = "markdown"
    JSONL = "jsonl"
    CLAIMREVIEW = "claimreview"
    FACTUALLY = "factually"
    ARTICLE = "article"
    THREAD = "thread"


def form_of(text: str, name: str) -> Form | None:
    """Return the format of a text, or None where it has the marks of none.

    Args:
        text: what the file holds.
        name: the file's name, for its ending.
    """
    start = text.removeprefix("\ufeff").lstrip()
    if start.startswith(("{", "[")):
        return Form.CLAIMREVIEW if _is_claimreview(start, name) else Form.JSONL
    if start.startswith("---"):
        found = _FRONT_MATTER.match(start)
        ours = _CLAIM_KEY.search(found[1] if found else start)
        return Form.MARKDOWN if ours or not found else Form.ARTICLE
    if len(_FACTUALLY.findall(text)) > 1:
        return Form.FACTUALLY
    return Form.THREAD if _LIKES.search(text) else None


def _is_claimreview(text: str, name: str) -> bool:
    if name.lower().endswith(".jsonl"):
        return False
    return 'ClaimReview"' in text or not re.match(r'\{[^\n]*"claim"\s*:', text)
