"""In which language the bot speaks right now, and how a text is looked up in it.

It knows one catalogue at a time, per task; it never reads a file nor chooses a language.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

ENGLISH = "en"
COMMAND_NAME = "command name"
"""The context in which names of commands and options are looked up."""
AS_WRITTEN = NullTranslations()
"""English: every text is its own key."""
_catalogue: ContextVar[NullTranslations] = ContextVar("catalogue")
"""A context variable, since one process answers members of several languages at once."""
_public: ContextVar[NullTranslations] = ContextVar("public")


def _(message: str) -> str:
    """Return the text in the language spoken now; the message itself where none is known."""
    return _catalogue.get(AS_WRITTEN).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of the text that the language spoken now uses for `count` things."""
    return _catalogue.get(AS_WRITTEN).ngettext(one, many, count)


def N_(message: str) -> str:  # noqa: N802 (the name that extractors of gettext know)
    """Mark a text for the catalogues where it is written; `_` translates it where it is said."""
    return message


def quoted(text: str) -> str:
    """Return words in the quotation marks of the language spoken now."""
    return _("“{text}”").format(text=text)


def named(name: str) -> str:
    """Return the name of a command or an option in the language spoken now."""
    return _catalogue.get(AS_WRITTEN).pgettext(COMMAND_NAME, name)


def language() -> str:
    """Return the code of the language spoken now, as its catalogue's head names it."""
    return _catalogue.get(AS_WRITTEN).info().get("language", ENGLISH)


@contextmanager
def speaking(
    catalogue: NullTranslations, *, public: NullTranslations | None = None
) -> Iterator[None]:
    """Look texts up in this catalogue until the block ends; tasks started inside inherit it.

    Args:
        catalogue: what is spoken, to one member say.
        public: what `in_public` speaks inside; the same where left out.
    """
    before = _catalogue.set(catalogue), _public.set(public or catalogue)
    try:
        yield
    finally:
        _catalogue.reset(before[0])
        _public.reset(before[1])


def in_public() -> AbstractContextManager[None]:
    """Speak as to everybody in a block: for what a member's doing leaves for others to read."""
    return speaking(_public.get(AS_WRITTEN))
