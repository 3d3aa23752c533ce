"""What a run stores of its digest: the figures and the pages, as one JSON document.

The pages are what is posted, so that a retry posts the same; the figures serve the archive, the
exports and the button. Not a word of any post is in either.
"""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter

from bot.domain.digests import Digest, ModeratorDigest
from bot.services.ports.digests import Page

_DIGEST: TypeAdapter[Digest] = TypeAdapter(Digest)
_MODERATOR_DIGEST: TypeAdapter[ModeratorDigest] = TypeAdapter(ModeratorDigest)
_PAGES: TypeAdapter[tuple[Page, ...]] = TypeAdapter(tuple[Page, ...])


def member_document(digest: Digest, pages: Sequence[Page]) -> dict[str, object]:
    """Return what is stored of a digest for members."""
    return {"digest": _DIGEST.dump_python(digest, mode="json"), "pages": _pages(pages)}


def moderator_document(digest: ModeratorDigest, pages: Sequence[Page]) -> dict[str, object]:
    """Return what is stored of a digest for moderators."""
    dumped = _MODERATOR_DIGEST.dump_python(digest, mode="json")
    return {"moderators": dumped, "pages": _pages(pages)}


def read_digest(content: Mapping[str, object]) -> Digest | None:
    """Return the digest for members that a document holds."""
    return _DIGEST.validate_python(content["digest"]) if "digest" in content else None


def read_pages(content: Mapping[str, object]) -> tuple[Page, ...]:
    """Return the pages of a document."""
    return _PAGES.validate_python(content.get("pages", ()))


def _pages(pages: Sequence[Page]) -> object:
    return _PAGES.dump_python(tuple(pages), mode="json")
