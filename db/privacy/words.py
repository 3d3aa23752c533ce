"""How the register of personal data is written down: tables, columns, and what becomes of them.

Knows no table; never a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a member's id when they ask to be forgotten."""

    ERASE = "erased"
    """The row goes."""
    ANONYMISE = "made anonymous"
    """The row stays for others' sake, without the id."""
    KEEP = "kept"
    """The row stays as it is; the table says why."""


class Kept(StrEnum):
    """How long a table's rows are kept."""

    WHILE_IN_USE = "as long as it is in use"
    POSTS = "as long as ids of posts (90 days, unless the operator chose otherwise)"
    AUDIT = "as long as the audit (365 days, unless the operator chose otherwise)"
    NOTES = "as long as the note stands; after it was taken back, as long as ids of posts"
    UNTIL_REMOVED = "until somebody removes it"
    CHOICE = "until the member changes it"


@dataclass(frozen=True, slots=True)
class MemberColumn:
    """A column that can hold a member's id, or a document that can mention it."""

    name: str
    fate: Fate
    blank: int | None = None
    """What stands in place of the id afterwards: 0 where the column must hold a number."""
    is_document: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidential:
    """A column that in some rows was written about a member, and not for them to read."""

    column: str
    about: str
    """The column with the member's id; whoever else is in the row may read theirs."""
    where: tuple[str, str]
    """A column and its value in those rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRecord:
    """What one table holds, in words for members, and which columns are about people."""

    table: str
    holds: str
    """For the list of what is stored: marked for the catalogues, said to members."""
    why: str
    kept: Kept
    columns: tuple[MemberColumn, ...] = ()
    no_member: frozenset[str] = frozenset()
    """Columns of ids, documents and names that can hold no member's id."""
    withheld: frozenset[str] = frozenset()
    """Columns left out of an export: they are about others."""
    confidential: Confidential | None = None
    only_kept_if: str | None = None
    """A column that says which of the rows to be erased are a choice that still holds."""
    undecided: tuple[str, str] | None = None
    """A column and its value in rows that stay as they are until somebody has decided."""
    within: Mapping[str, str] = field(default_factory=dict)
    """For a table without a community: its column, and the table with the same column that has."""
    reason_to_keep: str = ""
