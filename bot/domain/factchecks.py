"""The library record on one claim, as a value with its invariants.

Knows ClaimReview's vocabulary; knows nothing of files, databases or Discord.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from bot.domain.ids import Slug
from bot.domain.wording import N_, _

SLUG_PATTERN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
SLUG_LIMIT = 80
SUMMARY_LIMIT = 420
"""Characters; two lines of a note on a phone. The linter reports more."""


class Verdict(StrEnum):
    """ClaimReview's `alternateName`; a fact-check without one is shown as "Context"."""

    TRUE = "true"
    MOSTLY_TRUE = "mostly-true"
    MIXED = "mixed"
    MOSTLY_FALSE = "mostly-false"
    FALSE = "false"
    UNPROVEN = "unproven"
    OUTDATED = "outdated"

    @classmethod
    def named(cls, words: str) -> "Verdict | None":
        """Return the verdict of this name in any case, with spaces, underscores or hyphens."""
        name = "-".join(words.casefold().replace("_", " ").replace("-", " ").split())
        return cls(name) if name in cls._value2member_map_ else None


class Status(StrEnum):
    """Where a fact-check stands; only a published one is ever attached."""

    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"
    RETIRED = "retired"


STATUS_WORDS: dict[Status, str] = {
    Status.DRAFT: N_("draft"),
    Status.PUBLISHED: N_("published"),
    Status.PAUSED: N_("paused"),
    Status.RETIRED: N_("retired"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One numbered source; `n` is what `[n]` in the details refers to."""

    n: int
    title: str = ""
    publisher: str = ""
    url: str = ""
    published: str | None = None
    """As the source gives it: a year, a month or a day (ISO 8601), or nothing."""
    supports: str = ""
    """What this source says, in our words."""
    title_verified: bool = True
    """False when nobody saw the page's own title: then only the publisher is shown."""
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Keys of the file that this program has no meaning for; kept and written back."""

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"a source is numbered from 1, not {self.n}")

    @property
    def label(self) -> str:
        """What a reader is shown: the publisher, or the title where there is none."""
        return (
            self.publisher
            or (self.title if self.title_verified else "")
            or _("Source {n}").format(n=self.n)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FactCheck:
    """What is known about one claim: the finding, its sources, and how far to trust it.

    Invariants: the slug is lower-case words joined by hyphens, at most 80 characters; the claim is
    not blank; source numbers are unique; a verdict is either known or in unknown words; revisions
    count from 1. Everything else that is wrong is for the linter to say,
    because a draft may be unfinished.
    """

    slug: Slug
    claim: str
    variants: tuple[str, ...] = ()
    verdict: Verdict | None = None
    unknown_verdict: str | None = None
    """A verdict in words that this program does not know; kept, and reported by the linter."""
    title: str = ""
    """A headline other than the claim, where the origin has one."""
    summary: str = ""
    details: str = ""
    sources: tuple[Source, ...] = ()
    topics: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    """Follow-up questions, offered as conversation starters."""
    checked_on: date | None = None
    review_by: date | None = None
    status: Status = Status.DRAFT
    revision: int = 1
    origin: str = ""
    """Address of the page it was imported from, if any."""
    requires: tuple[tuple[str, ...], ...] = ()
    """Hand-made correction of what a post must mention: every group needs one of its words."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Keys of the file that this program has no meaning for; kept and written back."""

    def __post_init__(self) -> None:
        if not SLUG_PATTERN.match(self.slug) or len(self.slug) > SLUG_LIMIT:
            raise ValueError(
                f"slug {self.slug!r} must be lower-case letters, digits and single hyphens, "
                f"at most {SLUG_LIMIT} characters"
            )
        if not self.claim.strip():
            raise ValueError(f"{self.slug}: the claim is empty")
        numbers = [source.n for source in self.sources]
        if len(set(numbers)) != len(numbers):
            raise ValueError(f"{self.slug}: two sources have the same number")
        if self.unknown_verdict is not None and (
            self.verdict is not None
            or not self.unknown_verdict.strip()
            or Verdict.named(self.unknown_verdict) is not None
        ):
            raise ValueError(f"{self.slug}: an unknown verdict beside or instead of a known one")
        if self.revision < 1:
            raise ValueError(f"{self.slug}: revisions count from 1, not {self.revision}")

    @property
    def phrasings(self) -> tuple[str, ...]:
        """The claim and its variants, the ways in which it is known to be said."""
        return (self.claim, *self.variants)

    def revised(self, **changes: Any) -> "FactCheck":
        """Return the next revision with these fields changed."""
        return replace(self, revision=self.revision + 1, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A way in which people say a claim, or a counter-example that only looks like it."""

    slug: Slug
    text: str
    raises: bool
    """True for an example, False for a counter-example."""
    stance: str = "assert"
    related: tuple[Slug, ...] = ()
    """Other fact-checks that the text may be about as well; it never counts against them."""
