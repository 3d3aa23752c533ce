"""A reader that knows a claim by one word, so that tests of a replay do not hang on the matcher."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.domain.factchecks import Example, FactCheck, Source, Status
from bot.domain.ids import Slug
from bot.domain.imprints import Imprint
from bot.domain.matches import Match, Reading, Stance
from bot.domain.policy import Thresholds


def fact_check(slug: str, **changes: object) -> FactCheck:
    known = FactCheck(
        slug=Slug(slug),
        claim=f"Everybody says {slug}.",
        summary="It is more complicated.",
        status=Status.PUBLISHED,
        checked_on=date(2026, 10, 1),
        sources=(
            Source(n=1, publisher="The Archive", url="https://archive.example/1"),
            Source(n=2, publisher="Not a link", url="javascript:alert(1)"),
        ),
    )
    return known.revised(**changes) if changes else known


class KeywordReader:
    """Finds a fact-check where a sentence holds its slug: "maybe" halves the probability."""

    version = "keywords"
    thresholds = Thresholds(auto=0.9, suggest=0.4)

    def __init__(self, slugs: Iterable[Slug]) -> None:
        self._slugs = set(slugs)

    @classmethod
    def build(
        cls, fact_checks: Sequence[FactCheck], examples: Sequence[Example]
    ) -> "KeywordReader":
        return cls(fact_check.slug for fact_check in fact_checks)

    def put(self, fact_check: FactCheck, examples: Iterable[Example] = ()) -> None:
        self._slugs.add(fact_check.slug)

    def remove(self, slug: Slug) -> None:
        self._slugs.discard(slug)

    def fork(self, salt: int) -> "KeywordReader":
        return KeywordReader(self._slugs)

    def add_example(self, example: Example) -> None:
        """Learn nothing: only the slug counts."""

    def imprint(self, text: str) -> None:
        """Keep nothing of a judged post."""

    def learn(self, imprint: Imprint) -> None:
        """Learn nothing: only the slug counts."""

    def read(self, text: str, *, top: int = 5) -> Reading:
        matches = [
            Match(
                slug=slug,
                probability=0.5 if "maybe" in text else 0.95,
                sentence=text,
                span=(text.index(slug), text.index(slug) + len(slug)),
                stance=Stance.DENY if "not" in text.split() else Stance.ASSERT,
            )
            for slug in sorted(self._slugs)
            if slug in text
        ]
        return Reading(matches=tuple(matches[:top]), words=len(text.split()), characters=len(text))
