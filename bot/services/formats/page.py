"""A web page as a source of fact-checks: the ClaimReviews in it, or else its text.

Knows where in a page they stand; must never fetch a page.
"""

from bot.services.errors import InvalidInputError, UserFacingError
from bot.services.formats import claimreview, factually, markup
from bot.services.formats.detect import Form, form_of
from bot.services.formats.reports import Imported, Parsed, Warned


def parse(html: str, name: str) -> tuple[Imported, tuple[str, ...]]:
    """Return the fact-checks of a page, and a sentence for each that is broken.

    Raises:
        InvalidInputError: there is nothing that could be a fact-check.
    """
    page = markup.read(html)
    records: list[Parsed] = []
    warnings: list[Warned] = []
    problems: list[str] = []
    for block in page.blocks:
        if "ClaimReview" not in block:
            continue
        try:
            found, broken = claimreview.parse_each(block, name)
        except UserFacingError as problem:
            problems.append(str(problem))
            continue
        records += found.records
        warnings += found.warnings
        problems += broken
    if records or problems:
        return Imported(records=tuple(records), warnings=tuple(warnings)), tuple(problems)
    text = "\n".join(page.lines)
    if form_of(text, name) is Form.FACTUALLY:
        return factually.parse(text, name), ()
    raise InvalidInputError(
        f"{name}: no ClaimReview in that page, and its text has not the shape of a fact-check."
    )
