"""Writes a digest into files: Markdown, HTML and PNG, each whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

from bot.domain.digests import Digest
from bot.services.digests.chart import paint
from bot.services.errors import InvalidInputError
from bot.web.digests import Names, markdown, page, tell


def digest_files(digest: Digest, names: Names, out: Path | None) -> Iterator[str]:
    """Write the files and yield their paths; yield Markdown where no folder is given.

    Raises:
        InvalidInputError: the folder cannot be written.
    """
    story = tell(digest, names)
    if out is None:
        yield markdown(story).rstrip()
        return
    stem, picture = f"digest-{digest.key}", None
    files: dict[str, bytes] = {}
    if digest.has_chart:
        painted = paint(digest)
        picture = (f"{stem}.png", painted.description)
        files[f"{stem}.png"] = painted.png
    files[f"{stem}.md"] = markdown(story, picture).encode()
    files[f"{stem}.html"] = page(story, picture).encode()
    for name, content in files.items():
        yield str(_write(out, name, content))


def _write(folder: Path, name: str, content: bytes) -> Path:
    target, draft = folder / name, folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(target)
    except OSError as problem:
        raise InvalidInputError(
            f"The digest cannot be written to {folder}: {problem.strerror}."
        ) from problem
    return target
