"""How the templates beside this package are read: every text escaped, every missing value an error.

Knows the language that is spoken; must never know what a page is about.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.domain.wording import _, language


def environment(filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """Return what renders templates, with the filters that a page's templates use."""
    made = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _, "language": language}
    made.filters |= filters
    return made
